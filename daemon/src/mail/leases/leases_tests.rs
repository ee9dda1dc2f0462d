//! A mail goes to one client at a time, until a client has written it.

use super::{
    super::journal::SystemDisk,
    state::BELIEVE_MISSING,
    table::{GRACE, MAX_UNCONFIRMED},
    *,
};
use std::time::Duration;

const DESK: &str = "desk.alice@tai.chat";
const LAB: &str = "lab.alice@tai.chat";

fn with_clients() -> Leases {
    let leases = Leases::in_memory();
    leases.add_client(1);
    leases.add_client(2);
    leases
}

/// Client 1 takes the mail and is about to write it.
fn marked(leases: &Leases, id: u64) {
    leases.take(1, id, DESK).unwrap().keep();
    assert!(leases.mark(1, id).is_some());
}

/// A client of the desk has written the mail.
fn deliver(leases: &Leases, client: ClientKey, id: u64) {
    leases.deliver(client, id, None, |address| address == DESK);
}

fn open(path: PathBuf) -> Leases {
    Leases::open(path, Arc::new(SystemDisk), Predecessor::SameBridge)
}

fn state_file() -> (tempfile::TempDir, PathBuf) {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/leases");
    (dir, path)
}

fn is_returned(leases: &Leases, client: ClientKey) -> bool {
    leases.take_returned(client, DESK, |_| true).is_some()
}

#[tokio::test]
async fn a_report_about_a_mail_of_an_earlier_bridge_is_about_no_mail_of_this_one() {
    let report = |predecessor| {
        let (_dir, path) = state_file();
        let leases = Leases::open(path, Arc::new(SystemDisk), predecessor);
        leases.add_client(1);
        leases.deliver(1, 7, Some(DESK), |address| address == DESK);
        leases.take(1, 7, DESK).is_some()
    };
    assert!(!report(Predecessor::SameBridge), "client 1 has written it");
    assert!(report(Predecessor::OtherBridge));
    // A client of this daemon reports its own mails.
    let (_dir, path) = state_file();
    let leases = Leases::open(path, Arc::new(SystemDisk), Predecessor::OtherBridge);
    leases.add_client(1);
    marked(&leases, 8);
    deliver(&leases, 1, 8);
    assert!(leases.take(1, 8, DESK).is_none());
}

#[tokio::test]
async fn a_mail_goes_to_one_client_until_it_is_given_back() {
    let leases = with_clients();
    let taken = leases.take(1, 7, DESK).unwrap();
    assert!(leases.take(2, 7, DESK).is_none());
    assert!(leases.take(1, 7, DESK).is_none(), "nor twice to the same");
    assert!(leases.take(2, 7, DESK).is_none(), "a refusal ends no lease");
    drop(taken);
    leases.take(2, 7, DESK).unwrap().keep();
    assert!(leases.take(1, 7, DESK).is_none());
    assert_eq!(leases.remove_client(2), [DESK]);
    assert!(leases.take(1, 7, DESK).is_some(), "it was not marked");
    assert!(!is_returned(&leases, 1));
}

#[tokio::test]
async fn a_marked_mail_that_was_not_written_is_leased_first_and_only_to_its_address() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().keep();
    assert!(leases.mark(2, 7).is_none(), "another client holds it");
    assert!(leases.mark(1, 7).is_some());
    leases.remove_client(1);
    assert!(leases.take_returned(2, LAB, |_| true).is_none());
    assert!(leases.take(2, 7, DESK).is_none(), "from an older list");
    let taken = leases.take_returned(2, DESK, |_| true).unwrap();
    assert_eq!(taken.id(), 7);
    taken.keep();
    assert!(leases.mark(2, 7).is_some());
    deliver(&leases, 2, 7);
    leases.remove_client(2);
    assert!(!is_returned(&leases, 2));
}

#[tokio::test]
async fn a_mail_that_a_client_names_is_leased_unless_a_client_holds_it_or_has_written_it() {
    let leases = with_clients();
    let named = |client, id, is_unread| leases.take_named(client, id, DESK, is_unread);
    assert!(matches!(named(1, 6, false), Named::Read));
    let Named::Taken(taken) = named(1, 7, true) else {
        panic!("it is free");
    };
    taken.keep();
    assert!(matches!(named(2, 7, true), Named::Held));
    assert!(leases.mark(1, 7).is_some());
    assert!(matches!(named(2, 7, false), Named::Held));
    // The bridge counts it as read, and no client has written it.
    leases.remove_client(1);
    let Named::Taken(taken) = named(2, 7, false) else {
        panic!("it was returned");
    };
    taken.keep();
    deliver(&leases, 2, 7);
    for is_unread in [true, false] {
        assert!(matches!(named(2, 7, is_unread), Named::Read));
    }
}

#[tokio::test]
async fn a_list_older_than_the_delivery_does_not_lease_the_mail_again() {
    let leases = with_clients();
    marked(&leases, 7);
    leases.confirm(7);
    leases.begin_look(DESK);
    deliver(&leases, 1, 7);
    assert!(leases.take(2, 7, DESK).is_none());
    leases.begin_look(LAB);
    assert!(leases.take(2, 7, DESK).is_none(), "another address's list");
    leases.begin_look(DESK);
    assert!(leases.take(2, 7, DESK).is_some(), "it was not marked");
}

