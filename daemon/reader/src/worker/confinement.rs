//! What a worker has given up.

use serde::{Deserialize, Serialize};

/// Degree to which a layer of the confinement is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// All of it.
    Full,
    /// A part of it: the kernel has an older version.
    Partial,
    /// Nothing of it: the system has no such layer, or an outer sandbox forbids it.
    Absent,
}

/// The confinement of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Limits of memory, files and processes (`setrlimit(2)`).
    pub limits: Layer,
    /// Refusal of files, TCP and abstract sockets (`landlock(7)`).
    pub landlock: Layer,
    /// Refusal of every system call that the reader does not need (`seccomp(2)`).
    pub seccomp: Layer,
}

impl Confinement {
    /// Returns the names of the layers that are not fully in force.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("limits", self.limits),
            ("Landlock", self.landlock),
            ("seccomp", self.seccomp),
        ]
        .into_iter()
        .filter(|(_, layer)| *layer != Layer::Full)
        .map(|(name, _)| name)
        .collect()
    }
}
