//! Private directories in which agents run: agents read settings and instructions from their current
//! directory and from each directory above it, and run the hooks and plugins there. Therefore the
//! directory of `live` is not used, and none below one where other users can create files.

use crate::{os, tools};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tai_proto::{Fault, FaultCode, Hint, places::Places};

fn places(home: Option<&Path>) -> Vec<PathBuf> {
    let places = [home.map(Places::at), Places::of_environment().ok()];
    places.iter().flatten().flat_map(Places::runtime).collect()
}

/// Creates a directory in the first of the directories of taid's sockets in which that is possible. In it
/// and in all directories above it, only this user and root can create files.
fn in_one_of<T>(dirs: &[PathBuf], create: impl Fn(&Path) -> io::Result<T>) -> Result<T, Fault> {
    let mut reasons: Vec<String> = Vec::new();
    for dir in dirs {
        let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir);
        let created = os::check_unshared(existing)
            .and_then(|()| os::create_private_dirs(dir))
            .and_then(|()| create(dir));
        match created {
            Ok(created) => return Ok(created),
            Err(error) => reasons.push(format!("{}: {error}", dir.display())),
        }
    }
    if dirs.is_empty() {
        reasons.push("no home directory is known".to_owned());
    }
    reasons.dedup();
    let what = "cannot create a private directory for the agent";
    Err(Fault::new(FaultCode::Internal, what)
        .because(reasons.join("; "))
        .hint(Hint::reader(
            "set XDG_RUNTIME_DIR to a directory with mode 700 below directories that no other user can write",
        )))
}

/// An empty directory, which only this user can read.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    /// Whether dropping it removes it.
    is_of_one_run: bool,
}

impl Workspace {
    /// Returns a directory for one run. `home` is the home directory of `--home`.
    ///
    /// # Errors
    /// The reason why there is no such directory.
    pub(super) fn of_one_run(home: Option<&Path>) -> Result<Self, Fault> {
        in_one_of(&places(home), Self::new_below)
    }

    /// Returns the directory for all runs of agents whose settings are in their arguments: agents remember
    /// the directories in which they ran. If one of them has left a file there, returns a directory for one
    /// run.
    ///
    /// # Errors
    /// As [`Workspace::of_one_run`].
    pub(super) fn lasting(home: Option<&Path>) -> Result<Self, Fault> {
        in_one_of(&places(home), |dir| {
            let path = dir.join("live");
            os::create_private_dirs(&path)?;
            match fs::read_dir(&path)?.next() {
                None => Ok(Self {
                    path,
                    is_of_one_run: false,
                }),
                Some(_) => Self::new_below(dir),
            }
        })
    }

    fn new_below(dir: &Path) -> io::Result<Self> {
        let path = dir.join(format!("live-{}", tools::nonce()));
        os::create_private_dir(&path)?;
        Ok(Self {
            path,
            is_of_one_run: true,
        })
    }

    /// Returns the path of the directory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file in a new subdirectory.
    ///
    /// # Errors
    /// The reason of the system.
    pub(super) fn write(&self, dir: &str, name: &str, text: &str) -> Result<(), Fault> {
        let file = self.path.join(dir).join(name);
        let written = fs::create_dir_all(self.path.join(dir)).and_then(|()| fs::write(&file, text));
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
        if self.is_of_one_run {
            let _ = fs::remove_dir_all(&self.path);
        }
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
            let fault = in_one_of(&[shared.join("a/b")], |_| Ok(())).unwrap_err();
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
