//! A moment that a program compares with a later one, also after its restart, although the wall clock
//! may have been set in between.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

/// Largest error of a wall clock across a reboot: a clock that is read as local time.
const CLOCK_ERROR: Duration = Duration::from_secs(14 * 60 * 60);

/// A moment, on the wall clock and on a clock that cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The wall clock.
    pub wall: SystemTime,
    /// A random number of the boot of the machine.
    pub boot: u32,
    /// Time since that boot. It continues while the machine sleeps.
    pub since_boot: Duration,
}

impl Stamp {
    /// Returns the moment on the machine's clocks. On a system without the time since its boot, each
    /// start of the program counts as a boot.
    pub fn of_machine() -> Self {
        let (boot, since_boot) = boot();
        Self {
            wall: SystemTime::now(),
            boot,
            since_boot,
        }
    }

    /// Returns the time since this moment, if the machine has not been restarted since. A wall clock
    /// that is set does not change it.
    pub fn exact_age(self, now: Stamp) -> Option<Duration> {
        match self.boot == now.boot {
            true => now.since_boot.checked_sub(self.since_boot),
            false => None,
        }
    }

    /// Returns whether less than `window` may have passed since this moment. After a restart of the
    /// machine, the time since its boot is certain, and the wall clock counts only if it shows 14
    /// hours more than `window`.
    pub fn is_within(self, window: Duration, now: Stamp) -> bool {
        match self.exact_age(now) {
            Some(age) => age < window,
            // A snapshot of a virtual machine can repeat a part of a boot.
            None => {
                (self.boot == now.boot || now.since_boot < window)
                    && self.wall_age(now) < window + CLOCK_ERROR
            }
        }
    }

    /// Returns the best estimate of the time since this moment.
    pub fn age(self, now: Stamp) -> Duration {
        match self.exact_age(now) {
            Some(age) => age,
            None if self.boot == now.boot => self.wall_age(now),
            None => self.wall_age(now).max(now.since_boot),
        }
    }

    /// Returns whether this moment, before a restart of the machine, is more than `limit` later than
    /// `now`, so that the wall clock was wrong.
    pub fn is_ahead(self, limit: Duration, now: Stamp) -> bool {
        let ahead = self.wall.duration_since(now.wall).unwrap_or_default();
        self.exact_age(now).is_none() && ahead >= limit
    }

    /// Returns the time since this moment on the wall clock; zero if it was set back.
    fn wall_age(self, now: Stamp) -> Duration {
        now.wall.duration_since(self.wall).unwrap_or_default()
    }
}

/// Returns the number of the machine's boot, and the time since it.
#[cfg(target_os = "linux")]
fn boot() -> (u32, Duration) {
    use rustix::time::{ClockId, clock_gettime};
    static BOOT: OnceLock<Option<u32>> = OnceLock::new();
    let boot = BOOT.get_or_init(|| {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        u32::from_str_radix(id.get(..8)?, 16).ok()
    });
    let now = clock_gettime(ClockId::Boottime);
    let since = u64::try_from(now.tv_sec).ok().map(Duration::from_secs);
    let since = since.map(|since| since + Duration::from_nanos(now.tv_nsec.unsigned_abs()));
    (*boot).zip(since).unwrap_or_else(start)
}

/// Returns a number of this process, and the time since its first use.
#[cfg(not(target_os = "linux"))]
fn boot() -> (u32, Duration) {
    start()
}

fn start() -> (u32, Duration) {
    static START: OnceLock<(u32, Instant)> = OnceLock::new();
    let (number, began) = START.get_or_init(|| (fastrand::u32(..), Instant::now()));
    (*number, began.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(600);

    fn stamp(wall: u64, boot: u32, since_boot: u64) -> Stamp {
        Stamp {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
            boot,
            since_boot: Duration::from_secs(since_boot),
        }
    }

    #[test]
    fn no_step_of_the_wall_clock_ends_or_prolongs_a_window() {
        let day = 86_400;
        let at = stamp(100 * day, 1, 1_000);
        let hours = 3_600;
        for (what, now, within) in [
            ("soon after", stamp(100 * day + 5, 1, 1_005), true),
            (
                "clock an hour forward",
                stamp(100 * day + hours, 1, 1_001),
                true,
            ),
            ("clock a year forward", stamp(465 * day, 1, 1_599), true),
            ("clock set back", stamp(0, 1, 1_600), false),
            ("ten minutes later", stamp(100 * day + 600, 1, 1_600), false),
            (
                "a snapshot of the machine",
                stamp(100 * day + 900, 1, 900),
                true,
            ),
            ("a reboot", stamp(100 * day + 60, 2, 20), true),
            ("a reboot, clock of 1970", stamp(0, 2, 20), true),
            (
                "a reboot, clock 13 hours ahead",
                stamp(100 * day + 13 * hours, 2, 20),
                true,
            ),
            ("a reboot the next day", stamp(101 * day, 2, 20), false),
            (
                "ten minutes after a reboot",
                stamp(100 * day + 60, 2, 600),
                false,
            ),
        ] {
            assert_eq!(at.is_within(WINDOW, now), within, "{what}");
        }
        assert_eq!(at.age(stamp(0, 1, 1_700)).as_secs(), 700);
        assert_eq!(at.age(stamp(101 * day, 2, 20)).as_secs(), day);
        assert_eq!(at.age(stamp(0, 2, 20)).as_secs(), 20);
    }

    #[test]
    fn the_machines_time_since_boot_advances_within_one_boot() {
        let before = Stamp::of_machine();
        let after = Stamp::of_machine();
        assert!(before.exact_age(after).is_some());
        assert!(after.is_within(WINDOW, after));
    }
}
