//! Modes, links and owners of replaced files.

use super::*;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

fn file(mode: u32, text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    (dir, path)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_replaced_file_keeps_its_mode_and_its_backup_is_private() {
    for kept in [0o600, 0o640, 0o644, 0o666] {
        let (dir, path) = file(kept, "old");
        let existing = read(&path).unwrap().unwrap();
        let backup = existing.back_up(&path).unwrap().path;
        existing.replace("new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(mode(&path), kept);
        assert_eq!(mode(&backup), 0o600);
        assert_eq!(fs::read_to_string(&backup).unwrap(), "old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }
}

#[test]
fn an_earlier_backup_stays_and_one_of_the_same_text_is_used() {
    let (dir, path) = file(0o600, "original");
    let back_up = |text: &str| {
        fs::write(&path, text).unwrap();
        let backup = read(&path).unwrap().unwrap().back_up(&path).unwrap().path;
        assert_eq!(fs::read_to_string(&backup).unwrap(), text);
        backup.extension().unwrap().to_str().unwrap().to_owned()
    };
    assert_eq!(back_up("original"), "before-tai");
    assert_eq!(back_up("edited"), "before-tai-2");
    assert_eq!(back_up("original"), "before-tai");
    assert_eq!(back_up("edited"), "before-tai-2");
    assert_eq!(back_up("last"), "before-tai-3");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
}

#[test]
fn a_read_only_file_is_refused() {
    for (mode, expected) in [(0o400, false), (0o444, false), (0o600, true)] {
        let (_dir, path) = file(mode, "old");
        let existing = read(&path).unwrap().unwrap();
        assert_eq!(existing.check_writable().is_ok(), expected, "{mode:o}");
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_refused() {
    let (_dir, path) = file(0o600, "old");
    fs::write(&path, b"\xff\xfe{\0}\0").unwrap();
    assert!(matches!(read(&path), Err(FileError::NotUtf8)));
}

#[test]
fn a_new_file_is_private_and_replaces_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.json");
    create(&path, "new").unwrap();
    assert_eq!(mode(&path), 0o600);
    let error = create(&path, "newer").unwrap_err();
    assert!(matches!(error, FileError::Changed), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}

#[test]
fn a_planted_file_or_link_at_the_temporary_name_is_not_written_to() {
    let (dir, path) = file(0o600, "old");
    let victim = dir.path().join("victim");
    fs::write(&victim, "victim").unwrap();
    symlink(&victim, dir.path().join("config.json.tai-new-1")).unwrap();
    fs::write(dir.path().join("config.json.tai-new-2"), "planted").unwrap();
    symlink(&victim, dir.path().join("config.json.before-tai")).unwrap();
    let existing = read(&path).unwrap().unwrap();
    let backup = existing.back_up(&path).unwrap().path;
    existing.replace("new").unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "victim");
    assert!(!fs::symlink_metadata(&backup).unwrap().is_symlink());
    assert!(backup.ends_with("config.json.before-tai-2"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
}

#[test]
fn links_are_followed_and_stay() {
    let (dir, path) = file(0o640, "old");
    let link = dir.path().join("link");
    symlink("config.json", &link).unwrap();
    let second = dir.path().join("second");
    symlink(&link, &second).unwrap();
    read(&second).unwrap().unwrap().replace("new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn a_link_without_a_target_a_loop_and_a_directory_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let said = |path: &Path| match read(path) {
        Err(error) => error
            .to_string()
            .replace(dir.path().to_str().unwrap(), "DIR"),
        Ok(_) => panic!("{path:?} is accepted"),
    };
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    symlink("loop", dir.path().join("loop")).unwrap();
    insta::assert_snapshot!(said(&dir.path().join("dangling")), @"it is a link to DIR/nowhere, which does not exist");
    insta::assert_snapshot!(said(&dir.path().join("loop")), @"too many links");
    insta::assert_snapshot!(said(dir.path()), @"DIR is not a regular file");
}

#[test]
fn a_file_that_changed_since_it_was_read_is_not_replaced() {
    let (dir, path) = file(0o600, "old");
    let existing = read(&path).unwrap().unwrap();
    fs::write(&path, "of the client").unwrap();
    let error = existing.back_up(&path).unwrap_err();
    assert!(matches!(error, FileError::Changed), "{error}");
    let error = existing.replace("new").unwrap_err();
    assert!(matches!(error, FileError::Changed), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "of the client");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

/// Needs root, which alone can give files to another user.
#[test]
fn a_file_or_link_of_another_user_is_refused() {
    use std::os::unix::fs::{chown, lchown};
    let (dir, path) = file(0o666, "old");
    if os::uid() != 0 {
        return;
    }
    let link = dir.path().join("link");
    symlink(&path, &link).unwrap();
    lchown(&link, Some(65_533), None).unwrap();
    assert!(matches!(read(&link), Err(FileError::Foreign(_))));
    chown(&path, Some(65_533), None).unwrap();
    assert!(matches!(read(&path), Err(FileError::Foreign(_))));
}

/// Needs root. The group of the file is not one of the process's own.
#[test]
fn the_group_is_kept() {
    let (_dir, path) = file(0o660, "old");
    if os::uid() != 0 {
        return;
    }
    std::os::unix::fs::chown(&path, None, Some(65_533)).unwrap();
    read(&path).unwrap().unwrap().replace("new").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().gid(), 65_533);
    assert_eq!(mode(&path), 0o660);
}

/// Compares each mode that the new file has until it gets its name.
#[test]
fn no_moment_exists_in_which_others_can_read_a_private_file() {
    let (dir, path) = file(0o600, "secret");
    let stop = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::SeqCst;
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut open = Vec::new();
            while !stop.load(order) {
                for entry in fs::read_dir(dir.path()).unwrap().flatten() {
                    let Ok(meta) = fs::symlink_metadata(entry.path()) else {
                        continue;
                    };
                    if meta.mode() & 0o077 != 0 {
                        open.push(entry.path());
                    }
                }
            }
            open
        });
        for number in 0..200 {
            let existing = read(&path).unwrap().unwrap();
            fs::remove_file(existing.back_up(&path).unwrap().path).unwrap();
            existing.replace(&format!("secret {number}")).unwrap();
        }
        stop.store(true, order);
        assert_eq!(watcher.join().unwrap(), Vec::<PathBuf>::new());
    });
}
