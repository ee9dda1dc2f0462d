//! A client of the simulated daemon: the shipped [`tai_client::Client`] over a line that is
//! slow, cut into pieces, and cut off.

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
    call::{Delete, Delivery, Fetch, GetInfo, GetStatus, List, MarkRead, Peek, Search, Watch},
    message::{Identity, Role},
    names::{Instance, MailId, Profile, Username},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// The longest time a call may take: the client's own limit and what the line may add.
const LONGEST_CALL: Duration = Duration::from_secs(60);
const ROOMS: [(&str, &str); 2] = [
    ("desk", "desk.alice@tai.chat"),
    ("car", "car.alice@tai.chat"),
];

/// Returns the addresses of the simulated account's instances.
pub(super) fn addresses() -> impl Iterator<Item = &'static str> {
    ROOMS.into_iter().map(|(_, address)| address)
}

/// A process that serves one MCP client.
pub(super) struct Client {
    world: Arc<World>,
    killed: CancellationToken,
    number: u64,
    room: usize,
    taid: Taid<Line>,
    person: Taid<Line>,
    reports: JoinHandle<()>,
    /// The delivered mails whose delivery the daemon has not confirmed.
    unreported: Arc<Mutex<Vec<u64>>>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reports.abort();
        let unreported = self.unreported.lock().unwrap();
        self.world.died_silently(self.number, &unreported);
    }
}

impl Client {
    pub(super) fn new(world: Arc<World>, daemon: Daemon, number: u64) -> Self {
        let killed = CancellationToken::new();
        let room = (number % 2) as usize;
        let client = |role, account| {
            let line = Line {
                daemon: daemon.clone(),
                killed: killed.clone(),
            };
            let options = ClientOptions {
                software: "tai-mcp 0.1.0".to_owned(),
                role,
                profile: Profile::default(),
                socket: "simulated".into(),
                account,
            };
            Taid::new(line, options)
        };
        let instance = Some(Instance::new(ROOMS[room].0).unwrap());
        // Some clients bring the account's credentials.
        let account = number.is_multiple_of(3).then(|| {
            let password = Secret::new(PASSWORD.to_owned());
            (Username::new("alice").unwrap(), Some(password))
        });
        let (taid, endings) = client(Role::Agent { instance }, account);
        let (person, _) = client(Role::Person, None);
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
            room,
            taid,
            person,
            reports,
            unreported,
        }
    }

    pub(super) fn killer(&self) -> CancellationToken {
        self.killed.clone()
    }

    /// Does what agents do until it is told to stop, or killed.
    pub(super) async fn live(self, stop: CancellationToken) {
        let killed = self.killed.clone();
        let life = async {
            while !stop.is_cancelled() {
                sleep(self.world.moment(400)).await;
                self.turn().await;
            }
        };
        tokio::select! {
            biased;
            () = killed.cancelled() => {}
            () = life => {}
        }
    }

    async fn turn(&self) {
        match self.world.draw(100) {
            ..36 => {
                self.fetch().await;
            }
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

    /// Reads until the mailbox is empty, in calm weather; returns the first failure.
    pub(super) async fn read_all(&mut self) -> Result<(), String> {
        let mut empty = 0;
        // Mails that a previous daemon had leased are held back for a moment.
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

    /// Makes a call, which has to end in time; now and then the caller gives it up.
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

    /// Waits for `call`. `None` if the caller gave it up, or its end came too late.
    async fn bounded<T>(
        &self,
        label: &str,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Result<T, Fault>> {
        let given_up = self.world.happens(15);
        let patience = match given_up {
            true => self.world.moment(3_000),
            false => LONGEST_CALL,
        };
        let answer = match timeout(patience, call).await {
            Ok(answer) => answer,
            Err(_) if given_up => {
                self.note(label, "given up");
                return None;
            }
            Err(_) => {
                self.world.break_promise(format!("{label} waits for ever"));
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
        let fetch = self.taid.fetch_oldest(Self::context(&cancelled, &identity));
        let fetched = self.bounded("fetch_email", fetch).await;
        let Some(Ok((fetched, Some(lease)))) = fetched else {
            return false;
        };
        if self.world.happens(5) {
            // The MCP client does not want it any more: the lease is dropped.
            return true;
        }
        let Some(mail) = fetched.mail else {
            self.world.break_promise("a lease has no mail".into());
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
        let (fetched, lease) = self.taid.fetch_oldest(context).await?;
        let (Some(mail), Some(lease)) = (fetched.mail, lease) else {
            return Ok(false);
        };
        let id = lease.id().get();
        self.unreported.lock().unwrap().push(id);
        self.world.delivered(self.number, id, &mail.envelope.to);
        lease.delivered();
        Ok(true)
    }

    /// Reads a mail of the own address by its id, marking it read or not.
    async fn read_by_id(&self) {
        let Some(number) = self.world.some_mail(ROOMS[self.room].1) else {
            return;
        };
        let id = MailId::new(number).unwrap();
        let fetched = if self.world.happens(50) {
            self.call(Peek { id }).await
        } else {
            self.world.read_by_id(number);
            self.call(Fetch { id: Some(id) }).await
        };
        if let Some(Ok(fetched)) = fetched
            && fetched.mail.is_none_or(|mail| mail.envelope.id != id)
        {
            self.world
                .break_promise(format!("another mail was read than {number}"));
        }
    }

    /// Marks a mail read or deletes it, both without reading it.
    async fn put_away(&self) {
        let Some(number) = self.world.some_mail(ROOMS[self.room].1) else {
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
            self.world.break_promise(how);
        }
    }

    /// Lists the mails. The list has what had arrived before it was asked for.
    async fn list(&self) {
        let here = self.world.mails_to(ROOMS[self.room].1);
        let maskings = self.world.maskings();
        let deletions = self.world.deletions();
        let list = List {
            limit: 50,
            offset: 0,
            show_read: self.world.happens(50),
        };
        if let Some(Ok(inbox)) = self.call(list).await
            && inbox.total < here
            && maskings.is_some()
            && maskings == self.world.maskings()
            && deletions == self.world.deletions()
        {
            let how = format!("a list has {} mails of {here}", inbox.total);
            self.world.break_promise(how);
        }
    }

    /// Waits for mail, for a while.
    async fn watch(&self) {
        let Some(Ok(update)) = self.call(Watch { since: None }).await else {
            return;
        };
        let since = Some(update.mark);
        let watch = self.call(Watch { since });
        let _ = timeout(self.world.moment(8_000), watch).await;
    }
}
