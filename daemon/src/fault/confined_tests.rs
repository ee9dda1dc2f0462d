//! What a caller that is confined to an instance learns from an error.

use super::*;
use crate::{
    fault::{of_login, of_mail},
    mail::{JournalError, Remedy},
};
use std::time::{Instant, SystemTime};
use tai_auth::{
    bridge::InUse,
    session::{Phase, Snapshot, Stats, clock::Now},
};
use tai_proto::Audience;

#[test]
fn a_confined_caller_learns_of_no_file_no_profile_and_no_proxy() {
    let now = Now {
        wall: SystemTime::UNIX_EPOCH,
        mono: Instant::now(),
    };
    let snapshot = Snapshot {
        phase: Phase::SigningIn,
        username: None,
        source: None,
        origin: None,
        takes_offer: false,
        stats: Stats::default(),
    };
    let proxy = || BridgeError::ProxyFailed {
        proxy: "http://secret:3128 (HTTPS_PROXY)".into(),
        detail: "cannot connect to secret".into(),
    };
    let errors = [
        MailError::NotRecorded(JournalError {
            path: "/home/secret/sends".into(),
            why: "No space left on device".into(),
            remedy: Remedy::Room,
        }),
        MailError::Session(SessionError::InUse(InUse {
            by: Some("secret".into()),
        })),
        MailError::Session(SessionError::Bridge(proxy())),
        MailError::Bridge(proxy()),
    ];
    for error in errors {
        let open = of_mail(&error, &snapshot, now);
        let text = |fault: &Fault| {
            format!(
                "{} {}",
                fault.render(Audience::Agent),
                fault.render(Audience::Person)
            )
        };
        assert!(text(&open).contains("secret"), "{error:?} names nothing");
        let closed = text(&confined(open, &error));
        assert!(!closed.contains("secret"), "{closed}");
    }
    let login = SessionError::Bridge(proxy());
    let closed = confined_login(of_login(&login), &login);
    assert_eq!(
        &*closed.what,
        "the login failed: cannot reach the mail bridge through the proxy of taid"
    );
}
