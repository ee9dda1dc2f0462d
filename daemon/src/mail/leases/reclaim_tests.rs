//! A daemon keeps the mails that its predecessor leased for their clients.

use super::{
    super::{GRACE, Named},
    *,
};
use crate::mail::journal::SystemDisk;
use std::{path::PathBuf, sync::Arc};

const DESK: &str = "desk.alice@tai.chat";
const LAB: &str = "lab.alice@tai.chat";

fn open(path: &std::path::Path, predecessor: Predecessor) -> Leases {
    let leases = Leases::open(path.to_owned(), Arc::new(SystemDisk), predecessor);
    leases.add_client(1);
    leases.add_client(2);
    leases
}

/// Client 1 of a daemon that stops, or is killed, holds the mails 7 (unread) and 8 (marked).
fn predecessor(path: &std::path::Path, stops: bool) {
    let before = open(path, Predecessor::SameBridge);
    for id in [7, 8] {
        before.take(1, id, DESK).unwrap().keep();
    }
    assert!(before.mark(1, 8).is_some());
    if stops {
        before.leave_client(1);
    }
}

fn reclaim(leases: &Leases, client: ClientKey, own: &str) -> Vec<u64> {
    let held = leases.reclaim(client, [7, 8, 9].into_iter(), |address| address == own);
    let mut held: Vec<u64> = held.into_iter().collect();
    held.sort_unstable();
    held
}

fn state_file() -> (tempfile::TempDir, PathBuf) {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/leases");
    (dir, path)
}

#[tokio::test(start_paused = true)]
async fn the_mails_of_a_predecessor_are_leased_to_their_clients_alone() {
    for stops in [true, false] {
        let (_dir, path) = state_file();
        predecessor(&path, stops);
        let after = open(&path, Predecessor::SameBridge);
        assert!(after.take(2, 7, DESK).is_none(), "it is kept for client 1");
        let named = after.take_named(2, 7, DESK, true);
        assert!(matches!(named, Named::Held));
        assert_eq!(reclaim(&after, 2, LAB), [0; 0], "of another address");
        assert_eq!(reclaim(&after, 1, DESK), [7, 8]);
        assert_eq!(reclaim(&after, 1, DESK), [7, 8], "a call may be repeated");
        assert_eq!(reclaim(&after, 2, DESK), [0; 0], "client 1 holds them");
        tokio::time::advance(2 * GRACE).await;
        assert_eq!(after.lapse(), [""; 0]);
        after.begin_look(DESK);
        assert!(after.take(2, 7, DESK).is_none());
        assert!(after.mark(1, 7).is_some());
        for id in [7, 8] {
            after.deliver(1, id, None, |address| address == DESK);
            after.confirm(id);
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_no_client_reclaims_is_free_after_the_time_of_the_reports() {
    let (_dir, path) = state_file();
    predecessor(&path, true);
    // A daemon that is killed before the time has ended keeps the mails for them again.
    drop(open(&path, Predecessor::SameBridge));
    let after = open(&path, Predecessor::SameBridge);
    assert_eq!(after.lapse(), [""; 0], "too soon");
    tokio::time::advance(GRACE).await;
    assert!(after.is_free(7, DESK));
    let named = after.take_named(2, 7, DESK, true);
    assert!(matches!(named, Named::Taken(_)));
    drop(named);
    assert_eq!(after.lapse(), [DESK], "the mail 8 is returned");
    after.take(2, 7, DESK).unwrap().keep();
    assert_eq!(reclaim(&after, 1, DESK), [8], "client 2 has the mail 7");
}

#[tokio::test(start_paused = true)]
async fn the_mails_of_an_unreclaimed_reservation_leave_the_file() {
    let (_dir, path) = state_file();
    let before = open(&path, Predecessor::SameBridge);
    before.take(1, 7, DESK).unwrap().keep();
    before.leave_client(1);
    drop(before);
    let after = open(&path, Predecessor::SameBridge);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), "");
    tokio::time::advance(GRACE).await;
    assert_eq!(after.lapse(), [DESK]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_mail_of_another_bridge_is_not_reclaimed() {
    let (_dir, path) = state_file();
    predecessor(&path, true);
    let after = open(&path, Predecessor::OtherBridge);
    assert_eq!(reclaim(&after, 1, DESK), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn with_a_store_a_daemon_that_stops_gives_its_mails_back() {
    let (_dir, path) = state_file();
    let before = open(&path, Predecessor::SameBridge);
    before.share(Arc::default());
    before.take(1, 7, DESK).unwrap().keep();
    before.leave_client(1);
    assert_eq!(before.reports().freed, [7]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn reclaimed_mails_are_reserved_again_when_the_connection_ends() {
    let (_dir, path) = state_file();
    predecessor(&path, false);
    let after = open(&path, Predecessor::SameBridge);
    for client in [3, 4] {
        after.add_client(client);
        assert_eq!(reclaim(&after, client, DESK), [7, 8]);
        assert_eq!(after.remove_client(client), [""; 0]);
        assert!(after.take(2, 7, DESK).is_none());
        assert!(after.take_returned(2, DESK, |_| true).is_none());
        tokio::time::advance(GRACE / 2).await;
    }
    tokio::time::advance(GRACE).await;
    assert_eq!(after.lapse(), [DESK, DESK]);
    assert!(after.take(2, 7, DESK).is_some());
    assert!(after.take_returned(2, DESK, |_| true).is_some());
}

#[tokio::test(start_paused = true)]
async fn the_deliveries_for_a_store_are_dropped_after_a_day_without_one() {
    let (_dir, path) = state_file();
    let before = open(&path, Predecessor::SameBridge);
    before.share(Arc::default());
    before.take(1, 7, DESK).unwrap().keep();
    assert!(before.mark(1, 7).is_some());
    before.confirm(7);
    before.deliver(1, 7, None, |_| false);
    drop(before);
    let after = open(&path, Predecessor::SameBridge);
    tokio::time::advance(KEPT_FOR / 2).await;
    after.lapse();
    assert_ne!(std::fs::read_to_string(&path).unwrap(), "");
    tokio::time::advance(KEPT_FOR / 2).await;
    after.lapse();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
}
