//! Paths of executables.

use super::error::CliError;
use std::{
    ffi::{OsStr, OsString},
    path::{Component, Path, PathBuf},
};
use tai_client::find_program;

/// Returns the path of this executable.
///
/// # Errors
/// The system does not provide the path.
pub(super) fn path() -> Result<PathBuf, CliError> {
    std::env::current_exe().map_err(|error| {
        CliError::new("cannot find the path of taid")
            .caused_by(error)
            .hint("check that /proc is mounted")
    })
}

/// Returns the file of a command: of a path, or of a name in the directories of `path`, the value
/// of PATH. `None` if it does not exist.
pub(super) fn find(command: &str, path: &OsStr) -> Option<PathBuf> {
    let file = Path::new(command);
    match file.components().count() {
        1 => find_program(command, path),
        _ => file.is_file().then(|| file.to_owned()),
    }
}

/// Time for which a path leads to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lifetime {
    /// The path has no version.
    Lasting,
    /// A directory of the path has the name of a version, and an update may remove it.
    Version,
    /// The path is in a cache of a package manager.
    Cache,
}

/// Returns the path of a program that was installed with this one.
///
/// # Errors
/// The program does not exist.
pub(super) fn installed(name: &str) -> Result<PathBuf, CliError> {
    let path = path()?.with_file_name(file_name(name));
    match path.is_file() {
        true => Ok(path),
        false => Err(
            CliError::new(format!("{name} is not installed next to taid"))
                .caused_by(format!("{} does not exist", path.display()))
                .hint("install both from the same release into the same directory"),
        ),
    }
}

/// Returns the path of an installed program of tai that stays valid longest: by which this
/// program was called, on PATH, or next to this executable. All lead to the same file.
///
/// # Errors
/// The program is not installed next to this one, or only in a cache.
pub(super) fn lasting(name: &str) -> Result<(PathBuf, Lifetime), CliError> {
    let installed = installed(name)?;
    let called = std::env::args_os().next();
    let search = std::env::var_os("PATH").unwrap_or_default();
    let found = choose(&installed, called.as_deref(), &search);
    match found.1 {
        Lifetime::Lasting | Lifetime::Version => Ok(found),
        Lifetime::Cache => Err(CliError::new(format!("{name} is not installed"))
            .caused_by(format!(
                "{} is in a cache, which the package manager empties",
                found.0.display()
            ))
            .hint("install it first, for example with `npm install --global tai-mcp`")),
    }
}

/// Returns the path with the longest lifetime; of several, the first.
fn choose(installed: &Path, called: Option<&OsStr>, search: &OsStr) -> (PathBuf, Lifetime) {
    let name = installed.file_name().unwrap_or_default();
    let beside_call = called.and_then(|called| beside(Path::new(called), name));
    let on_path = std::env::split_paths(search).filter(|dir| dir.is_absolute());
    let on_path = on_path.map(|dir| dir.join(name));
    let candidates = beside_call.into_iter().chain(on_path);
    let same = candidates.filter(|path| is_same_file(path, installed));
    let all = same.chain(std::iter::once(installed.to_owned()));
    let rated = all.map(|path| {
        let lifetime = lifetime(&path);
        (path, lifetime)
    });
    let best = rated.min_by_key(|(_, lifetime)| *lifetime);
    best.unwrap_or_else(|| (installed.to_owned(), lifetime(installed)))
}

/// Returns the path of a program in the directory of another one. A name without a directory has
/// none.
fn beside(called: &Path, name: &OsStr) -> Option<PathBuf> {
    called.parent().filter(|dir| !dir.as_os_str().is_empty())?;
    let path = std::path::absolute(called).ok()?.with_file_name(name);
    let climbs = path.components().any(|part| part == Component::ParentDir);
    match (climbs, path.parent()) {
        (true, Some(dir)) => Some(dir.canonicalize().ok()?.join(name)),
        _ => Some(path),
    }
}

/// Returns whether two paths lead to one file, by links or as hard links.
fn is_same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let id = |path: &Path| path.metadata().map(|meta| (meta.dev(), meta.ino())).ok();
        id(a).is_some_and(|a| Some(a) == id(b))
    }
    #[cfg(not(unix))]
    {
        let real = |path: &Path| path.canonicalize().ok();
        real(a).is_some_and(|a| Some(a) == real(b))
    }
}

fn lifetime(path: &Path) -> Lifetime {
    let dirs = path.parent().into_iter().flat_map(Path::components);
    let dirs = dirs.map(|part| part.as_os_str().to_string_lossy().into_owned());
    let rate = |dir: String| {
        let is_cache = matches!(&*dir, "_npx" | ".pnpm" | ".yarn" | "dlx")
            || ["bunx-", "dlx-"]
                .iter()
                .any(|prefix| dir.starts_with(prefix));
        match is_cache {
            true => Lifetime::Cache,
            false if has_version(&dir) => Lifetime::Version,
            false => Lifetime::Lasting,
        }
    };
    let worst = dirs.map(rate).max().unwrap_or(Lifetime::Lasting);
    match path.starts_with("/nix/store") {
        true => worst.max(Lifetime::Version),
        false => worst,
    }
}

