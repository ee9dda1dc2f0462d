//! Calls to taid.

use super::report::Report;
use crate::{backoff::after_failure, daemon::Taid};
use tai_client::{CallContext, Lease};
use tai_proto::{
    Fault, Method, call::Except, mail::FetchedMail, message::Identity, names::Profile,
};
use tokio_util::sync::CancellationToken;

/// The client of taid under this command's name.
pub(super) struct Calls {
    taid: Taid,
    identity: Identity,
}

impl Calls {
    pub(super) fn new(taid: Taid) -> Self {
        Self {
            taid,
            identity: Identity {
                name: "tai-mcp live".into(),
                version: env!("CARGO_PKG_VERSION").into(),
            },
        }
    }

    /// Makes a call.
    ///
    /// # Errors
    /// As [`tai_client::Client::call`].
    pub(super) async fn call<M: Method>(&self, method: M) -> Result<M::Answer, Fault> {
        let cancelled = CancellationToken::new();
        self.taid.call(method, self.context(&cancelled)).await
    }

    /// Makes a call that is safe to repeat until taid answers it, without a time limit. Reports
    /// the first failure.
    pub(super) async fn insist<M: Method>(&self, method: M, report: Report) -> M::Answer {
        let mut backoff = after_failure();
        let mut reported = false;
        loop {
            match self.call(method.clone()).await {
                Ok(answer) => return answer,
                Err(fault) if !reported => {
                    report.failed(&fault);
                    reported = true;
                }
                Err(_) => {}
            }
            backoff.wait().await;
        }
    }

    /// Leases the oldest unread mail that no client holds and that is not excepted.
    ///
    /// # Errors
    /// As [`tai_client::Client::lease_oldest`].
    pub(super) async fn lease_oldest(
        &self,
        except: &Except,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        let cancelled = CancellationToken::new();
        let context = self.context(&cancelled);
        self.taid.lease_oldest(context, except).await
    }

    /// Returns the profile of taid.
    pub(super) async fn profile(&self) -> Profile {
        self.taid.profile().await
    }

    fn context<'a>(&'a self, cancelled: &'a CancellationToken) -> CallContext<'a> {
        CallContext {
            identity: &self.identity,
            progress: None,
            cancelled,
        }
    }
}
