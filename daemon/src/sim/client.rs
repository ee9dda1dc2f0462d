//! A client of the simulated daemon, as careful as tai-mcp and no more: it speaks the protocol
//! over a line that is slow, cut into pieces, and cut off.

use super::{
    daemon::Daemon,
    wire::{Gone, Wire},
    world::World,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tai_proto::{
    Answer, Call, Fault, FaultCode, FromDaemon, ToDaemon,
    call::{Attach, FetchEmail, Format, ListInbox, ReplyEmail, SendEmail},
    hello::{Hello, Welcome},
    reading::Search,
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// What the line may add to an answer that comes in time.
const LINE: Duration = Duration::from_secs(5);
/// A patient client's, as tai-mcp is.
const PATIENCE: Duration = Duration::from_secs(60);
const ROOMS: [(&str, &str); 2] = [
    ("desk", "desk.alice@tai.chat"),
    ("car", "car.alice@tai.chat"),
];

/// The instances of the simulated account, and their addresses.
pub(super) fn addresses() -> impl Iterator<Item = &'static str> {
    ROOMS.into_iter().map(|(_, address)| address)
}

/// A process that serves one MCP client.
pub(super) struct Client {
    world: Arc<World>,
    daemon: Daemon,
    /// Cancelled when it is killed.
    killed: CancellationToken,
    number: u64,
    room: usize,
    /// What it has written and could not say yet.
    unsaid: Vec<u64>,
    wire: Option<Wire>,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.world.died_silently(self.number, &self.unsaid);
    }
}

impl Client {
    pub(super) fn new(world: Arc<World>, daemon: Daemon, number: u64) -> Self {
        Self {
            world,
            daemon,
            killed: CancellationToken::new(),
            number,
            room: (number % 2) as usize,
            unsaid: Vec::new(),
            wire: None,
        }
    }

    pub(super) fn killer(&self) -> CancellationToken {
        self.killed.clone()
    }

    /// Does what agents do until it is told to stop, or killed.
    pub(super) async fn live(mut self, stop: CancellationToken) {
        let killed = self.killed.clone();
        let life = async {
            while !stop.is_cancelled() {
                sleep(self.world.moment(400)).await;
                if self.turn().await.is_err() {
                    self.wire = None;
                }
            }
        };
        tokio::select! {
            biased;
            () = killed.cancelled() => {}
            () = life => {}
        }
    }

    async fn turn(&mut self) -> Result<(), Gone> {
        self.connected().await?;
        match self.world.draw(100) {
            ..35 => {
                let patience = self.patience();
                self.fetch(patience).await.map(drop)
            }
            ..70 => self.send().await,
            ..78 => self.give_up().await,
            ..83 => self.watch().await,
            ..90 => self.list().await,
            roll => {
                let call = match roll {
                    ..95 => Call::Search(Search {
                        query: "mail".into(),
                        limit: 10,
                        unread_only: false,
                    }),
                    _ => Call::Status,
                };
                let patience = self.patience();
                self.calls([(call, patience)]).await.map(drop)
            }
        }
    }

    /// Reads until there is nothing to read, with nothing in the way; the first failure.
    pub(super) async fn read_all(&mut self) -> Result<(), String> {
        let mut empty = 0;
        // Mails that a daemon before had given out are held back for a moment.
        while empty < 3 {
            sleep(Duration::from_secs(2)).await;
            let Ok(()) = self.connected().await else {
                return Err("a client is cut off for no reason".into());
            };
            match self.fetch(PATIENCE).await {
                Ok(Ok(true)) => empty = 0,
                Ok(Ok(false)) => empty += 1,
                Ok(Err(fault)) => return Err(format!("in calm weather: {fault}")),
                Err(Gone) => return Err("a client is cut off for no reason".into()),
            }
        }
        Ok(())
    }

    fn patience(&self) -> Duration {
        match self.world.happens(20) {
            true => self.world.moment(3_000),
            false => PATIENCE,
        }
    }

