//! Lines of the journal that are no records hide no mail that waited.

use super::*;
use crate::mail::journal::line_for_test;

impl World {
    /// Changes each line of the journal.
    fn rewrite(&self, change: impl Fn(&str) -> String) {
        let path = self.dir.path().join("approvals-default");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: String = text.lines().map(change).collect();
        std::fs::write(&path, lines).unwrap();
    }
}

/// Returns a line whose checksum is wrong.
fn damage(line: &str) -> String {
    format!("{line}0\n")
}

#[tokio::test]
async fn a_mail_whose_record_is_damaged_is_lost_and_its_number_is_not_used_again() {
    let world = World::new();
    let first = world.start().await;
    let (sent, lost) = (hold(&first, "text").await, hold(&first, "other").await);
    let Ok(Resolved::Approved(mail)) = resolve(&first, &sent, Verdict::Send) else {
        panic!("it waits");
    };
    drop(mail);
    drop(first);
    world.rewrite(damage);
    // The time of the file counts, and the clock of the test is not that of the disk.
    let file = std::fs::File::open(world.vault().join(lost.number.to_string())).unwrap();
    file.set_modified(world.clock.now().wall).unwrap();
    for start in 0..3 {
        let next = world.start().await;
        let list = next.list();
        assert_eq!(list.waiting, [], "{start}");
        let gone: Vec<_> = list
            .gone
            .iter()
            .map(|mail| (mail.number, mail.state))
            .collect();
        assert_eq!(gone, [(lost.number, GoneState::LostMaybeSent)], "{start}");
        assert_eq!(next.skipped().unwrap().unknown, 0);
        assert!(next.skipped().unwrap().damaged > 2);
        assert_eq!(files(&world.vault()), [""; 0]);
    }
    let next = world.start().await;
    assert!(hold(&next, "third").await.number > lost.number);
}

#[tokio::test]
async fn a_waiting_mail_beside_a_damaged_line_waits_on_and_may_have_been_sent() {
    let world = World::new();
    let held = hold(&world.start().await, "text").await;
    world.rewrite(|line| match line.starts_with("numbered") {
        true => damage(line),
        false => format!("{line}\n"),
    });
    // The damaged line may have been the record of a send.
    for _ in 0..2 {
        let list = world.start().await.list();
        assert_eq!(list.waiting[0].number, held.number);
        assert_eq!(list.waiting[0].state, HeldState::MaybeSent);
    }
    // A mail that waits since then was not sent.
    let next = world.start().await;
    let later = hold(&next, "later").await;
    drop(next);
    let list = world.start().await.list();
    assert_eq!(list.waiting[1].number, later.number);
    assert_eq!(list.waiting[1].state, HeldState::Kept);
}

#[tokio::test]
async fn a_mail_whose_record_is_of_a_newer_taid_waits_for_that_one() {
    let world = World::new();
    let held = hold(&world.start().await, "text").await;
    let path = world.dir.path().join("approvals-default");
    let before = std::fs::read_to_string(&path).unwrap();
    world.rewrite(|line| {
        let (record, _) = line.rsplit_once(' ').unwrap();
        line_for_test(&format!("newer-{record}"))
    });
    for _ in 0..2 {
        let older = world.start().await;
        assert_eq!(older.list().gone, []);
        assert!(older.skipped().unwrap().unknown > 0);
        let other = hold(&older, "other").await;
        assert!(other.number > held.number);
        assert!(resolve(&older, &other, Verdict::Discard).is_ok());
    }
    // The newer taid finds its records and its file.
    world.rewrite(|line| match line.strip_prefix("newer-") {
        Some(line) => line_for_test(&line.rsplit_once(' ').unwrap().0),
        None => String::new(),
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert_eq!(world.start().await.list().waiting, [held]);
}
