//! Time, and a mail that may have been sent.

use super::{tests::waiting, *};
use std::time::SystemTime;

#[test]
fn neither_sleep_nor_a_wall_clock_that_is_set_changes_the_hour() {
    let at = |wall: u64, since_boot: u64| Stamp {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
        boot: 1,
        since_boot: Duration::from_secs(since_boot),
    };
    for (what, now, waits) in [
        ("the clock is set back", at(0, 3_700), true),
        ("the clock is set a day forward", at(190_000, 3_700), true),
        (
            "the machine slept for an hour",
            at(103_600, 3_700 + 3_500),
            false,
        ),
        (
            "the clock is set back for an hour",
            at(0, 3_700 + 3_500),
            false,
        ),
    ] {
        let held = Approval::Held(waiting("text", at(100_000, 3_600)));
        let (after, _) = step(Some(held), Event::Expire, now);
        assert_eq!(after.is_some(), waits, "{what}");
    }
}

#[test]
fn a_question_waits_ten_minutes_and_a_mail_an_hour() {
    let lives = [QUESTION_LIFE, HELD_LIFE, LOST_LIFE].map(|life| life.as_secs());
    assert_eq!(lives, [600, 3_600, 86_400]);
}

#[test]
fn a_mail_that_may_have_been_sent_is_not_changed() {
    let now = Stamp {
        wall: SystemTime::UNIX_EPOCH,
        boot: 1,
        since_boot: Duration::ZERO,
    };
    let held = || {
        Approval::Held(WaitingMail {
            maybe_sent: true,
            ..waiting("text", now)
        })
    };
    let event = Event::Revise {
        number: 1,
        waiting: waiting("other", now),
    };
    let refused = Effect::Refuse(ApprovalError::MaybeSent(1));
    assert_eq!(step(Some(held()), event, now), (Some(held()), refused));
}
