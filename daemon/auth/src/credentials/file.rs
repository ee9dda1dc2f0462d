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
    let text = match read {
        Some(Ok(text)) => text,
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(failed("does not exist".to_owned()));
        }
        Some(Err(error)) => return Err(failed(format!("cannot be read: {error}"))),
        None => return Err(failed("could not be read in time".to_owned())),
    };
    Ok(Credentials {
        username: username.clone(),
        password: first_line(&text),
        bridge: bridge.clone(),
    })
}

fn read_now(path: PathBuf, rule: Rule) -> io::Result<SecretString> {
    let file = regular_file::open(&path)?;
    if rule == Rule::OwnerOnly {
        private_file::check(&file.metadata()?)?;
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text.into())
}
