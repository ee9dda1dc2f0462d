//! Note about systemd's lingering, which keeps a user's services running after logout.

use super::check::{Check, ok, skipped};
use std::path::Path;
use tai_proto::places::Places;

/// Says whether systemd stops taid when the user logs out. Neither is a problem.
pub(super) fn examine(places: &Places) -> Check {
    if !cfg!(target_os = "linux") {
        return skipped("lingering", "this system has no systemd");
    }
    let unit = places
        .home()
        .join(".config/systemd/user/taid.service")
        .exists();
    check(Path::new("/"), unit, &user_name(crate::os::uid()))
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

fn check(root: &Path, has_unit: bool, user: &str) -> Check {
    let name = "lingering";
    if !root.join("run/systemd/system").exists() {
        return skipped(name, "systemd does not run here");
    }
    if !has_unit {
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
        let at = |has_unit| check(root.path(), has_unit, "alice").state;
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
