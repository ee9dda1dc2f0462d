//! Answers as observed, in every documented variation, and from broken and hostile bridges.

use super::{
    super::{
        expected::Expected,
        mail::{Listing, Message, Row},
        transport::parse,
    },
    *,
};

const OBSERVED: &str = r#"{"success":true,"data":{"id":7,"message_id":"1795427974668-skuwyfmyhh",
    "from":"e@example.com","to":"desk.u@tai.chat","subject":null,"body_text":null,
    "body_html":null,"is_read":0,"received_at":"2026-11-23 09:59:34","size":0}}"#;

fn data<E: Expected>(expected: E, json: &str) -> Option<E::Value> {
    parse(Wrapped(expected), json.as_bytes()).ok()?.data
}

fn message(json: &str) -> Message {
    data(OneMail { id: 7 }, json).unwrap()
}

fn list(rows: &str) -> Listing {
    let json = format!(r#"{{"success":true,"data":{{"messages":[{rows}],"count":9}}}}"#);
    data(List::<true> { rows: 3 }, &json).unwrap()
}

#[test]
fn a_mail_parses_as_observed_with_its_nulls() {
    let mail = message(OBSERVED);
    assert_eq!(mail.head.id, 7);
    assert_eq!(mail.head.subject, "");
    assert_eq!(mail.head.date, "2026-11-23T09:59:34Z");
    assert!(!mail.head.read);
    assert_eq!((mail.text, mail.html), (None, None));
}

#[test]
fn a_mail_parses_in_every_documented_variation() {
    for is_read in ["true", "1", "\"1\"", "\"true\""] {
        let json = OBSERVED
            .replace("\"is_read\":0", &format!("\"is_read\":{is_read}"))
            .replace("2026-11-23 09:59:34", "2026-11-23T09:59:34.000Z")
            .replace("\"body_text\":null", "\"body_text\":\"b\"");
        let mail = message(&json);
        assert!(mail.head.read, "{is_read}");
        assert_eq!(mail.head.date, "2026-11-23T09:59:34Z");
        assert_eq!(mail.text.as_deref(), Some("b"));
    }
    for is_read in ["false", "0", "\"0\"", "null", "[]", "{}"] {
        let json = OBSERVED.replace("\"is_read\":0", &format!("\"is_read\":{is_read}"));
        assert!(!message(&json).head.read, "{is_read}");
    }
}

#[test]
fn one_odd_row_leaves_the_others_readable() {
    for (odd, subject) in [
        (
            r#"{"id":2,"subject":"caf\ud83d","is_read":null}"#,
            Some("caf\u{fffd}"),
        ),
        (r#"{"id":"2","subject":7,"from":null,"to":[]}"#, Some("7")),
        (r#"{"id":1,"id":2,"subject":"a","subject":"b"}"#, Some("b")),
        (
            r#"{"id":2.0,"subject":{"a":[{}]},"received_at":5}"#,
            Some(""),
        ),
        (r#"{"subject":"without an id"}"#, None),
        (r#"{"id":0}"#, None),
        (r#"{"id":9007199254740993}"#, None),
        (r#"{"id":-2}"#, None),
        (r#"{"id":99999999999999999999}"#, None),
        (r#"{"id":1.5}"#, None),
        ("null", None),
        ("17", None),
        ("\"text\"", None),
        ("[[],{}]", None),
    ] {
        let listing = list(&format!(r#"{{"id":1}},{odd},{{"id":3,"from":"a@b.c"}}"#));
        let ids: Vec<u64> = listing.mails().map(|mail| mail.head.id).collect();
        let subjects = listing.mails().map(|mail| &mail.head.subject);
        match subject {
            Some(subject) => {
                assert_eq!(ids, [1, 2, 3], "{odd}");
                assert_eq!(subjects.map(String::as_str).nth(1), Some(subject), "{odd}");
            }
            None => {
                assert_eq!(ids, [1, 3], "{odd}");
                assert!(matches!(listing.rows[1], Row::Unusable { .. }), "{odd}");
            }
        }
        assert_eq!(listing.count, 9);
        assert!(listing.has_more);
    }
}

#[test]
fn rows_beyond_those_asked_for_are_skipped() {
    let rows = vec![r#"{"id":1,"body_text":"x"}"#; 1_000].join(",");
    assert_eq!(list(&rows).rows.len(), 3);
}

#[test]
fn header_fields_are_cut() {
    let long = "é".repeat(50_000);
    let row = format!(
        r#"{{"id":1,"from":"{long}","to":"{long}","subject":"{long}","received_at":"{long}","body_text":"{long}"}}"#
    );
    let listing = list(&row);
    let mail = listing.mails().next().unwrap();
    let lengths = [
        &mail.head.from,
        &mail.head.to,
        &mail.head.subject,
        &mail.head.date,
    ];
    assert_eq!(
        lengths.map(|text| text.chars().count()),
        [1_995, 998, 998, 64]
    );
    assert_eq!(mail.text.as_deref(), Some(long.as_str()));
}

#[test]
fn a_list_without_bodies_keeps_none() {
    let json = r#"{"success":true,"data":{"messages":[{"id":1,"body_text":"x"}]}}"#;
    let listing = data(List::<false> { rows: 3 }, json).unwrap();
    assert_eq!(listing.mails().next().unwrap().text, None);
    assert_eq!(listing.bytes, json.len());
    assert_eq!((listing.count, listing.has_more), (1, false));
}

#[test]
fn data_of_another_kind_count_as_none() {
    for other in ["null", "7", "[]", "\"x\"", "{}", r#"{"messages":null}"#] {
        let json = format!(r#"{{"success":true,"data":{other}}}"#);
        assert!(data(List::<true> { rows: 3 }, &json).is_none(), "{other}");
        assert!(data(OneMail { id: 7 }, &json).is_none(), "{other}");
        assert!(data(IssuedJwt::default(), &json).is_none(), "{other}");
    }
}

#[test]
fn a_receipt_needs_no_field() {
    for (fields, id) in [
        ("{}", ""),
        (r#"{"messageId":17}"#, "17"),
        (r#"{"messageId":"a\nb"}"#, "a b"),
    ] {
        let json = format!(r#"{{"success":true,"data":{fields}}}"#);
        assert_eq!(data(SendReceipt::default(), &json).unwrap().message_id, id);
    }
}

#[test]
fn an_error_is_one_short_line() {
    let json = format!(
        r#"{{"success":false,"error":{{"code":"X\u001b[2J","message":"a\n{}"}}}}"#,
        "b".repeat(5_000_000)
    );
    let wrapper = parse(Wrapped(Done), json.as_bytes()).unwrap();
    let error = wrapper.error.unwrap();
    assert_eq!(error.code, "X\u{fffd}[2J");
    assert!(error.message.starts_with("a bbb"));
    assert_eq!(error.message.chars().count(), 1_000);
}

#[test]
fn a_body_that_is_not_json_is_refused_for_its_own_reason() {
    for body in ["", "  ", "<html>", "{\"success\":", "{} {}", "[[["] {
        assert!(parse(Wrapped(Done), body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_list_keeps_few_large_bodies_and_leaves_the_rest_to_the_next_page() {
    let row = |id: u64| {
        let body = "x".repeat(1 << 20);
        format!(r#"{{"id":{id},"to":"t@tai.chat","body_text":"{body}","body_html":"{body}"}}"#)
    };
    let rows: Vec<String> = (1..=10).map(row).collect();
    let json = format!(
        r#"{{"success":true,"data":{{"messages":[{}],"count":10,"has_more":false}}}}"#,
        rows.join(",")
    );
    let listing = data(List::<true> { rows: 10 }, &json).unwrap();
    assert_eq!((listing.rows.len(), listing.count), (8, 10));
    assert!(listing.has_more);
    let listing = data(List::<true> { rows: 4 }, &json).unwrap();
    assert_eq!(listing.rows.len(), 4);
}
