//! The tool `session_status`: the part of taid's status that an agent can act on or report.

#[cfg(test)]
use super::listing::{Hints, Listing, Schemas};
use super::{
    arguments::plain,
    definition::{Definition, Invocation, Shown, ToolOutcome},
};
use crate::text::line;
use schemars::{JsonSchema, transform::RecursiveTransform};
use serde::{Deserialize, Serialize};
use tai_client::{in_local_words, local_command};
use tai_proto::{
    Fault, FaultCode, Hint, Tool,
    advice::UNKNOWN_FOR_AGENTS,
    call::GetStatus,
    command::for_profile,
    names::Profile,
    status::{BridgeStatus, DamagedFile, FailingFile, LostMail, SharedLeasesStatus, Status},
};

pub(super) const DEFINITION: Definition = Definition {
    tool: Tool::SessionStatus,
    #[cfg(test)]
    listing: Listing {
        title: "Session status",
        description: "Report whether email works: the state of the login and of the mail bridge, the \
            last failure, and the action that resolves it. Call it if another tool fails.",
        hints: Hints::READS,
        schemas: Schemas::of::<Args, Output>,
        returns_mail: false,
    },
    run: |invocation| Box::pin(run(invocation)),
};

// Some models write an argument for a tool that has none. The report is not refused for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(transform = plain)]
struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = RecursiveTransform(plain))]
struct Output {
    /// State of the login: live (works), signing_in, waiting (the last login failed; the next one is due or
    /// allowed later), signed_out (taid has no password) or logged_out (`taid logout` ended the session).
    session: String,
    /// This agent's address; absent if taid has no username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    address: Option<String>,
    /// Username of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    username: Option<String>,
    /// What fails and the action that resolves it; absent if email works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    problem: Option<String>,
    /// Settings of this MCP client that have no effect; absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignored_settings: Vec<String>,
    /// Whether the mail bridge answered the last request; absent before the first request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    bridge_reachable: Option<bool>,
    /// End of the mail bridge's rate limit, RFC 3339; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    rate_limited_until: Option<String>,
    /// Number of the account's emails of the last 24 hours that may or may not have been sent.
    unknown_sends: u64,
    /// What to do about them; absent if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    notice: Option<&'static str>,
    /// Numbers of this agent's emails that wait for the user's approval (`taid approve`).
    waiting_for_approval: Vec<u64>,
    /// Emails that taid lost, when it stopped, before the approval; absent if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lost_before_approval: Vec<String>,
    /// Number of connected MCP clients.
    clients: u64,
}

async fn run(mut invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
    let Args {} = invocation.arguments(Tool::SessionStatus)?;
    let json = invocation.call(GetStatus).await?;
    let status = serde_json::from_str(&json).map_err(|error| {
        Fault::new(FaultCode::Internal, "cannot read taid's status")
            .because(error.to_string())
            .hint(Hint::user("install taid and tai-mcp from one release"))
    })?;
    let notes = &invocation.settings.notes;
    Ok(ToolOutcome::Shown(show(status, notes)))
}

/// Renders the status, with notes about the settings of this client.
fn show(status: Status, notes: &[String]) -> Shown {
    let clients = status.client_count();
    let profile = Profile::new(status.daemon.profile).unwrap_or_default();
    let session = status.session.state.to_string();
    let problem = status.session.last_error.map(|error| {
        let parts = [error.what, error.why, error.hint_for_agents];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("; ")
    });
    let mut text = format!(
        "Session: {session}\nAddress: {}\nMail bridge: {}",
        status
            .account
            .address
            .as_deref()
            .unwrap_or("none (taid has no username)"),
        match (status.bridge.reachable, &status.bridge.failing) {
            (Some(true), Some(_)) => "could not serve the last request",
            (Some(true), None) => "answers",
            (Some(false), _) => "did not answer the last request",
            (None, _) => "no request yet",
        }
    );
    let mut add = |line: String| {
        text.push('\n');
        text.push_str(&line);
    };
    let of_bridge = of_bridge(&status.bridge);
    let of_leases = status.shared_leases.as_ref().and_then(of_leases);
    let of_rules = status.rules.is_some().then(|| NO_TOOLS.to_owned());
    let problems = (problem.into_iter().chain(of_bridge).chain(of_leases)).chain(of_rules);
    let problems = problems.chain(status.failing_files.iter().map(of_file));
    let problems = problems.chain(status.damaged_files.iter().map(of_damage));
    let local = |text: String| in_local_words(&for_profile(&text, &profile)).into_owned();
    let problems: Vec<String> = problems.map(local).collect();
    for problem in &problems {
        add(format!("Problem: {problem}"));
    }
    let problem = (!problems.is_empty()).then(|| problems.join("\n"));
    for note in notes {
        add(format!("Note: {note}"));
    }
    let unknown_sends = status.unknown_sends.len() as u64;
    if unknown_sends > 0 {
        add(format!(
            "Emails of the account with unknown outcome: {unknown_sends}. For each: {UNKNOWN_FOR_AGENTS}"
        ));
    }
    if !status.held.is_empty() {
        let numbers = status.held.iter().map(u64::to_string);
        add(format!(
            "Emails waiting for the user's approval ({}), by number: {}",
            local_command(&profile, "approve"),
            numbers.collect::<Vec<_>>().join(", ")
        ));
    }
    let lost: Vec<String> = status.lost.iter().map(lost).collect();
    for mail in &lost {
        add(format!("Lost: {mail}"));
    }
    let output = Output {
        session,
        address: status.account.address,
        username: status.account.username,
        problem,
        ignored_settings: notes.to_vec(),
        bridge_reachable: status.bridge.reachable,
        rate_limited_until: status.bridge.rate_limited_until,
        unknown_sends,
        notice: (unknown_sends > 0).then_some(UNKNOWN_FOR_AGENTS),
        waiting_for_approval: status.held,
        lost_before_approval: lost,
        clients,
    };
    Shown::new(text, &output)
}

