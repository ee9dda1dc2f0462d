//! Tells the person that mails begin to wait for approval: best effort, one notification at a time,
//! and at most four a minute.

use super::app::App;
use crate::{config::NotifyPolicy, os};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tai_auth::bridge::transport::Transport;
use tai_proto::{
    approval::{HeldList, HeldMail},
    names::Profile,
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep},
};

/// Least time between two notifications.
const INTERVAL: Duration = Duration::from_secs(15);
/// Time limit of one wait for a change.
const WAIT: Duration = Duration::from_secs(60 * 60);

/// Notifies the person of each mail that begins to wait, until the daemon ends.
pub(super) async fn run<T: Transport>(app: Arc<App<T>>) {
    if app.facts.config.settings.notify == NotifyPolicy::Never || !os::desktop::is_there() {
        return;
    }
    let first = app.mail.watch_held(None, Instant::now()).await;
    let (mut since, mut seen) = (first.mark, numbers(&first.held));
    let mut shown = 0;
    loop {
        let update = app
            .mail
            .watch_held(Some(since), Instant::now() + WAIT)
            .await;
        since = update.mark;
        let text = text(&update.held, &seen, &app.facts.config.profile);
        seen = numbers(&update.held);
        if let Some((summary, body)) = text {
            shown = show(summary, body, shown).await;
            sleep(INTERVAL).await;
        }
    }
}

fn numbers(held: &HeldList) -> BTreeSet<u64> {
    held.waiting.iter().map(|mail| mail.number).collect()
}

/// Returns the summary and the body about the mails that are not among `seen`; `None` without one. A
/// mail that the person changed is not new to the person.
fn text(held: &HeldList, seen: &BTreeSet<u64>, profile: &Profile) -> Option<(String, String)> {
    let is_new = |mail: &&HeldMail| !seen.contains(&mail.number) && mail.revises.is_none();
    let mail = held.waiting.iter().rfind(is_new)?;
    let summary = match held.waiting.len() {
        1 => "tai: 1 mail waits for your approval".to_owned(),
        n => format!("tai: {n} mails wait for your approval"),
    };
    // The names of instances and profiles have letters, digits, hyphens and underscores alone.
    let sender = match &mail.instance {
        Some(instance) => format!("instance {instance}"),
        None => "the account itself".to_owned(),
    };
    let profile = match profile.is_default() {
        true => String::new(),
        false => format!("--profile {profile} "),
    };
    let number = mail.number;
    let body = format!("From {sender}. To decide: taid {profile}approve {number}");
    Some((summary, body))
}

/// Shows a notification in place of the earlier one, and returns its id.
async fn show(summary: String, body: String, replaces: u32) -> u32 {
    let (send, receive) = oneshot::channel();
    // A thread of its own, so that neither a call nor the exit of taid waits for the server.
    let thread = std::thread::Builder::new().name("notification".to_owned());
    let started = thread.spawn(move || {
        let shown = os::desktop::notify(&summary, &body, replaces);
        let _ = send.send(shown);
    });
    if started.is_err() {
        return replaces;
    }
    match receive.await {
        Ok(Some(id)) => id,
        Ok(None) | Err(_) => {
            tracing::debug!("no notification was shown");
            replaces
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{
        approval::{HeldState, MailPreview, RevisedMail},
        mail::Format,
        text::Label,
    };

    fn held(number: u64, instance: Option<&str>) -> HeldMail {
        let hostile = "<b>evil</b>";
        HeldMail {
            number,
            version: Label::default(),
            client: hostile.into(),
            instance: instance.map(|name| name.parse().unwrap()),
            since: Label::default(),
            until: Label::default(),
            state: HeldState::Kept,
            replaces: None,
            revises: None,
            is_reply: false,
            format: Format::Markdown,
            mail: Box::new(MailPreview {
                from: hostile.into(),
                to: hostile.into(),
                subject: hostile.into(),
                warning: hostile.into(),
                loads: hostile.into(),
                text: hostile.into(),
                details: hostile.into(),
                left_out: 0,
            }),
        }
    }

    #[test]
    fn a_notification_counts_the_mails_and_names_the_newest_without_its_words() {
        let list = |waiting| HeldList {
            waiting,
            gone: Vec::new(),
        };
        let default = Profile::default();
        let two = list(vec![held(3, Some("desk")), held(4, None)]);
        let shown = |seen: &[u64], profile: &Profile| {
            text(&two, &seen.iter().copied().collect(), profile)
                .map(|(summary, body)| format!("{summary}\n{body}"))
        };
        insta::assert_snapshot!(shown(&[3], &default).unwrap(), @"
        tai: 2 mails wait for your approval
        From the account itself. To decide: taid approve 4
        ");
        insta::assert_snapshot!(shown(&[4], &"work".parse().unwrap()).unwrap(), @"
        tai: 2 mails wait for your approval
        From instance desk. To decide: taid --profile work approve 3
        ");
        assert_eq!(shown(&[3, 4], &default), None);
        let mut changed = held(5, None);
        changed.revises = Some(Box::new(RevisedMail {
            number: 4,
            digest: Label::default(),
        }));
        assert_eq!(text(&list(vec![changed]), &BTreeSet::new(), &default), None);
    }
}
