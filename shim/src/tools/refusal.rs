//! Errors of arguments, in the words of the schema that the model has: the kinds and ranges come from
//! the list of tools.

use super::list::TEXT;
use serde::Deserialize;
use serde_json::{Map, Value};
use tai_proto::{Fault, FaultCode, Hint, Tool};

/// Limit of the quoted value in characters.
const MAX_VALUE: usize = 60;

/// Part of a tool in the list.
#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(rename = "inputSchema")]
    input: Input,
}

/// Schema of the arguments of a tool.
#[derive(Default, Deserialize)]
struct Input {
    #[serde(default)]
    properties: Map<String, Value>,
    #[serde(default)]
    required: Vec<String>,
}

impl Input {
    fn of(tool: Tool) -> Self {
        let mut listed = TEXT
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let listed = listed.find(|listed: &Listed| listed.name == tool.name());
        listed.map(|listed| listed.input).unwrap_or_default()
    }
}

/// Returns the fault for an argument that breaks a rule.
pub(super) fn bad_argument(name: &str, rule: &str) -> Fault {
    let what = format!("\"{name}\" cannot be used: {rule}");
    refusal(what, format!("correct \"{name}\" and call again"))
}

/// Returns the fault for a required argument that is absent. `purpose` says what it is.
pub(super) fn missing(name: &str, purpose: &str) -> Fault {
    let what = format!("\"{name}\" is missing: {purpose}");
    refusal(what, format!("call again with \"{name}\""))
}

/// Returns the fault for a number that is out of its range.
pub(super) fn out_of_range(name: &str, number: u64, least: u32, most: u32) -> Fault {
    let rule = format!("expected a whole number from {least} to {most}, not {number}");
    bad_argument(name, &rule)
}

/// Returns the fault for arguments that the parser of a tool refuses. `member` is the refused one; `None`
/// if one is missing.
pub(super) fn refused(tool: Tool, arguments: &Map<String, Value>, member: Option<&str>) -> Fault {
    let schema = Input::of(tool);
    let Some(name) = member else {
        let mut required = schema.required.iter();
        let name = required.find(|name| !arguments.contains_key(*name));
        let name = name.map_or("", String::as_str);
        let purpose = schema
            .properties
            .get(name)
            .and_then(|property| property["description"].as_str());
        return missing(
            name,
            purpose
                .unwrap_or("the tool requires it")
                .trim_end_matches('.'),
        );
    };
    match (schema.properties.get(name), arguments.get(name)) {
        (Some(property), Some(value)) => {
            let rule = match (tool, name, value) {
                (Tool::SendEmail, "to", Value::Array(_)) => {
                    "one address at a time; call again for each recipient".to_owned()
                }
                (_, "email_id" | "message_id", Value::Array(_)) => {
                    "one email a call; call again for each other one".to_owned()
                }
                (_, "email_id" | "message_id", Value::String(_)) => format!(
                    "expected the number of a row of list_inbox, not {}",
                    short(value)
                ),
                _ => format!("expected {}, not {}", expected(property), short(value)),
            };
            bad_argument(name, &rule)
        }
        (None, _) | (_, None) => {
            let names = schema.properties.keys().map(|name| format!("\"{name}\""));
            let names = names.collect::<Vec<_>>().join(", ");
            let mut arguments = schema.properties.keys();
            let same = arguments.find(|argument| letters(argument) == letters(name));
            let action = match (same, meant(tool, name)) {
                (Some(argument), _) => format!("the argument is `{argument}`"),
                (None, Some(action)) => action.to_owned(),
                (None, None) => "call again with these alone, if they say what you mean".to_owned(),
            };
            refusal(
                format!("{tool} has no argument \"{name}\"; it has {names}"),
                action,
            )
        }
    }
}

/// Returns a name without what sets `dryRun` and `dry-run` apart from `dry_run`.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.collect::<String>().to_lowercase()
}

