//! The daemon that a command is about.

use super::error::{CliError, Exit};
use std::path::{Path, PathBuf};
use tai_client::in_local_words;
use tai_proto::{command::for_profile, names::Profile, places::Places, variables};

/// The daemon that a command is about, and the directories of its user.
pub(super) struct Target {
    /// Profile of the daemon.
    pub(super) profile: Profile,
    /// Whether the user names the profile.
    pub(super) names_profile: bool,
    /// Directories of the user.
    pub(super) places: Places,
    /// Socket of the daemon, if the user names it.
    pub(super) socket: Option<PathBuf>,
}

impl Target {
    /// Returns the target of the global arguments, completed from the environment.
    ///
    /// # Errors
    /// A name or path is not valid, or no home directory is known.
    pub(super) fn new(
        profile: Option<String>,
        home: Option<&Path>,
        socket: Option<PathBuf>,
    ) -> Result<Self, CliError> {
        let variable = |name: &'static str| {
            variables::read(name).map_err(|rule| {
                CliError::new(format!("the variable {name} is not valid"))
                    .caused_by(rule)
                    .hint(format!("correct or unset {name}"))
            })
        };
        let exit = |is_argument| match is_argument {
            true => Exit::Usage,
            false => Exit::Failed,
        };
        let of_profile = exit(profile.is_some());
        let of_socket = exit(socket.is_some());
        let profile = match profile {
            Some(profile) => Some(profile),
            None => variable(variables::PROFILE)?,
        };
        let profile = profile.map(Profile::new).transpose().map_err(|rule| {
            CliError::new("the profile is not valid")
                .caused_by(rule)
                .hint("correct --profile or TAI_MCP_PROFILE")
                .exit_with(of_profile)
        })?;
        let socket = match socket {
            Some(socket) => Some(socket),
            None => variable(variables::SOCKET)?.map(PathBuf::from),
        };
        if socket.as_ref().is_some_and(|socket| !socket.is_absolute()) {
            return Err(CliError::new("the socket is not valid")
                .caused_by("its path is not absolute")
                .hint("correct --socket or TAI_MCP_SOCKET; `taid socket` prints the path")
                .exit_with(of_socket));
        }
        let places = match home {
            Some(home) => tai_client::given_home(home)
                .map(|home| Places::at(&home))
                .map_err(|error| {
                    CliError::new("the home directory is not valid")
                        .caused_by(error)
                        .hint("correct --home")
                        .exit_with(Exit::Usage)
                })?,
            None => Places::of_environment().map_err(|_| CliError::no_home())?,
        };
        Ok(Self {
            names_profile: profile.is_some(),
            profile: profile.unwrap_or_default(),
            places,
            socket,
        })
    }

    /// Returns a text whose commands are for this daemon, and run in this installation.
    pub(super) fn named(&self, text: &str) -> String {
        in_local_words(&for_profile(text, &self.profile)).into_owned()
    }

    /// Returns the target of another profile of the same user.
    pub(super) fn of_profile(&self, profile: Profile) -> Self {
        Self {
            profile,
            names_profile: true,
            places: self.places.clone(),
            socket: None,
        }
    }

    /// Returns the target of the daemon at a socket.
    pub(super) fn at_socket(&self, socket: &Path) -> Self {
        Self {
            socket: Some(socket.to_owned()),
            ..self.of_profile(self.profile.clone())
        }
    }
}
