//! A mailbox for tests, and a service that uses it.

use super::{
    service::{MailOptions, MailService},
    worker::Worker,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_auth::{
    bridge::{
        Bearer, Bridge, BridgeError, Head, Listing, Message, Outgoing, OutgoingReply, Page, Place,
        Receipt, ReplyOutcome, Row, SendFailure,
    },
    credentials::Source,
    session::Session,
    testing::{FakeIssuer, TestClock},
};
use tai_proto::{
    call::Fetch,
    names::{Instance, MailId},
};
use tokio::time::{Instant, sleep};

/// Reads the oldest unread mail.
pub(super) const OLDEST: Fetch = Fetch::OLDEST;

/// Returns the instance of this name.
pub(super) fn instance(name: &str) -> Instance {
    Instance::new(name).unwrap()
}

/// Returns the mail id of this number.
pub(super) fn mail_id(number: u64) -> MailId {
    MailId::new(number).unwrap()
}

/// Returns a mail that arrived at this second of a day.
pub(super) fn head(id: u64, second: u64, to: &str, read: bool) -> Head {
    Head {
        id,
        from: "someone@example.com".into(),
        to: to.into(),
        subject: format!("mail {id}"),
        date: format!(
            "2026-11-23T{:02}:{:02}:{:02}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        ),
        read,
    }
}

/// A change of the mails of a mailbox.
pub(super) type Change = Box<dyn FnMut(&mut Vec<Head>) + Send>;

/// A mailbox. Each request takes ten milliseconds.
#[derive(Default)]
pub(super) struct Mailbox {
    pub(super) mails: Mutex<Vec<Head>>,
    /// Instance whose lists never return.
    pub(super) hanging: Mutex<Option<String>>,
    /// The answer to all requests that mark a mail.
    pub(super) mark_fails: Mutex<Option<BridgeError>>,
    /// Whether deletions and marks change nothing, as when the bridge cannot write.
    pub(super) is_read_only: Mutex<bool>,
    /// Whether deletions and marks have their effect and are answered as if they had none.
    pub(super) loses_confirmations: Mutex<bool>,
    /// The answer to requests for one of the mails up to this id.
    pub(super) get_fails: Mutex<Option<(u64, BridgeError)>>,
    /// Time for which requests for one mail take longer.
    pub(super) delay: Mutex<Duration>,
    /// Whether requests for one mail find none.
    pub(super) lists_only: Mutex<bool>,
    /// Change of the mailbox before each list.
    pub(super) before_list: Mutex<Option<Change>>,
    /// Number of list requests.
    pub(super) lists: Mutex<u32>,
    /// Number of rows that these requests asked for.
    pub(super) rows: Mutex<u32>,
    /// The answer to all lists.
    pub(super) list_fails: Mutex<Option<BridgeError>>,
    /// The answer to the next send.
    pub(super) next_send: Mutex<Option<SendFailure>>,
    /// The texts that were sent.
    pub(super) sent: Mutex<Vec<String>>,
}

impl Mailbox {
    /// Adds an unread mail that arrived at the second of its id.
    pub(super) fn deliver(&self, id: u64, to: &str) {
        self.deliver_at(id, to, id % 60);
    }

    /// Adds an unread mail that arrived at this second.
    pub(super) fn deliver_at(&self, id: u64, to: &str, second: u64) {
        let ten_o_clock = 10 * 3600;
        let mail = head(id, ten_o_clock + second, to, false);
        self.mails.lock().unwrap().push(mail);
    }

    fn confirms(&self) -> bool {
        !*self.loses_confirmations.lock().unwrap()
    }

    fn find<T>(&self, id: u64, then: impl Fn(&mut Head) -> T) -> Option<T> {
        let mut mails = self.mails.lock().unwrap();
        mails.iter_mut().find(|mail| mail.id == id).map(then)
    }
}

/// Starts a service of the account `alice` with this mailbox.
pub(super) fn service(mailbox: &Arc<Mailbox>, options: MailOptions) -> MailService<Mailbox> {
    let clock = TestClock::new();
    let issuer = FakeIssuer::new(&clock);
    let source = Source::given(
        "alice".parse().unwrap(),
        "sandbox-password".into(),
        tai_auth::testing::origin(),
    );
    let session = Session::start_with_clock(issuer, source, clock);
    MailService::new(mailbox.clone(), session, Worker::inside(), options)
}

impl Bridge for Mailbox {
    async fn list(&self, _: &Bearer, page: &Page, _: Instant) -> Result<Listing, BridgeError> {
        *self.lists.lock().unwrap() += 1;
        *self.rows.lock().unwrap() += page.limit;
        sleep(Duration::from_millis(10)).await;
        if let Some(error) = self.list_fails.lock().unwrap().clone() {
            return Err(error);
        }
        if page.instance.is_some() && *self.hanging.lock().unwrap() == page.instance {
            std::future::pending::<()>().await;
        }
        if let Some(change) = &mut *self.before_list.lock().unwrap() {
            change(&mut self.mails.lock().unwrap());
        }
        let prefix = page.instance.as_ref().map(|name| format!("{name}."));
        let mut heads = self.mails.lock().unwrap().clone();
        heads.retain(|head| {
            prefix
                .as_ref()
                .is_none_or(|prefix| head.to.starts_with(prefix))
        });
        heads.sort_by(|a, b| (&b.date, a.id).cmp(&(&a.date, b.id)));
        let (from, count) = (page.offset as usize, heads.len());
        let rest = heads.into_iter().skip(from).take(page.limit as usize);
        let row = |head: Head| match head.id {
            0 => Row::Unusable { to: head.to },
            _ => Row::Mail(message(head)),
        };
        let rows: Vec<Row> = rest.map(row).collect();
        Ok(Listing {
            has_more: from + rows.len() < count,
            count: count as u64,
            bytes: 1_000 * rows.len(),
            rows,
        })
    }

    async fn newest(&self, bearer: &Bearer, deadline: Instant) -> Result<Listing, BridgeError> {
        let page = Page {
            instance: None,
            limit: 1,
            offset: 0,
            bodies: false,
        };
        self.list(bearer, &page, deadline).await
    }

    async fn message(
        &self,
        _: &Bearer,
        id: u64,
        _: Instant,
    ) -> Result<Option<Message>, BridgeError> {
        let delay = *self.delay.lock().unwrap();
        sleep(Duration::from_millis(10) + delay).await;
        if let Some((last, error)) = self.get_fails.lock().unwrap().clone()
            && id <= last
        {
            return Err(error);
        }
        if *self.lists_only.lock().unwrap() {
            return Ok(None);
        }
        Ok(self.find(id, |head| message(head.clone())))
    }

    async fn mark_read(&self, _: &Bearer, id: u64, _: Instant) -> Result<bool, BridgeError> {
        sleep(Duration::from_millis(10)).await;
        match self.mark_fails.lock().unwrap().clone() {
            Some(error) => Err(error),
            None if *self.is_read_only.lock().unwrap() => Ok(false),
            None => Ok(self.find(id, |head| head.read = true).is_some() && self.confirms()),
        }
    }

    async fn delete(&self, _: &Bearer, id: u64, _: Instant) -> Result<bool, BridgeError> {
        sleep(Duration::from_millis(10)).await;
        if *self.is_read_only.lock().unwrap() {
            return Ok(false);
        }
        let mut mails = self.mails.lock().unwrap();
        let before = mails.len();
        mails.retain(|mail| mail.id != id);
        Ok(mails.len() < before && self.confirms())
    }

    async fn send(
        &self,
        _: &Bearer,
        mail: &Outgoing<'_>,
        _: Instant,
    ) -> Result<Receipt, SendFailure> {
        sleep(Duration::from_millis(10)).await;
        if let Some(error) = self.next_send.lock().unwrap().take() {
            return Err(error);
        }
        self.sent.lock().unwrap().push(mail.text.to_owned());
        Ok(Receipt {
            message_id: "id".into(),
            subject: None,
            timestamp: "now".into(),
        })
    }

    async fn reply(
        &self,
        _: &Bearer,
        _: &OutgoingReply<'_>,
        _: Instant,
    ) -> Result<ReplyOutcome, SendFailure> {
        sleep(Duration::from_millis(10)).await;
        match self.next_send.lock().unwrap().take() {
            Some(error) => Err(error),
            None => Ok(ReplyOutcome::NotOffered),
        }
    }
}

fn message(head: Head) -> Message {
    Message {
        text: Some(format!("text of mail {}", head.id)),
        html: None,
        place: Place::default(),
        head,
    }
}
