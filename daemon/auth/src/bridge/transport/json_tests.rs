//! Promises of the repair, for every division of an answer into pieces.

use super::*;

const LIMITS: Limits = Limits {
    answer: 1_000,
    string: 20,
};

/// Returns the repaired bytes of an answer that arrives in pieces of this length.
fn repaired(json: &[u8], piece: usize, limits: Limits) -> Result<String, Excess> {
    let (mut repair, mut out) = (Repair::new(limits), Vec::new());
    for piece in json.chunks(piece) {
        repair.push(piece, false, &mut out)?;
    }
    repair.push(&[], true, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn good_json_passes_unchanged_in_pieces_of_any_length() {
    let json = "{\"a\":[1,-2.5e3,null,true],\"b\\n\\\"\\\\\":\"ä€😀\\u00e9\",\"c\":{}} ";
    for piece in 1..=json.len() {
        let repaired = repaired(json.as_bytes(), piece, LIMITS);
        assert_eq!(repaired.as_deref(), Ok(json), "{piece}");
    }
}

#[test]
fn bad_strings_are_repaired_in_pieces_of_any_length() {
    let rows: [(&[u8], &str); 11] = [
        (b"\xef\xbb\xbf[1]", "[1]"),
        (br#"["caf\ud83d"]"#, "[\"caf\u{fffd}\"]"),
        (br#"["\ud83dx"]"#, "[\"\u{fffd}x\"]"),
        (br#"["\ud83d\n"]"#, "[\"\u{fffd}\\n\"]"),
        (br#"["\ud83d\ud83d\ude00"]"#, "[\"\u{fffd}\\ud83d\\ude00\"]"),
        (br#"["\ude00"]"#, "[\"\u{fffd}\"]"),
        (b"[\"a\xffb\xe4\"]", "[\"a\u{fffd}b\u{fffd}\"]"),
        (b"[\"a\xf0\x9f\"]", "[\"a\u{fffd}\"]"),
        (b"[\"a\nb\"]", "[\"a b\"]"),
        (br#"["\x\uZ1"]"#, "[\"\u{fffd}\u{fffd}Z1\"]"),
        (b"[\"a\xf0", "[\"a\u{fffd}"),
    ];
    for (json, expected) in rows {
        for piece in 1..=json.len() {
            let repaired = repaired(json, piece, LIMITS);
            assert_eq!(repaired.as_deref(), Ok(expected), "{json:?} {piece}");
        }
    }
}

#[test]
fn long_strings_are_cut_between_characters() {
    let rows = [
        (
            "[\"0123456789012345678901\",1]",
            "[\"01234567890123456789…\",1]",
        ),
        ("[\"ääääääääää\",\"ä\"]", "[\"ääääääääää\",\"ä\"]"),
        ("[\"äääääääääxäx\"]", "[\"äääääääääx…\"]"),
        ("[\"0123456789012345678\\n\"]", "[\"0123456789012345678…\"]"),
        ("[\"0123456789\\ud83d\\ude00x\"]", "[\"0123456789…\"]"),
    ];
    for (json, expected) in rows {
        for piece in 1..=json.len() {
            let repaired = repaired(json.as_bytes(), piece, LIMITS);
            assert_eq!(repaired.as_deref(), Ok(expected), "{json} {piece}");
        }
    }
}

#[test]
fn answers_that_are_too_large_or_too_deep_end() {
    let long = "1".repeat(1_001);
    assert_eq!(
        repaired(long.as_bytes(), 7, LIMITS),
        Err(Excess::Size(1_000))
    );
    let deep = "[".repeat(65);
    assert_eq!(repaired(deep.as_bytes(), 7, LIMITS), Err(Excess::Depth));
    let wide = "[],".repeat(100);
    assert!(repaired(wide.as_bytes(), 7, LIMITS).is_ok());
}

#[test]
fn only_lists_and_objects_outside_of_strings_count_as_nested() {
    let deep = "[".repeat(65);
    let rows = [
        ("[{".repeat(32), true),
        (deep.clone(), false),
        ("[],".repeat(100), true),
        (format!("\"{deep}\""), true),
        (format!("\"\\\"{deep}\""), true),
        (format!("\"\\\\\"{deep}"), false),
        (format!("\"{deep}"), true),
        ("\"\\".to_owned(), true),
        (format!("\\\"{deep}\""), true),
    ];
    for (json, expected) in rows {
        assert_eq!(is_shallow(&json), expected, "{json}");
    }
}
