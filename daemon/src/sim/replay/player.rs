//! The client of one recorded connection: it makes the recorded calls again, with content of its own.

mod reading;
mod sending;

use super::super::{
    client::{INSTANCES, LONGEST_CALL},
    daemon::Daemon,
    line::Line,
    world::{PASSWORD, World},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tai_client::{CallContext, Client as Taid, ClientOptions};
use tai_proto::{
    Fault, FaultCode, Method, Secret,
    account::Credentials,
    call::*,
    door::Door,
    mail::Draft,
    message::{Identity, Role},
    names::{Instance, MailId, Profile, Username},
    person::Scope,
    release::Release,
    text::Label,
    traffic::{CallOutcome, CallRecord, Operation},
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// A connection of the report.
pub(super) struct Player {
    world: Arc<World>,
    taid: Taid<Line>,
    number: u64,
    instance: usize,
    state: Mutex<State>,
    held: Arc<Held>,
}

/// Mails that wait for approval, as number, version and text. All connections share them.
pub(super) type Held = Mutex<VecDeque<(u64, Label, String)>>;

#[derive(Default)]
struct State {
    /// Leased mails, and whether each was settled.
    leased: VecDeque<(MailId, String, bool)>,
    /// Mark of the last answer to a `watch`.
    mark: Option<u64>,
    held_mark: Option<u64>,
    question: Option<Question>,
    /// Text of the last mail.
    text: String,
}

/// Unanswered question about a draft with this text.
struct Question {
    ticket: Label,
    draft: Draft,
    text: String,
}

/// A call of the report, and the operations of the exchanges that left while it ran.
#[derive(Clone, Copy)]
pub(super) struct Recorded<'a> {
    pub(super) call: &'a CallRecord,
    pub(super) during: &'a [Operation],
}

impl Recorded<'_> {
    fn has(&self, operation: Operation) -> bool {
        self.during.contains(&operation)
    }

    fn duration(&self) -> Duration {
        Duration::from_millis(self.call.duration_ms.into())
    }

    pub(super) fn sends(&self) -> bool {
        self.has(Operation::Send) || self.has(Operation::Reply)
    }
}

/// Returns whether the daemon serves this call to persons only.
pub(super) fn is_of_persons(label: &str) -> bool {
    let labels = [
        "login",
        "logout",
        "retry_login",
        "list_held",
        "resolve_held",
        "read_held",
        "stop",
        "list_mail",
        "search_mail",
        "read_mail",
        "finish_mail",
        "delete_mail",
        "send_mail",
        "watch_held",
        "revise_held",
        "traffic",
    ];
    labels.contains(&label)
}

fn outcome<T>(result: &Result<T, Fault>) -> CallOutcome {
    match result {
        Ok(_) => CallOutcome::Done,
        Err(fault) => CallOutcome::Failed(fault.code),
    }
}

