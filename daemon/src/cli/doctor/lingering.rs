//! Note about systemd's lingering, which keeps a user's services running after logout.

use super::{
    super::{target::Target, user_dirs::UserDirs},
    check::{Check, ok, skipped},
};
use std::path::{Path, PathBuf};

/// Says whether systemd stops taid when the user logs out. Neither is a problem.
pub(super) fn examine(target: &Target) -> Check {
    if !cfg!(target_os = "linux") {
        return skipped("lingering", "this system has no systemd");
    }
    let root = Path::new("/");
    // `systemctl --user enable` and `--global enable` make the link, also for the unit of a package.
    let link =
        PathBuf::from("systemd/user/sockets.target.wants").join(target.profile.unit("socket"));
    let dirs = UserDirs::of(&target.places).map(|dirs| dirs.dot_config);
    let is_enabled = dirs
        .into_iter()
        .chain([root.join("etc")])
        .any(|dir| dir.join(&link).is_symlink());
    check(root, is_enabled, &user_name(crate::os::uid()))
}

/// Returns the name of a user from `/etc/passwd`, because the variable USER is not reliable.
fn user_name(uid: u32) -> String {
    let text = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let uid = uid.to_string();
    text.lines()
        .find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)? == uid).then(|| name.to_owned())
        })
        .or_else(|| std::env::var("USER").ok())
        .unwrap_or_default()
}

fn check(root: &Path, is_enabled: bool, user: &str) -> Check {
    let name = "lingering";
    if !root.join("run/systemd/system").exists() {
        return skipped(name, "systemd does not run here");
    }
    if !is_enabled {
        return skipped(name, "taid is not installed as a systemd service");
    }
    match root.join("var/lib/systemd/linger").join(user).exists() {
        true => ok(name, "on: taid keeps running after you log out"),
        false => skipped(
            name,
            "off: systemd stops taid when you log out, and `loginctl enable-linger` keeps it running",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check::State, *};

    #[test]
    fn lingering_is_checked_only_for_a_service_under_systemd() {
        let root = tempfile::tempdir().unwrap();
        let at = |is_enabled| check(root.path(), is_enabled, "alice").state;
        assert_eq!(at(true), State::Skipped);
        std::fs::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        assert_eq!(at(false), State::Skipped);
        assert_eq!(at(true), State::Skipped);
        let linger = root.path().join("var/lib/systemd/linger");
        std::fs::create_dir_all(&linger).unwrap();
        std::fs::write(linger.join("alice"), "").unwrap();
        assert_eq!(at(true), State::Ok);
    }
}
