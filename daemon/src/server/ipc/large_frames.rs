//! Memory for large frames that are arriving. A client that begins a frame and does not finish it
//! would hold the memory of the whole frame, so the connections share a budget, and a frame has its
//! part for a short time. A connection without memory does not read; its client waits in the socket's
//! buffer.

use super::connection::error::ConnectionError;
use std::{future::pending, pin::Pin, time::Duration};
use tokio::{
    sync::{AcquireError, Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// Length of a frame that needs no part of the budget, in bytes.
const SMALL: usize = 64 << 10;
/// Memory for the large frames that arrive at once in this process, in KiB: 32 MiB.
const BUDGET: u32 = 32 << 10;
/// Time limit for a large frame. A local socket carries one in milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(1);

static FREE: Semaphore = Semaphore::const_new(BUDGET as usize);

/// A place in the queue for a part of the budget.
type Place = Pin<Box<dyn Future<Output = Result<SemaphorePermit<'static>, AcquireError>> + Send>>;

/// Room of a connection for the frame that is arriving.
#[derive(Default)]
pub(super) enum Room {
    /// Room for a small frame.
    #[default]
    Small,
    /// A place in the queue for the part of this size, in KiB. The connection keeps it while it does
    /// other work.
    Waiting { size: u32, place: Place },
    /// A part of the budget, until a time.
    Large {
        part: SemaphorePermit<'static>,
        until: Instant,
    },
}

/// Returns the part of the budget for a frame, in KiB.
fn part_of(length: usize) -> u32 {
    u32::try_from(length.div_ceil(1 << 10)).map_or(BUDGET, |part| part.min(BUDGET))
}

impl Room {
    /// Returns whether a frame of this length may arrive. A small one gives the part back.
    pub(super) fn fits(&mut self, length: usize) -> bool {
        if length <= SMALL {
            *self = Room::Small;
        }
        match self {
            Room::Small => length <= SMALL,
            Room::Waiting { .. } => false,
            Room::Large { part, .. } => part.num_permits() >= part_of(length) as usize,
        }
    }

    /// Waits for a part of the budget if the frame needs one, and otherwise for the end of its time.
    /// Cancel safe: a later call continues the wait for the same part.
    ///
    /// # Errors
    /// [`ConnectionError::SlowFrame`] at the end of the time.
    pub(super) async fn change(&mut self, length: usize) -> Result<(), ConnectionError> {
        loop {
            match (self.fits(length), &mut *self) {
                (true, Room::Small | Room::Waiting { .. }) => pending().await,
                (true, Room::Large { until, .. }) => {
                    sleep_until(*until).await;
                    return Err(ConnectionError::SlowFrame);
                }
                (false, Room::Waiting { size, place }) if *size == part_of(length) => {
                    *self = match place.await {
                        Ok(part) => Room::Large {
                            part,
                            until: Instant::now() + TIME_LIMIT,
                        },
                        // The semaphore is never closed.
                        Err(_) => Room::Small,
                    };
                    return Ok(());
                }
                (false, _) => {
                    // Gives an earlier part back before it asks for another.
                    *self = Room::Small;
                    let size = part_of(length);
                    let place = Box::pin(FREE.acquire_many(size));
                    *self = Room::Waiting { size, place };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::frame::MAX_FRAME;
    use tokio::sync::Mutex;

    /// The tests share the budget of the process.
    static ALONE: Mutex<()> = Mutex::const_new(());

    #[tokio::test(start_paused = true)]
    async fn a_large_frame_waits_for_its_part_of_the_budget_and_has_it_for_a_limited_time() {
        let _alone = ALONE.lock().await;
        let count = BUDGET as usize / part_of(MAX_FRAME) as usize;
        let mut rooms: Vec<Room> = (0..=count).map(|_| Room::default()).collect();
        let (last, others) = rooms.split_last_mut().unwrap();
        for room in &mut *others {
            assert!(room.fits(SMALL) && !room.fits(SMALL + 1));
            assert!(room.change(MAX_FRAME).await.is_ok());
            assert!(room.fits(MAX_FRAME));
        }
        let waiting = tokio::time::timeout(TIME_LIMIT * 2, last.change(SMALL + 1));
        assert!(waiting.await.is_err(), "the budget is spent");
        let began = Instant::now();
        let (first, _) = others.split_first_mut().unwrap();
        assert!(matches!(
            first.change(MAX_FRAME).await,
            Err(ConnectionError::SlowFrame)
        ));
        assert!(began.elapsed() <= TIME_LIMIT);
        assert!(first.fits(0), "the next frame is small");
        assert!(last.change(SMALL + 1).await.is_ok());
        assert!(last.fits(SMALL + 1) && !last.fits(MAX_FRAME));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_other_work_keeps_its_place_in_the_queue() {
        let _alone = ALONE.lock().await;
        let whole = FREE.acquire_many(BUDGET).await.unwrap();
        let moment = Duration::from_millis(1);
        let mut room = Room::default();
        let asked = tokio::time::timeout(moment, room.change(MAX_FRAME)).await;
        assert!(asked.is_err());
        let mut later = Box::pin(FREE.acquire_many(BUDGET));
        assert!(tokio::time::timeout(moment, &mut later).await.is_err());
        drop(whole);
        let given = tokio::time::timeout(moment, room.change(MAX_FRAME)).await;
        assert!(given.is_ok_and(|changed| changed.is_ok()));
        assert!(room.fits(MAX_FRAME));
    }
}
