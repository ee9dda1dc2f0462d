//! A waiting mail as a whole, from its parts.

use super::daemon::{Daemon, SHORT};
use tai_proto::{
    Fault, FaultCode, Hint,
    approval::{HeldForm, HeldPart},
    call::ReadHeld,
    text::Label,
};

/// One form of a mail that waits, or that a client asks about.
pub(super) struct Whole {
    /// [`HeldPart::version`].
    pub(super) version: Option<Label>,
    pub(super) text: String,
}

/// Reads a form of the mail with this number.
///
/// # Errors
/// The daemon's fault, or [`FaultCode::BadRequest`] if the mail changes meanwhile.
pub(super) async fn read(daemon: &Daemon, number: u64, form: HeldForm) -> Result<Whole, Fault> {
    let part = async |offset| {
        let read = ReadHeld {
            number,
            form,
            offset,
        };
        daemon.call(read, SHORT).await
    };
    let HeldPart {
        version,
        text,
        mut next,
    } = part(0).await?;
    let (mut text, mut read) = (text.into_string(), 0);
    while let Some(offset) = next.filter(|next| *next > read) {
        let more = part(offset).await?;
        if more.version != version {
            let changed = format!("mail {number} changed while it was read");
            return Err(Fault::new(FaultCode::BadRequest, changed)
                .because("taid was restarted, or a person changed it")
                .hint(Hint::reader("list the waiting mails with `taid approve`")));
        }
        text.push_str(&more.text);
        (read, next) = (offset, more.next);
    }
    Ok(Whole { version, text })
}
