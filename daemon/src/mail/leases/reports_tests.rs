//! What the store of the shared leases learns of each change.

use super::{
    super::{journal::SystemDisk, state_files::Predecessor},
    Leases,
    lease::{Lease, State},
    reports::{End, HandedOver, Reports, end},
    state::{Event, step},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;

const DESK: &str = "desk.alice@tai.chat";

fn shared() -> Leases {
    let leases = Leases::in_memory();
    leases.share(Arc::new(Notify::new()));
    leases.add_client(1);
    leases
}

#[tokio::test(start_paused = true)]
async fn each_end_of_a_lease_is_reported_until_the_store_has_it() {
    let leases = shared();
    for id in 1..=6 {
        leases.take(1, id, DESK).unwrap().keep();
    }
    for id in [3, 4, 5] {
        let _ = leases.mark(1, id);
    }
    leases.confirm(4);
    leases.give_back(1, 1);
    leases.delete(2);
    leases.give_back(1, 3);
    leases.deliver(1, 4, None, |_| false);
    leases.deliver(1, 5, None, |_| false);
    let reports = leases.reports();
    let handed_over = vec![HandedOver {
        id: 3,
        address: DESK.to_owned(),
        is_missing: false,
    }];
    let expected = Reports {
        held: vec![6],
        handed_over,
        freed: vec![1],
        gone: vec![2],
        claimed: vec![],
        unconfirmed: vec![5],
        delivered: vec![4],
    };
    assert_eq!(reports, expected);
    assert_eq!(leases.reports(), expected, "until the store has them");
    // A change while the store records the reports.
    leases.confirm(5);
    leases.reported(&reports);
    let left = Reports {
        held: vec![6],
        delivered: vec![5],
        ..Reports::default()
    };
    assert_eq!(leases.reports(), left);
    assert!(leases.is_free(3, DESK), "the store has taken it over");
}

#[tokio::test(start_paused = true)]
async fn a_missing_mail_is_handed_over_after_a_while() {
    let leases = shared();
    leases.take(1, 7, DESK).unwrap().keep();
    let _ = leases.mark(1, 7);
    leases.remove_client(1);
    leases.take_returned(2, DESK, |_| true).unwrap().miss();
    assert!(!leases.reports().has_ends());
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(leases.reports().handed_over[0].is_missing);
}

#[tokio::test]
async fn a_mail_that_is_read_by_its_id_is_reported_unless_a_client_holds_it() {
    let leases = shared();
    leases.take(1, 1, DESK).unwrap().keep();
    leases.read(1, true);
    leases.read(2, true);
    leases.read(3, false);
    for id in [1, 3, 4] {
        leases.begin_named(id);
        leases.end_named(id, true);
    }
    let expected = Reports {
        held: vec![1],
        freed: vec![4],
        unconfirmed: vec![3],
        delivered: vec![2],
        ..Reports::default()
    };
    assert_eq!(leases.reports(), expected);
}

#[tokio::test]
async fn a_report_without_a_lease_is_a_claim_of_its_address() {
    let leases = Leases::in_memory();
    leases.share(Arc::default());
    for id in [7, 8] {
        leases.deliver(1, id, Some(DESK), |_| false);
    }
    leases.disown(8);
    let claims = Reports {
        claimed: vec![(7, DESK.to_owned())],
        ..Reports::default()
    };
    assert_eq!(leases.reports(), claims);
    leases.confirm(7);
    let delivered = Reports {
        delivered: vec![7],
        ..Reports::default()
    };
    assert_eq!(leases.reports(), delivered);
}

#[tokio::test]
async fn a_claim_that_is_disowned_leaves_an_earlier_delivery_to_the_store() {
    let leases = shared();
    leases.take(1, 7, DESK).unwrap().keep();
    let _ = leases.mark(1, 7);
    leases.confirm(7);
    leases.deliver(1, 7, None, |_| false);
    // The lease ends here before the store has the delivery.
    leases.begin_look(DESK);
    leases.deliver(2, 7, Some("lab.alice@tai.chat"), |_| false);
    leases.disown(7);
    assert_eq!(leases.reports().delivered, [7]);
}

#[tokio::test]
async fn deliveries_that_the_store_does_not_have_outlive_the_daemon() {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/leases");
    let open = || Leases::open(path.clone(), Arc::new(SystemDisk), Predecessor::SameBridge);
    let share = || {
        let leases = open();
        leases.share(Arc::default());
        leases.add_client(1);
        leases
    };
    let leases = share();
    for id in 1..=3 {
        leases.take(1, id, DESK).unwrap().keep();
        let _ = leases.mark(1, id);
    }
    leases.confirm(1);
    leases.confirm(2);
    for id in 1..=3 {
        leases.deliver(1, id, None, |_| false);
    }
    // A later look ends the lease here, and a late list shows the mail.
    leases.begin_look(DESK);
    leases.take(1, 1, DESK).unwrap().keep();
    leases.give_back(1, 1);
    drop(leases);
    drop(open());
    let leases = share();
    let reports = leases.reports();
    let expected = Reports {
        claimed: vec![(3, DESK.to_owned())],
        delivered: vec![1, 2],
        ..Reports::default()
    };
    assert_eq!(reports, expected);
    leases.reported(&reports);
    drop(leases);
    let reports = share().reports();
    assert_eq!((reports.delivered, reports.claimed.len()), (vec![], 1));
}

#[tokio::test]
async fn leases_of_one_machine_report_nothing() {
    let leases = Leases::in_memory();
    leases.add_client(1);
    leases.take(1, 1, DESK).unwrap().keep();
    leases.delete(1);
    leases.read(2, true);
    assert_eq!(leases.reports(), Reports::default());
}

#[test]
fn no_written_mail_ever_counts_as_free() {
    let now = Instant::now();
    let (client, address) = (1, DESK);
    let events = [
        Event::Take { client, address },
        Event::TakeReturned { client },
        Event::Mark { client },
        Event::Confirm,
        Event::Deliver { client, own: true },
        Event::DeliverForgotten { address },
        Event::GiveBack { client },
        Event::Leave { client, until: now },
        Event::Miss { client },
        Event::Postpone { client },
        Event::Read { confirmed: true },
        Event::Read { confirmed: false },
        Event::Look,
        Event::HandOver,
    ];
    for state in [State::Unconfirmed, State::Delivered] {
        for event in events {
            let before = Some(Lease {
                address: DESK.to_owned(),
                state,
            });
            let after = step(before, event, now).map(|lease| lease.state);
            let end = end(Some(state), event, after);
            assert!(
                matches!(
                    end,
                    None | Some(End::Claimed | End::Unconfirmed | End::Delivered)
                ),
                "{state:?} {event:?} {end:?}"
            );
        }
    }
}
