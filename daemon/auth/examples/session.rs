//! TAI's authentication in a program of your own: log in once, make authenticated requests,
//! and let expiry, renewal, 401 and repetition be taken care of.
//!
//! Against a sandbox bridge:
//!
//! ```text
//! cargo run -p tai-sandbox -- --account alice:sandbox-password     # prints its URL
//! PASSWORD=sandbox-password cargo run -p tai-auth --example session -- http://127.0.0.1:PORT alice
//! ```

use std::{error::Error, sync::Arc, time::Duration};
use tai_auth::{
    bridge::{Bridge as _, HttpBridge, Page},
    credentials::Source,
    session::Session,
};
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(url), Some(username)) = (args.next(), args.next()) else {
        return Err("usage: session URL USERNAME, with PASSWORD in the environment".into());
    };
    let password = std::env::var("PASSWORD")?.into();

    let bridge = Arc::new(HttpBridge::new(url.parse()?, Duration::from_secs(30))?);
    let session = Session::start(bridge.clone(), Source::given(username, password));

    // However many tasks do this at once, there is one login; the token is renewed before it
    // ends, and a request that is answered 401 is sent again with a newer one.
    let deadline = Instant::now() + Duration::from_secs(60);
    let page = Page {
        instance: None,
        limit: 10,
        offset: 0,
        bodies: false,
    };
    let mails = session
        .with_token(deadline, async |bearer| {
            bridge.list(&bearer, &page, deadline).await
        })
        .await
        .map_err(|error| tai_auth::chain(&error))?;
    println!("{} of {} mails", mails.mails.len(), mails.count);
    for mail in mails.mails {
        println!("{}: {}", mail.head.from, mail.head.subject);
    }

    // The token is dropped and zeroed.
    session.stop().await;
    Ok(())
}
