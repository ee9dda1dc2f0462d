//! Plans the installation of taid as a user service: files and commands for each system. The unit
//! files come from `packaging/`. This module changes nothing; `service` runs the plan.

use std::path::{Path, PathBuf};
use tai_proto::names::Profile;

const SOCKET: &str = include_str!("../../../packaging/systemd/taid.socket");
const SERVICE: &str = include_str!("../../../packaging/systemd/taid.service");
const PROFILE_SOCKET: &str = include_str!("../../../packaging/systemd/taid@.socket");
const PROFILE_SERVICE: &str = include_str!("../../../packaging/systemd/taid@.service");
const AGENT: &str = include_str!("../../../packaging/launchd/chat.tai.taid.plist");
/// Path of taid in the units and in the Debian package.
const PACKAGED: &str = "/usr/bin/taid";
/// Path of the socket unit in the Debian package.
const PACKAGED_SOCKET: &str = "/usr/lib/systemd/user/taid.socket";

/// Returns whether this executable comes from a package that contains the units.
pub(super) fn is_packaged(taid: &Path) -> bool {
    taid == Path::new(PACKAGED) && Path::new(PACKAGED_SOCKET).exists()
}

/// Service manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    Systemd,
    Launchd,
    /// The Task Scheduler.
    Windows,
}

impl Manager {
    /// Returns the service manager of this system.
    pub(super) fn here() -> Self {
        if cfg!(windows) {
            Manager::Windows
        } else if cfg!(target_os = "macos") {
            Manager::Launchd
        } else {
            Manager::Systemd
        }
    }
}

/// Target of an installation.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) manager: Manager,
    pub(super) profile: &'a Profile,
    /// Executable of the service.
    pub(super) taid: &'a Path,
    /// Directory in which the manager looks for user services.
    pub(super) dir: &'a Path,
    /// Whether a package has installed the units already.
    pub(super) packaged: bool,
    /// Whether another profile uses the units of profiles.
    pub(super) shared: bool,
    /// User id, part of the name of the user's launchd domain.
    pub(super) uid: u32,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Write {
        path: PathBuf,
        text: String,
    },
    Remove {
        path: PathBuf,
    },
    Run {
        argv: Vec<String>,
        /// Whether the plan continues after a failure.
        may_fail: bool,
    },
}

fn run(argv: &[&str]) -> Step {
    Step::Run {
        argv: argv.iter().map(|&word| word.to_owned()).collect(),
        may_fail: false,
    }
}

fn try_to_run(argv: &[&str]) -> Step {
    Step::Run {
        argv: argv.iter().map(|&word| word.to_owned()).collect(),
        may_fail: true,
    }
}

/// Plans the installation.
pub(super) fn install(place: &Place<'_>) -> Vec<Step> {
    match place.manager {
        Manager::Systemd => {
            let [(socket, socket_text), (service, service_text)] = units(place.profile);
            let taid = unit_word(&place.taid.to_string_lossy());
            let write = |name: &str, text: &str| Step::Write {
                path: place.dir.join(name),
                text: text.replace(PACKAGED, &taid),
            };
            let mut steps = vec![write(socket, socket_text), write(service, service_text)];
            if place.packaged {
                steps.clear();
            }
            steps.extend([
                run(&["systemctl", "--user", "daemon-reload"]),
                run(&[
                    "systemctl",
                    "--user",
                    "enable",
                    "--now",
                    &place.profile.unit("socket"),
                ]),
            ]);
            steps
        }
        Manager::Launchd => {
            let label = label(place.profile);
            let text = AGENT
                .replace("@LABEL@", &label)
                .replace("@TAID@", &xml(&place.taid.to_string_lossy()))
                .replace("@PROFILE@", place.profile.as_str());
            let path = place.dir.join(format!("{label}.plist"));
            let domain = format!("gui/{}", place.uid);
            vec![
                Step::Write {
                    path: path.clone(),
                    text,
                },
                try_to_run(&["launchctl", "bootout", &format!("{domain}/{label}")]),
                run(&["launchctl", "bootstrap", &domain, &path.to_string_lossy()]),
            ]
        }
        Manager::Windows => {
            // Without conhost, a console program in a task opens a window.
            let command = format!(
                "conhost.exe --headless \"{}\" run --profile {}",
                place.taid.display(),
                place.profile
            );
            let name = label(place.profile);
            vec![
                run(&[
                    "schtasks", "/Create", "/F", "/SC", "ONLOGON", "/TN", &name, "/TR", &command,
                ]),
                run(&["schtasks", "/Run", "/TN", &name]),
            ]
        }
    }
}