impl Player {
    pub(super) fn new(
        world: Arc<World>,
        daemon: Daemon,
        number: u64,
        door: Door,
        held: Arc<Held>,
    ) -> Self {
        let instance = (number % 2) as usize;
        let role = match door {
            Door::Persons => Role::Person,
            Door::Agents | Door::Instance(_) => Role::Agent {
                instance: Some(Instance::new(INSTANCES[instance].0).unwrap()),
            },
        };
        let killed = CancellationToken::new();
        let line = Line {
            daemon,
            door,
            killed,
        };
        let options = ClientOptions {
            software: "tai-mcp 0.1.0".to_owned(),
            role,
            profile: Profile::default(),
            socket: "simulated".into(),
            account: None,
            bridge: None,
        };
        // The report has the ends of leases as calls of their own.
        let (taid, _) = Taid::new(line, options);
        Self {
            world,
            taid,
            number,
            instance,
            state: Mutex::default(),
            held,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn address(&self) -> &'static str {
        INSTANCES[self.instance].1
    }

    /// Returns a mail of the client's address.
    fn mail(&self) -> MailId {
        if self.world.some_mail(self.address()).is_none() {
            self.world.new_mail(self.address());
        }
        let id = self.world.some_mail(self.address());
        MailId::new(id.unwrap()).unwrap()
    }

    /// Returns a mail that the client reads or changes by its id.
    fn chosen(&self) -> MailId {
        let id = self.mail();
        self.world.read_by_id(id.get());
        id
    }

    /// Makes a call, and cancels it if the recorded one was cancelled.
    async fn call<M: Method>(&self, recorded: Recorded<'_>, method: M) -> Result<M::Answer, Fault> {
        let label = method.clone().into_call().label();
        let (cancelled, identity) = (CancellationToken::new(), Identity::default());
        let context = CallContext {
            identity: &identity,
            progress: None,
            cancelled: &cancelled,
        };
        let cancel = async {
            if recorded.call.outcome == CallOutcome::Failed(FaultCode::Cancelled) {
                sleep(recorded.duration()).await;
                cancelled.cancel();
            }
        };
        let call = timeout(LONGEST_CALL, self.taid.call(method, context));
        let (answer, ()) = tokio::join!(call, cancel);
        let answer = answer.unwrap_or_else(|_| {
            let how = format!("{label} exceeds its time limit");
            self.world.record_violation(how.clone());
            Err(Fault::new(FaultCode::DeadlinePassed, how))
        });
        let how = format!("{:?}", outcome(&answer));
        self.world
            .note(&format!("client {} {label}: {how}", self.number));
        answer
    }

    async fn done<M: Method>(&self, recorded: Recorded<'_>, method: M) -> Option<CallOutcome> {
        Some(outcome(&self.call(recorded, method).await))
    }

    /// Makes a recorded call again. `None` if it cannot be made.
    pub(super) async fn make(&self, recorded: Recorded<'_>) -> Option<CallOutcome> {
        let (limit, offset, show_read) = (20, 0, false);
        let scope = Scope::Account;
        match recorded.call.call.as_str() {
            "send_email" | "reply_email" => Some(self.submit(recorded).await),
            "send_mail" => Some(self.send_mail(recorded).await),
            "resolve_held" => Some(self.resolve(recorded).await),
            "fetch_email" => Some(self.fetch(recorded).await),
            "wait_for_email" => Some(self.wait_for(recorded).await),
            "read_mail" => Some(self.read_mail(recorded).await),
            "end_lease" => Some(self.end_lease(recorded).await),
            "mark_read" => Some(self.change(recorded, |id| MarkRead { id }, false).await),
            "delete_email" => Some(self.change(recorded, |id| Delete { id }, true).await),
            "delete_mail" => Some(self.change(recorded, |id| DeleteMail { id }, true).await),
            "watch" => Some(self.watch(recorded).await),
            "watch_held" => Some(self.watch_held(recorded).await),
            "login" => Some(self.login(recorded).await),
            "logout" => Some(self.logout(recorded).await),
            "list_inbox" => {
                let list = List {
                    limit,
                    offset,
                    show_read,
                    previews: false,
                };
                self.done(recorded, list).await
            }
            "search_inbox" => {
                let search = Search {
                    query: "mail".into(),
                    limit,
                    unread_only: false,
                };
                self.done(recorded, search).await
            }
            "settle" => self.done(recorded, Settle { id: self.settled() }).await,
            "finish_mail" => self.done(recorded, FinishMail { id: self.settled() }).await,
            "find_reply" => self.done(recorded, FindReply { to: self.mail() }).await,
            "info" => self.done(recorded, GetInfo).await,
            "session_status" => self.done(recorded, GetStatus).await,
            "traffic" => self.done(recorded, GetTraffic).await,
            "retry_login" => self.done(recorded, RetryLogin).await,
            "list_held" => self.done(recorded, ListHeld).await,
            "claim_account" => {
                let claim = ClaimAccount {
                    username: Some(credentials().username),
                    bridge: None,
                };
                self.done(recorded, claim).await
            }
            "offer_credentials" => {
                self.world.set_signed_out(false);
                let credentials = credentials();
                self.done(recorded, OfferCredentials { credentials }).await
            }
            "make_way" => {
                let release = Release(0, 0, 0);
                self.done(recorded, MakeWay { release }).await
            }
            "list_mail" => {
                let list = ListMail {
                    scope,
                    limit,
                    offset,
                    show_read,
                };
                self.done(recorded, list).await
            }
            "search_mail" => {
                let query = "mail".into();
                let search = SearchMail {
                    scope,
                    query,
                    limit,
                };
                self.done(recorded, search).await
            }
            // The daemon's end, parts of mails, and calls of other releases.
            _ => None,
        }
    }

    /// Marks a mail read or deletes it, and checks that a reported change was made.
    async fn change<M: Method>(
        &self,
        recorded: Recorded<'_>,
        method: impl Fn(MailId) -> M,
        deletes: bool,
    ) -> CallOutcome {
        let id = self.chosen();
        let changed = self.call(recorded, method(id)).await;
        if changed.is_ok() {
            self.world.check_changed(id.get(), deletes);
        }
        outcome(&changed)
    }

    async fn watch(&self, recorded: Recorded<'_>) -> CallOutcome {
        let since = self.state().mark;
        let update = self.call(recorded, Watch { since }).await;
        if let Ok(update) = &update {
            self.state().mark = Some(update.mark);
        }
        outcome(&update)
    }

    async fn watch_held(&self, recorded: Recorded<'_>) -> CallOutcome {
        let since = self.state().held_mark;
        let update = self.call(recorded, WatchHeld { since }).await;
        if let Ok(update) = &update {
            self.state().held_mark = Some(update.mark);
        }
        outcome(&update)
    }

    async fn login(&self, recorded: Recorded<'_>) -> CallOutcome {
        self.world.set_signed_out(false);
        let (credentials, save) = (credentials(), false);
        outcome(&self.call(recorded, Login { credentials, save }).await)
    }

    async fn logout(&self, recorded: Recorded<'_>) -> CallOutcome {
        let signed_out = self.call(recorded, Logout { whose: Whose::Any }).await;
        if signed_out.is_ok() {
            self.world.set_signed_out(true);
        }
        outcome(&signed_out)
    }
}

fn credentials() -> Credentials {
    Credentials {
        username: Username::new("alice").unwrap(),
        password: Secret::new(PASSWORD.to_owned()),
    }
}
