//! A password in a file. It is read only when nobody but the user can read it.

use super::{Credentials, MAX_BYTES, SourceError, blocking, first_line};
use crate::private_file;
use secrecy::SecretString;
use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// What is asked of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A regular file; systemd looks after the rest.
    Ours,
    /// A regular file of the user's own, closed to everybody else.
    OursAlone,
}

pub(super) async fn read(
    username: &str,
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
        Some(Err(error)) => return Err(failed(format!("is not read: {error}"))),
        None => return Err(failed("could not be read in time".to_owned())),
    };
    let username = username.to_owned();
    let password = first_line(text);
    Ok(Credentials { username, password })
}

fn read_now(path: PathBuf, rule: Rule) -> io::Result<SecretString> {
    // Opening a named pipe would wait for its writer.
    if !std::fs::metadata(&path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let file = File::open(&path)?;
    if rule == Rule::OursAlone {
        private_file::check(&file.metadata()?)?;
    }
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text.into())
}
