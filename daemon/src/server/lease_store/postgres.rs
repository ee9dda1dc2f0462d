//! The store of the shared leases in PostgreSQL. Account and addresses are stored as digests.

use super::{connection::failed, server::Server, statements};
use crate::{
    digest::Digest,
    mail::store::{
        Grant, LeaseStore, Mailbox, Origin, Refusal, Reply, Reports, Request, StoreError,
    },
};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::{
    fmt,
    time::{Duration, SystemTime},
};
use tai_auth::base_url;
use tokio::{sync::Mutex, time::Instant};
use tokio_postgres::{
    Client, Error, Row,
    types::{ToSql, Type},
};

/// Time between two removals of rows that no machine needs.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Parameters of a statement.
type Params<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// The store.
pub(super) struct Postgres {
    server: Server,
    bridge: base_url::Origin,
    /// This daemon. A daemon that is started again is another owner.
    owner: String,
    /// Time of a lease, in seconds.
    ttl: f64,
    link: Mutex<Link>,
}

/// Connection to the server.
#[derive(Default)]
struct Link {
    /// Missing before the first request, after a failure, and while a request is under way, so that
    /// a request that is given up ends the connection.
    client: Option<Client>,
    swept: Option<Instant>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres")
    }
}

impl Postgres {
    /// Returns the store of the bridge's mails on this server, with this time of a lease.
    pub(super) fn new(server: Server, bridge: base_url::Origin, ttl: Duration) -> Self {
        Self {
            server,
            bridge,
            owner: owner(),
            ttl: ttl.as_secs_f64(),
            link: Mutex::default(),
        }
    }

    fn account(&self, username: &str) -> String {
        Digest::of(&[self.bridge.as_str(), username]).to_string()
    }

    /// An address has one digest, however a mail or a client spells it.
    fn mailbox(&self, address: &str) -> String {
        Digest::of(&[self.bridge.as_str(), &address.to_ascii_lowercase()]).to_string()
    }

    /// Runs statements on the connection, which is opened if there is none. A connection that was
    /// lost is an error, so that the caller knows that the server may have been away.
    async fn with<T>(
        &self,
        run: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, StoreError> {
        let mut link = self.link.lock().await;
        let client = match link.client.take() {
            Some(client) if client.is_closed() => {
                return Err(StoreError("the server closed the connection".to_owned()));
            }
            Some(client) => client,
            None => {
                let client = self.server.connect().await?;
                prepare(&client).await.map_err(|error| failed(&error))?;
                client
            }
        };
        let answer = run(&client).await.map_err(|error| failed(&error))?;
        link.client = Some(client);
        Ok(answer)
    }

    /// Returns whether rows are to be removed now.
    async fn is_sweep_due(&self) -> bool {
        let swept = self.link.lock().await.swept;
        swept.is_none_or(|at| at.elapsed() >= SWEEP_INTERVAL)
    }
}

impl LeaseStore for Postgres {
    fn returned<'a>(&'a self, mailbox: Mailbox<'a>, takes_expired: bool) -> Reply<'a, Vec<u64>> {
        Box::pin(async move {
            let account = self.account(mailbox.account);
            let mailbox = self.mailbox(mailbox.address);
            let params: Params<'_> = &[
                (&account, Type::TEXT),
                (&mailbox, Type::TEXT),
                (&self.owner, Type::TEXT),
                (&takes_expired, Type::BOOL),
            ];
            let rows =
                self.with(async |client| client.query_typed(statements::RETURNED, params).await);
            rows.await?.iter().map(|row| id(row, 0)).collect()
        })
    }

