//! The sealed files of waiting mails: encrypted and written outside of the async runtime.

use super::{
    key::{KeySource, Keys},
    seal::{HeldKey, open, seal},
    state::{Trace, WaitingMail},
    vault::Vault,
};
use crate::mail::journal::Disk;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::{Mutex, oneshot};

/// The place of waiting mails.
#[derive(Debug)]
pub(crate) struct Store {
    /// The journal.
    pub(crate) journal: PathBuf,
    /// The directory of sealed mails. Its name is authenticated with each of them.
    pub(crate) vault: PathBuf,
    /// The disk of both.
    pub(crate) disk: Arc<dyn Disk>,
    /// The source of the key; `None` keeps no content.
    pub(crate) keys: Option<Box<dyn KeySource>>,
}

/// The sealed files and their key.
pub(super) struct Safe {
    pub(super) vault: Vault,
    pub(super) name: String,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) keys: Keys,
    /// Serializes the opening of sealed mails.
    pub(super) opening: Mutex<()>,
}

impl Safe {
    /// Does work that blocks, outside of the async runtime; `None` if it panics.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (send, receive) = oneshot::channel();
        self.disk.run(Box::new(move || drop(send.send(work()))));
        receive.await.ok()
    }

    /// Writes the file of a mail, and returns whether it survives a power failure.
    pub(super) async fn write(&self, key: HeldKey, waiting: WaitingMail) -> bool {
        let (vault, name) = (self.vault.clone(), self.name.clone());
        let number = waiting.number;
        let work = move || {
            let sealed = seal(&key, &name, &waiting);
            let sealed = sealed.ok_or_else(|| std::io::Error::other("cannot encrypt it"));
            sealed.and_then(|bytes| vault.write(number, &bytes))
        };
        match self.blocking(work).await {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                tracing::warn!(number, %error, "cannot write a waiting mail; it is kept in memory alone");
                false
            }
            None => false,
        }
    }

    /// Returns the mail of a file; `None` if that is damaged, with a warning.
    pub(super) async fn read(&self, key: HeldKey, trace: Trace) -> Option<WaitingMail> {
        let (vault, name) = (self.vault.clone(), self.name.clone());
        let number = trace.number;
        let work = move || match vault.read(number) {
            Ok(bytes) => open(&key, &name, &trace, bytes).ok_or("it is damaged".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        match self.blocking(work).await {
            Some(Ok(waiting)) => Some(waiting),
            Some(Err(error)) => {
                tracing::warn!(number, error, "cannot read a waiting mail");
                None
            }
            None => None,
        }
    }
}
