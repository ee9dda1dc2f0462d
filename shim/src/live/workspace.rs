//! A private directory for one run of an agent that reads its settings from its current directory.
//!
//! Such an agent also reads settings and instructions from each directory above it, also those of other
//! users. Therefore the directory of temporary files, where every user can create files, is not used.

use crate::{os, tools};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tai_proto::{Fault, FaultCode, Hint, places::Places};

/// A directory that only this user can read. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Workspace(PathBuf);

impl Workspace {
    /// Creates the directory in one of the directories of taid's sockets. In it and in all directories
    /// above it, only this user and root can create files. `home` is the home directory of `--home`.
    ///
    /// # Errors
    /// The reason why there is no such directory.
    pub(super) fn new(home: Option<&Path>) -> Result<Self, Fault> {
        let places = [home.map(Places::at), Places::of_environment().ok()];
        let dirs: Vec<PathBuf> = places.iter().flatten().flat_map(Places::runtime).collect();
        Self::in_one_of(&dirs)
    }

    fn in_one_of(dirs: &[PathBuf]) -> Result<Self, Fault> {
        let mut reasons: Vec<String> = Vec::new();
        for dir in dirs {
            match Self::below(dir) {
                Ok(workspace) => return Ok(workspace),
                Err(error) => reasons.push(format!("{}: {error}", dir.display())),
            }
        }
        if dirs.is_empty() {
            reasons.push("no home directory is known".to_owned());
        }
        reasons.dedup();
        Err(
            Fault::new(
                FaultCode::Internal,
                "cannot create a private directory for the agent",
            )
            .because(reasons.join("; "))
            .hint(Hint::reader(
                "set XDG_RUNTIME_DIR to a directory with mode 700 below directories that no other user can write",
            )),
        )
    }

    fn below(dir: &Path) -> io::Result<Self> {
        let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir);
        os::check_unshared(existing)?;
        os::create_private_dirs(dir)?;
        let path = dir.join(format!("live-{}", tools::nonce()));
        os::create_private_dir(&path)?;
        Ok(Self(path))
    }

    /// Returns the path of the directory.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file in a new subdirectory.
    ///
    /// # Errors
    /// The reason of the system.
    pub(super) fn write(&self, dir: &str, name: &str, text: &str) -> Result<(), Fault> {
        let file = self.0.join(dir).join(name);
        let written = fs::create_dir_all(self.0.join(dir)).and_then(|()| fs::write(&file, text));
        written.map_err(|error| {
            Fault::new(
                FaultCode::Internal,
                "cannot write the settings of the agent",
            )
            .because(format!("{}: {error}", file.display()))
            .hint(Hint::reader("free space on its disk"))
        })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use tai_proto::Audience;

    #[test]
    fn a_directory_below_one_that_others_can_write_is_refused() {
        // The directory of temporary files is one, also with its sticky bit.
        let temporary = fs::canonicalize(std::env::temp_dir()).unwrap();
        let shared = temporary.join(format!("tai-shared-{}", tools::nonce()));
        fs::create_dir(&shared).unwrap();
        for mode in [0o777, 0o1777, 0o722] {
            fs::set_permissions(&shared, fs::Permissions::from_mode(mode)).unwrap();
            let fault = Workspace::in_one_of(&[shared.join("a/b")]).unwrap_err();
            let text = fault.render(Audience::Person);
            let text = text.replace(shared.to_str().unwrap(), "SHARED");
            insta::allow_duplicates! {
                insta::assert_snapshot!(text, @"
                error: cannot create a private directory for the agent
                caused by: SHARED/a/b: other users can create files in SHARED
                hint: set XDG_RUNTIME_DIR to a directory with mode 700 below directories that no other user can write
                ");
            }
        }
        assert!(!shared.join("a").exists());
        fs::remove_dir(&shared).unwrap();
    }
}