#[tokio::test]
async fn a_delivered_mail_that_was_not_marked_is_not_leased_and_is_marked_later() {
    let (_dir, path) = state_file();
    let before = open(path.clone());
    before.add_client(1);
    marked(&before, 7);
    deliver(&before, 1, 7);
    drop(before);

    let after = open(path.clone());
    after.add_client(2);
    after.begin_look(DESK);
    assert_eq!(
        after.unconfirmed_of(DESK, &[6, 7]),
        Some(Written::Listed(7))
    );
    assert!(after.take(2, 7, DESK).is_none());
    after.confirm(7);
    assert_eq!(after.unconfirmed_of(DESK, &[6, 7]), None);
    assert!(after.take(2, 7, DESK).is_none(), "the list is older");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "");
}

#[tokio::test]
async fn a_client_that_disconnected_during_its_call_keeps_nothing() {
    let leases = with_clients();
    let taken = leases.take(1, 7, DESK).unwrap();
    leases.remove_client(1);
    taken.keep();
    assert!(leases.take(2, 7, DESK).is_some());
    // A call that takes its mail after the client has gone.
    leases.take(1, 8, DESK).unwrap().keep();
    assert!(leases.take(2, 8, DESK).is_some());
}

#[tokio::test]
async fn a_taken_mail_that_is_dropped_ends_no_other_clients_lease() {
    let leases = with_clients();
    let stale = leases.take(1, 7, DESK).unwrap();
    leases.delete(7);
    leases.take(2, 7, DESK).unwrap().keep();
    drop(stale);
    assert!(
        leases.mark(2, 7).is_some(),
        "the second client still holds it"
    );
}

#[tokio::test(start_paused = true)]
async fn a_killed_daemons_marked_mails_are_leased_after_its_clients_could_report() {
    let (_dir, path) = state_file();
    let before = open(path.clone());
    before.add_client(1);
    marked(&before, 7);
    marked(&before, 8);
    before.take(1, 9, DESK).unwrap().keep();
    drop(before);

    let after = open(path.clone());
    after.add_client(5);
    assert!(!is_returned(&after, 5), "too soon");
    // The client of the killed daemon had written one of the two.
    deliver(&after, 5, 8);
    tokio::time::advance(GRACE).await;
    assert_eq!(after.lapse(), [DESK, DESK], "the mails 7 and 9 are free");
    let taken = after.take_returned(5, DESK, |_| true).unwrap();
    assert_eq!(taken.id(), 7);
    taken.keep();
    assert!(!is_returned(&after, 5));
    deliver(&after, 5, 7);
    for id in [7, 8] {
        after.confirm(id);
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_missing_marked_mail_is_requested_again_for_a_day() {
    let leases = with_clients();
    marked(&leases, 7);
    leases.remove_client(1);
    let start = tokio::time::Instant::now();
    leases.take_returned(2, DESK, |_| true).unwrap().miss();
    assert!(!is_returned(&leases, 2), "not at once");
    let day = BELIEVE_MISSING;
    for soon in [day / 24, day - Duration::from_secs(1)] {
        tokio::time::advance(soon - start.elapsed()).await;
        leases.take_returned(2, DESK, |_| true).unwrap().miss();
        tokio::time::advance(Duration::from_millis(500)).await;
        assert!(!is_returned(&leases, 2), "not at once");
    }
    tokio::time::advance(Duration::from_secs(31)).await;
    leases.take_returned(2, DESK, |_| true).unwrap().miss();
    tokio::time::advance(day).await;
    assert!(!is_returned(&leases, 2), "the bridge is believed");
}

#[tokio::test]
async fn a_missing_mail_that_was_not_marked_loses_its_lease_at_once() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().miss();
    leases.remove_client(1);
    assert!(!is_returned(&leases, 2));
    leases.begin_look(DESK);
    assert!(leases.take(2, 7, DESK).is_some());
}

#[tokio::test]
async fn a_deleted_mail_does_not_come_back_from_its_holder() {
    let leases = with_clients();
    marked(&leases, 7);
    marked(&leases, 8);
    leases.delete(7);
    leases.remove_client(1);
    leases.delete(8);
    assert!(!is_returned(&leases, 2));
}

#[tokio::test]
async fn a_returned_mail_that_is_read_by_its_id_is_not_leased_again() {
    for confirmed in [true, false] {
        let leases = with_clients();
        marked(&leases, 7);
        leases.remove_client(1);
        leases.read(7, confirmed);
        assert!(!is_returned(&leases, 2));
        assert!(leases.take(2, 7, DESK).is_none(), "from an older list");
        let marked_later = leases.unconfirmed_of(DESK, &[7]);
        assert_eq!(marked_later.is_none(), confirmed);
    }
}

#[tokio::test]
async fn a_report_from_a_client_without_the_lease_does_not_end_it() {
    let leases = with_clients();
    marked(&leases, 7);
    deliver(&leases, 2, 7);
    leases.remove_client(1);
    leases.deliver(2, 7, None, |address| address == LAB);
    let taken = leases.take_returned(2, DESK, |_| true).unwrap();
    assert_eq!(taken.id(), 7);
    drop(taken);
    deliver(&leases, 2, 7);
    assert!(!is_returned(&leases, 2), "its own address's mail counts");
}

#[tokio::test]
async fn a_report_of_a_mail_whose_record_was_lost_keeps_the_mail_from_other_clients() {
    let leases = with_clients();
    leases.deliver(1, 7, Some(DESK), |_| false);
    leases.begin_look(DESK);
    assert!(leases.take(2, 7, DESK).is_none());
    assert_eq!(leases.unconfirmed_of(DESK, &[7]), Some(Written::Listed(7)));
}

#[tokio::test]
async fn a_report_of_a_mail_of_another_address_does_not_count_for_its_own_clients() {
    let leases = with_clients();
    leases.deliver(1, 7, Some(LAB), |_| false);
    assert!(leases.is_free(7, DESK));
    assert!(!leases.is_free(7, LAB));
    assert_eq!(leases.unconfirmed_of(DESK, &[7]), None);
    assert_eq!(
        leases.unconfirmed_of(LAB, &[]),
        Some(Written::Unlisted(7)),
        "it is looked at before it is marked"
    );
    leases.take(2, 7, DESK).unwrap().keep();
    assert!(leases.take(1, 7, LAB).is_none());
    leases.deliver(1, 7, Some(LAB), |address| address == LAB);
    leases.remove_client(2);
    assert!(leases.take(2, 7, DESK).is_some());
}

#[tokio::test]
async fn reports_of_one_address_do_not_push_out_those_of_another() {
    let leases = with_clients();
    marked(&leases, 7);
    deliver(&leases, 1, 7);
    for id in 100..100 + 2 * MAX_UNCONFIRMED as u64 {
        leases.deliver(1, id, Some(LAB), |_| false);
    }
    assert_eq!(leases.unconfirmed_of(DESK, &[7]), Some(Written::Listed(7)));
    let kept = (100..)
        .take(2 * MAX_UNCONFIRMED)
        .filter(|id| !leases.is_free(*id, LAB));
    assert_eq!(kept.count(), MAX_UNCONFIRMED);
}

#[tokio::test]
async fn a_mail_that_was_written_and_never_marked_is_marked_later() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().keep();
    deliver(&leases, 1, 7);
    leases.begin_look(DESK);
    assert_eq!(leases.unconfirmed_of(DESK, &[7]), Some(Written::Listed(7)));
    assert!(leases.take(2, 7, DESK).is_none());
}