/// Returns whether the name of a directory is a version, such as `0.1.0` or `v22.3.1_1`, or ends
/// with one after an `@`.
fn has_version(dir: &str) -> bool {
    let version = dir.rsplit('@').next().unwrap_or(dir);
    let version = version.strip_prefix('v').unwrap_or(version);
    let mut numbers = version.split('.');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    };
    is_number(numbers.next()) && is_number(numbers.next())
}

fn file_name(name: &str) -> OsString {
    format!("{name}{}", std::env::consts::EXE_SUFFIX).into()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    /// Installs the program at `installed` below a directory, with links to it, and returns the
    /// chosen path.
    fn chosen(installed: &str, links: &[&str], called: &str, search: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        for file in links.iter().chain([&installed]) {
            fs::create_dir_all(at(file).parent().unwrap()).unwrap();
        }
        fs::write(at(installed), "").unwrap();
        for link in links {
            symlink(at(installed), at(link)).unwrap();
        }
        let called = match called.contains('/') {
            true => at(called).into_os_string(),
            false => called.into(),
        };
        let search = std::env::join_paths(search.split(':').map(at)).unwrap();
        let (path, lifetime) = choose(&at(installed), Some(&called), &search);
        let path = path.strip_prefix(dir.path()).unwrap().display().to_string();
        format!("{path} {lifetime:?}")
    }

    #[test]
    fn a_command_is_a_file_and_no_directory_of_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let (program, other) = (
            dir.path().join(file_name("tai-mcp")),
            dir.path().join("other"),
        );
        fs::write(&program, "").unwrap();
        fs::create_dir(&other).unwrap();
        let path = dir.path().as_os_str();
        let full = program.to_str().unwrap();
        assert_eq!(find("tai-mcp", path).as_deref(), Some(&*program));
        assert_eq!(find(full, OsStr::new("")).as_deref(), Some(&*program));
        assert_eq!(find("other", path), None);
        assert_eq!(find(other.to_str().unwrap(), path), None);
    }

    #[test]
    fn the_path_of_the_call_or_of_path_is_chosen_before_that_of_a_version() {
        let cellar = "Cellar/tai/0.1.0/bin/tai-mcp";
        let npx = ".npm/_npx/88a6/node_modules/tai-mcp/bin/tai-mcp";
        let pnpm = "node_modules/.pnpm/@tai-chat+linux-x64@0.1.0/bin/tai-mcp";
        for (installed, links, called, search, expected) in [
            (
                "bin/tai-mcp",
                &[][..],
                "tai-mcp",
                "bin",
                "bin/tai-mcp Lasting",
            ),
            (
                cellar,
                &["bin/tai-mcp"],
                "bin/tai-mcp",
                "other",
                "bin/tai-mcp Lasting",
            ),
            (
                cellar,
                &["bin/tai-mcp"],
                "bin/taid",
                "other",
                "bin/tai-mcp Lasting",
            ),
            (
                cellar,
                &["bin/tai-mcp"],
                "tai-mcp",
                "other:bin",
                "bin/tai-mcp Lasting",
            ),
            (
                cellar,
                &["bin/tai-mcp"],
                cellar,
                "bin",
                "bin/tai-mcp Lasting",
            ),
            (
                cellar,
                &[],
                "tai-mcp",
                "other",
                "Cellar/tai/0.1.0/bin/tai-mcp Version",
            ),
            (
                npx,
                &[".npm/_npx/88a6/node_modules/.bin/tai-mcp"],
                "tai-mcp",
                ".npm/_npx/88a6/node_modules/.bin",
                ".npm/_npx/88a6/node_modules/.bin/tai-mcp Cache",
            ),
            (
                npx,
                &["bin/tai-mcp"],
                "tai-mcp",
                "bin",
                "bin/tai-mcp Lasting",
            ),
            (
                pnpm,
                &[],
                "tai-mcp",
                "other",
                "node_modules/.pnpm/@tai-chat+linux-x64@0.1.0/bin/tai-mcp Cache",
            ),
        ] {
            assert_eq!(
                chosen(installed, links, called, search),
                expected,
                "{called} {search}"
            );
        }
    }

    #[test]
    fn another_program_of_the_name_is_not_chosen() {
        let dir = tempfile::tempdir().unwrap();
        for sub in ["old", "new"] {
            fs::create_dir(dir.path().join(sub)).unwrap();
            fs::write(dir.path().join(sub).join("tai-mcp"), "").unwrap();
        }
        let installed = dir.path().join("new/tai-mcp");
        let found = choose(&installed, None, dir.path().join("old").as_os_str());
        assert_eq!(found, (installed, Lifetime::Lasting));
    }

    #[test]
    fn versions_are_recognised() {
        for name in ["0.1.0", "v22.3.1", "1.2_1", "linux-x64@0.1.0"] {
            assert!(has_version(name), "{name}");
        }
        for name in ["bin", "node", "v", "2024", ".cargo", "x.1"] {
            assert!(!has_version(name), "{name}");
        }
    }
}
