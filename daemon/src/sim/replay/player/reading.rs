//! Reading mails of a recorded connection, and the ends of its leases.

use super::*;
use tai_proto::mail::{FetchedMail, Filter, Window};

impl Player {
    /// Reads the oldest mail, or a mail by its id. The exchanges tell which: only the oldest is
    /// looked for in a list.
    pub(super) async fn fetch(&self, recorded: Recorded<'_>) -> CallOutcome {
        let window = Window::WHOLE;
        let reads = recorded.has(Operation::Message);
        if reads && !recorded.has(Operation::List) {
            return match recorded.has(Operation::MarkRead) {
                true => {
                    let which = Which::Named(self.chosen());
                    outcome(&self.call(recorded, Fetch { which, window }).await)
                }
                false => {
                    let id = self.mail();
                    outcome(&self.call(recorded, Peek { id, window }).await)
                }
            };
        }
        if reads {
            self.world.new_mail(self.address());
        }
        let fetched = self.call(recorded, Fetch::OLDEST).await;
        self.lease(fetched)
    }

    pub(super) async fn wait_for(&self, recorded: Recorded<'_>) -> CallOutcome {
        let limit_ms = match recorded.has(Operation::Message) {
            true => {
                let (world, address) = (self.world.clone(), self.address());
                let arrival = recorded.duration() / 2;
                tokio::spawn(async move {
                    sleep(arrival).await;
                    world.new_mail(address);
                });
                50_000
            }
            false => recorded.call.duration_ms.max(1),
        };
        let wait = WaitFor {
            filter: Filter {
                from: None,
                subject: None,
            },
            limit_ms,
            window: Window::WHOLE,
        };
        let fetched = self.call(recorded, wait).await;
        self.lease(fetched)
    }

    pub(super) async fn read_mail(&self, recorded: Recorded<'_>) -> CallOutcome {
        let is_oldest = recorded.has(Operation::List);
        if is_oldest && recorded.has(Operation::Message) {
            self.world.new_mail(self.address());
        }
        let read = ReadMail {
            scope: Scope::Account,
            id: (!is_oldest).then(|| self.chosen()),
            window: Window::WHOLE,
        };
        let fetched = self.call(recorded, read).await;
        match is_oldest {
            true => self.lease(fetched),
            false => outcome(&fetched),
        }
    }

    fn lease(&self, fetched: Result<FetchedMail, Fault>) -> CallOutcome {
        let outcome = outcome(&fetched);
        if let Some(mail) = fetched.ok().and_then(|fetched| fetched.mail) {
            let to = mail.envelope.to.to_string();
            let lease = (mail.envelope.id, to, false);
            self.state().leased.push_back(lease);
        }
        outcome
    }

    /// Returns the first leased mail that was not settled, or another mail without one.
    pub(super) fn settled(&self) -> MailId {
        let mut state = self.state();
        let lease = state.leased.iter_mut().find(|(.., settled)| !settled);
        if let Some((id, _, settled)) = lease {
            *settled = true;
            return *id;
        }
        drop(state);
        self.chosen()
    }

    /// Ends a lease. A mail that was settled before has reached its reader.
    pub(super) async fn end_lease(&self, recorded: Recorded<'_>) -> CallOutcome {
        let lease = self.state().leased.pop_front();
        let (id, to, settled) = lease.unwrap_or_else(|| (self.mail(), String::new(), false));
        let delivery = match settled {
            true => Delivery::Delivered,
            false => Delivery::Returned,
        };
        let ended = self.call(recorded, EndLease { id, delivery }).await;
        if settled && ended.is_ok() {
            self.world.delivered(self.number, id.get(), &to);
        }
        outcome(&ended)
    }
}