/// Returns what is wrong with the mail bridge, and what to do.
fn of_bridge(bridge: &BridgeStatus) -> Option<String> {
    let again = "call a tool that only reads again in some minutes, and tell the user if it fails again; do \
        not repeat a send for this";
    match (
        &bridge.rate_limited_until,
        bridge.reachable,
        &bridge.failing,
    ) {
        (Some(until), _, _) => Some(format!(
            "the mail bridge limits the rate of requests. Call again after {until}"
        )),
        (None, Some(false), _) => Some(format!(
            "the mail bridge did not answer the last request. If this continues, ask the user to check the \
             network; {again}"
        )),
        (None, _, Some(why)) => Some(format!(
            "the mail bridge could not serve the last request: {}. Do what the failed tool said",
            line(why)
        )),
        (None, _, None) => None,
    }
}

/// Returns what is wrong with the store of the shared leases, and what to do.
fn of_leases(leases: &SharedLeasesStatus) -> Option<String> {
    let error = leases.error.as_deref()?;
    Some(format!(
        "no email is read, because the store of the shared leases failed: {}. Sending and listing work. If \
         this continues, ask the user to run `taid status` and to check the server of `shared_leases`",
        line(error)
    ))
}

/// What is wrong with taid's configuration, and what to do.
const NO_TOOLS: &str = "no other tool is permitted until taid's configuration is valid. Ask the user to run \
    `taid doctor` and to correct the file that it names";

/// Returns what taid refuses because it cannot write a file, and what to do.
fn of_file(file: &FailingFile) -> String {
    let FailingFile {
        path,
        effect,
        why,
        hint,
    } = file;
    let place = match path.is_empty() {
        true => String::new(),
        false => format!(" in {path}"),
    };
    let place = line(&place);
    format!(
        "{effect}, because taid cannot record it{place}: {}. Ask the user to {}",
        line(why),
        line(hint)
    )
}

/// Returns what may follow from the lines of a file that taid cannot read, and what to do.
fn of_damage(file: &DamagedFile) -> String {
    let place = match file.path.as_str() {
        "" => "a file of taid",
        path => path,
    };
    let (effect, problem) = (line(&file.effect), file.problem());
    format!(
        "{effect}: in {}, {problem}. Ask the user to {}",
        line(place),
        line(&file.hint)
    )
}

