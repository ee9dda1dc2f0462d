//! The texts of the files under check: read from the workspace, or planted by a test.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The folders of the workspace that hold crates.
pub const FOLDERS: [&str; 5] = ["daemon", "packaging", "proto", "shim", "tests"];

/// The text of each file, by its path from the workspace's root.
#[derive(Debug, Default, Clone)]
pub struct Files(BTreeMap<PathBuf, String>);

impl Files {
    /// Reads each Rust source and each `Cargo.toml` below `root`. Build directories and hidden
    /// files are left out.
    ///
    /// # Errors
    /// A directory or a file that cannot be read.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut files = Self::default();
        let mut folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
        files.take(root, PathBuf::from("Cargo.toml"))?;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = entry.file_name();
                let path = folder.join(&name);
                let hidden = name.to_string_lossy().starts_with('.');
                if entry.file_type()?.is_dir() {
                    if !hidden && name != "target" && name != "node_modules" {
                        folders.push(path);
                    }
                } else if name == "Cargo.toml" || path.extension().is_some_and(|e| e == "rs") {
                    files.take(root, path)?;
                }
            }
        }
        Ok(files)
    }

    fn take(&mut self, root: &Path, path: PathBuf) -> io::Result<()> {
        let text = fs::read_to_string(root.join(&path))?;
        self.0.insert(path, text);
        Ok(())
    }

    /// Adds a file or replaces its text.
    pub fn insert(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.0.insert(path.into(), text.into());
    }

    /// Returns the text of a file.
    #[must_use]
    pub fn get(&self, path: &Path) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Returns each `Cargo.toml` but the workspace's own.
    pub fn manifests(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.all()
            .filter(|(path, _)| path.ends_with("Cargo.toml") && *path != Path::new("Cargo.toml"))
    }

    /// Returns each Rust source.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.all()
            .filter(|(path, _)| path.extension().is_some_and(|ending| ending == "rs"))
    }

    fn all(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }
}
