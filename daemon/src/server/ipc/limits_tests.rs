//! Limits of connections, calls and frames at each kind of socket.

use super::{super::large_frames::Room, *};
use std::time::Duration;
use tai_proto::{
    Method as _,
    approval::Consent,
    call::{Delivery, EndLease, Fetch, GetInfo, GetStatus, List, Search, Settle, Submit, Watch},
    frame::MAX_FRAME,
    mail::{Draft, Format, Target},
};
use tokio::time::timeout;

fn submit(length: usize) -> Call {
    let draft = Draft {
        target: Target::New { to: None },
        subject: None,
        content: "a".repeat(length).as_str().into(),
        format: Format::Markdown,
    };
    let submit = Submit {
        draft,
        insist: false,
        once: false,
        consent: Consent::Preview,
    };
    submit.into_call()
}

#[test]
fn a_confined_client_takes_no_connection_of_a_person_and_few_of_other_agents() {
    let mut limits = Limits::new(None);
    let confined = Door::Instance("desk".parse().unwrap());
    let mut places: Vec<_> = (0..CONNECTIONS_OF_INSTANCE)
        .map(|_| limits.connect(&confined).unwrap())
        .collect();
    assert!(limits.connect(&confined).is_err());
    let other = Door::Instance("lab".parse().unwrap());
    places.push(limits.connect(&other).unwrap());
    while let Ok(place) = limits.connect(&Door::Agents) {
        places.push(place);
    }
    assert_eq!(places.len(), CONNECTIONS);
    assert!(limits.connect(&other).is_err());
    assert!(limits.connect(&Door::Persons).is_ok());
    places.truncate(CONNECTIONS_OF_INSTANCE - 1);
    assert!(limits.connect(&confined).is_ok());
}

#[tokio::test(start_paused = true)]
async fn requests_for_a_status_wait_until_others_are_answered() {
    let limits = DoorLimits::of(&Door::Agents);
    let call = GetStatus.into_call();
    let mut shares = Vec::new();
    for _ in 0..STATUSES {
        let mut share = limits.share(&call, &Turns::of_connection()).unwrap();
        share.ready().await;
        shares.push(share);
    }
    let mut next = limits.share(&call, &Turns::of_connection()).unwrap();
    let soon = Duration::from_secs(1);
    assert!(timeout(soon, next.ready()).await.is_err());
    let own = Turns::of_connection();
    let mut other = limits.share(&GetInfo.into_call(), &own).unwrap();
    other.ready().await;
    let mut next = limits.share(&call, &own).unwrap();
    shares.pop();
    assert!(timeout(soon, next.ready()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_one_connection_leave_places_for_the_status_of_others() {
    let limits = DoorLimits::of(&Door::Agents);
    let (call, own) = (GetStatus.into_call(), Turns::of_connection());
    let soon = Duration::from_secs(1);
    let mut shares: Vec<_> = (0..STATUSES)
        .map(|_| limits.share(&call, &own).unwrap())
        .collect();
    let mut ready = 0;
    for share in &mut shares {
        ready += usize::from(timeout(soon, share.ready()).await.is_ok());
    }
    assert_eq!(ready, STATUSES_OF_CONNECTION);
    let mut other = limits.share(&call, &Turns::of_connection()).unwrap();
    assert!(timeout(soon, other.ready()).await.is_ok());
}

#[test]
fn connections_leave_descriptors_for_persons_and_for_the_daemon() {
    for (descriptors, agents, persons) in [
        (None, 1100, 64),
        (Some(8192), 1100, 64),
        (Some(1024), 892, 64),
        (Some(256), 141, 47),
        (Some(64), 12, 4),
        (Some(8), 2, 2),
    ] {
        let expected = Connections { agents, persons };
        assert_eq!(
            Connections::within(descriptors),
            expected,
            "{descriptors:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_large_frames_of_a_confined_client_hold_up_no_other_client() {
    let mut limits = Limits::new(None);
    let mut room = |door: &Door| Room::new(limits.of(door).frames.clone());
    let confined = Door::Instance("desk".parse().unwrap());
    let mut rooms = Vec::new();
    loop {
        let mut next = room(&confined);
        let change = next.change(MAX_FRAME);
        if timeout(Duration::from_millis(1), change).await.is_err() {
            break;
        }
        rooms.push(next);
    }
    assert_eq!(rooms.len(), (FRAMES_OF_INSTANCE << 10) / MAX_FRAME);
    for door in [Door::Agents, Door::Persons] {
        let mut other = room(&door);
        assert!(other.change(MAX_FRAME).await.is_ok() && other.fits(MAX_FRAME));
    }
}

#[test]
fn the_calls_of_a_confined_client_have_a_bounded_number_and_content() {
    let limits = DoorLimits::of(&Door::Instance("desk".parse().unwrap()));
    let own = Turns::of_connection();
    let mut shares = Vec::new();
    while let Some(share) = limits.share(&submit(1 << 20), &own) {
        shares.push(share);
    }
    assert_eq!(shares.len(), CONTENT_OF_INSTANCE >> 10);
    while let Some(share) = limits.share(&GetInfo.into_call(), &own) {
        shares.push(share);
    }
    assert_eq!(shares.len(), CALLS_OF_INSTANCE);
    // A wait holds nothing, and a lease ends at any time.
    let id = "7".parse().unwrap();
    let delivery = Delivery::Returned;
    for free in [
        Watch { since: None }.into_call(),
        EndLease { id, delivery }.into_call(),
        Settle { id }.into_call(),
    ] {
        assert!(limits.share(&free, &own).is_some());
    }
    shares.clear();
    assert!(limits.share(&submit(1 << 20), &own).is_some());
    let limits = DoorLimits::of(&Door::Agents);
    assert!((0..2000).all(|_| limits.share(&GetInfo.into_call(), &own).is_some()));
}

#[tokio::test(start_paused = true)]
async fn the_searches_of_one_connection_leave_turns_for_other_clients() {
    let limits = DoorLimits::of(&Door::Agents);
    let search = Search {
        query: "word".into(),
        limit: 1,
        unread_only: false,
    };
    let (call, own) = (search.into_call(), Turns::of_connection());
    let soon = Duration::from_secs(1);
    let mut shares: Vec<_> = (0..SEARCHES)
        .map(|_| limits.share(&call, &own).unwrap())
        .collect();
    let mut begun = 0;
    for share in &mut shares {
        begun += usize::from(timeout(soon, share.ready()).await.is_ok());
    }
    assert_eq!(begun, SEARCHES_OF_CONNECTION);
    let mut other = limits.share(&call, &Turns::of_connection()).unwrap();
    assert!(timeout(soon, other.ready()).await.is_ok());
    // The turns of a mail are others, and a list without previews reads no body.
    let mut fetch = limits.share(&Fetch::OLDEST.into_call(), &own).unwrap();
    assert!(timeout(soon, fetch.ready()).await.is_ok());
    let list = List {
        limit: 10,
        offset: 0,
        show_read: true,
        previews: false,
    };
    let mut list = limits.share(&list.into_call(), &own).unwrap();
    assert!(timeout(soon, list.ready()).await.is_ok());
}