    async fn connected(&mut self) -> Result<(), Gone> {
        if self.wire.is_some() {
            return Ok(());
        }
        let line = loop {
            if let Some(line) = self.daemon.connect(&self.killed) {
                break line;
            }
            sleep(Duration::from_millis(100)).await;
        };
        let mut wire = Wire::new(line);
        wire.write(&Hello::new("tai-mcp sim")).await?;
        let deadline = Instant::now() + LINE;
        let Some(Welcome { chosen: 3, .. }) = wire.read(deadline).await? else {
            self.world
                .break_promise("the handshake is not answered".into());
            return Err(Gone);
        };
        wire.shaken();
        let attach = Attach {
            name: "sim".into(),
            version: String::new(),
            instance: Some(ROOMS[self.room].0.to_owned()),
        };
        wire.write(&ToDaemon::Attach(attach)).await?;
        self.wire = Some(wire);
        self.say().await
    }

    /// Says what was written, as long as it takes.
    async fn say(&mut self) -> Result<(), Gone> {
        while let Some(mail) = self.unsaid.first().copied() {
            let call = Call::HandOver {
                mail,
                written: true,
            };
            let said = self.calls([(call, LINE)]).await?;
            match said.into_iter().next() {
                Some(Ok(Answer::Taken)) => {
                    self.unsaid.remove(0);
                }
                // A daemon that ends says so, and its successor is told.
                _ => return Err(Gone),
            }
        }
        Ok(())
    }

    /// Reads the oldest mail, as tai-mcp does it. Whether there was one.
    async fn fetch(&mut self, patience: Duration) -> Result<Result<bool, Fault>, Gone> {
        let call = Call::FetchEmail(FetchEmail { id: None });
        let answer = self.calls([(call, patience)]).await?.into_iter().next();
        let (mail, address) = match answer {
            Some(Ok(Answer::Read(read))) => match read.mail {
                Some(mail) => (mail.id, mail.to),
                None => return Ok(Ok(false)),
            },
            Some(Err(fault)) => return Ok(Err(fault)),
            _ => return Ok(Ok(false)),
        };
        if self.world.happens(5) && !self.killed.is_cancelled() {
            // The MCP client has gone or does not want it any more.
            let call = Call::HandOver {
                mail,
                written: false,
            };
            self.calls([(call, LINE)]).await?;
            return Ok(Ok(true));
        }
        let settled = self.calls([(Call::Settle { mail }, PATIENCE)]);
        match settled.await?.into_iter().next() {
            Some(Ok(Answer::Settled { .. })) => {}
            Some(Err(fault)) => return Ok(Err(fault)),
            _ => return Ok(Ok(true)),
        }
        self.unsaid.push(mail);
        self.world.delivered(self.number, mail, &address);
        self.say().await?;
        Ok(Ok(true))
    }

    /// Lists the mails, now and then several times at once. Each list has what had come before
    /// it was asked for, whichever request it is from.
    async fn list(&mut self) -> Result<(), Gone> {
        let here = self.world.mails_to(ROOMS[self.room].1);
        let maskings = self.world.maskings();
        let list = Call::ListInbox(ListInbox {
            limit: 50,
            offset: 0,
            show_read: self.world.happens(50),
        });
        let count = 1 + self.world.draw(3) as usize;
        let lists = vec![(list, self.patience()); count];
        for answer in self.calls(lists).await? {
            if let Ok(Answer::Inbox(inbox)) = answer
                && inbox.total < here
                && maskings.is_some()
                && maskings == self.world.maskings()
            {
                let how = format!("a list has {} mails of {here}", inbox.total);
                self.world.break_promise(how);
            }
        }
        Ok(())
    }

    /// Waits for mail, for a while.
    async fn watch(&mut self) -> Result<(), Gone> {
        let first = [(Call::Watch { since: None }, PATIENCE)];
        let Some(Ok(Answer::News(news))) = self.calls(first).await?.into_iter().next() else {
            return Ok(());
        };
        let since = Some(news.mark);
        let patience = self.world.moment(8_000);
        self.calls([(Call::Watch { since }, patience)])
            .await
            .map(drop)
    }

