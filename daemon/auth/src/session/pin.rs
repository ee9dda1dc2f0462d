//! The account of a piece of work. A person can sign out and sign in to another account while the
//! work is under way; its next request must not be made for that one.

use super::error::SessionError;
use std::{cell::OnceCell, future::Future};
use tai_names::Username;

tokio::task_local! {
    /// The account of the task's work, once it is known.
    static ACCOUNT: OnceCell<Username>;
}

/// Does `work` for one account: for `account`, or else for the first one whose username or token the
/// work gets from a session. From then on it gets [`SessionError::OtherAccount`] in place of those of
/// another account. Tasks that `work` spawns are free.
pub async fn for_one_account<F: Future>(account: Option<Username>, work: F) -> F::Output {
    let known = account.map(OnceCell::from).unwrap_or_default();
    ACCOUNT.scope(known, work).await
}

/// Checks that the present work may use this account.
///
/// # Errors
/// [`SessionError::OtherAccount`].
pub(super) fn check(account: &Username) -> Result<(), SessionError> {
    let check = |known: &OnceCell<Username>| known.get_or_init(|| account.clone()) == account;
    match ACCOUNT.try_with(check) {
        Ok(true) | Err(_) => Ok(()),
        Ok(false) => Err(SessionError::OtherAccount),
    }
}