#[tokio::test]
async fn the_oldest_of_too_many_unconfirmed_mails_is_dropped() {
    let (_dir, path) = state_file();
    let leases = open(path.clone());
    leases.add_client(1);
    for id in 0..=MAX_UNCONFIRMED as u64 {
        marked(&leases, id);
        deliver(&leases, 1, id);
    }
    let again = open(path);
    for leases in [leases, again] {
        assert_ne!(leases.unconfirmed_of(DESK, &[0]), Some(Written::Listed(0)));
        assert_eq!(leases.unconfirmed_of(DESK, &[1]), Some(Written::Listed(1)));
    }
}

#[tokio::test]
async fn an_unconfirmed_mail_that_no_list_shows_is_marked_once_and_its_lease_ends() {
    let (_dir, path) = state_file();
    let before = open(path.clone());
    before.add_client(1);
    marked(&before, 7);
    deliver(&before, 1, 7);
    drop(before);
    let after = open(path.clone());
    assert_eq!(after.unconfirmed_of(LAB, &[]), None);
    assert_eq!(after.unconfirmed_of(DESK, &[8]), Some(Written::Unlisted(7)));
    assert_eq!(after.unconfirmed_of(DESK, &[8]), None, "once");
    assert_eq!(
        after.unconfirmed_of(DESK, &[7]),
        Some(Written::Listed(7)),
        "it is unread"
    );
    after.confirm(7);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "");
}

#[tokio::test]
async fn the_file_stays_short_while_one_lease_lasts() {
    let (_dir, path) = state_file();
    let leases = open(path.clone());
    leases.add_client(1);
    marked(&leases, 1);
    for id in 2..2_000 {
        leases.take(1, id, DESK).unwrap().keep();
        let promise = leases.mark(1, id).unwrap();
        if id % 40 == 0 {
            let soon = tokio::time::Instant::now() + Duration::from_secs(60);
            promise.kept(soon).await.unwrap();
        }
        leases.confirm(id);
        deliver(&leases, 1, id);
        leases.begin_look(DESK);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.lines().count() <= 340, "{}", text.lines().count());
    leases.remove_client(1);
    assert_eq!(leases.take_returned(2, DESK, |_| true).unwrap().id(), 1);
}
