//! Releases of tai and their order.

use serde::{Deserialize, Serialize};

/// Release of the programs, followed by the commit in parentheses if the build knows it. For people:
/// programs compare [`Release`].
pub const VERSION: &str = env!("TAI_VERSION");

/// Release of tai: major, minor and patch number. Later releases compare greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Release(pub u16, pub u16, pub u16);

impl Release {
    /// Parses `1.2.3` and ignores a suffix such as `-rc.1`. Returns `None` for other text.
    pub fn parse(text: &str) -> Option<Self> {
        let core = text.split(['-', '+']).next()?;
        let mut numbers = core.split('.').map(|number| number.parse().ok());
        match [numbers.next()??, numbers.next()??, numbers.next()??] {
            [major, minor, patch] if numbers.next().is_none() => Some(Self(major, minor, patch)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_three_numbers_that_decide_its_order() {
        assert_eq!(Release::parse("1.2.3"), Some(Release(1, 2, 3)));
        assert_eq!(Release::parse("0.10.0-rc.1"), Some(Release(0, 10, 0)));
        assert!(Release::parse("0.10.0") > Release::parse("0.9.9"));
        for bad in ["", "1.2", "1.2.3.4", "1.2.x", "65536.0.0"] {
            assert_eq!(Release::parse(bad), None, "{bad}");
        }
    }
}
