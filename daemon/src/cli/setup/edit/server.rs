//! The server entry of a configuration, edits of it, and errors of edits.

use serde_json::Value;
use tai_proto::{names::Profile, variables};

/// Name of the server in a client's configuration.
pub(in crate::cli) const KEY: &str = "tai";

/// The server that a client starts, as the user asks for it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) struct Server<'a> {
    /// Full path of tai-mcp, because a client may have another PATH.
    pub(in crate::cli) command: &'a str,
    /// Instance of a new entry.
    pub(in crate::cli) default_instance: &'a str,
    /// Instance that the user names.
    pub(in crate::cli) instance: Option<&'a str>,
    /// Profile that the user names.
    pub(in crate::cli) profile: Option<&'a Profile>,
    /// Socket that the user names.
    pub(in crate::cli) socket: Option<&'a str>,
    /// Whether the client may run every tool without asking, if its entry can say so.
    pub(in crate::cli) approves_tools: bool,
}

impl<'a> Server<'a> {
    /// Returns the instance of a new entry.
    pub(in crate::cli::setup) fn new_instance(&self) -> &'a str {
        self.instance.unwrap_or(self.default_instance)
    }

    /// Returns the variables of a new entry. The default profile needs none.
    pub(in crate::cli::setup) fn environment(&self) -> Vec<(&'static str, &'a str)> {
        let instance = (variables::INSTANCE[0], Some(self.new_instance()));
        let profile = self.profile.filter(|profile| !profile.is_default());
        let all = [
            instance,
            (variables::PROFILE, profile.map(Profile::as_str)),
            (variables::SOCKET, self.socket),
        ];
        let set = |(name, value): (_, Option<&'a str>)| Some((name, value?));
        all.into_iter().filter_map(set).collect()
    }
}

/// One change of the servers of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli::setup) enum Edit<'s> {
    /// Adds the server as the entry [`KEY`], in the client's form.
    Insert(&'s Server<'s>),
    /// Removes an entry.
    Remove {
        /// Name of the server.
        server: String,
    },
    /// Sets a value in an entry.
    Set {
        /// Name of the server.
        server: String,
        /// Keys from the entry to the value: one, or the key of an object and one in it.
        path: Vec<&'static str>,
        /// New value: text, or a list of texts.
        value: Value,
    },
    /// Removes a value of an entry.
    Unset {
        /// Name of the server.
        server: String,
        /// Keys from the entry to the value.
        path: Vec<&'static str>,
    },
}

/// Reason for which a configuration cannot be edited.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum EditError {
    /// The text is not in the client's format.
    #[error("it is not valid {format}: line {line}, column {column}")]
    Syntax {
        /// Name of the format.
        format: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A key has another type than the client expects.
    #[error("\"{0}\" has an unexpected type")]
    Shape(&'static str),
    /// The text is a list or a value in place of an object.
    #[error("it does not hold an object with \"{0}\"")]
    NoObject(&'static str),
    /// A key occurs twice in an object, and programs differ in which one they read.
    #[error("\"{0}\" occurs twice")]
    Duplicate(String),
    /// The file has several YAML documents, and the client reads one.
    #[error("it has more than one YAML document")]
    Documents,
    /// The entry starts another program.
    #[error("\"{key}\" is another server: {program}")]
    Foreign {
        /// Name of the server.
        key: String,
        /// Its program, or where it is.
        program: String,
    },
    /// The edited text would not have the intended content.
    #[error("it has a form that setup cannot edit")]
    Unsupported,
}
