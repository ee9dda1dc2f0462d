//! TAI's authentication in another program: the library takes care of login, expiry, renewal,
//! 401 and repeats. Against a sandbox bridge:
//!
//! ```text
//! cargo run -p tai-sandbox -- --account alice:sandbox-password     # prints its URL
//! PASSWORD=sandbox-password cargo run -p tai-auth --example session -- http://127.0.0.1:PORT alice
//! ```
//!
//! A URL with plain http to another host is refused before anything is sent.

use std::{error::Error, process::ExitCode, sync::Arc, time::Duration};
use tai_auth::{
    base_url::BaseUrl,
    bridge::{Bridge as _, HttpBridge, Page},
    credentials::Source,
    session::Session,
};
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match list_mails().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", tai_auth::chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn list_mails() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(url), Some(username)) = (args.next(), args.next()) else {
        return Err("usage: session URL USERNAME, with PASSWORD in the environment".into());
    };
    let password = std::env::var("PASSWORD")?.into();

    let base: BaseUrl = url.parse()?;
    // The password goes to this bridge only.
    let source = Source::given(username.parse()?, password, base.origin());
    let bridge = Arc::new(HttpBridge::new(base, Duration::from_secs(30))?);
    let session = Session::start(bridge.clone(), source);

    // Any number of tasks may do this at once; they share one login.
    let deadline = Instant::now() + Duration::from_secs(60);
    let page = Page {
        instance: None,
        limit: 10,
        offset: 0,
        bodies: false,
    };
    let listing = session
        .with_token(deadline, async |bearer| {
            bridge.list(&bearer, &page, deadline).await
        })
        .await?;
    println!("{} of {} mails", listing.rows.len(), listing.count);
    for mail in listing.mails() {
        println!("{}: {}", mail.head.from, mail.head.subject);
    }

    // The token is dropped and zeroed.
    session.stop().await;
    Ok(())
}
