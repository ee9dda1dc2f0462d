//! Search of a program in the directories of PATH.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

/// Returns the first file of a program in the directories of `path`, the value of PATH. The name has
/// no directory.
pub fn find_program(name: impl AsRef<OsStr>, path: &OsStr) -> Option<PathBuf> {
    let names = file_names(name.as_ref(), cfg!(windows));
    let of_dir = |dir: PathBuf| names.iter().map(move |name| dir.join(name));
    let mut files = std::env::split_paths(path).flat_map(of_dir);
    files.find(|file| file.is_file())
}

/// Returns whether a program of this name is in a directory of PATH.
pub fn is_on_path(name: impl AsRef<OsStr>) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_program(name, &path).is_some()
}

/// Returns the names that the file of a program can have. Windows starts `NAME.exe` for `NAME`, and
/// npm installs `NAME.cmd`.
fn file_names(name: &OsStr, is_windows: bool) -> Vec<OsString> {
    if !is_windows {
        return vec![name.to_owned()];
    }
    let is_program = |ending: &OsStr| {
        let endings = ["exe", "cmd", "bat", "com"];
        endings
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    };
    if Path::new(name).extension().is_some_and(is_program) {
        return vec![name.to_owned()];
    }
    let with = |ending: &str| {
        let mut file = name.to_owned();
        file.push(ending);
        file
    };
    vec![with(".exe"), with(".cmd")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_finds_a_program_and_the_script_of_npm_for_a_bare_name() {
        let names = |name: &str, is_windows| file_names(OsStr::new(name), is_windows);
        assert_eq!(names("npx", false), ["npx"]);
        assert_eq!(names("npx", true), ["npx.exe", "npx.cmd"]);
        assert_eq!(names("tai-mcp.EXE", true), ["tai-mcp.EXE"]);
        assert_eq!(names("tai-1.0", true), ["tai-1.0.exe", "tai-1.0.cmd"]);
    }

    #[test]
    fn a_program_is_the_first_file_of_the_name_and_no_directory() {
        let top = std::env::temp_dir().join(format!("tai-search-{}", std::process::id()));
        let dirs = ["a", "b", "c"].map(|name| top.join(name));
        let file = format!("npx{}", std::env::consts::EXE_SUFFIX);
        std::fs::create_dir_all(dirs[0].join(&file)).unwrap();
        let path = std::env::join_paths(&dirs).unwrap();
        assert_eq!(find_program("npx", &path), None);
        for dir in &dirs[1..] {
            std::fs::create_dir(dir).unwrap();
            std::fs::write(dir.join(&file), "").unwrap();
        }
        assert_eq!(find_program("npx", &path), Some(dirs[1].join(&file)));
        std::fs::remove_dir_all(top).unwrap();
    }
}
