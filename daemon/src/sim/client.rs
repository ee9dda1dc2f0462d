//! A client of the simulated daemon: [`tai_client::Client`] over a connection that is slow,
//! fragmented, and sometimes cut.

mod handling;
mod sending;

use super::{
    daemon::Daemon,
    line::Line,
    world::{PASSWORD, World},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_client::{CallContext, Client as Taid, ClientOptions};
use tai_proto::{
    Fault, Method, Secret,
    call::{
        Delete, Delivery, Fetch, GetInfo, GetStatus, List, MarkRead, Peek, Search, Watch, Which,
    },
    door::Door,
    mail::{FetchedMail, Window},
    message::{Identity, Role},
    names::{Instance, MailId, Profile, Username},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Time limit of a call: the client's own limit, and the delays of the connection.
pub(super) const LONGEST_CALL: Duration = Duration::from_secs(60);
/// Instances of the simulated account, and their addresses.
pub(super) const INSTANCES: [(&str, &str); 2] = [
    ("desk", "desk.alice@tai.chat"),
    ("car", "car.alice@tai.chat"),
];

/// Returns the addresses of the simulated account's instances.
pub(super) fn addresses() -> impl Iterator<Item = &'static str> {
    INSTANCES.into_iter().map(|(_, address)| address)
}

/// A process that serves one MCP client.
pub(super) struct Client {
    world: Arc<World>,
    killed: CancellationToken,
    number: u64,
    instance: usize,
    taid: Taid<Line>,
    person: Taid<Line>,
    reports: JoinHandle<()>,
    /// Delivered mails whose delivery the daemon has not confirmed.
    unreported: Arc<Mutex<Vec<u64>>>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reports.abort();
        let unreported = self.unreported.lock().unwrap();
        self.world.may_come_again(self.number, &unreported);
    }
}

impl Client {
    pub(super) fn new(world: Arc<World>, daemon: Daemon, number: u64) -> Self {
        let killed = CancellationToken::new();
        let index = (number % 2) as usize;
        let client = |door, role, account| {
            let line = Line {
                daemon: daemon.clone(),
                door,
                killed: killed.clone(),
            };
            let options = ClientOptions {
                software: "tai-mcp 0.1.0".to_owned(),
                role,
                profile: Profile::default(),
                socket: "simulated".into(),
                account,
                bridge: None,
            };
            Taid::new(line, options)
        };
        let instance = Some(Instance::new(INSTANCES[index].0).unwrap());
        // Every third client has the account's credentials.
        let account = number.is_multiple_of(3).then(|| {
            let password = Secret::new(PASSWORD.to_owned());
            (Username::new("alice").unwrap(), Some(password))
        });
        let (taid, endings) = client(Door::Agents, Role::Agent { instance }, account);
        let (person, _) = client(Door::Persons, Role::Person, None);
        let unreported = Arc::new(Mutex::new(Vec::new()));
        let reported = unreported.clone();
        let reports = tokio::spawn(endings.report_to(move |id: MailId, _: Delivery| {
            let mut unreported = reported.lock().unwrap();
            unreported.retain(|unreported| *unreported != id.get());
        }));
        Self {
            world,
            killed,
            number,
            instance: index,
            taid,
            person,
            reports,
            unreported,
        }
    }

    pub(super) fn killer(&self) -> CancellationToken {
        self.killed.clone()
    }

    /// Makes calls as an agent does, until `stop` is cancelled. Returns the client unless it was
    /// killed.
    pub(super) async fn live(self, stop: CancellationToken) -> Option<Self> {
        let killed = self.killed.clone();
        let life = async {
            while !stop.is_cancelled() {
                sleep(self.world.moment(400)).await;
                self.turn().await;
            }
        };
        tokio::select! {
            biased;
            () = killed.cancelled() => None,
            () = life => Some(self),
        }
    }

    async fn turn(&self) {
        match self.world.draw(100) {
            ..32 => {
                self.fetch().await;
            }
            ..36 => self.handle().await,
            ..68 => self.send().await,
            ..76 => self.watch().await,
            ..83 => self.list().await,
            ..86 => self.read_by_id().await,
            ..88 => self.put_away().await,
            ..93 => {
                let search = Search {
                    query: "mail".into(),
                    limit: 10,
                    unread_only: false,
                };
                self.call(search).await;
            }
            ..96 => {
                self.call(GetInfo).await;
            }
            _ => {
                self.call(GetStatus).await;
            }
        }
    }

    /// Reads until the mailbox is empty, in calm weather.
    ///
    /// # Errors
    /// The first failure.
    pub(super) async fn read_all(&mut self) -> Result<(), String> {
        let mut empty = 0;
        // Mails that a previous daemon had leased return after a grace period.
        while empty < 3 {
            sleep(Duration::from_secs(2)).await;
            match self.fetch_patiently().await {
                Ok(true) => empty = 0,
                Ok(false) => empty += 1,
                Err(fault) => return Err(format!("in calm weather: {fault}")),
            }
        }
        Ok(())
    }

    fn context<'a>(cancelled: &'a CancellationToken, identity: &'a Identity) -> CallContext<'a> {
        CallContext {
            identity,
            progress: None,
            cancelled,
        }
    }

    /// Makes a call. `None` if the caller cancelled it, or if it exceeded its time limit.
    async fn call<M: Method>(&self, method: M) -> Option<Result<M::Answer, Fault>> {
        self.call_as(&self.taid, method).await
    }

    async fn call_as<M: Method>(
        &self,
        taid: &Taid<Line>,
        method: M,
    ) -> Option<Result<M::Answer, Fault>> {
        let label = method.clone().into_call().label();
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let call = taid.call(method, Self::context(&cancelled, &identity));
        self.bounded(label, call).await
    }

