//! Numbers in arguments.

use clap::builder::TypedValueParser;
use std::ops::RangeInclusive;

/// Returns the parser of a number in a range. Its error names the range.
pub(super) fn within<N>(range: RangeInclusive<u64>) -> impl TypedValueParser<Value = N>
where
    N: TryFrom<u64> + Clone + Send + Sync + 'static,
{
    move |text: &str| {
        let number = text.parse::<u64>().ok();
        let number = number.filter(|number| range.contains(number));
        number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| expected(&range))
    }
}

/// Returns the parser of a number without a limit of its own.
pub(super) fn any<N>() -> impl TypedValueParser<Value = N>
where
    N: TryFrom<u64> + Clone + Send + Sync + 'static,
{
    within(0..=u64::MAX)
}

fn expected(range: &RangeInclusive<u64>) -> String {
    match *range.end() {
        u64::MAX => "expected a number, such as 1".to_owned(),
        end => format!("expected a number from {} to {end}", range.start()),
    }
}
