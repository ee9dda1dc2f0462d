//! Every sequence of records, cut at every point, tells the next daemon the truth.

use super::*;
use std::time::{Duration, SystemTime};

fn at(minutes: u64) -> Stamp {
    Stamp {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(minutes * 60),
        boot: 0x1a,
        since_boot: Duration::from_secs(minutes * 60),
    }
}

fn trace(number: u64) -> Trace {
    Trace {
        number,
        digest: Digest::of(&["a"]),
        instance: Some("desk".parse().unwrap()),
        since: at(1),
        maybe_sent: false,
    }
}

fn held(place: Place) -> ApprovalRecord {
    let trace = trace(1);
    ApprovalRecord::Held { trace, place }
}

#[test]
fn each_record_is_one_line_and_parses_back() {
    let digest = Digest::of(&["a"]);
    for (record, line) in [
        (
            ApprovalRecord::Numbered { number: 7 },
            "numbered 7".to_owned(),
        ),
        (
            held(Place::Memory),
            format!("held 1 memory,{digest},60:1a:60,desk"),
        ),
        (
            ApprovalRecord::Held {
                trace: Trace {
                    instance: None,
                    ..trace(1)
                },
                place: Place::Sealed,
            },
            format!("held 1 sealed,{digest},60:1a:60,"),
        ),
        (
            ApprovalRecord::Sending { number: 7 },
            "sending 7".to_owned(),
        ),
        (ApprovalRecord::Lost { number: 7 }, "lost 7".to_owned()),
        (ApprovalRecord::Closed { number: 7 }, "closed 7".to_owned()),
        (
            ApprovalRecord::Replaces { number: 8, old: 7 },
            "replaces 8 7".to_owned(),
        ),
    ] {
        assert_eq!(record.to_string(), line);
        assert_eq!(line.parse(), Ok(record));
    }
    for line in [
        "",
        "held 1",
        "held 1 memory",
        "held 1 disk,0,60:1a:60,",
        "held x memory,0,60:1a:60,",
        "held 1 memory,0,60:1a:60,",
        "sending 1 2",
        "sent 1",
    ] {
        assert_eq!(line.parse::<ApprovalRecord>(), Err(NotARecord), "{line:?}");
    }
    let bad = format!("held 1 memory,{digest},60:1a:60,not an instance");
    assert!(bad.parse::<ApprovalRecord>().is_err());
}