    /// Waits for `call`, and cancels it in some cases. `None` if the call was cancelled, or if it
    /// exceeded its time limit.
    async fn bounded<T>(
        &self,
        label: &str,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Result<T, Fault>> {
        let is_cancelled = self.world.happens(15);
        let limit = match is_cancelled {
            true => self.world.moment(3_000),
            false => LONGEST_CALL,
        };
        let answer = match timeout(limit, call).await {
            Ok(answer) => answer,
            Err(_) if is_cancelled => {
                self.note(label, "cancelled");
                return None;
            }
            Err(_) => {
                self.world
                    .record_violation(format!("{label} exceeds its time limit"));
                return None;
            }
        };
        self.note(
            label,
            &match &answer {
                Ok(_) => "done".to_owned(),
                Err(fault) => format!("{:?}", fault.code),
            },
        );
        Some(answer)
    }

    fn note(&self, label: &str, how: &str) {
        self.world
            .note(&format!("client {} {label}: {how}", self.number));
    }

    /// Reads the oldest mail as tai-mcp does. Returns whether there was one.
    async fn fetch(&self) -> bool {
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let fetch = self
            .taid
            .fetch(Self::context(&cancelled, &identity), Fetch::OLDEST);
        let fetched = self.bounded("fetch_email", fetch).await;
        let Some(Ok((fetched, Some(lease)))) = fetched else {
            return false;
        };
        if self.world.happens(5) {
            // The MCP client cancelled the call, so the lease is dropped.
            return true;
        }
        let Some(mail) = fetched.mail else {
            self.world.record_violation("a lease has no mail".into());
            return false;
        };
        let id = lease.id().get();
        self.unreported.lock().unwrap().push(id);
        self.world.delivered(self.number, id, &mail.envelope.to);
        lease.delivered();
        true
    }

    async fn fetch_patiently(&self) -> Result<bool, Fault> {
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let context = Self::context(&cancelled, &identity);
        let (fetched, lease) = self.taid.fetch(context, Fetch::OLDEST).await?;
        let (Some(mail), Some(lease)) = (fetched.mail, lease) else {
            return Ok(false);
        };
        let id = lease.id().get();
        self.unreported.lock().unwrap().push(id);
        self.world.delivered(self.number, id, &mail.envelope.to);
        lease.delivered();
        Ok(true)
    }

    /// Reads a mail of the client's address by its id, and marks it read in some cases.
    async fn read_by_id(&self) {
        let Some(number) = self.world.some_mail(INSTANCES[self.instance].1) else {
            return;
        };
        let id = MailId::new(number).unwrap();
        let fetched = if self.world.happens(50) {
            self.call(Peek {
                id,
                window: Window::WHOLE,
            })
            .await
        } else {
            self.fetch_named(id).await
        };
        if let Some(Ok(fetched)) = fetched
            && fetched.mail.is_none_or(|mail| mail.envelope.id != id)
        {
            self.world
                .record_violation(format!("another mail was read than {number}"));
        }
    }

    /// Reads a mail by its id, and reports it as delivered if it was leased with that.
    async fn fetch_named(&self, id: MailId) -> Option<Result<FetchedMail, Fault>> {
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let context = Self::context(&cancelled, &identity);
        let fetch = self.taid.fetch(
            context,
            Fetch {
                which: Which::Named(id),
                ..Fetch::OLDEST
            },
        );
        let fetched = self.bounded("fetch_email", fetch).await?;
        Some(fetched.map(|(fetched, lease)| {
            match (lease, &fetched.mail) {
                (Some(lease), Some(mail)) => {
                    self.unreported.lock().unwrap().push(id.get());
                    self.world
                        .delivered(self.number, id.get(), &mail.envelope.to);
                    lease.delivered();
                }
                (None, Some(_)) => self.world.read_by_id(id.get()),
                (_, None) => self.world.record_violation("a lease has no mail".into()),
            }
            fetched
        }))
    }

    /// Marks a mail read or deletes it, without reading it.
    async fn put_away(&self) {
        let Some(number) = self.world.some_mail(INSTANCES[self.instance].1) else {
            return;
        };
        let id = MailId::new(number).unwrap();
        self.world.read_by_id(number);
        if self.world.happens(70) {
            self.call(MarkRead { id }).await;
        } else if let Some(Ok(changed)) = self.call(Delete { id }).await
            && changed.id != id
        {
            let how = format!("{} was deleted instead of {number}", changed.id);
            self.world.record_violation(how);
        }
    }

    /// Lists the mails, and checks that the list contains every mail that arrived before the call.
    async fn list(&self) {
        let here = self.world.mails_to(INSTANCES[self.instance].1);
        let maskings = self.world.maskings();
        let deletions = self.world.deletions();
        let list = List {
            limit: 50,
            offset: 0,
            show_read: self.world.happens(50),
            previews: false,
        };
        if let Some(Ok(inbox)) = self.call(list).await
            && inbox.total < here
            && maskings.is_some()
            && maskings == self.world.maskings()
            && deletions == self.world.deletions()
        {
            let how = format!("a list has {} mails of {here}", inbox.total);
            self.world.record_violation(how);
        }
    }

    /// Waits for mail, for a limited time.
    async fn watch(&self) {
        let Some(Ok(update)) = self.call(Watch { since: None }).await else {
            return;
        };
        let since = Some(update.mark);
        let watch = self.call(Watch { since });
        let _ = timeout(self.world.moment(8_000), watch).await;
    }
}
