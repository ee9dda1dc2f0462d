//! The sockets of a daemon, one for each use. This module opens nothing.
//!
//! The socket decides what a connection may do, whatever role and instance the connection asks
//! for. A user who mounts one socket into a container gives away that use alone.

use std::path::{Path, PathBuf};
use tai_names::Instance;

/// Use of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// MCP clients with any instance: `PROFILE.sock`. Calls of persons are refused.
    Agents,
    /// Commands of the user: `PROFILE.admin.sock`. Every call is served.
    Persons,
    /// MCP clients of one instance: `PROFILE.i.NAME.sock`. The instance is fixed, and only the calls
    /// of tools are served.
    Instance(Instance),
}

impl Door {
    /// Returns the path of this door's socket beside the socket for agents.
    pub fn beside(&self, agents: &Path) -> PathBuf {
        let mut name = agents.file_name().unwrap_or_default().to_owned();
        let is_file = Path::new(&name)
            .extension()
            .is_some_and(|ext| ext == "sock");
        if is_file {
            name = Path::new(&name).file_stem().unwrap_or_default().to_owned();
        }
        match self {
            Door::Agents => {}
            Door::Persons => name.push(".admin"),
            Door::Instance(instance) => {
                name.push(".i.");
                // Names are case-insensitive.
                name.push(instance.as_str().to_ascii_lowercase());
            }
        }
        // A named pipe of Windows has no extension.
        if is_file {
            name.push(".sock");
        }
        agents.with_file_name(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_door_has_a_socket_beside_the_agents() {
        let agents = Path::new("/run/user/7/tai/work.sock");
        let name = |door: &Door| door.beside(agents).display().to_string();
        let desk = Door::Instance(Instance::new("Desk").unwrap());
        assert_eq!(name(&Door::Agents), "/run/user/7/tai/work.sock");
        assert_eq!(name(&Door::Persons), "/run/user/7/tai/work.admin.sock");
        assert_eq!(name(&desk), "/run/user/7/tai/work.i.desk.sock");
        let pipe = Path::new("/pipe/tai-user-work");
        assert_eq!(
            Door::Persons.beside(pipe),
            Path::new("/pipe/tai-user-work.admin")
        );
    }
}