    fn refusals<'a>(
        &'a self,
        mailbox: Mailbox<'a>,
        ids: &'a [u64],
        takes_expired: bool,
    ) -> Reply<'a, Vec<(u64, Refusal)>> {
        Box::pin(async move {
            let account = self.account(mailbox.account);
            let ids = keys(ids);
            let params: Params<'_> = &[
                (&account, Type::TEXT),
                (&ids, Type::INT8_ARRAY),
                (&self.owner, Type::TEXT),
                (&takes_expired, Type::BOOL),
            ];
            let rows =
                self.with(async |client| client.query_typed(statements::REFUSALS, params).await);
            let rows = rows.await?;
            let refusal = |row: &Row| Ok((id(row, 0)?, refusal(&text(row, 1)?)));
            rows.iter().map(refusal).collect()
        })
    }

    fn acquire<'a>(&'a self, request: Request<'a>) -> Reply<'a, Grant> {
        Box::pin(async move {
            let account = self.account(request.mailbox.account);
            let mailbox = self.mailbox(request.mailbox.address);
            let mail = request.id.cast_signed();
            let may_be_unread_again = match request.origin {
                Origin::Unread => true,
                Origin::Named => false,
            };
            let params: Params<'_> = &[
                (&account, Type::TEXT),
                (&mail, Type::INT8),
                (&mailbox, Type::TEXT),
                (&self.owner, Type::TEXT),
                (&self.ttl, Type::FLOAT8),
                (&request.takes_expired, Type::BOOL),
                (&may_be_unread_again, Type::BOOL),
            ];
            let key: Params<'_> = &[(&account, Type::TEXT), (&mail, Type::INT8)];
            let rows = self.with(async |client| {
                let granted = client.query_typed(statements::ACQUIRE, params).await?;
                let refused = match granted.is_empty() {
                    true => client.query_typed(statements::STATE, key).await?,
                    false => Vec::new(),
                };
                Ok((granted, refused))
            });
            let (granted, refused) = rows.await?;
            match (granted.first(), refused.first()) {
                (Some(row), _) => Ok(Grant::Granted {
                    marked: text(row, 0)? == "marked",
                }),
                (None, Some(row)) => Ok(Grant::Refused(refusal(&text(row, 0)?))),
                // The row ended between the two statements.
                (None, None) => Ok(Grant::Refused(Refusal::Held)),
            }
        })
    }

    fn mark<'a>(&'a self, account: &'a str, id: u64) -> Reply<'a, bool> {
        Box::pin(async move {
            let account = self.account(account);
            let mail = id.cast_signed();
            let params: Params<'_> = &[
                (&account, Type::TEXT),
                (&mail, Type::INT8),
                (&self.owner, Type::TEXT),
                (&self.ttl, Type::FLOAT8),
            ];
            let changed =
                self.with(async |client| client.execute_typed(statements::MARK, params).await);
            Ok(changed.await? > 0)
        })
    }

    fn record<'a>(&'a self, account: &'a str, reports: &'a Reports) -> Reply<'a, ()> {
        Box::pin(async move {
            let account = self.account(account);
            let sweeps = self.is_sweep_due().await;
            self.with(async |client| {
                let handed = &reports.handed_over;
                if !handed.is_empty() {
                    let ids: Vec<i64> = handed.iter().map(|mail| mail.id.cast_signed()).collect();
                    let mailboxes = handed.iter().map(|mail| self.mailbox(&mail.address));
                    let mailboxes: Vec<String> = mailboxes.collect();
                    let missing: Vec<bool> = handed.iter().map(|mail| mail.is_missing).collect();
                    let params: Params<'_> = &[
                        (&account, Type::TEXT),
                        (&ids, Type::INT8_ARRAY),
                        (&mailboxes, Type::TEXT_ARRAY),
                        (&self.owner, Type::TEXT),
                        (&missing, Type::BOOL_ARRAY),
                    ];
                    client.execute_typed(statements::TAKE_OVER, params).await?;
                }
                let claimed = &reports.claimed;
                if !claimed.is_empty() {
                    let ids: Vec<i64> = claimed.iter().map(|(id, _)| id.cast_signed()).collect();
                    let mailboxes = claimed.iter().map(|(_, address)| self.mailbox(address));
                    let mailboxes: Vec<String> = mailboxes.collect();
                    let params: Params<'_> = &[
                        (&account, Type::TEXT),
                        (&ids, Type::INT8_ARRAY),
                        (&mailboxes, Type::TEXT_ARRAY),
                    ];
                    client.execute_typed(statements::CLAIM, params).await?;
                }
                for (statement, ids) in [
                    (statements::UNCONFIRM, &reports.unconfirmed),
                    (statements::DELIVER, &reports.delivered),
                ] {
                    let ids = keys(ids);
                    let params: Params<'_> = &[(&account, Type::TEXT), (&ids, Type::INT8_ARRAY)];
                    if !ids.is_empty() {
                        client.execute_typed(statement, params).await?;
                    }
                }
                for (statement, ids) in [
                    (statements::FREE, &reports.freed),
                    (statements::REMOVE, &reports.gone),
                ] {
                    let ids = keys(ids);
                    let params: Params<'_> = &[
                        (&account, Type::TEXT),
                        (&ids, Type::INT8_ARRAY),
                        (&self.owner, Type::TEXT),
                    ];
                    if !ids.is_empty() {
                        client.execute_typed(statement, params).await?;
                    }
                }
                if sweeps {
                    let params: Params<'_> = &[(&account, Type::TEXT)];
                    client.execute_typed(statements::SWEEP, params).await?;
                }
                // Without a lease, this shows whether the server answers.
                let held = keys(&reports.held);
                let params: Params<'_> = &[
                    (&account, Type::TEXT),
                    (&held, Type::INT8_ARRAY),
                    (&self.owner, Type::TEXT),
                    (&self.ttl, Type::FLOAT8),
                ];
                client.execute_typed(statements::RENEW, params).await?;
                Ok(())
            })
            .await?;
            if sweeps {
                self.link.lock().await.swept = Some(Instant::now());
            }
            Ok(())
        })
    }
}

/// Creates the table if it is missing.
async fn prepare(client: &Client) -> Result<(), Error> {
    let exists = client.query_typed(statements::EXISTS, &[]).await?;
    let exists = exists.first().map(|row| row.try_get::<_, bool>(0));
    match exists.transpose()? {
        Some(true) => Ok(()),
        Some(false) | None => client.batch_execute(statements::CREATE).await,
    }
}

/// Returns a name that no other daemon has.
fn owner() -> String {
    let mut random = [0; 16];
    // Without random numbers, the other parts differ.
    let _ = SystemRandom::new().fill(&mut random);
    let random = u128::from_le_bytes(random).to_string();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.unwrap_or_default().as_nanos().to_string();
    let pid = std::process::id().to_string();
    Digest::of(&[&random, &now, &pid, &tai_client::host_name()]).to_string()
}

fn keys(ids: &[u64]) -> Vec<i64> {
    ids.iter().map(|id| id.cast_signed()).collect()
}

fn id(row: &Row, column: usize) -> Result<u64, StoreError> {
    let id = row.try_get::<_, i64>(column);
    id.map(i64::cast_unsigned).map_err(|error| failed(&error))
}

fn text(row: &Row, column: usize) -> Result<String, StoreError> {
    row.try_get(column).map_err(|error| failed(&error))
}

fn refusal(state: &str) -> Refusal {
    match state {
        "unconfirmed" => Refusal::Unconfirmed,
        "delivered" => Refusal::Delivered,
        // `lent` and `marked`. A state of another release keeps its mail alone from the clients.
        _ => Refusal::Held,
    }
}
