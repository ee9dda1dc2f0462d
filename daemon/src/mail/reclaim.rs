//! Leases that outlive the daemon: clients reclaim the mails that they held at its predecessor.

use super::{
    fetch::is_of_instance,
    leases::{ClientKey, GRACE},
    service::MailService,
};
use tai_auth::bridge::Bridge;
use tai_proto::{
    call::MAX_RECLAIMED,
    names::{Instance, MailId},
};
use tokio::time::sleep;

impl<B: Bridge> MailService<B> {
    /// Leases mails to a client that held them at the previous daemon. Returns those that it holds now.
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
        let asked = ids.iter().take(MAX_RECLAIMED);
        let held = self
            .leases
            .reclaim(client, asked.map(|id| id.get()), is_own);
        let is_held = |id: &&MailId| held.contains(&id.get());
        ids.iter().filter(is_held).copied().collect()
    }

    /// Waits for the clients of the previous daemon, and gives the mails that they have not reclaimed to
    /// other clients.
    pub(crate) async fn return_unclaimed(&self) {
        sleep(GRACE).await;
        for address in self.leases.lapse() {
            self.arrivals.give_back(address);
        }
    }

    /// Removes a client of a daemon that stops. The successor keeps its leased mails for it.
    pub(crate) fn leave_client(&self, client: ClientKey) {
        self.leases.leave_client(client);
    }
}
