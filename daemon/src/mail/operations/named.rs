//! Reading a mail by its id.

use super::{body_part::mail_id, fetch::fetched, granted::Known};
use crate::mail::{
    error::MailError,
    leases::{ClientKey, Named},
    service::MailService,
};
use tai_auth::bridge::{Bridge, Message};
use tai_proto::{
    call::Peek,
    mail::{FetchedMail, Window},
    names::{Address, Instance},
};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Reads a part of a mail that the client names. With the last part, an unread mail that no
    /// client holds is leased, and a mail that a client has read before is marked read.
    pub(super) async fn fetch_named(
        &self,
        address: Address,
        client: ClientKey,
        message: Message,
        window: Window,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let id = mail_id(message.head.id)?;
        let admitted = self.admit(&message.head, id, deadline).await?;
        let (was_read, to) = (message.head.read, message.head.to.clone());
        let mut mail = self.read(message, window, deadline).await?;
        mail.envelope.read = was_read;
        if !mail.part.is_last() {
            return Ok(fetched(address, mail));
        }
        let named = match admitted.known {
            Known::Written => Named::Read,
            Known::Nothing => self.leases.take_named(client, id.get(), &to, !was_read),
            Known::Returned => self.leases.take_named(client, id.get(), &to, true),
        };
        match named {
            Named::Taken(taken) => {
                if admitted.known == Known::Returned {
                    // Nothing waits for the disk, as for a granted mail.
                    let _ = self.leases.mark(client, id.get());
                }
                taken.keep();
                return Ok(FetchedMail {
                    is_leased: true,
                    ..fetched(address, mail)
                });
            }
            // The holder marks it, or gives it back unread.
            Named::Held => {}
            Named::Read => {
                mail.envelope.read = self.confirm_read(id, deadline).await;
                self.leases.read(id.get(), mail.envelope.read);
                admitted.keep();
            }
        }
        Ok(fetched(address, mail))
    }

    /// Reads a part of a mail and leaves the mail's state unchanged.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn peek(
        &self,
        instance: Option<&Instance>,
        peek: Peek,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let address = self.address(instance, deadline).await?;
        let message = self.own(instance, &address, peek.id, deadline).await?;
        let mail = self.read(message, peek.window, deadline).await?;
        Ok(fetched(address, mail))
    }
}
