//! Sets `TAI_VERSION` to the release, and in release builds to the release and the commit.
//!
//! The commit is in `TAI_COMMIT`, or git knows it. Debug builds do not contain it, because every
//! commit would compile all crates again.

use std::{path::Path, process::Command};

/// Length of an abbreviated commit. Git's own length depends on the number of objects in a clone.
const ABBREVIATED: usize = 12;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TAI_COMMIT");
    let given = std::env::var("TAI_COMMIT").ok();
    let commit = match std::env::var("PROFILE").as_deref() {
        Ok("release") => given.or_else(checked_out),
        _ => given,
    };
    let commit = commit.filter(|commit| commit.chars().all(|c| c.is_ascii_hexdigit()));
    let version = env!("CARGO_PKG_VERSION");
    match commit
        .as_deref()
        .and_then(|commit| commit.get(..ABBREVIATED))
    {
        Some(commit) => println!("cargo::rustc-env=TAI_VERSION={version} ({commit})"),
        None => println!("cargo::rustc-env=TAI_VERSION={version}"),
    }
}

/// Returns the commit that is checked out. A source archive has none, also if it was unpacked in
/// the repository of another project.
fn checked_out() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let _exists = root.join(".git").metadata().ok()?;
    // Changes with each commit and each checkout.
    let log = git(root, &["rev-parse", "--git-path", "logs/HEAD"])?;
    println!("cargo::rerun-if-changed={}", root.join(log).display());
    git(root, &["rev-parse", "HEAD"])
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let said = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output();
    let said = said.ok().filter(|said| said.status.success())?;
    Some(String::from_utf8(said.stdout).ok()?.trim().to_owned())
}
