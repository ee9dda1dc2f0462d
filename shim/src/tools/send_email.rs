//! The tool `send_email`.

#[cfg(test)]
use super::listing::{Hints, Listing, Schemas};
use super::{
    arguments::{
        Format, content, header, optional_bool, optional_format, optional_text, plain, with_content,
    },
    definition::{Definition, Invocation, Shown, ToolOutcome},
    not_sent::NotSent,
    submission::Submission,
    submit::{Intent, Submitted, add_left_out, reported, submit},
};
use schemars::{JsonSchema, transform::RecursiveTransform};
use serde::{Deserialize, Serialize};
use tai_proto::{
    Fault, FaultCode, Hint, Tool,
    mail::{Draft, SentMail, Target},
    names::{Address, AddressError},
    variables,
};

pub(super) const DEFINITION: Definition = Definition {
    tool: Tool::SendEmail,
    #[cfg(test)]
    listing: Listing {
        title: "Send email",
        description: "Send one email from this agent's own address to one recipient, without \
            attachments, Cc or Bcc. If a result says that the outcome is unknown, tell the user before \
            you send it again.",
        hints: Hints::ACTS,
        schemas: Schemas::of::<Args, Output>,
        returns_mail: false,
    },
    run: |invocation| Box::pin(run(invocation)),
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = RecursiveTransform(plain), transform = with_content)]
struct Args {
    /// Recipient: one address without a display name, such as user@example.com. Default: the user's
    /// own address, if it is configured.
    #[serde(default, deserialize_with = "optional_text")]
    #[schemars(with = "String")]
    to: Option<String>,
    /// Subject line. Default: "Email from {instance}".
    #[serde(default, deserialize_with = "optional_text")]
    #[schemars(with = "String")]
    subject: Option<String>,
    /// Body, in the markup given by `format`. At most 1 MiB.
    #[serde(default, deserialize_with = "optional_text")]
    #[schemars(with = "String")]
    content: Option<String>,
    /// Markup of `content`. Default: markdown.
    #[serde(default, deserialize_with = "optional_format")]
    #[schemars(with = "Format")]
    format: Option<Format>,
    /// Whether to send the email although the same one was or may have been sent, or was discarded by the
    /// user, before. Default: false.
    #[serde(default, deserialize_with = "optional_bool")]
    #[schemars(with = "bool")]
    allow_duplicate: Option<bool>,
    /// Whether to send nothing and return what the recipient would get. Default: false.
    #[serde(default, deserialize_with = "optional_bool")]
    #[schemars(with = "bool")]
    dry_run: Option<bool>,
    /// Whether to keep the email for the user instead of sending it. The user sends or discards it
    /// with `taid approve` within an hour. Default: false.
    #[serde(default, deserialize_with = "optional_bool")]
    #[schemars(with = "bool")]
    hold: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = RecursiveTransform(plain))]
struct Output {
    #[serde(flatten)]
    submission: Submission,
    /// ID of the sent email at the mail bridge; absent if nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    message_id: Option<String>,
}

async fn run(mut invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
    let args: Args = invocation.arguments(Tool::SendEmail)?;
    let intent = Intent::of(args.dry_run, args.hold, args.allow_duplicate);
    let draft = draft(args, invocation.settings.user_email.as_deref())?;
    Ok(match submit(&mut invocation, draft, intent).await? {
        Submitted::Sent(sent) => ToolOutcome::Shown(show(sent)),
        Submitted::NotSent(not_sent) => ToolOutcome::Shown(show_not_sent(not_sent)),
        Submitted::Input(input) => ToolOutcome::Input(input),
    })
}

fn draft(args: Args, user_email: Option<&str>) -> Result<Draft, Fault> {
    let to = match (args.to, user_email) {
        (Some(to), _) => Some(to),
        (None, Some(default)) => match Address::new(default) {
            Ok(_) => Some(default.to_owned()),
            Err(problem) => return Err(bad_default(&problem)),
        },
        (None, None) => None,
    };
    Ok(Draft {
        target: Target::New {
            to: header("to", to)?,
        },
        subject: header("subject", args.subject)?,
        content: content(args.content)?,
        format: args.format.unwrap_or_default().into(),
    })
}

