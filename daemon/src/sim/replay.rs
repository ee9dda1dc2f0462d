//! Replay of a bug report: the daemon's code in the simulated world, with the recorded calls at the
//! recorded times, and a bridge that repeats the recorded outcomes. A report has no content, so
//! addresses, texts and ids are the simulation's own.
//!
//! `TAI_SIM_REPORT=FILE` names the report. The trace goes to standard error, the result to standard
//! output.

mod comparison;
mod player;

use super::{client::Client, daemon::Daemon, script::Script, simulated, world::World};
use comparison::{Replay, Replayed, pair};
use player::{Held, Player, Recorded, is_of_persons};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_proto::{
    FaultCode,
    door::Door,
    traffic::{CallOutcome, CallRecord, ExchangeRecord, Operation, Traffic},
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// Time before the first record of a report whose beginning is left out: the daemon signs in.
const LEAD_MS: u64 = 1_000;
/// Interval in which the exchanges are collected. The daemon keeps the last ones only.
const COLLECTION: Duration = Duration::from_secs(1);
/// Longer than any cool-down after a refused password, and than any rate limit.
const CALM: Duration = Duration::from_secs(20 * 60);

/// Exchanges of the replaying daemon.
#[derive(Default)]
struct Collected {
    exchanges: Vec<ExchangeRecord>,
    /// Number of the exchanges up to the last collected one.
    count: u64,
}

impl Collected {
    fn add(&mut self, traffic: &Traffic) {
        let count = traffic.exchanges_left_out + traffic.exchanges.len() as u64;
        let new = (count - self.count) as usize;
        let known = traffic.exchanges.len().saturating_sub(new);
        self.exchanges.extend(&traffic.exchanges[known..]);
        self.count = count;
    }
}

/// Replays a report. `verbose` traces the world's events.
fn replay(report: &Traffic, verbose: bool) -> Replay {
    let mut report = report.clone();
    report.calls.sort_by_key(|call| call.at_ms);
    let during: Vec<Vec<Operation>> = report
        .calls
        .iter()
        .map(|call| during(call, &report.exchanges))
        .collect();
    // A seed of a world whose bridge offers replies, and whose daemon asks before it sends, or not.
    let seed = if asks(&report, &during) { 0 } else { 2 };
    simulated(seed, replayed(report, during, seed, verbose))
}

async fn replayed(
    report: Traffic,
    during: Vec<Vec<Operation>>,
    seed: u64,
    verbose: bool,
) -> Replay {
    let calls = report.calls.iter().map(|call| call.at_ms);
    let exchanges = report.exchanges.iter().map(|exchange| exchange.at_ms);
    let first = calls.chain(exchanges).min().unwrap_or_default();
    let offset = first.saturating_sub(LEAD_MS);
    let world = World::new(seed, verbose);
    let script = Arc::new(Script::new(&report.exchanges));
    let start = Instant::now();
    let time = move |at_ms: u64| start + Duration::from_millis(at_ms.saturating_sub(offset));
    let daemon = Daemon::new(world.clone(), Some(script));
    let collected = Arc::new(Mutex::new(Collected::default()));
    let collector = tokio::spawn({
        let (daemon, collected) = (daemon.clone(), collected.clone());
        async move {
            loop {
                sleep(COLLECTION).await;
                collected.lock().unwrap().add(&daemon.traffic());
            }
        }
    });
    let players = players(&world, &daemon, &report.calls);
    let mut running = JoinSet::new();
    let ended: Vec<CancellationToken> = report.calls.iter().map(|_| Default::default()).collect();
    for (index, (call, during)) in report.calls.iter().cloned().zip(during).enumerate() {
        let player = players[&call.connection].clone();
        let before = report.calls[..index].iter().zip(&ended);
        let before = before.filter(|(before, _)| precedes(before, &call));
        let before: Vec<_> = before.map(|(_, ended)| ended.clone()).collect();
        let end = ended[index].clone().drop_guard();
        running.spawn(async move {
            let _end = end;
            sleep_until(time(call.at_ms)).await;
            // The simulated connection may be slower than that of the report.
            for before in before {
                before.cancelled().await;
            }
            let recorded = Recorded {
                call: &call,
                during: &during,
            };
            let outcome = player.make(recorded).await;
            (index, Replayed { call, outcome })
        });
    }
    let mut calls = running.join_all().await;
    calls.sort_by_key(|(index, _)| *index);
    let ends = report
        .exchanges
        .iter()
        .map(|record| record.at_ms + u64::from(record.duration_ms));
    let last = ends.max().unwrap_or_default();
    sleep_until(time(last) + COLLECTION).await;
    collector.abort();
    let mut made = std::mem::take(&mut *collected.lock().unwrap());
    made.add(&daemon.traffic());
    for exchange in &mut made.exchanges {
        exchange.at_ms += offset;
    }
    drop(players);
    check_mails(&world, &daemon).await;
    Replay {
        calls: calls.into_iter().map(|(_, replayed)| replayed).collect(),
        exchanges: pair(&report.exchanges, &made.exchanges),
        violation: world.violation(),
    }
}

/// Returns the client of each connection.
fn players(
    world: &Arc<World>,
    daemon: &Daemon,
    calls: &[CallRecord],
) -> BTreeMap<u64, Arc<Player>> {
    let held: Arc<Held> = Arc::default();
    let mut doors: BTreeMap<u64, Door> = BTreeMap::new();
    for call in calls {
        let door = doors.entry(call.connection).or_insert(Door::Agents);
        let refused = call.outcome == CallOutcome::Failed(FaultCode::NotPermitted);
        if is_of_persons(&call.call) && !refused {
            *door = Door::Persons;
        }
    }
    let player = |(number, door)| {
        let player = Player::new(world.clone(), daemon.clone(), number, door, held.clone());
        (number, Arc::new(player))
    };
    doors.into_iter().map(player).collect()
}

/// Checks that no mail is lost or withheld, as each seed of the simulation does.
async fn check_mails(world: &Arc<World>, daemon: &Daemon) {
    sleep(CALM).await;
    daemon.sign_in().await;
    for last in 0..2 {
        let mut reader = Client::new(world.clone(), daemon.clone(), 1_000 + last);
        if let Err(problem) = reader.read_all().await {
            return world.record_violation(problem);
        }
    }
    world.check_no_mail_is_lost();
}

/// Returns whether the client had the answer to a call before it made the other. A wait for mail ends
/// at another time than in the report.
fn precedes(before: &CallRecord, call: &CallRecord) -> bool {
    before.connection == call.connection
        && !matches!(&*before.call, "watch" | "watch_held" | "wait_for_email")
        && before.at_ms + u64::from(before.duration_ms) <= call.at_ms
}

/// Returns the operations of the exchanges that left while the call ran.
fn during(call: &CallRecord, exchanges: &[ExchangeRecord]) -> Vec<Operation> {
    let end = call.at_ms + u64::from(call.duration_ms);
    let left = exchanges
        .iter()
        .filter(|exchange| (call.at_ms..=end).contains(&exchange.at_ms));
    left.map(|exchange| exchange.operation).collect()
}

/// Returns whether the daemon of the report asked a person about mails: it answered a send without
/// sending.
fn asks(report: &Traffic, during: &[Vec<Operation>]) -> bool {
    let mut calls = report.calls.iter().zip(during);
    calls.any(|(call, during)| {
        let is_send = matches!(&*call.call, "send_email" | "reply_email");
        let recorded = Recorded { call, during };
        is_send && call.outcome == CallOutcome::Done && !recorded.sends()
    })
}

#[cfg(test)]
#[path = "replay/replay_tests.rs"]
mod tests;
