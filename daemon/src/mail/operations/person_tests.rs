//! A person has all mail of the account, and takes none from an agent.

use super::*;
use crate::{
    config::ActivePolicy,
    mail::{
        fake::{Mailbox, OLDEST, instance, mail_id, service},
        service::MailOptions,
    },
};
use std::sync::Arc;
use tai_proto::{
    mail::{Draft, Format, Target},
    person::{PersonConsent, SendOutcome},
    text::Content,
};

const DESK: &str = "desk.alice@tai.chat";
const ALL: &str = "desk.alice@tai.chat lab.alice@tai.chat alice@tai.chat Deks.alice@tai.chat \
                   x.desk.alice@tai.chat bob@example.com";
/// Connection of the person.
const ME: ClientKey = 7;
const AGENT: ClientKey = 8;

fn soon() -> Instant {
    Instant::now() + std::time::Duration::from_secs(50)
}

fn mailbox() -> Arc<Mailbox> {
    let mailbox = Mailbox::default();
    for (n, to) in (1..).zip(ALL.split(' ')) {
        mailbox.deliver(n, to);
    }
    Arc::new(mailbox)
}

fn list(scope: Scope) -> ListMail {
    ListMail {
        scope,
        limit: 20,
        offset: 0,
        show_read: false,
    }
}

fn read(id: Option<u64>) -> ReadMail {
    ReadMail {
        scope: Scope::Account,
        id: id.map(mail_id),
        window: Window::WHOLE,
    }
}