/// Plans the removal. An absent file or service is not a failure.
pub(super) fn uninstall(place: &Place<'_>) -> Vec<Step> {
    match place.manager {
        Manager::Systemd => {
            let [(socket, _), (service, _)] = units(place.profile);
            let (socket_unit, service_unit) =
                (place.profile.unit("socket"), place.profile.unit("service"));
            let mut steps = vec![try_to_run(&[
                "systemctl",
                "--user",
                "disable",
                "--now",
                &socket_unit,
                &service_unit,
            ])];
            // All profiles but the default one use the same two units.
            if !place.packaged && !place.shared {
                steps.extend([socket, service].map(|name| Step::Remove {
                    path: place.dir.join(name),
                }));
            }
            steps.push(try_to_run(&["systemctl", "--user", "daemon-reload"]));
            steps
        }
        Manager::Launchd => {
            let label = label(place.profile);
            let service = format!("gui/{}/{label}", place.uid);
            vec![
                try_to_run(&["launchctl", "bootout", &service]),
                Step::Remove {
                    path: place.dir.join(format!("{label}.plist")),
                },
            ]
        }
        Manager::Windows => {
            let name = label(place.profile);
            vec![
                try_to_run(&["schtasks", "/End", "/TN", &name]),
                try_to_run(&["schtasks", "/Delete", "/F", "/TN", &name]),
            ]
        }
    }
}

/// Returns the files of the service outside of a package; `None` if the service manager has none.
pub(super) fn files(place: &Place<'_>) -> Option<Vec<PathBuf>> {
    let names = match place.manager {
        Manager::Systemd => units(place.profile)
            .map(|(name, _)| name.to_owned())
            .to_vec(),
        Manager::Launchd => vec![format!("{}.plist", label(place.profile))],
        Manager::Windows => return None,
    };
    Some(names.iter().map(|name| place.dir.join(name)).collect())
}

/// Returns the names of a profile's units of systemd.
pub(super) fn unit_names(profile: &Profile) -> [String; 2] {
    [profile.unit("socket"), profile.unit("service")]
}

/// Returns the command that fails if the service manager does not run for this user, and changes
/// nothing.
pub(super) fn probe(manager: Manager) -> Option<&'static [&'static str]> {
    match manager {
        Manager::Systemd => Some(&["systemctl", "--user", "show", "--property=Version"]),
        Manager::Launchd | Manager::Windows => None,
    }
}

/// Returns whether the name of an enabled unit is that of a profile other than `profile` and the
/// default one.
pub(super) fn is_of_another_profile(unit: &str, profile: &Profile) -> bool {
    let other = unit.strip_prefix("taid@");
    let other = other.and_then(|rest| rest.rsplit_once('.'));
    other.is_some_and(|(name, _)| !name.is_empty() && name != profile.as_str())
}

/// Returns names and texts of the unit files of a profile.
fn units(profile: &Profile) -> [(&'static str, &'static str); 2] {
    match profile.is_default() {
        true => [("taid.socket", SOCKET), ("taid.service", SERVICE)],
        false => [
            ("taid@.socket", PROFILE_SOCKET),
            ("taid@.service", PROFILE_SERVICE),
        ],
    }
}

/// Returns the name of the launchd agent, or of the task.
fn label(profile: &Profile) -> String {
    match profile.is_default() {
        true => "chat.tai.taid".to_owned(),
        false => format!("chat.tai.taid.{profile}"),
    }
}

/// Quotes a word of an ExecStart= line (systemd.service(5), systemd.unit(5)), so that systemd
/// expands nothing in it.
fn unit_word(word: &str) -> String {
    let plain = word
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte));
    if plain {
        return word.to_owned();
    }
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    format!("\"{escaped}\"")
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
#[path = "units_tests.rs"]
mod tests;
