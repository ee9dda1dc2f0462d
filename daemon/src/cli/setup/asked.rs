//! Values that the user asks for with the options of `taid setup`.

use super::{edit::Server, registry::McpClient};
use tai_proto::names::Profile;

/// Values that the user asks for.
#[derive(Default)]
pub(super) struct Asked<'a> {
    pub(super) instance: Option<&'a str>,
    pub(super) profile: Option<&'a Profile>,
    pub(super) socket: Option<&'a str>,
    pub(super) approves_tools: bool,
}

impl<'a> Asked<'a> {
    /// Returns the server of a client, which starts `command`.
    pub(super) fn server(&self, client: &McpClient, command: &'a str) -> Server<'a> {
        Server {
            command,
            default_instance: client.slug,
            instance: self.instance,
            profile: self.profile,
            socket: self.socket,
            approves_tools: self.approves_tools && client.has_approval_mode(),
        }
    }
}
