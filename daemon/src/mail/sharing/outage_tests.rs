//! A store that fails for long.

use super::{Behaviour, Duration, TTL, World, fetch, sleep};
use crate::mail::StoreState;

#[tokio::test(start_paused = true)]
async fn a_store_that_refuses_for_longer_than_a_lease_is_asked_less_often_and_then_as_before() {
    let world = World::new();
    let machine = world.machine(1);
    assert_eq!(fetch(&machine).await, None);
    world.store.behave(Behaviour::Fails);
    let asked = async |time| {
        let before = world.store.asked();
        sleep(time).await;
        world.store.asked() - before
    };
    // A short failure costs no lease.
    assert!(asked(TTL).await > 30);
    let hour = Duration::from_secs(60 * 60);
    asked(TTL).await;
    let (often, seldom) = (asked(hour).await, hour.as_secs() / 15);
    assert!(often <= seldom, "{often} requests in an hour");
    world.store.behave(Behaviour::Answers);
    asked(TTL / 4).await;
    assert!(matches!(machine.store_state(), Some(StoreState::Answers)));
}
