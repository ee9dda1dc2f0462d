//! Checks of the files in which taid records what it must not do twice. taid runs without one that cannot be
//! used, and refuses what needs it.

use super::check::{Check, wrong};
use crate::{
    audit::{file_in, too_long},
    cli::target::Target,
    os::{self, unwritable},
    server::{
        account_lock::PREFIX as LOCK_PREFIX,
        run::{bridge_record, journals},
    },
};
use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
};
use tai_auth::private_file;
use tai_proto::{
    endpoint::lock_file,
    status::{DamagedFile, FailingFile, Status},
};

/// Most locks of accounts that are examined.
const MAX_LOCKS: usize = 1000;

/// Returns a check for each file that the daemon cannot write, and for each other file of the profile that
/// cannot be used.
pub(super) fn examine(target: &Target, status: Option<&Status>) -> Vec<Check> {
    let mut checks = status.map(of_status).unwrap_or_default();
    let known = status.map_or(&[][..], |status| &status.failing_files);
    let is_new = |check: &Check| !known.iter().any(|file| check.found.contains(&file.path));
    checks.extend(on_disk(target).into_iter().filter(is_new));
    if status.is_none() {
        checks.extend(at_start(target));
    }
    checks
}

/// Returns a check for each file that the daemon cannot write, or not read whole.
pub(super) fn of_status(status: &Status) -> Vec<Check> {
    let check = |file: &FailingFile| {
        let path = match file.path.as_str() {
            "" => "a file of taid",
            path => path,
        };
        let found = format!("{path} cannot be written: {}; {}", file.why, file.effect);
        wrong("files", found, file.hint.clone())
    };
    let damaged = |file: &DamagedFile| {
        let path = match file.path.as_str() {
            "" => "a file of taid",
            path => path,
        };
        let found = format!("{path}: {}; {}", file.problem(), file.effect);
        wrong("files", found, file.hint.clone())
    };
    let failing = status.failing_files.iter().map(check);
    failing
        .chain(status.damaged_files.iter().map(damaged))
        .collect()
}

/// Returns a check for each file of the profile that cannot be used.
fn on_disk(target: &Target) -> Vec<Check> {
    let (state, profile) = (target.places.state(), &target.profile);
    let [ledger, leases, approvals, unreadable] = journals(state, profile);
    let files = [
        (ledger, "no mail is sent"),
        (leases, "no fetched mail is marked as read"),
        (approvals, "no mail can wait for approval"),
        (
            unreadable,
            "a mail that crashed the reader is tried again after each start",
        ),
        (file_in(state, profile), "nothing is audited"),
    ];
    let problem = |(path, effect): &(PathBuf, &str)| {
        let found = format!("{} {}; {effect}", path.display(), problem(path)?);
        Some(wrong("files", found, "move it away"))
    };
    let lock = |path: PathBuf| {
        let why = unusable(&std::fs::symlink_metadata(&path).ok()?)?;
        let found = format!("{} {why}; two taids can have its account", path.display());
        Some(wrong("files", found, "move it away"))
    };
    let locks = account_locks(state).into_iter().filter_map(lock);
    let too_long = too_long(state, profile).map(|path| {
        let found = format!("{} is too long; nothing is audited", path.display());
        wrong("files", found, "move it away, and start taid again")
    });
    let disk = unwritable(state).map(|why| {
        let found = format!(
            "the file system of {} {why}; taid can record nothing, so it sends no mail",
            state.display()
        );
        wrong("files", found, "make room there, or mount it for writing")
    });
    files
        .iter()
        .filter_map(problem)
        .chain(too_long)
        .chain(locks)
        .chain(disk)
        .collect()
}

/// Returns a check for each file without which no daemon starts. A running one has them. Any mode is right.
fn at_start(target: &Target) -> Vec<Check> {
    let (state, profile) = (target.places.state(), &target.profile);
    let files = [lock_file(state, profile), bridge_record(state, profile)];
    let problem = |path: &PathBuf| {
        let meta = std::fs::symlink_metadata(path).ok()?;
        let why = unusable(&meta)?;
        let found = format!("{} {why}; taid does not start", path.display());
        Some(wrong("files", found, "move it away"))
    };
    files.iter().filter_map(problem).collect()
}

/// Returns the locks of accounts in the directory for state, see `server::account_lock`.
fn account_locks(state: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(state).into_iter().flatten().flatten();
    let locks = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_str()
            .is_some_and(|name| name.starts_with(LOCK_PREFIX))
    });
    locks.map(|entry| entry.path()).take(MAX_LOCKS).collect()
}