/// Returns the id of the mail, 0 without one.
fn id_of(fetched: FetchedMail) -> u64 {
    fetched
        .mail
        .map(|mail| mail.envelope.id.get())
        .unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_list_has_every_address_and_names_those_that_no_client_uses() {
    let mailbox = mailbox();
    mailbox.deliver(7, "alice@tai.chat");
    let mail = service(&mailbox, MailOptions::default());
    let in_use = [Some(instance("DESK")), Some(instance("lab"))];
    let listed = mail.list_mail(list(Scope::Account), &in_use, &|_, _| {}, soon());
    let AccountInbox { inbox, unattended } = listed.await.unwrap();
    let ids: Vec<u64> = inbox.mails.iter().map(|mail| mail.id.get()).collect();
    assert_eq!(ids, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(inbox.address.as_str(), "alice@tai.chat");
    let found = unattended.addresses.iter();
    let found: Vec<(&str, u64)> = found
        .map(|found| (found.address.as_str(), found.unread))
        .collect();
    let expected = [
        ("alice@tai.chat", 2),
        ("bob@example.com", 1),
        ("deks.alice@tai.chat", 1),
        ("x.desk.alice@tai.chat", 1),
    ];
    assert_eq!(
        (found.as_slice(), unattended.examined),
        (&expected[..], None)
    );
    let desk = Scope::Instance(instance("desk"));
    let listed = mail.list_mail(list(desk), &[], &|_, _| {}, soon());
    let AccountInbox { inbox, unattended } = listed.await.unwrap();
    assert_eq!((inbox.mails.len(), unattended), (1, Unattended::default()));
}

#[tokio::test(start_paused = true)]
async fn a_list_of_a_large_mailbox_examines_its_newest_mails() {
    let mailbox = Arc::new(Mailbox::default());
    for n in 1..=900 {
        let to = format!("invented-{}.alice@tai.chat", n % 100);
        mailbox.deliver_at(n, &to, n);
    }
    let mail = service(&mailbox, MailOptions::default());
    let listed = mail.list_mail(list(Scope::Account), &[], &|_, _| {}, soon());
    let AccountInbox { inbox, unattended } = listed.await.unwrap();
    assert_eq!(
        (inbox.mails.len(), inbox.more, inbox.total),
        (20, true, 900)
    );
    let examined = unattended.examined.unwrap();
    assert!((500..900).contains(&examined), "{examined}");
    assert_eq!(unattended.addresses.len(), MAX_UNATTENDED);
    let named: u64 = unattended.addresses.iter().map(|found| found.unread).sum();
    assert_eq!(named + unattended.others, examined);
}

#[tokio::test(start_paused = true)]
async fn a_person_reads_what_no_agent_holds_and_an_agent_what_no_person_holds() {
    let mailbox = mailbox();
    let mail = service(&mailbox, MailOptions::default());
    mail.add_client(AGENT);
    mail.add_client(ME);
    let desk = instance("desk");
    let agents = mail.fetch(Some(&desk), AGENT, OLDEST, &|_, _| {}, soon());
    assert_eq!(id_of(agents.await.unwrap()), 1);
    let mine = mail.read_mail(ME, read(None), &|_, _| {}, soon()).await;
    assert_eq!(id_of(mine.unwrap()), 2, "the oldest one that is free");
    let lab = instance("lab");
    let agents = mail.fetch(Some(&lab), AGENT, OLDEST, &|_, _| {}, soon());
    assert_eq!(id_of(agents.await.unwrap()), 0);
    // Nothing is read before the person has it.
    assert!(mailbox.mails.lock().unwrap().iter().all(|mail| !mail.read));
    let finish = FinishMail { id: mail_id(2) };
    assert_eq!(mail.finish_mail(ME, finish, soon()).await, Ok(true));
    mail.remove_client(ME);
    let agents = mail.fetch(Some(&lab), AGENT, OLDEST, &|_, _| {}, soon());
    assert_eq!(id_of(agents.await.unwrap()), 0, "delivered twice");
    // The agent leaves without having written its mail.
    mail.remove_client(AGENT);
    mail.add_client(9);
    let mine = mail.read_mail(9, read(None), &|_, _| {}, soon()).await;
    assert_eq!(id_of(mine.unwrap()), 1);
}

#[tokio::test(start_paused = true)]
async fn a_mail_whose_reader_leaves_is_unread_and_free() {
    let mailbox = mailbox();
    let mail = service(&mailbox, MailOptions::default());
    for me in [ME, ME + 1] {
        mail.add_client(me);
        let mine = mail.read_mail(me, read(None), &|_, _| {}, soon()).await;
        assert_eq!(id_of(mine.unwrap()), 1);
        mail.remove_client(me);
    }
    assert!(!mailbox.mails.lock().unwrap()[0].read);
}

#[tokio::test(start_paused = true)]
async fn a_mail_of_any_address_is_read_finished_found_and_deleted() {
    let mailbox = mailbox();
    let mail = service(&mailbox, MailOptions::default());
    for id in 1..=6 {
        let fetched = mail.read_mail(ME, read(Some(id)), &|_, _| {}, soon()).await;
        assert_eq!(id_of(fetched.unwrap()), id);
        let finish = FinishMail { id: mail_id(id) };
        assert_eq!(mail.finish_mail(ME, finish, soon()).await, Ok(true));
    }
    assert!(mailbox.mails.lock().unwrap().iter().all(|mail| mail.read));
    let search = |scope| SearchMail {
        scope,
        query: "text is:read".into(),
        limit: 20,
    };
    let everywhere = mail.search_mail(search(Scope::Account), &|_, _| {}, soon());
    assert_eq!(everywhere.await.unwrap().mails.len(), 6);
    let desk = mail.search_mail(
        search(Scope::Instance(instance("desk"))),
        &|_, _| {},
        soon(),
    );
    assert_eq!(desk.await.unwrap().mails.len(), 1);
    let delete = DeleteMail { id: mail_id(5) };
    assert_eq!(mail.delete_mail(delete, soon()).await, Ok("mail 5".into()));
    assert_eq!(mailbox.mails.lock().unwrap().len(), 5);
    let again = mail.delete_mail(delete, soon()).await;
    assert_eq!(again, Err(MailError::NoSuchMail(mail_id(5))));
}

fn send(target: Target, consent: PersonConsent) -> tai_proto::call::SendMail {
    tai_proto::call::SendMail {
        instance: None,
        draft: Draft {
            target,
            subject: None,
            content: Content::cut("text"),
            format: Format::Markdown,
        },
        insist: false,
        consent,
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_is_shown_the_mail_then_sends_it_once_whatever_the_rules_for_agents_are() {
    let mailbox = mailbox();
    let rules = "[instances.desk]\nread_only = true\nallow_to = [\"carol@example.com\"]\n\
                 allow_from = [\"carol@example.com\"]\nsends_per_day = 1\n";
    let options = MailOptions {
        policy: Arc::new(ActivePolicy::parsed(rules)),
        confirm: crate::config::ConfirmPolicy::Always,
        ..MailOptions::default()
    };
    let mail = service(&mailbox, options);
    for (id, from) in [
        (1, DESK),
        (2, "lab.alice@tai.chat"),
        (3, "alice@tai.chat"),
        (4, "Deks.alice@tai.chat"),
        (5, "alice@tai.chat"),
        (6, "alice@tai.chat"),
    ] {
        let target = || Target::Reply { to: mail_id(id) };
        let asked = mail.send_mail("me", send(target(), PersonConsent::NotAsked), soon());
        let SendOutcome::Ask(question) = asked.await.result.unwrap() else {
            panic!("sent without a question");
        };
        assert_eq!(question.mail.from, from);
        assert_eq!(question.mail.to, "someone@example.com");
        let ticket = question.ticket;
        let approved = || PersonConsent::Approved {
            ticket: ticket.clone(),
        };
        let other = mail.send_mail(
            "me",
            send(
                Target::New {
                    to: Some("x@example.com".into()),
                },
                approved(),
            ),
            soon(),
        );
        assert!(other.await.result.is_err(), "the ticket is for the mail");
        let asked = mail.send_mail("me", send(target(), PersonConsent::NotAsked), soon());
        let SendOutcome::Ask(question) = asked.await.result.unwrap() else {
            panic!("sent without a question");
        };
        let ticket = question.ticket;
        let sent = mail.send_mail(
            "me",
            send(target(), PersonConsent::Approved { ticket }),
            soon(),
        );
        assert!(matches!(sent.await.result, Ok(SendOutcome::Sent(_))));
        let again = mail.send_mail("me", send(target(), PersonConsent::Given), soon());
        let again = again.await.result;
        assert!(
            matches!(again, Err(MailError::Duplicate { .. })),
            "{again:?}"
        );
    }
    assert_eq!(mailbox.sent.lock().unwrap().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_turn_of_an_address_names_the_clients_that_have_it() {
    let mailbox = mailbox();
    let mail = service(&mailbox, MailOptions::default());
    mail.add_client(ME);
    let turn = mail.looks.wait(DESK).await;
    let mine = mail.read_mail(ME, read(None), &|_, _| {}, soon()).await;
    assert_eq!(mine, Err(MailError::AddressBusy(DESK.to_owned())));
    drop(turn);
    let mine = mail.read_mail(ME, read(None), &|_, _| {}, soon()).await;
    assert_eq!(id_of(mine.unwrap()), 1);
}
