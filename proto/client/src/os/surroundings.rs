//! The surroundings of this process on Unix: a sandbox, the socket units of systemd, and the
//! user's session as the system has it.

use std::{ffi::OsString, fs, path::Path};
use tai_proto::places::Places;

/// Search path of a started daemon. The client's own one may be a project's.
#[cfg(target_os = "macos")]
const PATH: &str = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
#[cfg(not(target_os = "macos"))]
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Returns whether this process is in a sandbox such as Flatpak, bubblewrap or `unshare -r`. A
/// daemon that is started there ends with the sandbox, and other clients cannot reach it. A
/// container with users of its own is no sandbox in this sense.
pub(crate) fn is_sandboxed() -> bool {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    Path::new("/.flatpak-info").exists()
        || has_single_user(&read("/proc/self/uid_map"))
        || read("/proc/1/comm").trim_end() == "bwrap"
}

/// Returns whether a user namespace maps one user alone, as only unprivileged sandboxes do.
fn has_single_user(map: &str) -> bool {
    let mut lines = map.lines().map(|line| line.split_ascii_whitespace());
    let count = lines.next().and_then(|mut fields| fields.nth(2));
    count == Some("1") && lines.next().is_none()
}

/// Returns whether a systemd user manager runs and has this socket unit enabled.
pub(crate) fn is_socket_enabled(places: &Places, unit: &str) -> bool {
    let uid = rustix::process::geteuid().as_raw();
    let manager = format!("/run/user/{uid}/systemd/private");
    if !cfg!(target_os = "linux") || !Path::new(&manager).exists() {
        return false;
    }
    let wanted = Path::new("systemd/user/sockets.target.wants").join(unit);
    [
        places.home().join(".config"),
        "/etc".into(),
        "/usr/lib".into(),
    ]
    .iter()
    .any(|root| root.join(&wanted).symlink_metadata().is_ok())
}

/// Returns the variables of a started daemon that describe the user's session: a fixed search
/// path, and the runtime directory and the session bus as logind provides them.
///
/// With `--home`, the session bus of this process counts: trials have one of their own.
pub(crate) fn session_environment(is_trial: bool) -> Vec<(OsString, OsString)> {
    const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
    let mut variables = vec![(OsString::from("PATH"), OsString::from(PATH))];
    if let (true, Some(bus)) = (is_trial, std::env::var_os(BUS)) {
        variables.push((BUS.into(), bus));
        return variables;
    }
    let uid = rustix::process::geteuid().as_raw();
    let dir = format!("/run/user/{uid}");
    if is_own(Path::new(&dir), uid) {
        let bus = Path::new(&dir).join("bus");
        if is_own(&bus, uid) {
            let address = format!("unix:path={}", bus.display());
            variables.push((BUS.into(), address.into()));
        }
        variables.push(("XDG_RUNTIME_DIR".into(), dir.into()));
    }
    variables
}

fn is_own(path: &Path, uid: u32) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(path).is_ok_and(|meta| meta.uid() == uid && !meta.is_symlink())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_with_one_user_is_a_sandbox_and_a_container_is_none() {
        for (map, expected) in [
            ("         0          0 4294967295\n", false),
            ("      1000       1000          1\n", true),
            ("         0       1000          1\n", true),
            ("         0     100000      65536\n", false),
            (
                "         0       1000          1\n         1     100000      65536\n",
                false,
            ),
            ("", false),
        ] {
            assert_eq!(has_single_user(map), expected, "{map:?}");
        }
    }
}
