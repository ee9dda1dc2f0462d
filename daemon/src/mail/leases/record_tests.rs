//! The format of the records of the leases.

use super::*;

#[test]
fn each_lease_record_is_one_line_and_parses_back() {
    let address = "desk.alice@tai.chat".to_owned();
    for (record, line) in [
        (
            LeaseRecord::Marked {
                id: 7,
                address: address.clone(),
            },
            "marked 7 desk.alice@tai.chat",
        ),
        (
            LeaseRecord::Unconfirmed { id: 7, address },
            "unconfirmed 7 desk.alice@tai.chat",
        ),
        (LeaseRecord::Delivered { id: 7 }, "delivered 7"),
        (LeaseRecord::Closed { id: 7 }, "closed 7"),
    ] {
        assert_eq!(record.to_string(), line);
        assert_eq!(line.parse(), Ok(record));
    }
}

#[test]
fn a_line_in_another_format_is_not_a_record() {
    for line in [
        "",
        "marked",
        "marked 7",
        "marked x a@b",
        "marked 7 a@b c",
        "marked -7 a@b",
        "closed 7 a@b",
        "closed  7",
        "settled 7 a@b",
        "\u{0}\u{0}",
    ] {
        assert_eq!(line.parse::<LeaseRecord>(), Err(NotARecord), "{line:?}");
    }
}