/// Returns what to do instead of giving an argument that the tool does not have. To leave it out would
/// send another mail than the model means, or read another one. The names are [`letters`].
fn meant(tool: Tool, name: &str) -> Option<&'static str> {
    let name = letters(name);
    Some(match (tool, name.as_str()) {
        (Tool::SendEmail | Tool::ReplyEmail, "cc" | "bcc") => {
            "an email has one recipient: call send_email again for each other one"
        }
        (Tool::SendEmail | Tool::ReplyEmail, "attachments" | "attachment" | "files" | "file") => {
            "emails have no attachments: put the text into `content`, or tell the user"
        }
        (Tool::SendEmail | Tool::ReplyEmail, "body" | "text" | "html" | "message") => {
            "the body is `content`"
        }
        (Tool::SendEmail, "recipient" | "recipients" | "email" | "address") => {
            "the recipient is `to`"
        }
        (Tool::SendEmail, "messageid" | "emailid" | "inreplyto") => {
            "to reply to an email, use reply_email"
        }
        (Tool::SendEmail | Tool::ReplyEmail, "replyto") => {
            "to reply to an email, use reply_email; another address for answers cannot be set"
        }
        (
            Tool::FetchEmail | Tool::MarkRead | Tool::DeleteEmail,
            "ids" | "emailids" | "messageids",
        ) => "one email a call: call again for each ID, as `email_id`",
        (Tool::WaitForEmail, "sender" | "fromaddress") => "the sender is `from`",
        (Tool::ReplyEmail, "to" | "recipient") => {
            "a reply goes to the sender of the original: to write to another address, use send_email"
        }
        (Tool::ReplyEmail, "id" | "emailid") => "the ID is `message_id`, once",
        (Tool::FetchEmail | Tool::MarkRead | Tool::DeleteEmail, "id" | "messageid") => {
            "the ID is `email_id`"
        }
        (Tool::FetchEmail, "markread" | "markasread" | "peek") => {
            "reading marks the email: list_inbox with previews: true shows its beginning and does not"
        }
        (Tool::MarkRead, "read" | "unread" | "isread") => "an email cannot be marked as unread",
        (Tool::ListInbox, "query" | "from" | "sender" | "subject" | "search" | "since") => {
            "search_inbox finds emails by sender, words or date"
        }
        (Tool::ListInbox, "unreadonly" | "unread") => {
            "the list has unread emails only, unless show_read is true"
        }
        (Tool::SearchInbox, "offset" | "page") => {
            "for older emails, add until: with a day to `query`"
        }
        (Tool::SearchInbox, "from" | "sender" | "subject" | "since" | "until") => {
            "write it into `query`, as from:bob or since:2026-11-01"
        }
        _ => return None,
    })
}

fn refusal(what: String, action: String) -> Fault {
    let hint = Hint::reader(format!("{action}; nothing was sent or changed"));
    Fault::new(FaultCode::BadRequest, what).hint(hint)
}

/// Returns the values that a property has, as a noun phrase.
fn expected(property: &Value) -> String {
    if let Some(words) = property["enum"].as_array() {
        let words = words.iter().map(Value::to_string);
        return words.collect::<Vec<_>>().join(" or ");
    }
    let (least, most) = (&property["minimum"], &property["maximum"]);
    match property["type"].as_str() {
        Some("boolean") => "true or false".to_owned(),
        Some("string") => "a text".to_owned(),
        _ if !most.is_null() => format!("a whole number from {least} to {most}"),
        _ => format!("a whole number, {least} or more"),
    }
}

