//! The table of the session: each state meets each event.
//!
//! `states` and `events` enumerate the examples by exhaustive matches, so a new variant does
//! not compile without an example, and a new example changes the table.

pub(super) mod events;
mod shapes;
pub(super) mod states;
mod text;
mod values;

use values::token_with;
pub(super) use values::{HOUR, at, credentials, token};

use super::clock::Clock as _;
use crate::testing::TestClock;
use std::collections::BTreeMap;

#[tokio::test(start_paused = true)]
async fn every_state_meets_every_event_as_the_table_says() {
    let now = TestClock::new().now();
    let mut table = String::new();
    for (name, state) in states::all() {
        table.push_str(&format!("{name}:\n"));
        let before = text::state(&state(now));
        let mut rows = BTreeMap::<String, Vec<&str>>::new();
        for (event, happens) in events::all() {
            let (after, effects) = state(now).step(happens(now), &at(now));
            let mut outcome = text::state(&after);
            if outcome == before {
                "unchanged".clone_into(&mut outcome);
            }
            for effect in &effects {
                outcome.push_str(" + ");
                outcome.push_str(&text::effect(effect));
            }
            rows.entry(outcome).or_default().push(event);
        }
        let mut unchanged = Vec::new();
        for (outcome, events) in rows {
            let row = format!("{}: {outcome}", events.join(", "));
            match outcome.starts_with("unchanged") {
                true => unchanged.push(row),
                false => table.push_str(&format!("    {row}\n")),
            }
        }
        table.push_str(&format!("    {}\n", unchanged.join("; ")));
    }
    insta::assert_snapshot!(table, @"
    not yet:
        sign-in: checking g9 (person's), before: not yet (configured) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        other source: not yet (file) + ok
        token requested: signing in (login g9 #1, configured) + login g9
        retry: signing in (login g9 #1, configured) + login g9 + ok
        stop: stopped
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    not yet, with a keyring:
        sign-in, sign-in to another account: checking g9 (person's), before: not yet (the keyring) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        other source, source of another account: not yet (file) + ok
        token requested: signing in (login g9 #1, the keyring) + login g9
        retry: signing in (login g9 #1, the keyring) + login g9 + ok
        stop: stopped
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    no credentials:
        sign-in, sign-in to another account: checking g9 (person's), before: no credentials (g7, none) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        other source, source of another account: no credentials (g7, file) + ok
        offer, the same offer, offer for another account, offer for another bridge: signing in (login g9 #1, client's) + login g9 + ok
        token requested: signing in (login g9 #1, none) + login g9
        retry: signing in (login g9 #1, none) + login g9 + ok
        stop: stopped
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged
    no entry in the keyring:
        sign-in, sign-in to another account: checking g9 (person's), before: no credentials (g7, the keyring) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        other source, source of another account: no credentials (g7, file) + ok
        offer, the same offer, offer for another account: signing in (login g9 #1, client's) + login g9 + ok
        token requested: signing in (login g9 #1, the keyring) + login g9
        retry: signing in (login g9 #1, the keyring) + login g9 + ok
        stop: stopped
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; offer for another bridge: unchanged + err(superseded)
    no keyring:
        sign-in, sign-in to another account: checking g9 (person's), before: no keyring (g7, the keyring) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        other source, source of another account: no keyring (g7, file) + ok
        offer, the same offer, offer for another account: signing in (login g9 #1, client's) + login g9 + ok
        token requested: signing in (login g9 #1, the keyring) + login g9
        retry: signing in (login g9 #1, the keyring) + login g9 + ok
        stop: stopped
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; offer for another bridge: unchanged + err(superseded)
    logged out:
        sign-in, sign-in to another account: checking g9 (person's), before: logged out + login g9
        stop: stopped
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; other source, source of another account, retry, offer, the same offer, offer for another account, offer for another bridge: unchanged + err(logged out); sign-out, sign-out of another account: unchanged + note sign-out + ok
    stopped:
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up, stop: unchanged; sign-in, sign-in to another account, sign-out, sign-out of another account, other source, source of another account, retry, offer, the same offer, offer for another account, offer for another bridge: unchanged + err(stopped)
    signing in by refresh:
        sign-in: checking g9 (person's), before: not yet (configured) + login g9
        token: live g8 (configured) + count renewal
        sign-out: logged out + revoke + note sign-out + ok
        transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring: signing in (login g9 #1, configured) + login g9 + count failed renewal
        other source: signing in (refresh g8 #1, file) + ok
        stop: stopped
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    signing in by login:
        sign-in: checking g9 (person's), before: not yet (configured, 1 refused) + login g9
        token: live g8 (configured) + count login
        sign-out: logged out + revoke + note sign-out + ok
        nothing to log in with: no credentials (g8, configured, 1 refused) + count failed login
        no keyring: no keyring (g8, configured, 1 refused) + count failed login
        other source: signing in (login g8 #1, file, 1 refused) + ok
        stop: stopped
        bad token: waiting (bad token, g8 failed, configured, 2 refused) + count failed login
        bad certificate, redirect, long pause: waiting (bridge, g8 failed, configured, 1 refused) + count failed login
        refusal of the grant: waiting (bridge, g8 failed, configured, 2 refused) + count failed login
        transient failure, no connection, short pause: waiting (bridge, then #2, configured, 1 refused) + count failed login
        refusal: waiting (refused, g8 failed, configured, 2 refused) + count failed login
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    signing in by the keyring:
        sign-in, sign-in to another account: checking g9 (person's), before: not yet (the keyring) + login g9
        token: live g8 (the keyring's alice) + count login
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        nothing to log in with: no credentials (g8, the keyring) + count failed login
        no keyring: no keyring (g8, the keyring) + count failed login
        other source, source of another account: signing in (login g8 #1, file) + ok
        the source's username: signing in (login g8 #1, the keyring's alice)
        stop: stopped
        bad token: waiting (bad token, then #2, the keyring, 1 refused) + count failed login
        bad certificate, redirect, long pause: waiting (bridge, g8 failed, the keyring) + count failed login
        refusal of the grant: waiting (bridge, g8 failed, the keyring, 1 refused) + count failed login
        transient failure, no connection, short pause: waiting (bridge, then #2, the keyring) + count failed login
        refusal: waiting (refused, g8 failed, the keyring, 1 refused) + count failed login
        token requested, rejected, rejected again, older one rejected, timer, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    signing in by the fifth login:
        sign-in: checking g9 (person's), before: not yet (configured) + login g9
        token: live g8 (configured) + count login
        sign-out: logged out + revoke + note sign-out + ok
        nothing to log in with: no credentials (g8, configured) + count failed login
        no keyring: no keyring (g8, configured) + count failed login
        other source: signing in (login g8 #5, file) + ok
        stop: stopped
        bad token: waiting (bad token, then #6, configured, 1 refused) + count failed login
        transient failure, no connection, bad certificate, redirect, short pause, long pause: waiting (bridge, g8 failed, configured) + count failed login
        refusal of the grant: waiting (bridge, g8 failed, configured, 1 refused) + count failed login
        refusal: waiting (refused, g8 failed, configured, 1 refused) + count failed login
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        other source: live g5 (file) + ok
        sign-out: logged out + revoke + note sign-out + ok
        rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        rejected: signing in (refresh g9 #1, configured) + refresh g9 by g5 + count rejection
        stop: stopped
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live and due:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        other source: live g5 (file) + ok
        sign-out: logged out + revoke + note sign-out + ok
        token requested, timer: renewing g5 (refresh g9 #1, configured) + refresh g9 by g5
        rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        rejected: signing in (refresh g9 #1, configured) + refresh g9 by g5 + count rejection
        stop: stopped
        older one rejected, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live and expired:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        other source: live g5 (file) + ok
        sign-out: logged out + revoke + note sign-out + ok
        token requested, timer: signing in (login g9 #1, configured) + login g9
        rejected, rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        stop: stopped
        older one rejected, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live after a login a moment ago:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        other source: live g5 (file) + ok
        sign-out: logged out + revoke + note sign-out + ok
        rejected: signing in (refresh g9 #1, configured) + refresh g9 by g5 + count rejection
        stop: stopped
        rejected again: waiting (too soon, then #1, configured) + count rejection
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live after two logins a moment ago:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        other source: live g5 (file) + ok
        sign-out: logged out + revoke + note sign-out + ok
        rejected: signing in (refresh g9 #1, configured) + refresh g9 by g5 + count rejection
        stop: stopped
        rejected again: waiting (too soon, g5 failed, configured) + count rejection
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    live after a transient failure:
        sign-in: checking g9 (person's), before: live g5 (configured, #2 failed) + login g9
        other source: live g5 (file, #2 failed) + ok
        sign-out: logged out + revoke + note sign-out + ok
        token requested, timer: renewing g5 (refresh g9 #3, configured) + refresh g9 by g5
        retry: renewing g5 (refresh g9 #3, configured) + refresh g9 by g5 + ok
        rejected, rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        stop: stopped
        older one rejected, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    live, told to wait:
        sign-in: checking g9 (person's), before: live g5 (configured, #2 failed) + login g9
        other source: live g5 (file, #2 failed) + ok
        sign-out: logged out + revoke + note sign-out + ok
        retry: renewing g5 (refresh g9 #3, configured) + refresh g9 by g5 + ok
        stop: stopped
        rejected, rejected again: waiting (bridge, g7 failed, configured) + count rejection
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    live and expired, told to wait:
        sign-in: checking g9 (person's), before: live g5 (configured, #2 failed) + login g9
        other source: live g5 (file, #2 failed) + ok
        sign-out: logged out + revoke + note sign-out + ok
        retry: renewing g5 (refresh g9 #3, configured) + refresh g9 by g5 + ok
        stop: stopped
        token requested, timer: waiting (bridge, g7 failed, configured)
        rejected, rejected again: waiting (bridge, g7 failed, configured) + count rejection
        older one rejected, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    renewing:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        transient failure, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring: live g5 (configured, #1 failed) + count failed renewal
        refusal: live g5 (configured, 1 refused, #1 failed) + count failed renewal
        token: live g8 (configured) + count renewal
        sign-out: logged out + revoke + note sign-out + ok
        refusal of the grant, bad token: renewing g5 (login g9 #1, configured) + login g9 + count failed renewal
        other source: renewing g5 (refresh g8 #1, file) + ok
        rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        rejected: signing in (refresh g8 #1, configured) + count rejection
        stop: stopped
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    renewing an expired one:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        transient failure, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring: live g5 (configured, #1 failed) + count failed renewal
        refusal: live g5 (configured, 1 refused, #1 failed) + count failed renewal
        token: live g8 (configured) + count renewal
        sign-out: logged out + revoke + note sign-out + ok
        refusal of the grant, bad token: renewing g5 (login g9 #1, configured) + login g9 + count failed renewal
        other source: renewing g5 (refresh g8 #1, file) + ok
        rejected again: signing in (login g9 #1, configured) + login g9 + count rejection
        token requested: signing in (refresh g8 #1, configured)
        rejected: signing in (refresh g8 #1, configured) + count rejection
        stop: stopped
        older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    renewing after a login a moment ago:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        transient failure, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring: live g5 (configured, #1 failed) + count failed renewal
        refusal: live g5 (configured, 1 refused, #1 failed) + count failed renewal
        token: live g8 (configured) + count renewal
        sign-out: logged out + revoke + note sign-out + ok
        other source: renewing g5 (refresh g8 #1, file) + ok
        rejected: signing in (refresh g8 #1, configured) + count rejection
        stop: stopped
        rejected again: waiting (too soon, then #1, configured) + count rejection
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    renewing by login:
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9
        transient failure, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring: live g5 (configured, #1 failed) + count failed login
        refusal, refusal of the grant, bad token: live g5 (configured, 1 refused, #1 failed) + count failed login
        token: live g8 (configured) + count login
        sign-out: logged out + revoke + note sign-out + ok
        other source: renewing g5 (login g8 #1, file) + ok
        rejected, rejected again: signing in (login g8 #1, configured) + count rejection
        stop: stopped
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    waiting for the next attempt:
        sign-in: checking g9 (person's), before: waiting (bridge, then #3, configured) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, configured) + login g9 + ok
        stop: stopped
        other source: waiting (bridge, then #3, file) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    waiting, and the time has come:
        sign-in: checking g9 (person's), before: waiting (bridge, then #3, configured) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, configured) + login g9 + ok
        token requested, timer: signing in (login g9 #3, configured) + login g9
        stop: stopped
        other source: waiting (bridge, then #3, file) + ok
        rejected, rejected again, older one rejected, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    cooling down:
        offer: checking g9 (client's), before: waiting (refused, g7 failed, client's, 1 refused) + login g9
        sign-in: checking g9 (person's), before: waiting (refused, g7 failed, client's, 1 refused) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, client's, 1 refused) + login g9 + ok
        stop: stopped
        other source: waiting (refused, g7 failed, file, 1 refused) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer for another account, offer for another bridge: unchanged + err(superseded); the same offer: unchanged + ok
    cooled down:
        sign-in: checking g9 (person's), before: waiting (refused, g7 failed, configured) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        token requested: signing in (login g9 #1, configured) + login g9
        retry: signing in (login g9 #1, configured) + login g9 + ok
        stop: stopped
        other source: waiting (refused, g7 failed, file) + ok
        rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    outage of the bridge with a client's password:
        sign-in: checking g9 (person's), before: waiting (bridge, g7 failed, client's, 1 refused) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, client's, 1 refused) + login g9 + ok
        stop: stopped
        other source: waiting (bridge, g7 failed, file, 1 refused) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    the keyring fails:
        offer, the same offer, offer for another account: checking g9 (client's), before: waiting (other, g7 failed, the keyring) + login g9
        sign-in, sign-in to another account: checking g9 (person's), before: waiting (other, g7 failed, the keyring) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, the keyring) + login g9 + ok
        stop: stopped
        other source, source of another account: waiting (other, g7 failed, file) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; offer for another bridge: unchanged + err(superseded)
    the keyring's password is refused:
        offer, the same offer, offer for another account: checking g9 (client's), before: waiting (refused, g7 failed, the keyring) + login g9
        sign-in, sign-in to another account: checking g9 (person's), before: waiting (refused, g7 failed, the keyring) + login g9
        sign-out, sign-out of another account: logged out + revoke + note sign-out + ok
        retry: signing in (login g9 #1, the keyring) + login g9 + ok
        stop: stopped
        other source, source of another account: waiting (refused, g7 failed, file) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; offer for another bridge: unchanged + err(superseded)
    the keyring's password is refused after it worked:
        sign-in: checking g9 (person's), before: waiting (refused, g7 failed, the keyring's alice) + login g9
        sign-out: logged out + revoke + note sign-out + ok
        stop: stopped
        other source: waiting (refused, g7 failed, file) + ok
        retry: waiting (too soon, then #1, the keyring's alice) + ok
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token, token of an attempt given up, transient failure, refusal, refusal of the grant, bad token, no connection, bad certificate, redirect, short pause, long pause, nothing to log in with, no keyring, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded)
    checking before the first login:
        offer, the same offer, offer for another account, offer for another bridge: checking g8 (person's), before: not yet (client's) + ok
        other source, source of another account: checking g8 (person's), before: not yet (file) + ok
        sign-in, sign-in to another account: checking g9 (person's), before: not yet (none) + login g9 + err(superseded)
        token: live g8 (person's) + count login + ok
        sign-out, sign-out of another account: logged out + revoke + revoke + err(logged out) + note sign-out + ok
        bad token: not yet (none) + count failed check + err(bad token)
        transient failure, refusal of the grant, no connection, bad certificate, redirect, short pause, long pause: not yet (none) + count failed check + err(bridge)
        nothing to log in with: not yet (none) + count failed check + err(no credentials)
        no keyring: not yet (none) + count failed check + err(no keyring)
        refusal: not yet (none) + count failed check + err(refused)
        stop: stopped + err(stopped)
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; retry: unchanged + ok
    checking while logged out:
        sign-in, sign-in to another account: checking g9 (person's), before: logged out + login g9 + err(superseded)
        token: live g8 (person's) + count login + ok
        bad token: logged out + count failed check + err(bad token)
        transient failure, refusal of the grant, no connection, bad certificate, redirect, short pause, long pause: logged out + count failed check + err(bridge)
        nothing to log in with: logged out + count failed check + err(no credentials)
        no keyring: logged out + count failed check + err(no keyring)
        refusal: logged out + count failed check + err(refused)
        sign-out, sign-out of another account: logged out + revoke + err(logged out) + note sign-out + ok
        stop: stopped + err(stopped)
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; other source, source of another account, offer, the same offer, offer for another account, offer for another bridge: unchanged + err(logged out); retry: unchanged + ok
    checking while live:
        other source: checking g8 (person's), before: live g5 (file) + ok
        rejected, rejected again: checking g8 (person's), before: not yet (configured) + count rejection
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9 + err(superseded)
        bad token: live g5 (configured) + count failed check + err(bad token)
        transient failure, refusal of the grant, no connection, bad certificate, redirect, short pause, long pause: live g5 (configured) + count failed check + err(bridge)
        nothing to log in with: live g5 (configured) + count failed check + err(no credentials)
        no keyring: live g5 (configured) + count failed check + err(no keyring)
        refusal: live g5 (configured) + count failed check + err(refused)
        token: live g8 (person's) + count login + ok
        sign-out: logged out + revoke + revoke + err(logged out) + note sign-out + ok
        stop: stopped + err(stopped)
        token requested, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    checking while expired:
        other source: checking g8 (person's), before: live g5 (file) + ok
        token requested: checking g8 (person's), before: not yet (configured)
        rejected, rejected again: checking g8 (person's), before: not yet (configured) + count rejection
        sign-in: checking g9 (person's), before: live g5 (configured) + login g9 + err(superseded)
        bad token: live g5 (configured) + count failed check + err(bad token)
        transient failure, refusal of the grant, no connection, bad certificate, redirect, short pause, long pause: live g5 (configured) + count failed check + err(bridge)
        nothing to log in with: live g5 (configured) + count failed check + err(no credentials)
        no keyring: live g5 (configured) + count failed check + err(no keyring)
        refusal: live g5 (configured) + count failed check + err(refused)
        token: live g8 (person's) + count login + ok
        sign-out: logged out + revoke + revoke + err(logged out) + note sign-out + ok
        stop: stopped + err(stopped)
        older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    checking while cooling down:
        other source: checking g8 (person's), before: waiting (refused, g7 failed, file, 1 refused) + ok
        sign-in: checking g9 (person's), before: waiting (refused, g7 failed, client's, 1 refused) + login g9 + err(superseded)
        token: live g8 (person's) + count login + ok
        sign-out: logged out + revoke + revoke + err(logged out) + note sign-out + ok
        stop: stopped + err(stopped)
        bad token: waiting (refused, g7 failed, client's, 1 refused) + count failed check + err(bad token)
        transient failure, refusal of the grant, no connection, bad certificate, redirect, short pause, long pause: waiting (refused, g7 failed, client's, 1 refused) + count failed check + err(bridge)
        nothing to log in with: waiting (refused, g7 failed, client's, 1 refused) + count failed check + err(no credentials)
        no keyring: waiting (refused, g7 failed, client's, 1 refused) + count failed check + err(no keyring)
        refusal: waiting (refused, g7 failed, client's, 1 refused) + count failed check + err(refused)
        token requested, rejected, rejected again, older one rejected, timer, the source's username, username of an attempt given up, token of an attempt given up, failure of an attempt given up: unchanged; sign-in to another account, sign-out of another account, source of another account: unchanged + err(other account); offer, the same offer, offer for another account, offer for another bridge: unchanged + err(superseded); retry: unchanged + ok
    ");
}