/// Returns the report about an email that was lost before its approval.
fn lost(mail: &LostMail) -> String {
    let (number, since) = (mail.number, &mail.since);
    let sent = match mail.maybe_sent {
        true => "it may have been sent, so ask the user before you send it again",
        false => "it was not sent; submit it again if it is still wanted",
    };
    format!(
        "the email held for approval at {since} as number {number} was lost when taid stopped; {sent}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_states_the_failure_and_the_action() {
        let status = r#"{"schema":1,"daemon":{"version":"0.1.0","protocol":1,"pid":1,"profile":"default",
            "started_at":"","uptime_s":1,"socket":"s","log":"l","draining":false},
            "account":{"username":"alice","address":"desk.alice@tai.chat"},
            "session":{"state":"signed_out","token_expires_at":null,"renews_at":null,"retry_at":null,
            "logins":0,"renewals":0,"failed_logins":1,"failed_renewals":0,
            "last_error":{"at":"","what":"refused","why":"","hint":"run `taid login`",
            "hint_for_agents":"ask the user to run `taid login`, then call again"}},
            "bridge":{"url":"u","requests":1,"retries":0,"latency_us":null,"last_answer_at":null,
            "rate_limited_until":"2026-11-23T10:00:00Z","reachable":true},
            "shared_leases":{"answers":false,"error":"connection refused"},
            "rules":"line 3 is not valid","failing_files":[{"path":"/s/sends-default",
            "effect":"no mail is sent","why":"no space","hint":"free space"}],"damaged_files":[{"path":"/s/sends-default","damaged":2,
            "unknown":0,"effect":"a mail may be sent twice","hint":"see whether it arrived"}],"unknown_sends":[{"at":"","digest":"d"}],"held":[9,10],"lost":[
            {"number":3,"since":"2026-11-23T10:00:00Z","digest":"d","maybe_sent":false}],"clients":[]}"#;
        let notes = ["PASSWORD is ignored".to_owned()];
        let shown = show(serde_json::from_str(status).unwrap(), &notes);
        DEFINITION.listing.check(shown.structured.as_deref());
        insta::assert_snapshot!(format!("{}\n{}", shown.text, shown.structured.unwrap()), @r#"
        Session: signed_out
        Address: desk.alice@tai.chat
        Mail bridge: answers
        Problem: refused; ask the user to run `taid login`, then call again
        Problem: the mail bridge limits the rate of requests. Call again after 2026-11-23T10:00:00Z
        Problem: no email is read, because the store of the shared leases failed: connection refused. Sending and listing work. If this continues, ask the user to run `taid status` and to check the server of `shared_leases`
        Problem: no other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor` and to correct the file that it names
        Problem: no mail is sent, because taid cannot record it in /s/sends-default: no space. Ask the user to free space
        Problem: a mail may be sent twice: in /s/sends-default, 2 lines are damaged. Ask the user to see whether it arrived
        Note: PASSWORD is ignored
        Emails of the account with unknown outcome: 1. For each: tell the user, and send it again, with allow_duplicate: true, only if the user or the recipient says that it did not arrive
        Emails waiting for the user's approval (`taid approve`), by number: 9, 10
        Lost: the email held for approval at 2026-11-23T10:00:00Z as number 3 was lost when taid stopped; it was not sent; submit it again if it is still wanted
        {"session":"signed_out","address":"desk.alice@tai.chat","username":"alice","problem":"refused; ask the user to run `taid login`, then call again\nthe mail bridge limits the rate of requests. Call again after 2026-11-23T10:00:00Z\nno email is read, because the store of the shared leases failed: connection refused. Sending and listing work. If this continues, ask the user to run `taid status` and to check the server of `shared_leases`\nno other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor` and to correct the file that it names\nno mail is sent, because taid cannot record it in /s/sends-default: no space. Ask the user to free space\na mail may be sent twice: in /s/sends-default, 2 lines are damaged. Ask the user to see whether it arrived","ignored_settings":["PASSWORD is ignored"],"bridge_reachable":true,"rate_limited_until":"2026-11-23T10:00:00Z","unknown_sends":1,"notice":"tell the user, and send it again, with allow_duplicate: true, only if the user or the recipient says that it did not arrive","waiting_for_approval":[9,10],"lost_before_approval":["the email held for approval at 2026-11-23T10:00:00Z as number 3 was lost when taid stopped; it was not sent; submit it again if it is still wanted"],"clients":0}
        "#);
    }

    #[test]
    fn each_problem_names_the_commands_of_its_profile() {
        let status = r#"{"schema":1,"daemon":{"version":"0.1.0","protocol":1,"pid":1,"profile":"work",
            "started_at":"","uptime_s":1,"socket":"s","log":"l","draining":false},
            "account":{"username":"alice","address":"desk.alice@tai.chat"},
            "session":{"state":"live","token_expires_at":null,"renews_at":null,"retry_at":null,
            "logins":0,"renewals":0,"failed_logins":1,"failed_renewals":0,"last_error":null},
            "bridge":{"url":"u","requests":1,"retries":0,"latency_us":null,"last_answer_at":null,
            "rate_limited_until":null,"reachable":true},
            "rules":"it is not valid","failing_files":[{"path":"","effect":"no mail is sent",
            "why":"no space","hint":"run `taid doctor` where taid runs"}],
            "unknown_sends":[],"held":[],"lost":[],"clients":[]}"#;
        let shown = show(serde_json::from_str(status).unwrap(), &[]);
        let problems = shown
            .text
            .lines()
            .filter(|line| line.starts_with("Problem"));
        let problems: Vec<&str> = problems.collect();
        insta::assert_snapshot!(problems.join("\n"), @"
        Problem: no other tool is permitted until taid's configuration is valid. Ask the user to run `taid doctor --profile work` and to correct the file that it names
        Problem: no mail is sent, because taid cannot record it: no space. Ask the user to run `taid doctor --profile work` where taid runs
        ");
    }
}