/// Returns what a daemon that starts in minute 2 makes of records.
fn after(records: &[ApprovalRecord], minute: u64) -> &'static str {
    let mut earlier = Earlier::default();
    for record in records {
        earlier.apply(record.clone());
    }
    let mut approvals = earlier.approvals(at(minute));
    match (approvals.pop(), approvals.is_empty()) {
        (None, _) => "none",
        (Some(Approval::Sealed(trace)), true) if trace.maybe_sent => "sealed, may have been sent",
        (Some(Approval::Sealed(_)), true) => "sealed",
        (Some(Approval::Lost(trace)), true) if trace.maybe_sent => "lost, may have been sent",
        (Some(Approval::Lost(_)), true) => "lost",
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_that_end_at_any_point_never_hide_a_send() {
    let number = 1;
    let (sending, lost, closed) = (
        ApprovalRecord::Sending { number },
        ApprovalRecord::Lost { number },
        ApprovalRecord::Closed { number },
    );
    let numbered = ApprovalRecord::Numbered { number };
    let (memory, sealed) = (held(Place::Memory), held(Place::Sealed));
    let mut table = String::new();
    for life in [
        // Sealed, approved without success, approved again, and sent.
        vec![
            numbered.clone(),
            memory.clone(),
            sealed.clone(),
            sending.clone(),
            sealed,
            sending.clone(),
            closed.clone(),
        ],
        // In memory alone, approved, and lost with a daemon.
        vec![
            numbered.clone(),
            memory.clone(),
            sending,
            lost.clone(),
            closed.clone(),
        ],
        vec![numbered, memory, lost, closed],
    ] {
        for cut in 0..=life.len() {
            let kept = &life[..cut];
            let last = kept.last().map(ToString::to_string).unwrap_or_default();
            let last = last.replace(&trace(1).digest.to_string(), "DIGEST");
            let (soon, late) = (after(kept, 2), after(kept, 62));
            table.push_str(&format!("{last:<40} {soon}; an hour later {late}\n"));
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table, @"
                                             none; an hour later none
    numbered 1                               none; an hour later none
    held 1 memory,DIGEST,60:1a:60,desk       lost; an hour later none
    held 1 sealed,DIGEST,60:1a:60,desk       sealed; an hour later none
    sending 1                                sealed, may have been sent; an hour later none
    held 1 sealed,DIGEST,60:1a:60,desk       sealed; an hour later none
    sending 1                                sealed, may have been sent; an hour later none
    closed 1                                 none; an hour later none

                                             none; an hour later none
    numbered 1                               none; an hour later none
    held 1 memory,DIGEST,60:1a:60,desk       lost; an hour later none
    sending 1                                lost, may have been sent; an hour later none
    lost 1                                   lost, may have been sent; an hour later lost, may have been sent
    closed 1                                 none; an hour later none

                                             none; an hour later none
    numbered 1                               none; an hour later none
    held 1 memory,DIGEST,60:1a:60,desk       lost; an hour later none
    lost 1                                   lost; an hour later lost
    closed 1                                 none; an hour later none
    ");
}

/// Returns all sequences of this length.
fn sequences(records: &[ApprovalRecord], length: usize) -> Vec<Vec<ApprovalRecord>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let shorter = sequences(records, length - 1);
    let all = shorter.iter().flat_map(|start| {
        records
            .iter()
            .map(move |next| [start.as_slice(), std::slice::from_ref(next)].concat())
    });
    all.collect()
}

#[test]
fn in_any_order_of_records_a_mail_that_may_be_sent_is_never_offered_as_waiting() {
    let number = 1;
    let records = [
        held(Place::Memory),
        held(Place::Sealed),
        ApprovalRecord::Sending { number },
        ApprovalRecord::Lost { number },
        ApprovalRecord::Closed { number },
        ApprovalRecord::Numbered { number },
    ];
    for length in 0..=5 {
        for sequence in sequences(&records, length) {
            let mut expected = None;
            for record in &sequence {
                match record {
                    ApprovalRecord::Held { .. } => expected = Some(false),
                    ApprovalRecord::Sending { .. } => expected = expected.map(|_| true),
                    ApprovalRecord::Closed { .. } => expected = None,
                    ApprovalRecord::Lost { .. }
                    | ApprovalRecord::Numbered { .. }
                    | ApprovalRecord::Replaces { .. } => {}
                }
            }
            let is_told = match after(&sequence, 2) {
                "none" => None,
                told => Some(told.ends_with("may have been sent")),
            };
            assert_eq!(is_told, expected, "{sequence:?}");
        }
    }
}

#[test]
fn of_a_changed_mail_and_its_successor_one_waits_whenever_the_daemon_stops() {
    let new = ApprovalRecord::Held {
        trace: trace(2),
        place: Place::Sealed,
    };
    let records = [
        held(Place::Sealed),
        ApprovalRecord::Numbered { number: 2 },
        ApprovalRecord::Replaces { number: 2, old: 1 },
        new,
        ApprovalRecord::Closed { number: 1 },
    ];
    for cut in 1..=records.len() {
        let mut earlier = Earlier::default();
        for record in &records[..cut] {
            earlier.apply(record.clone());
        }
        let expected = if cut < 4 { trace(1) } else { trace(2) };
        let waiting = earlier.approvals(at(2));
        assert_eq!(waiting, [Approval::Sealed(expected)], "{cut} records");
    }
}

#[test]
fn an_approval_is_restored_from_its_own_records() {
    for approval in [
        Approval::Sealed(trace(1)),
        Approval::Sealed(Trace {
            maybe_sent: true,
            ..trace(1)
        }),
        Approval::Lost(trace(1)),
        Approval::Lost(Trace {
            maybe_sent: true,
            ..trace(1)
        }),
    ] {
        let mut earlier = Earlier::default();
        for record in records(&approval) {
            earlier.apply(record);
        }
        assert_eq!(earlier.last_number, 1);
        assert_eq!(earlier.approvals(at(2)), [approval]);
    }
}
