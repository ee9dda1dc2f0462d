//! The replay of a report that is part of the tests, and of the one that `TAI_SIM_REPORT` names.

use super::*;
use std::path::Path;
use tai_proto::{
    Call,
    traffic::Failure::{self, *},
};

/// A report with a login, a list that met a 503, a 429, a send whose connection broke, and a mail
/// that was read.
const REPORT: &str = include_str!("report.json");

fn embedded() -> Traffic {
    serde_json::from_str(REPORT).unwrap()
}

#[test]
fn replays_the_report_and_meets_each_recorded_outcome() {
    if let Ok(file) = std::env::var("TAI_SIM_REPORT") {
        // Tests run in the folder of their crate, and people in that of the repository.
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let text = std::fs::read_to_string(&file);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let replay = replay(&serde_json::from_str(&text).unwrap(), true);
        println!("{}", replay.page());
        assert_eq!(replay.violation, None);
        return;
    }
    let replay = replay(&embedded(), false);
    insta::assert_snapshot!(replay.page(), @r"
      time/ms  connection  call               recorded                    replayed
           60           1  session_status     done                        done
          900           1  list_inbox         done                        done
         6000           2  search_inbox       done                        done
        15000           1  send_email         OutcomeUnknown              OutcomeUnknown
        16000           1  send_email         Duplicate                   Duplicate
        20000           2  fetch_email        done                        done
        20091           2  settle             done                        done
        20131           2  end_lease          done                        done
        20132           2  send_email         BadRequest                  BadRequest
        30000           3  send_mail          done                        done
        31000           3  traffic            done                        done

      time/ms              exchange           recorded                    made
            5              login              200                         200
          901              list               503 intercepted after 2 s   503 intercepted after 2 s
         3400              list               200                         200
         6001              list               429 rate_limited after 5 s  429 rate_limited after 5 s
        11200              list               200                         200
        15002              send               broken                      broken
        20001              list               200                         200
        20047              message            200                         200
        20092              mark_read          200                         200
        30005              send               200                         200

    11 calls, 0 differ, 0 not replayed; 10 exchanges, 0 differ; every promise holds
    ");
    assert!(!replay.calls.iter().any(Replayed::differs));
    assert!(!replay.exchanges.iter().any(comparison::Pair::differs));
    assert_eq!(replay.violation, None);
}

#[test]
fn a_send_that_the_report_calls_done_and_that_broke_is_shown_as_differing() {
    let mut report = embedded();
    let sends = report.calls.iter_mut();
    let broken = CallOutcome::Failed(FaultCode::OutcomeUnknown);
    let send = sends.into_iter().find(|call| call.outcome == broken);
    send.unwrap().outcome = CallOutcome::Done;
    let replay = replay(&report, false);
    let page = replay.page();
    let differing: Vec<&str> = page
        .lines()
        .filter(|line| line.ends_with("differs"))
        .collect();
    insta::assert_snapshot!(differing.join("\n"), @"    15000           1  send_email         done                        OutcomeUnknown              differs");
    assert_eq!(replay.violation, None);
}

#[test]
fn each_kind_of_failure_is_made_again() {
    let table: [(&[Operation], &[Failure], Option<u16>); 11] = [
        (
            &[Operation::Send, Operation::Login, Operation::List],
            &[Unreachable, ProxyFailed, Untrusted, Broken, TimedOut],
            None,
        ),
        (&[Operation::Login], &[Unauthorized, UnknownUser], Some(401)),
        (&[Operation::Send], &[Unauthorized, UnknownUser], Some(401)),
        (
            &[Operation::Send, Operation::Login],
            &[RateLimited],
            Some(429),
        ),
        (&[Operation::Send, Operation::List], &[Refused], Some(403)),
        (
            &[Operation::Send, Operation::List],
            &[NoEndpoint],
            Some(404),
        ),
        (&[Operation::Send, Operation::Login], &[Moved], Some(302)),
        (
            &[Operation::Send],
            &[Garbled, TooLarge, Intercepted],
            Some(200),
        ),
        (
            &[Operation::Login],
            &[Garbled, Intercepted, Failed],
            Some(200),
        ),
        (
            &[Operation::Send],
            &[
                NoProvider,
                NotProcessed,
                CircuitOpen,
                ProviderRefused,
                Failed,
            ],
            Some(500),
        ),
        (&[Operation::Send], &[Intercepted], Some(502)),
    ];
    for (operations, failures, status) in table {
        for (operation, failure) in operations
            .iter()
            .flat_map(|operation| failures.iter().map(move |failure| (*operation, *failure)))
        {
            let exchange = ExchangeRecord {
                at_ms: if operation == Operation::Login {
                    5
                } else {
                    110
                },
                operation,
                duration_ms: 10,
                status,
                failure: Some(failure),
                retry_after_s: status.filter(|status| *status == 429).map(|_| 4),
            };
            let call = |call: &str| CallRecord {
                connection: 1,
                call: call.into(),
                at_ms: 100,
                duration_ms: 20,
                outcome: CallOutcome::Done,
            };
            let report = Traffic {
                calls: vec![call("list_inbox"), call("send_mail")],
                exchanges: vec![exchange],
                ..Traffic::default()
            };
            let replay = replay(&report, false);
            let pairs = replay.exchanges.iter();
            let made = pairs.filter(|pair| pair.recorded.is_some() && !pair.differs());
            assert_eq!(
                made.count(),
                1,
                "{operation:?} {failure:?}: {}",
                replay.page()
            );
            assert_eq!(replay.violation, None, "{operation:?} {failure:?}");
        }
    }
}

#[test]
fn every_kind_of_call_is_replayed_and_a_report_without_its_beginning_too() {
    let labels = "login list_inbox search_inbox send_email send_email reply_email send_email fetch_email \
        settle end_lease fetch_email mark_read delete_email find_reply wait_for_email watch watch \
        info session_status claim_account offer_credentials make_way retry_login list_held \
        watch_held resolve_held list_mail search_mail read_mail finish_mail delete_mail send_mail \
        traffic logout stop read_held revise_held reclaim_leases other";
    let listed: Vec<&str> = labels.split_whitespace().collect();
    for label in Call::LABELS {
        assert!(listed.contains(label), "{label}");
    }
    let hour = 60 * 60 * 1_000;
    let calls: Vec<CallRecord> = listed
        .into_iter()
        .enumerate()
        .map(|(index, label)| CallRecord {
            connection: if is_of_persons(label) { 1 } else { 2 },
            call: label.into(),
            at_ms: 5 * hour + index as u64 * 60_000,
            duration_ms: 1_000,
            outcome: CallOutcome::Done,
        })
        .collect();
    let exchange = |index: u64, operation| ExchangeRecord {
        at_ms: 5 * hour + index * 60_000 + 10,
        operation,
        duration_ms: 10,
        status: Some(200),
        failure: None,
        retry_after_s: None,
    };
    let exchanges = vec![
        exchange(4, Operation::Send),
        exchange(7, Operation::List),
        exchange(7, Operation::Message),
        exchange(10, Operation::Message),
        exchange(10, Operation::MarkRead),
        exchange(14, Operation::Message),
        exchange(25, Operation::Send),
    ];
    let replay = replay(
        &Traffic {
            calls,
            calls_left_out: 7,
            exchanges,
            exchanges_left_out: 7,
        },
        false,
    );
    let calls = replay.calls.iter();
    let rows = calls.filter(|call| call.outcome != Some(CallOutcome::Done));
    let rows = rows.map(|call| format!("{} {:?}\n", call.call.call, call.outcome));
    insta::assert_snapshot!(rows.collect::<String>(), @"
    stop None
    read_held None
    revise_held None
    reclaim_leases None
    other None
    ");
    assert_eq!(replay.violation, None);
}
