//! Changes of a mail at the bridge: its deletion and its mark as read.

use crate::mail::{
    error::{Change, MailError},
    service::MailService,
};
use tai_auth::bridge::{Bridge, Head};
use tai_proto::names::{Instance, MailId};
use tai_reader::characters::line;
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Deletes a mail of the instance and returns its subject. A lease of the mail ends.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn delete(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let head = self.of_instance(instance, id, deadline).await?;
        self.remove(id, deadline).await?;
        Ok(line(&head.subject).into_owned())
    }

    /// Deletes a mail that the caller may see.
    pub(super) async fn remove(&self, id: MailId, deadline: Instant) -> Result<(), MailError> {
        let is_deleted = self
            .with_token(deadline, async |token| {
                self.bridge.delete(&token, id.get(), deadline).await
            })
            .await?;
        // If the mail is gone, an attempt of this request, whose answer may have been lost, has
        // deleted it.
        if !is_deleted && self.message(id, deadline).await?.is_some() {
            let change = Change::Delete;
            return Err(MailError::Unchanged { id, change });
        }
        self.leases.delete(id.get());
        self.not_unread(id);
        Ok(())
    }

    /// Marks a mail of the instance read and returns its subject.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn mark_read(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let head = self.of_instance(instance, id, deadline).await?;
        let admitted = self.admit(&head, id, deadline).await?;
        self.mark(id, deadline).await?;
        admitted.keep();
        Ok(line(&head.subject).into_owned())
    }

    /// Marks a mail read that the caller may see.
    pub(super) async fn mark(&self, id: MailId, deadline: Instant) -> Result<(), MailError> {
        let is_marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id.get(), deadline).await
            })
            .await?;
        if !is_marked {
            let found = self.message(id, deadline).await?;
            if !found.ok_or(MailError::NoSuchMail(id))?.head.read {
                let change = Change::MarkRead;
                return Err(MailError::Unchanged { id, change });
            }
        }
        self.leases.read(id.get(), true);
        self.not_unread(id);
        Ok(())
    }

    /// Returns the head of a mail if it is addressed to the instance. The bodies would keep their
    /// place during the requests that follow, which may wait for one.
    async fn of_instance(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<Head, MailError> {
        let address = self.address(instance, deadline).await?;
        Ok(self.own(instance, &address, id, deadline).await?.head)
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