/// Returns what keeps taid from opening a file of its own, whatever its mode.
fn unusable(meta: &Metadata) -> Option<&'static str> {
    if !meta.is_file() {
        return Some("is not a regular file");
    }
    let access = os::file_access(meta)?;
    match (access.own, access.names) {
        (false, _) => Some("belongs to another user"),
        (true, 0 | 1) => None,
        (true, _) => Some("has a second name, a hard link"),
    }
}

/// Returns what is wrong with a file.
fn problem(path: &Path) -> Option<String> {
    let meta = match std::fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return Some(format!("cannot be used: {error}")),
    };
    if let Some(why) = unusable(&meta) {
        return Some(why.to_owned());
    }
    let rule = private_file::check(&meta).err()?;
    Some(format!("cannot be used: {rule}"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn each_file_of_the_profile_is_examined() {
        let home = tempfile::tempdir().unwrap();
        let target = Target::new(Some("work".to_owned()), Some(home.path()), None).unwrap();
        let state = target.places.state();
        assert_eq!(on_disk(&target).len(), 0);
        for name in [
            "sends-work",
            "undelivered-work",
            "approvals-work",
            "unreadable-work",
            "audit-work.jsonl",
        ] {
            std::fs::create_dir_all(state.join(name)).unwrap();
        }
        std::fs::write(state.join("account-12"), "").unwrap();
        std::fs::hard_link(state.join("account-12"), state.join("account-34")).unwrap();
        let effects = on_disk(&target).into_iter();
        let effects: Vec<String> = effects
            .map(|check| check.found.split_once("; ").unwrap().1.to_owned())
            .collect();
        insta::assert_snapshot!(effects.join("\n"), @"
        no mail is sent
        no fetched mail is marked as read
        no mail can wait for approval
        a mail that crashed the reader is tried again after each start
        nothing is audited
        two taids can have its account
        two taids can have its account
        ");
    }

    #[test]
    fn an_audit_log_that_is_too_long_is_named() {
        let home = tempfile::tempdir().unwrap();
        let target = Target::new(None, Some(home.path()), None).unwrap();
        os::private_dir(target.places.state()).unwrap();
        for name in ["audit-default.jsonl", "audit-default.jsonl.3"] {
            let path = target.places.state().join(name);
            os::restrict_new_files();
            let file = std::fs::File::create(&path).unwrap();
            for (length, expected) in [(4 << 20, 0), ((4 << 20) + 1, 1)] {
                file.set_len(length).unwrap();
                let checks = on_disk(&target);
                assert_eq!(checks.len(), expected, "{length}");
                let is_named = |check: &Check| check.found.contains(&*path.to_string_lossy());
                assert!(checks.iter().all(is_named), "{checks:?}");
            }
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_file_that_keeps_taid_from_starting_is_named() {
        let home = tempfile::tempdir().unwrap();
        let target = Target::new(Some("work".to_owned()), Some(home.path()), None).unwrap();
        let state = target.places.state();
        std::fs::create_dir_all(state.join("bridge-work")).unwrap();
        std::fs::write(state.join("work.lock"), "").unwrap();
        std::fs::hard_link(state.join("work.lock"), state.join("other.lock")).unwrap();
        let checks = at_start(&target).into_iter();
        let found: Vec<String> = checks
            .map(|check| check.found.replace(home.path().to_str().unwrap(), "~"))
            .collect();
        insta::assert_snapshot!(found.join("\n"), @"
        ~/.local/state/tai/work.lock has a second name, a hard link; taid does not start
        ~/.local/state/tai/bridge-work is not a regular file; taid does not start
        ");
    }

    #[test]
    fn a_file_that_is_no_private_file_is_a_problem() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sends-default");
        let said = || problem(&path).unwrap_or_else(|| "ok".to_owned());
        let mut page = vec![said()];
        std::fs::create_dir(&path).unwrap();
        page.push(said());
        std::fs::remove_dir(&path).unwrap();
        symlink("/dev/null", &path).unwrap();
        page.push(said());
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        for mode in [0o666, 0o600] {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, mode).unwrap();
            page.push(said());
        }
        insta::assert_snapshot!(page.join("\n"), @"
        ok
        is not a regular file
        is not a regular file
        cannot be used: its mode 0666 gives other users access; run `chmod 600` on it
        ok
        ");
    }
}