/// Returns the fault for a default recipient that is no address. The agent gave none.
fn bad_default(problem: &AddressError) -> Fault {
    let [ours, plain] = variables::USER_EMAIL;
    Fault::new(
        FaultCode::BadRequest,
        format!("the default recipient, {ours} or {plain}, cannot be used: {problem}"),
    )
    .hint(Hint::each(
        format!(
            "give \"to\", or ask the user to correct {plain} in this client's configuration; nothing \
             was sent"
        ),
        format!("correct {plain} in the client's configuration"),
    ))
}

fn show(sent: SentMail) -> Shown {
    let mut text = format!(
        "Email sent successfully to {} with subject: \"{}\"\nMessage ID: {}\nTimestamp: {}",
        sent.to,
        sent.subject,
        reported(&sent.message_id),
        reported(&sent.timestamp)
    );
    add_left_out(&mut text, &sent);
    Shown::new(
        text,
        &Output {
            message_id: Some(sent.message_id.clone().into_string()),
            submission: sent.into(),
        },
    )
}

fn show_not_sent(NotSent { text, submission }: NotSent) -> Shown {
    let message_id = None;
    let output = Output {
        message_id,
        submission,
    };
    Shown::new(text, &output)
}

#[cfg(test)]
mod tests {
    use super::{super::not_sent, *};
    use serde_json::json;
    use tai_proto::{Audience, mail, names::Address};

    fn args(value: serde_json::Value) -> Args {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_defaults_are_the_configured_user_and_markdown() {
        let draft = draft(args(json!({"content": "x"})), Some("me@example.com")).unwrap();
        let to = Some("me@example.com".into());
        assert_eq!(draft.target, Target::New { to });
        assert_eq!(draft.format, mail::Format::Markdown);
    }

    #[test]
    fn a_default_recipient_that_is_no_address_is_named() {
        for bad in [
            "Bob <bob@example.com>",
            "null",
            "a@x.org, b@x.org",
            "bob@localhost",
        ] {
            assert!(
                draft(args(json!({"content": "x"})), Some(bad)).is_err(),
                "{bad}"
            );
        }
        let fault = draft(args(json!({"content": "x"})), Some("null")).unwrap_err();
        insta::assert_snapshot!(fault.render(Audience::Agent), @"
        error: the default recipient, TAI_MCP_USEREMAIL or USEREMAIL, cannot be used: an address reads name@domain, without spaces or line breaks
        hint: give \"to\", or ask the user to correct USEREMAIL in this client's configuration; nothing was sent
        ");
    }

    #[test]
    fn an_email_without_a_body_is_refused_with_a_hint() {
        let fault = draft(args(json!({"to": "a@b.c"})), None).unwrap_err();
        insta::assert_snapshot!(fault.render(Audience::Agent), @r#"
        error: "content" is missing: an email needs a body
        hint: call again with "content"; nothing was sent or changed
        "#);
    }

    #[test]
    fn the_receipt_has_the_form_of_the_seed() {
        let shown = show(SentMail {
            from: Address::new("desk.alice@tai.chat").unwrap(),
            to: "e@example.com".into(),
            subject: "Hi".into(),
            message_id: "m-1".into(),
            timestamp: "2026-11-23T10:00:00.000Z".into(),
            reply: None,
            left_out: "2 scripts, 1 comment".into(),
        });
        DEFINITION.listing.check(shown.structured.as_deref());
        insta::assert_snapshot!(format!("{}\n{}", shown.text, shown.structured.unwrap()), @r#"
        Email sent successfully to e@example.com with subject: "Hi"
        Message ID: m-1
        Timestamp: 2026-11-23T10:00:00.000Z
        Left out of the email: 2 scripts, 1 comment
        {"sent":true,"to":"e@example.com","from":"desk.alice@tai.chat","subject":"Hi","timestamp":"2026-11-23T10:00:00.000Z","left_out":"2 scripts, 1 comment","message_id":"m-1"}
        "#);
    }

    #[test]
    fn the_result_of_a_dry_run_has_the_declared_fields() {
        let shown = show_not_sent(not_sent::of_test("bob@example.com", false));
        DEFINITION.listing.check(shown.structured.as_deref());
        insta::assert_snapshot!(shown.structured.unwrap(), @r#"{"sent":false,"notice":"Nothing was sent. The recipient would get the following email. The user would be asked before it is sent. Warning: hidden text.\n\nTo: bob@example.com\nSubject: lunch\nFrom: desk.alice@tai.chat\nLoads: evil.example\n\n| at noon?\n\nLeft out of the email: 2 scripts","to":"bob@example.com","from":"desk.alice@tai.chat","subject":"lunch","left_out":"2 scripts"}"#);
    }
}
