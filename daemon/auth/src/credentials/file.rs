//! A password in the first line of a file.

use super::{
    blocking::blocking,
    password::{Credentials, MAX_BYTES, first_line},
    source_error::SourceError,
};
use crate::{base_url::Origin, private_file, regular_file};
use secrecy::SecretString;
use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use tai_names::Username;
use zeroize::Zeroizing;

/// Requirement on the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A regular file. systemd sets its owner and mode.
    AnyOwner,
    /// A regular file that belongs to the user and that no other user can read or write.
    OwnerOnly,
}

/// Reads the password of `username` at `bridge` from the file.
pub(super) async fn read(
    username: &Username,
    bridge: &Origin,
    path: &Path,
    rule: Rule,
) -> Result<Credentials, SourceError> {
    let path = path.to_owned();
    let failed = {
        let path = path.clone();
        move |problem: String| SourceError::File { path, problem }
    };
    let read = blocking(move || read_now(path, rule)).await;
    let password = match read {
        Some(Ok(password)) => password,
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(failed("does not exist".to_owned()));
        }
        Some(Err(error)) => return Err(failed(format!("cannot be read: {error}"))),
        None => return Err(failed("could not be read in time".to_owned())),
    };
    Ok(Credentials {
        username: username.clone(),
        password,
        bridge: bridge.clone(),
    })
}

fn read_now(path: PathBuf, rule: Rule) -> io::Result<SecretString> {
    let file = regular_file::open(&path)?;
    if rule == Rule::OwnerOnly {
        private_file::check(&file.metadata()?)?;
    }
    // A growing vector would leave copies that are not zeroed.
    let room = usize::try_from(MAX_BYTES).unwrap_or_default();
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.take(MAX_BYTES).read_to_end(&mut text)?;
    first_line(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
