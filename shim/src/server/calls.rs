//! Calls to taid for an MCP request, with the request's progress and cancellation.

use crate::daemon::Taid;
use rmcp::{RoleServer, model::ProgressNotificationParam, service::RequestContext};
use tai_client::{CallContext, Lease, Progress};
use tai_proto::{
    Fault, Method,
    mail::{FetchedMail, Window},
    message::{ClientLabel, Identity},
};
use tokio::sync::watch;

/// Makes a call. Sends progress notifications if the request has a progress token; cancelling
/// the request cancels the call.
pub(crate) async fn call<M: Method>(
    taid: &Taid,
    method: M,
    context: &RequestContext<RoleServer>,
) -> Result<M::Answer, Fault> {
    let identity = identity(context);
    reporting(context, async |progress| {
        let context = CallContext {
            identity: &identity,
            progress,
            cancelled: &context.ct,
        };
        taid.call(method, context).await
    })
    .await
}

/// Leases a part of the oldest unread mail, and settles the mail if that is its last one, with progress and cancellation as in [`call`].
pub(crate) async fn fetch_oldest(
    taid: &Taid,
    window: Window,
    context: &RequestContext<RoleServer>,
) -> Result<(FetchedMail, Option<Lease>), Fault> {
    let identity = identity(context);
    reporting(context, async |progress| {
        let context = CallContext {
            identity: &identity,
            progress,
            cancelled: &context.ct,
        };
        taid.fetch_oldest(context, window).await
    })
    .await
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
pub(super) fn identity(context: &RequestContext<RoleServer>) -> Identity {
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