/// Returns the beginning of a value as JSON.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_VALUE) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;
    use serde_json::json;
    use tai_proto::Audience;

    /// Every property has a phrase: a new kind of property needs one in [`expected`].
    #[test]
    fn each_argument_says_what_it_takes() {
        let mut page = String::new();
        for tool in Tool::ALL {
            for (name, property) in Input::of(tool).properties {
                page.push_str(&format!("{tool} {name}: {}\n", expected(&property)));
            }
        }
        insta::assert_snapshot!(page, @r#"
        send_email to: a text
        send_email subject: a text
        send_email content: a text
        send_email format: "markdown" or "html"
        send_email allow_duplicate: true or false
        send_email dry_run: true or false
        send_email hold: true or false
        fetch_email email_id: a whole number from 1 to 9007199254740991
        fetch_email part: a whole number, 1 or more
        fetch_email max_chars: a whole number from 1000 to 1000000
        fetch_email full: true or false
        list_inbox limit: a whole number from 1 to 200
        list_inbox offset: a whole number, 0 or more
        list_inbox show_read: true or false
        list_inbox previews: true or false
        list_inbox threads: true or false
        reply_email message_id: a whole number from 1 to 9007199254740991
        reply_email content: a text
        reply_email format: "markdown" or "html"
        reply_email subject: a text
        reply_email allow_duplicate: true or false
        reply_email dry_run: true or false
        reply_email hold: true or false
        delete_email email_id: a whole number from 1 to 9007199254740991
        mark_read email_id: a whole number from 1 to 9007199254740991
        search_inbox query: a text
        search_inbox limit: a whole number from 1 to 100
        search_inbox unread_only: true or false
        search_inbox threads: true or false
        wait_for_email from: a text
        wait_for_email subject: a text
        wait_for_email timeout: a whole number from 0 to 50
        "#);
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Args {
        #[serde(rename = "message_id")]
        _message_id: u64,
        #[serde(rename = "subject")]
        _subject: Option<String>,
        #[serde(rename = "format")]
        _format: Option<Format>,
        #[serde(rename = "hold")]
        _hold: Option<bool>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Format {
        Markdown,
    }

    #[test]
    fn a_refusal_names_the_argument_what_it_takes_and_what_was_given() {
        let said = |arguments: Value| {
            let arguments = arguments.as_object().cloned().unwrap();
            let problem = object::read::<Args>(&arguments).unwrap_err();
            let fault = refused(Tool::ReplyEmail, &arguments, problem.member.as_deref());
            fault.render(Audience::Agent)
        };
        let page = [
            said(json!({"message_id": "x".repeat(100)})),
            said(json!({"message_id": -5})),
            said(json!({"message_id": [1, 2]})),
            said(json!({"message_id": null})),
            said(json!({"message_id": 1, "hold": "maybe", "id": 1})),
            said(json!({"message_id": 1, "cc": "a@b.c"})),
            said(json!({"message_id": 1, "colour": "red"})),
            said(json!({"message_id": 1, "dryRun": true})),
            said(json!({"message_id": 1, "subject": ["a"]})),
            said(json!({"message_id": 1, "format": "text"})),
            said(json!({"subject": "a"})),
        ];
        insta::assert_snapshot!(page.join("\n"), @r#"
        error: "message_id" cannot be used: expected the number of a row of list_inbox, not "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        hint: correct "message_id" and call again; nothing was sent or changed
        error: "message_id" cannot be used: expected a whole number from 1 to 9007199254740991, not -5
        hint: correct "message_id" and call again; nothing was sent or changed
        error: "message_id" cannot be used: one email a call; call again for each other one
        hint: correct "message_id" and call again; nothing was sent or changed
        error: "message_id" cannot be used: expected a whole number from 1 to 9007199254740991, not null
        hint: correct "message_id" and call again; nothing was sent or changed
        error: "hold" cannot be used: expected true or false, not "maybe"
        hint: correct "hold" and call again; nothing was sent or changed
        error: reply_email has no argument "cc"; it has "message_id", "content", "format", "subject", "allow_duplicate", "dry_run", "hold"
        hint: an email has one recipient: call send_email again for each other one; nothing was sent or changed
        error: reply_email has no argument "colour"; it has "message_id", "content", "format", "subject", "allow_duplicate", "dry_run", "hold"
        hint: call again with these alone, if they say what you mean; nothing was sent or changed
        error: reply_email has no argument "dryRun"; it has "message_id", "content", "format", "subject", "allow_duplicate", "dry_run", "hold"
        hint: the argument is `dry_run`; nothing was sent or changed
        error: "subject" cannot be used: expected a text, not ["a"]
        hint: correct "subject" and call again; nothing was sent or changed
        error: "format" cannot be used: expected "markdown" or "html", not "text"
        hint: correct "format" and call again; nothing was sent or changed
        error: "message_id" is missing: ID of the email to reply to, from list_inbox or search_inbox
        hint: call again with "message_id"; nothing was sent or changed
        "#);
    }

    #[test]
    fn a_usual_guess_leads_to_the_argument_that_is_meant() {
        for (tool, name, part) in [
            (Tool::SendEmail, "reply_to", "use reply_email"),
            (Tool::ReplyEmail, "Reply-To", "use reply_email"),
            (Tool::SendEmail, "inReplyTo", "use reply_email"),
            (Tool::MarkRead, "email_ids", "as `email_id`"),
            (Tool::DeleteEmail, "ids", "as `email_id`"),
            (Tool::FetchEmail, "message_ids", "as `email_id`"),
            (Tool::WaitForEmail, "sender", "`from`"),
            (Tool::SearchInbox, "sender", "from:bob"),
            (Tool::ListInbox, "sender", "search_inbox"),
        ] {
            let said = meant(tool, name).unwrap_or_default();
            assert!(said.contains(part), "{tool} {name}: {said}");
        }
    }
}
