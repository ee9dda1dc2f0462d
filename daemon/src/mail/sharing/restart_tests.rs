//! A daemon that is started again, and what its clients report to it.

use super::*;
use tai_proto::names::Profile;

#[tokio::test(start_paused = true)]
async fn a_restart_while_the_store_is_away_repeats_no_mail() {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let files =
        || Some(StateFiles::at_bridge(dir.path(), &Profile::default(), "https://a").unwrap());
    let world = World::new();
    let (a, b) = (world.machine_at(1, files()), world.machine(2));
    for id in 1..=3 {
        world.mailbox.deliver(id, DESK);
        assert_eq!(fetch(&a).await, Some(id));
        assert_eq!(settle(&a, id).await, Ok(true));
    }
    world.store.behave(Behaviour::Fails);
    deliver(&a, 1).await;
    drop(a);
    let a = world.machine_at(3, files());
    // Longer than the time in which a restarted daemon knows the mails of its predecessor.
    sleep(Duration::from_secs(5)).await;
    world.store.behave(Behaviour::Answers);
    sleep(Duration::from_secs(5)).await;
    let reported = "1 delivered none, 2 marked 1, 3 marked 1";
    assert_eq!(world.store.shown(), reported, "no client has called");
    // A client cannot end the lease of another instance, nor can the next daemon because of it.
    a.deliver(Some(&instance("other")), CLIENT, mail_id(3));
    a.report_leases(soon()).await;
    assert_eq!(world.store.shown(), reported);
    deliver(&a, 2).await;
    let reported = "1 delivered none, 2 unconfirmed none, 3 marked 1";
    assert_eq!(world.store.shown(), reported);
    drop(a);
    let a = world.machine_at(4, files());
    sleep(Duration::from_secs(5)).await;
    assert_eq!(world.store.shown(), reported);
    drop(a);
    sleep(TTL * 2).await;
    assert_eq!(read(&b).await, Some(3), "no client has written it");
    assert_eq!(fetch(&b).await, None);
}