    /// Sends or answers a mail, now and then the same as before, and checks what it is told.
    async fn send(&mut self) -> Result<(), Gone> {
        let count = 1 + self.world.draw(2);
        let mut calls = Vec::new();
        let mut texts = Vec::new();
        for _ in 0..count {
            let (room, address) = ROOMS[self.room];
            let mut text = format!("{room} {}", self.world.draw(40));
            let format = Format::Markdown;
            let call = match self.world.some_mail(address) {
                Some(id) if self.world.happens(30) => {
                    text = format!("{text} to {id}");
                    Call::ReplyEmail(ReplyEmail {
                        id,
                        content: text.clone(),
                        format,
                        subject: None,
                    })
                }
                _ => Call::SendEmail(SendEmail {
                    to: Some("bob@example.com".into()),
                    subject: Some("s".into()),
                    content: text.clone(),
                    format,
                }),
            };
            self.world.attempts(&text);
            calls.push((call, self.patience()));
            texts.push(text);
        }
        let answers = self.calls(calls).await?;
        for (text, answer) in texts.iter().zip(answers) {
            match answer {
                Ok(_) => self.world.told(text, true),
                Err(fault) => match fault.code {
                    FaultCode::OutcomeUnknown | FaultCode::Duplicate => {}
                    _ => self.world.told(text, false),
                },
            }
        }
        Ok(())
    }

    /// Begins something and gives it up.
    async fn give_up(&mut self) -> Result<(), Gone> {
        let Some(wire) = &mut self.wire else {
            return Err(Gone);
        };
        let call = Call::FetchEmail(FetchEmail { id: None });
        let id = wire.request(call, PATIENCE).await?;
        sleep(self.world.moment(300)).await;
        wire.write(&ToDaemon::Cancel { id }).await?;
        let deadline = Instant::now() + LINE;
        match wire.read::<FromDaemon>(deadline).await? {
            Some(FromDaemon::Answer {
                result: Ok(Answer::Read(read)),
                ..
            }) => {
                if let Some(mail) = read.mail {
                    let call = Call::HandOver {
                        mail: mail.id,
                        written: false,
                    };
                    self.calls([(call, LINE)]).await?;
                }
                Ok(())
            }
            Some(_) => Ok(()),
            None => {
                self.world
                    .break_promise("a cancelled call is not answered".into());
                Err(Gone)
            }
        }
    }

    /// Asks for several things at once and waits for each answer, which has to come in time.
    async fn calls(
        &mut self,
        calls: impl IntoIterator<Item = (Call, Duration)>,
    ) -> Result<Vec<Result<Answer, Fault>>, Gone> {
        let Some(wire) = &mut self.wire else {
            return Err(Gone);
        };
        let mut order = Vec::new();
        let mut open = HashMap::new();
        for (call, patience) in calls {
            let name = call.name();
            let id = wire.request(call, patience).await?;
            order.push(id);
            open.insert(id, (name, Instant::now() + patience + LINE));
        }
        let mut answers = HashMap::new();
        while let Some(deadline) = open.values().map(|(_, deadline)| *deadline).min() {
            match wire.read::<FromDaemon>(deadline).await? {
                Some(FromDaemon::Answer { id, result }) => {
                    let Some((name, _)) = open.remove(&id) else {
                        let how = format!("request {id} is answered twice");
                        self.world.break_promise(how);
                        return Err(Gone);
                    };
                    let words = match &result {
                        Ok(_) => "done".to_owned(),
                        Err(fault) => format!("{:?}", fault.code),
                    };
                    self.world
                        .note(&format!("client {} {name}: {words}", self.number));
                    answers.insert(id, result);
                }
                Some(FromDaemon::Progress { .. }) => {}
                None => {
                    let late = open.values().map(|(name, _)| *name).collect::<Vec<_>>();
                    self.world.break_promise(format!("{late:?} wait for ever"));
                    return Err(Gone);
                }
            }
        }
        Ok(order.iter().filter_map(|id| answers.remove(id)).collect())
    }
}
