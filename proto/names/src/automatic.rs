//! Addresses that programs use and people do not read: those of bounces, lists and senders of notices.

/// Names of programs, without punctuation.
const NAMES: [&str; 6] = [
    "mailerdaemon",
    "postmaster",
    "noreply",
    "donotreply",
    "bounce",
    "bounces",
];
/// Beginnings of the names that take no reply.
const BEGINNINGS: [&str; 2] = ["noreply", "donotreply"];
/// Ends of the names of a list's programs, and of senders of notices. `-owner` and `-request` are also
/// ends of names that people have, such as `product-owner`.
const ENDS: [&str; 7] = [
    "-bounces",
    "-bounce",
    "-confirm",
    "-subscribe",
    "-unsubscribe",
    "-noreply",
    "-no-reply",
];

/// Returns whether the part of an address before its `@` is that of a program. An answer of a program
/// to it is a bounce, a subscription or the beginning of a loop (RFC 3834, 2; RFC 5321, 4.5.5).
pub(crate) fn is_automatic(local: &str) -> bool {
    let local = local.to_ascii_lowercase();
    // The recipient of a list's mail, or a signature, stands in the address of its bounces (VERP, SRS, BATV).
    if local.contains('=') {
        return true;
    }
    let name = local.split('+').next().unwrap_or_default();
    let plain = name.replace(['-', '_'], "");
    NAMES.contains(&plain.as_str())
        || BEGINNINGS
            .iter()
            .any(|begin| plain.replace('.', "").starts_with(begin))
        || ENDS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_lists_are_told_from_people() {
        for local in [
            "MAILER-DAEMON",
            "postmaster",
            "no-reply",
            "noreply+123",
            "No_Reply",
            "donotreply.orders",
            "do-not-reply",
            "noreply-shop",
            "dev-bounces",
            "dev-bounces+ann",
            "bounce",
            "bounces+4711-desk.alice",
            "bounces+42-desk.alice=tai.chat",
            "SRS0=abcd=XY=example.com=ann",
            "prvs=1234=ann",
            "no.reply",
            "dev-unsubscribe",
            "dev-confirm+8f3a",
            "shop-noreply",
        ] {
            assert!(is_automatic(local), "{local}");
        }
        for local in [
            "ann",
            "ann.lee+shop",
            "norman",
            "noreen",
            "bouncer",
            "request",
            "owner",
            "product-owner",
            "press-request",
            "b.ounce",
            "post.master",
            "sales",
            "info",
            "support",
            "desk.alice",
            "daemon",
        ] {
            assert!(!is_automatic(local), "{local}");
        }
    }
}
