//! The recorded and the replayed outcomes side by side.

use std::{collections::BTreeMap, fmt::Write as _};
use tai_proto::{
    text::Label,
    traffic::{CallOutcome, CallRecord, ExchangeRecord, Operation},
};

/// A recorded exchange and the one that was made in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) recorded: Option<ExchangeRecord>,
    pub(super) made: Option<ExchangeRecord>,
}

impl Pair {
    pub(super) fn differs(&self) -> bool {
        let outcome = |record: &ExchangeRecord| {
            let ExchangeRecord {
                status,
                failure,
                retry_after_s,
                ..
            } = *record;
            (status, failure, retry_after_s)
        };
        self.recorded.as_ref().map(outcome) != self.made.as_ref().map(outcome)
    }

    fn place(&self) -> Option<(u64, Operation)> {
        let record = self.recorded.or(self.made)?;
        Some((record.at_ms, record.operation))
    }
}

/// Pairs the recorded exchanges with those that were made, for each operation in their order. Further
/// polls are left out if they succeeded: their times are random.
pub(super) fn pair(recorded: &[ExchangeRecord], made: &[ExchangeRecord]) -> Vec<Pair> {
    let mut by_operation: BTreeMap<Operation, [Vec<ExchangeRecord>; 2]> = BTreeMap::new();
    for (side, records) in [recorded, made].into_iter().enumerate() {
        let mut records = records.to_vec();
        records.sort_by_key(|record| record.at_ms);
        for record in records {
            by_operation.entry(record.operation).or_default()[side].push(record);
        }
    }
    let pairs = by_operation.into_values().flat_map(|[recorded, made]| {
        (0..recorded.len().max(made.len())).map(move |index| Pair {
            recorded: recorded.get(index).copied(),
            made: made.get(index).copied(),
        })
    });
    let mut pairs: Vec<Pair> = pairs
        .filter(|pair| match (pair.recorded, pair.made) {
            (None, Some(made)) => made.operation != Operation::Poll || made.failure.is_some(),
            _ => true,
        })
        .collect();
    pairs.sort_by_key(Pair::place);
    pairs
}

/// A recorded call and its replayed outcome; `None` if the call cannot be made again.
pub(super) struct Replayed {
    pub(super) call: CallRecord,
    pub(super) outcome: Option<CallOutcome>,
}

impl Replayed {
    pub(super) fn differs(&self) -> bool {
        self.outcome
            .is_some_and(|outcome| outcome != self.call.outcome)
    }
}

/// What a replay has found.
pub(super) struct Replay {
    pub(super) calls: Vec<Replayed>,
    pub(super) exchanges: Vec<Pair>,
    pub(super) violation: Option<String>,
}

impl Replay {
    /// Returns two tables, of the calls and of the exchanges, and one line about both.
    pub(super) fn page(&self) -> String {
        let mut page = String::new();
        let mut row = |cells: [&str; 5], differs: bool| {
            let [time, number, name, recorded, replayed] = cells;
            let mark = if differs { "differs" } else { "" };
            let line = format!(
                "{time:>9}  {number:>10}  {name:<17}  {recorded:<26}  {replayed:<26}  {mark}"
            );
            let _ = writeln!(page, "{}", line.trim_end());
        };
        row(
            ["time/ms", "connection", "call", "recorded", "replayed"],
            false,
        );
        for replayed in &self.calls {
            let call = &replayed.call;
            let outcome = replayed.outcome.map(Label::from);
            let cells = [
                &*call.at_ms.to_string(),
                &*call.connection.to_string(),
                &*call.call,
                &*Label::from(call.outcome),
                outcome.as_ref().map_or("not replayed", Label::as_str),
            ];
            row(cells, replayed.differs());
        }
        row(["", "", "", "", ""], false);
        row(["time/ms", "", "exchange", "recorded", "made"], false);
        for pair in &self.exchanges {
            let Some((at, operation)) = pair.place() else {
                continue;
            };
            let cells = [
                &*at.to_string(),
                "",
                &*word(operation),
                &*text(pair.recorded),
                &*text(pair.made),
            ];
            row(cells, pair.differs());
        }
        let calls = self.calls.iter().filter(|call| call.differs()).count();
        let exchanges = self.exchanges.iter().filter(|pair| pair.differs()).count();
        let not_replayed = self.calls.iter().filter(|call| call.outcome.is_none());
        let _ = write!(
            page,
            "\n{} calls, {calls} differ, {} not replayed; {} exchanges, {exchanges} differ; {}",
            self.calls.len(),
            not_replayed.count(),
            self.exchanges.len(),
            match &self.violation {
                None => "every promise holds".to_owned(),
                Some(how) => format!("broken promise: {how}"),
            }
        );
        page
    }
}

fn text(record: Option<ExchangeRecord>) -> String {
    let Some(record) = record else {
        return "none".to_owned();
    };
    let status = record.status.map(|status| status.to_string());
    let failure = record.failure.map(word);
    let pause = record
        .retry_after_s
        .map(|seconds| format!("after {seconds} s"));
    let words = [status, failure, pause].into_iter().flatten();
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the word for a value as the report has it.
fn word(value: impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).unwrap();
    word.as_str().unwrap().to_owned()
}
