//! Leases that outlive the daemon: clients reclaim the mails that they held at its predecessor.

use super::delivery::is_of_instance;
use crate::mail::{
    leases::{ClientKey, GRACE, KEPT_FOR},
    service::MailService,
};
use tai_auth::bridge::Bridge;
use tai_proto::{
    call::MAX_RECLAIMED,
    names::{Instance, MailId},
};
use tokio::time::{sleep, timeout};

impl<B: Bridge> MailService<B> {
    /// Leases mails to a client that held them at the previous daemon. Returns those that it holds
    /// now.
    pub(crate) fn reclaim(
        &self,
        instance: Option<&Instance>,
        client: ClientKey,
        ids: &[MailId],
    ) -> Vec<MailId> {
        let own = self.known_address(instance);
        let is_own = |address: &str| match &own {
            Some(own) => own.matches(address),
            // A daemon that has just started does not know the account yet.
            None => is_of_instance(address, instance),
        };
        let asked = ids.iter().take(MAX_RECLAIMED).copied();
        let held = self
            .leases
            .reclaim(client, asked.clone().map(MailId::get), is_own);
        asked.filter(|id| held.contains(&id.get())).collect()
    }

    /// Waits for the clients of ended connections, and gives the mails that they have not reclaimed
    /// to other clients. Does not return.
    pub(crate) async fn return_unclaimed(&self) {
        loop {
            // An idle daemon without reserved mails does not wake.
            let _ = timeout(KEPT_FOR, self.leases.reserved()).await;
            sleep(GRACE).await;
            for address in self.leases.lapse() {
                self.arrivals.give_back(address);
            }
        }
    }

    /// Removes a client of a daemon that stops. The successor keeps its leased mails for it.
    pub(crate) fn leave_client(&self, client: ClientKey) {
        self.leases.leave_client(client);
    }
}

#[cfg(test)]
#[path = "reclaim_service_tests.rs"]
mod tests;
