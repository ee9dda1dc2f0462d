//! The tool `mark_read`.

#[cfg(test)]
use super::listing::{Hints, Listing, Schemas};
use super::{
    arguments::mail_id,
    definition::{Definition, Invocation, ToolOutcome},
    delete_email::{OneEmail, show},
};
use tai_proto::{Fault, Tool, call::MarkRead};

pub(super) const DEFINITION: Definition = Definition {
    tool: Tool::MarkRead,
    #[cfg(test)]
    listing: Listing {
        title: "Mark email as read",
        description: "Mark one email of this agent's own address as read without returning its content.",
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: true,
        },
        schemas: Schemas::of::<OneEmail, super::delete_email::Output>,
        returns_mail: false,
    },
    run: |invocation| Box::pin(run(invocation)),
};

async fn run(mut invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
    let args: OneEmail = invocation.arguments(Tool::MarkRead)?;
    let id = mail_id("email_id", args.email_id)?;
    let changed = invocation.call(MarkRead { id }).await?;
    Ok(ToolOutcome::Shown(show(changed, "marked as read")))
}
