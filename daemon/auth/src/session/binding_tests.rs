//! A password goes to the bridge that it is for, and to no other.

use super::{
    scripted::ScriptedIssuer,
    session_tests::{session, soon},
    *,
};
use crate::{base_url::BaseUrl, credentials::SourceError, testing::TestClock};
use tai_names::Profile;

#[tokio::test(start_paused = true)]
async fn a_session_asks_no_source_of_another_bridge() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let elsewhere: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
    let username = || "alice".parse().unwrap();
    let bridge = || elsewhere.origin();
    // Reading any of them would fail with another error.
    let sources = [
        Source::given(username(), "sandbox-password".into(), bridge()),
        Source::File {
            username: username(),
            path: "/nowhere".into(),
            bridge: bridge(),
        },
        Source::Command {
            username: username(),
            argv: vec!["/nowhere".into()],
            bridge: bridge(),
        },
        Source::Systemd {
            username: username(),
            path: "/nowhere".into(),
            bridge: bridge(),
        },
        Source::Keyring {
            username: None,
            profile: Profile::default(),
            bridge: bridge(),
        },
    ];
    let mut page = String::new();
    for source in sources {
        let session = Session::start_with_clock(issuer.clone(), source, issuer.clock.clone());
        match session.token(soon()).await {
            Err(SessionError::Source(error @ SourceError::OtherBridge { .. })) => {
                page.push_str(&format!("{error}\n"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(issuer.counts(), (0, 0));
    insta::assert_snapshot!(page, @"
    the password from the calling program is for the bridge http://127.0.0.1:1, and this taid uses https://tai.chat
    the password from the file /nowhere is for the bridge http://127.0.0.1:1, and this taid uses https://tai.chat
    the password from the command `/nowhere` is for the bridge http://127.0.0.1:1, and this taid uses https://tai.chat
    the password from the systemd credential /nowhere is for the bridge http://127.0.0.1:1, and this taid uses https://tai.chat
    the password from the keyring is for the bridge http://127.0.0.1:1, and this taid uses https://tai.chat
    ");
}

#[tokio::test(start_paused = true)]
async fn credentials_for_another_bridge_are_refused_before_they_leave() {
    let issuer = ScriptedIssuer::new(&TestClock::new());
    let session = session(&issuer);
    let elsewhere: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
    let credentials = Credentials {
        username: "alice".parse().unwrap(),
        password: "sandbox-password".into(),
        bridge: elsewhere.origin(),
    };
    let failed = session.sign_in(credentials.clone(), soon()).await;
    assert!(matches!(
        failed,
        Err(SessionError::Source(SourceError::OtherBridge { .. }))
    ));
    let failed = crate::check_login(&*issuer, &credentials).await;
    assert!(matches!(
        failed,
        Err(SessionError::Source(SourceError::OtherBridge { .. }))
    ));
    assert_eq!(issuer.counts(), (0, 0));
}
