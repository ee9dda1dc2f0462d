//! The format of the records of the ledger.

use super::*;
use std::time::{Duration, SystemTime};

fn at(seconds: u64) -> Stamp {
    Stamp {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
        boot: 0x1a,
        since_boot: Duration::from_secs(7),
    }
}

#[test]
fn each_ledger_record_is_one_line_and_parses_back() {
    let digest = || Digest::of(&["a"]);
    for (record, event, value) in [
        (
            LedgerRecord::Sending {
                digest: digest(),
                at: at(5),
            },
            "sending",
            " 5:1a:7",
        ),
        (
            LedgerRecord::Sent {
                digest: digest(),
                at: at(5),
            },
            "sent",
            " 5:1a:7",
        ),
        (
            LedgerRecord::Unknown {
                digest: digest(),
                at: at(5),
            },
            "unknown",
            " 5:1a:7",
        ),
        (LedgerRecord::Closed { digest: digest() }, "closed", ""),
    ] {
        let line = format!("{event} {}{value}", digest());
        assert_eq!(record.to_string(), line);
        assert_eq!(line.parse(), Ok(record));
    }
    let sender = || "desk.alice@tai.chat".to_owned();
    for (record, line) in [
        (
            LedgerRecord::Counted {
                sender: sender(),
                at: at(5),
            },
            "counted desk.alice@tai.chat 5:1a:7",
        ),
        (
            LedgerRecord::Uncounted {
                sender: sender(),
                at: at(5),
            },
            "uncounted desk.alice@tai.chat 5:1a:7",
        ),
        (
            LedgerRecord::Reply {
                original: 7,
                sender: sender(),
                fate: ReplyFate::MaybeSent,
                at: at(5),
            },
            "maybe-replied 7/desk.alice@tai.chat 5:1a:7",
        ),
        (
            LedgerRecord::Reply {
                original: 7,
                sender: sender(),
                fate: ReplyFate::Held,
                at: at(5),
            },
            "reply-held 7/desk.alice@tai.chat 5:1a:7",
        ),
        (
            LedgerRecord::Reply {
                original: 7,
                sender: sender(),
                fate: ReplyFate::Sent,
                at: at(5),
            },
            "replied 7/desk.alice@tai.chat 5:1a:7",
        ),
        (
            LedgerRecord::Unreplied {
                original: 7,
                sender: sender(),
            },
            "unreplied 7/desk.alice@tai.chat",
        ),
    ] {
        assert_eq!(record.to_string(), line);
        assert_eq!(line.parse(), Ok(record));
    }
}

#[test]
fn a_line_in_another_format_is_not_a_record() {
    let digest = Digest::of(&["a"]);
    for line in [
        format!("sent {digest}"),
        format!("sent {digest} x"),
        format!("sent {digest} 5"),
        format!("sent {digest} 5:1a"),
        format!("sent {digest} 5:g:7"),
        format!("sent {digest} 5:1a:7:8"),
        format!("sent {digest} 99999999999999999999:1a:7"),
        format!("closed {digest} 5:1a:7"),
        "sent x 5:1a:7".to_owned(),
        "replied 7/a@b".to_owned(),
        "replied a@b 5:1a:7".to_owned(),
        "replied x/a@b 5:1a:7".to_owned(),
        "unreplied 7/a@b 5:1a:7".to_owned(),
    ] {
        assert_eq!(line.parse::<LedgerRecord>(), Err(NotARecord), "{line:?}");
    }
}
