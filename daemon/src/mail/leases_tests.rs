//! A mail goes to one client at a time, and comes back until it was written.

use super::*;

const DESK: &str = "desk.alice@tai.chat";

fn with_clients() -> Leases {
    let leases = Leases::in_memory();
    leases.joined(1);
    leases.joined(2);
    leases
}

#[tokio::test]
async fn what_one_client_has_no_other_gets_until_it_is_given_back() {
    let leases = with_clients();
    let taken = leases.take(1, 7, DESK).unwrap();
    assert!(leases.take(2, 7, DESK).is_none());
    drop(taken);
    leases.take(2, 7, DESK).unwrap().keep();
    assert!(leases.take(1, 7, DESK).is_none());
    leases.gone(2);
    assert!(leases.take(1, 7, DESK).is_some(), "it was not even marked");
    assert!(leases.take_returned(1, DESK).is_none());
}

#[tokio::test]
async fn what_was_marked_and_not_written_comes_back_first_and_to_its_address_alone() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().keep();
    assert!(!leases.mark(2, 7), "it is not this client's");
    assert!(leases.mark(1, 7));
    leases.gone(1);
    assert!(leases.take_returned(2, "other.alice@tai.chat").is_none());
    assert!(
        leases.take(2, 7, DESK).is_none(),
        "not by a list that is older"
    );
    let taken = leases.take_returned(2, DESK).unwrap();
    assert_eq!(taken.id(), 7);
    taken.keep();
    assert!(leases.mark(2, 7));
    leases.written(7);
    leases.gone(2);
    assert!(leases.take_returned(2, DESK).is_none());
}

#[tokio::test]
async fn a_list_that_is_older_than_the_reading_does_not_give_a_mail_out_again() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().keep();
    leases.mark(1, 7);
    leases.confirm(7);
    leases.look_begins();
    leases.written(7);
    assert!(leases.take(2, 7, DESK).is_none());
    leases.look_begins();
    // What the bridge shows as unread now was not marked, whatever it said.
    assert!(leases.take(2, 7, DESK).is_some());
}

#[tokio::test]
async fn what_was_written_and_not_marked_is_given_to_nobody_and_marked_later() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("state/undelivered");
    let before = Leases::open(path.clone());
    before.joined(1);
    before.take(1, 7, DESK).unwrap().keep();
    before.mark(1, 7);
    before.written(7);
    drop(before);

    let after = Leases::open(path.clone());
    after.joined(2);
    after.look_begins();
    assert_eq!(after.unmarked_of(&[6, 7]), Some(7));
    assert!(after.take(2, 7, DESK).is_none());
    after.confirm(7);
    assert_eq!(after.unmarked_of(&[6, 7]), None);
    assert!(after.take(2, 7, DESK).is_none(), "the list is older");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "");
}

#[tokio::test]
async fn a_client_that_went_while_it_was_served_keeps_nothing() {
    let leases = with_clients();
    let taken = leases.take(1, 7, DESK).unwrap();
    leases.gone(1);
    taken.keep();
    assert!(leases.take(2, 7, DESK).is_some());
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_daemon_had_marked_is_given_out_after_its_clients_could_speak() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("state/undelivered");
    let before = Leases::open(path.clone());
    before.joined(1);
    for id in [7, 8, 9] {
        before.take(1, id, DESK).unwrap().keep();
    }
    before.mark(1, 7);
    before.mark(1, 8);
    drop(before);

    let after = Leases::open(path.clone());
    after.joined(5);
    assert!(after.take_returned(5, DESK).is_none(), "too soon");
    // The client of the dead daemon had written one of the two.
    after.written(8);
    tokio::time::advance(GRACE).await;
    let taken = after.take_returned(5, DESK).unwrap();
    assert_eq!(taken.id(), 7);
    taken.keep();
    assert!(after.take_returned(5, DESK).is_none());
    after.written(7);
    for id in [7, 8] {
        after.confirm(id);
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_marked_mail_that_is_missing_is_asked_for_again_for_a_day() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().keep();
    leases.mark(1, 7);
    leases.gone(1);
    let start = Instant::now();
    leases.take_returned(2, DESK).unwrap().missed();
    assert!(leases.take_returned(2, DESK).is_none(), "not at once");
    let day = Duration::from_secs(86_400);
    for soon in [day / 24, day - Duration::from_secs(1)] {
        tokio::time::advance(soon - start.elapsed()).await;
        leases.take_returned(2, DESK).unwrap().missed();
        tokio::time::advance(Duration::from_millis(500)).await;
        assert!(leases.take_returned(2, DESK).is_none(), "not at once");
    }
    tokio::time::advance(Duration::from_secs(31)).await;
    leases.take_returned(2, DESK).unwrap().missed();
    tokio::time::advance(day).await;
    assert!(leases.take_returned(2, DESK).is_none(), "it is believed");
}

#[tokio::test]
async fn a_mail_that_is_missing_and_was_not_marked_is_forgotten_at_once() {
    let leases = with_clients();
    leases.take(1, 7, DESK).unwrap().missed();
    leases.gone(1);
    assert!(leases.take_returned(2, DESK).is_none());
    leases.look_begins();
    assert!(leases.take(2, 7, DESK).is_some());
}

#[tokio::test]
async fn a_deleted_mail_does_not_come_back_from_whoever_had_it() {
    let leases = with_clients();
    for id in [7, 8] {
        leases.take(1, id, DESK).unwrap().keep();
        leases.mark(1, id);
    }
    leases.dropped(7);
    leases.gone(1);
    leases.dropped(8);
    assert!(leases.take_returned(2, DESK).is_none());
}

#[tokio::test]
async fn of_the_unmarked_mails_the_oldest_is_forgotten() {
    let leases = with_clients();
    for id in 0..=MAX_UNMARKED as u64 {
        leases.take(1, id, DESK).unwrap().keep();
        leases.mark(1, id);
        leases.written(id);
    }
    assert_eq!(leases.unmarked_of(&[0]), None);
    assert_eq!(leases.unmarked_of(&[1]), Some(1));
}

#[tokio::test]
async fn a_file_with_more_lines_than_are_needed_is_written_anew() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("state/undelivered");
    crate::os::private_dir(path.parent().unwrap()).unwrap();
    let open = |text: &str| {
        std::fs::write(&path, text).unwrap();
        drop(Leases::open(path.clone()));
        std::fs::read_to_string(&path).unwrap()
    };
    assert_eq!(open("+7 a@b\n-7\n+8 a@b\n=9\nnonsense\n"), "+8 a@b\n=9\n");
    // What is needed is left as it is: rewriting can fail.
    use std::os::unix::fs::MetadataExt as _;
    let inode = || std::fs::metadata(&path).unwrap().ino();
    std::fs::write(&path, "+8 a@b\n=9\n").unwrap();
    let before = inode();
    drop(Leases::open(path.clone()));
    assert_eq!(inode(), before);
}
