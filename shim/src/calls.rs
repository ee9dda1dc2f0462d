//! Calls to taid for an MCP request, with the request's progress and cancellation.

use crate::daemon::Taid;
use rmcp::{RoleServer, model::ProgressNotificationParam, service::RequestContext};
use std::time::Duration;
use tai_client::{CallContext, Lease, Progress};
use tai_proto::{
    Fault, Method,
    call::Fetch,
    mail::{FetchedMail, Filter, Window},
    message::{ClientLabel, Identity},
};
use tokio::{
    sync::watch,
    time::{Instant, interval},
};
use tokio_util::sync::CancellationToken;

/// Interval of the progress notifications of a wait. Clients that reset their time limit on progress
/// have limits of 5 s and more.
const WAIT_PROGRESS: Duration = Duration::from_secs(3);

/// Makes a call. Sends progress notifications if the request has a progress token; cancelling
/// the request cancels the call.
pub(crate) async fn call<M: Method>(
    taid: &Taid,
    method: M,
    context: &RequestContext<RoleServer>,
) -> Result<M::Answer, Fault> {
    let identity = identity(context);
    reporting(context, async |progress| {
        let context = of_request(&identity, progress, context);
        taid.call(method, context).await
    })
    .await
}

/// Makes a call that a cancelled request leaves behind.
pub(crate) async fn call_after_cancellation<M: Method>(
    taid: &Taid,
    method: M,
    context: &RequestContext<RoleServer>,
) -> Result<M::Answer, Fault> {
    let identity = identity(context);
    let context = CallContext {
        identity: &identity,
        progress: None,
        cancelled: &CancellationToken::new(),
    };
    taid.call(method, context).await
}

/// Reads a part of a mail as [`tai_client::Client::fetch`] does. Progress and cancellation are as in
/// [`call`].
pub(crate) async fn fetch(
    taid: &Taid,
    fetch: Fetch,
    context: &RequestContext<RoleServer>,
) -> Result<(FetchedMail, Option<Lease>), Fault> {
    let identity = identity(context);
    reporting(context, async |progress| {
        let context = of_request(&identity, progress, context);
        taid.fetch(context, fetch).await
    })
    .await
}

/// Waits for an unread mail that meets the conditions, for at most `limit`. Leases and settles the mail
/// as [`fetch`] does. The progress is the time in seconds.
pub(crate) async fn wait_for(
    taid: &Taid,
    filter: &Filter,
    limit: Duration,
    window: Window,
    context: &RequestContext<RoleServer>,
) -> Result<(FetchedMail, Option<Lease>), Fault> {
    let identity = identity(context);
    reporting(context, async |progress| {
        let context = of_request(&identity, None, context);
        let waiting = Box::pin(taid.wait_for(context, filter, limit, window));
        match progress {
            Some(progress) => timed(waiting, limit, progress).await,
            None => waiting.await,
        }
    })
    .await
}

/// Runs `work` and reports the elapsed seconds of `limit`, first at once.
async fn timed<F: Future>(work: F, limit: Duration, progress: &Progress) -> F::Output {
    let began = Instant::now();
    let mut ticks = interval(WAIT_PROGRESS);
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = ticks.tick() => {
                progress.send_replace((began.elapsed().as_secs(), limit.as_secs()));
            }
        }
    }
}

fn of_request<'a>(
    identity: &'a Identity,
    progress: Option<&'a Progress>,
    request: &'a RequestContext<RoleServer>,
) -> CallContext<'a> {
    CallContext {
        identity,
        progress,
        cancelled: &request.ct,
    }
}

/// Runs `work` and forwards its progress to the client.
async fn reporting<T>(
    context: &RequestContext<RoleServer>,
    work: impl AsyncFnOnce(Option<&Progress>) -> T,
) -> T {
    let Some(token) = context.meta.get_progress_token() else {
        return work(None).await;
    };
    let (progress, mut reported) = watch::channel((0, 0));
    let work = work(Some(&progress));
    tokio::pin!(work);
    loop {
        tokio::select! {
            answer = &mut work => return answer,
            Ok(()) = reported.changed() => {
                let (done, total) = *reported.borrow_and_update();
                let mut param = ProgressNotificationParam::new(token.clone(), done as f64);
                param.total = Some(total as f64);
                // If the client has gone, the transport ends the session.
                let _ = context.peer.notify_progress(param).await;
            }
        }
    }
}

/// Returns the name and version of the MCP client that makes a request.
pub(crate) fn identity(context: &RequestContext<RoleServer>) -> Identity {
    let client = context.client_info();
    Identity {
        name: client
            .as_ref()
            .map(|client| ClientLabel::from(client.name.as_str()))
            .unwrap_or_default(),
        version: client
            .map(|client| ClientLabel::from(client.version.as_str()))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_wait_reports_its_seconds_at_once_and_in_intervals() {
        let (progress, mut reported) = watch::channel((0, 0));
        let limit = Duration::from_secs(45);
        let work = timed(sleep(Duration::from_secs(10)), limit, &progress);
        let mut seen = Vec::new();
        let watch = async {
            while reported.changed().await.is_ok() && seen.len() < 4 {
                seen.push(*reported.borrow_and_update());
            }
        };
        tokio::select! {
            () = work => {}
            () = watch => {}
        }
        assert_eq!(seen, [(0, 45), (3, 45), (6, 45), (9, 45)]);
    }
}
