//! Handling of leased mails.

use super::*;
use tai_proto::call::{Except, Settle};

impl Client {
    /// Leases the oldest mail and handles it for a while before it is marked, as `tai-mcp live` does.
    pub(super) async fn handle(&self) {
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let context = Self::context(&cancelled, &identity);
        let nothing = Except::NOTHING;
        let leasing = self.taid.lease_oldest(context, &nothing);
        let leased = self.bounded("lease", leasing).await;
        let Some(Ok((fetched, Some(lease)))) = leased else {
            return;
        };
        let id = lease.id();
        if let Some(mail) = fetched.mail {
            self.unreported.lock().unwrap().push(id.get());
            self.world
                .delivered(self.number, id.get(), &mail.envelope.to);
        }
        sleep(self.world.moment(20_000)).await;
        // taid marks it later if it cannot now.
        self.call(Settle { id }).await;
        lease.delivered();
    }
}
