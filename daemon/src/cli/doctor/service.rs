//! What keeps a user's services running, or does not: systemd's lingering.

use super::{Check, ok, skipped};
use std::path::Path;

/// Without lingering systemd ends a user's services when they log out.
pub(super) fn lingering() -> Check {
    if !cfg!(target_os = "linux") {
        return skipped("lingering", "this system has no systemd");
    }
    let unit = tai_proto::endpoint::project_dirs()
        .and_then(|dirs| dirs.config_dir().parent().map(Path::to_owned))
        .is_some_and(|config| config.join("systemd/user/taid.service").exists());
    look(Path::new("/"), unit, &user_name(crate::os::uid()))
}

/// The name of this user, as `/etc/passwd` has it; its variable may say anything.
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

fn look(root: &Path, has_unit: bool, user: &str) -> Check {
    let name = "lingering";
    if !root.join("run/systemd/system").exists() {
        return skipped(name, "systemd does not run here");
    }
    if !has_unit {
        return skipped(name, "taid is not a systemd service of yours");
    }
    match root.join("var/lib/systemd/linger").join(user).exists() {
        true => ok(name, "on: taid goes on when you log out"),
        false => super::wrong(
            name,
            "off: systemd ends taid when you log out",
            "`loginctl enable-linger`, if it is to go on",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn lingering_matters_only_to_a_service_under_systemd() {
        let root = tempfile::tempdir().unwrap();
        let at = |has_unit| look(root.path(), has_unit, "alice").state;
        assert_eq!(at(true), State::Skipped);
        std::fs::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        assert_eq!(at(false), State::Skipped);
        assert_eq!(at(true), State::Wrong);
        let linger = root.path().join("var/lib/systemd/linger");
        std::fs::create_dir_all(&linger).unwrap();
        std::fs::write(linger.join("alice"), "").unwrap();
        assert_eq!(at(true), State::Ok);
    }
}
