//! A sealed mail opens with its key, for its number, time and profile alone.

use super::*;
use crate::mail::sending::prepared::prepared;
use std::time::{Duration, SystemTime};
use tai_auth::session::stamp::Stamp;

fn waiting() -> WaitingMail {
    WaitingMail {
        number: 3,
        mail: Arc::new(prepared("b@x.org", "CANARY of the text")),
        insist: true,
        client: "client 1".into(),
        instance: Some("desk".parse().unwrap()),
        since: Stamp {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(60),
            boot: 1,
            since_boot: Duration::from_secs(60),
        },
        place: Place::Sealed,
        maybe_sent: false,
        replaces: None,
        revises: None,
    }
}

fn key(byte: u8) -> HeldKey {
    HeldKey::new([byte; 32])
}

#[test]
fn a_sealed_mail_opens_and_hides_its_content() {
    let waiting = waiting();
    let sealed = seal(&key(1), "held-default", &waiting).unwrap();
    let shown = String::from_utf8_lossy(&sealed);
    assert!(!shown.contains("CANARY") && !shown.contains("b@x.org"));
    let opened = open(&key(1), "held-default", &waiting.trace(), sealed.clone());
    assert_eq!(opened.as_ref(), Some(&waiting));
    let again = seal(&key(1), "held-default", &waiting).unwrap();
    assert_ne!(sealed, again, "the nonce is random");
    let trace = Trace {
        maybe_sent: true,
        ..waiting.trace()
    };
    let unsure = open(&key(1), "held-default", &trace, sealed).unwrap();
    assert!(unsure.maybe_sent && !unsure.insist, "the ledger applies");
}

#[test]
fn a_sealed_mail_that_was_changed_or_exchanged_does_not_open() {
    let waiting = waiting();
    let trace = waiting.trace();
    let sealed = seal(&key(1), "held-default", &waiting).unwrap();
    let opens =
        |key, name, trace: &Trace, bytes: &[u8]| open(&key, name, trace, bytes.to_vec()).is_some();
    assert!(opens(key(1), "held-default", &trace, &sealed));
    assert!(!opens(key(2), "held-default", &trace, &sealed));
    assert!(!opens(key(1), "held-work", &trace, &sealed));
    let number = Trace {
        number: 4,
        ..trace.clone()
    };
    assert!(!opens(key(1), "held-default", &number, &sealed));
    let mut later = trace.clone();
    later.since.wall += Duration::from_secs(1);
    assert!(!opens(key(1), "held-default", &later, &sealed));
    for cut in 0..sealed.len() {
        assert!(
            !opens(key(1), "held-default", &trace, &sealed[..cut]),
            "{cut}"
        );
    }
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(!opens(key(1), "held-default", &trace, &changed), "{at}");
    }
}
