//! The client that submits a mail.

use tai_proto::names::Instance;

/// The client that submits a mail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Submitter<'a> {
    /// The client's instance.
    pub(crate) instance: Option<&'a Instance>,
    /// The client's name and version, as a person sees them.
    pub(crate) client: &'a str,
}
