//! Memory for large frames that are arriving. A client that begins a frame and does not finish it
//! would hold the memory of the whole frame, so the connections of a socket share a budget, and a
//! frame has its part for a short time, also while its connection writes. A connection without memory
//! does not read; its client waits in the socket's buffer.

use super::connection::error::ConnectionError;
use std::{
    future::{Future, pending},
    pin::Pin,
    sync::Arc,
    time::Duration,
};
use tai_proto::frame::MAX_FRAME;
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// Length of a frame that needs no part of the budget, in bytes.
const SMALL: usize = 64 << 10;
/// Time limit for a large frame. A local socket carries one in milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(1);

/// Memory for the large frames that arrive at once at one socket, in KiB.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// A place in the queue for a part of the budget.
type Place = Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send>>;

/// Room of a connection for the frame that is arriving.
pub(super) struct Room {
    budget: Budget,
    state: State,
}

enum State {
    /// Room for a small frame.
    Small,
    /// A place in the queue for the part of this size, in KiB. The connection keeps it while it does
    /// other work.
    Waiting { size: u32, place: Place },
    /// A part of the budget, until a time.
    Large {
        part: OwnedSemaphorePermit,
        until: Instant,
    },
}

/// Returns the part of the budget for a frame, in KiB.
fn part_of(length: usize) -> u32 {
    u32::try_from(length.div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

impl Budget {
    /// Returns a budget of this size in KiB, at least the size of the largest frame.
    pub(super) fn new(size: usize) -> Self {
        Self(Arc::new(Semaphore::new(size.max(MAX_FRAME >> 10))))
    }
}

impl Room {
    /// Returns room for small frames.
    pub(super) fn new(budget: Budget) -> Self {
        let state = State::Small;
        Self { budget, state }
    }

    /// Returns whether a frame of this length may arrive. A small one gives the part back.
    pub(super) fn fits(&mut self, length: usize) -> bool {
        if length <= SMALL {
            self.state = State::Small;
        }
        match &self.state {
            State::Small => length <= SMALL,
            State::Waiting { .. } => false,
            State::Large { part, .. } => part.num_permits() >= part_of(length) as usize,
        }
    }

    /// Waits for a part of the budget if the frame needs one, and otherwise for the end of its time.
    /// Cancel safe: a later call continues the wait for the same part.
    ///
    /// # Errors
    /// [`ConnectionError::SlowFrame`] at the end of the time.
    pub(super) async fn change(&mut self, length: usize) -> Result<(), ConnectionError> {
        loop {
            match (self.fits(length), &mut self.state) {
                (true, State::Small | State::Waiting { .. }) => pending().await,
                (true, State::Large { until, .. }) => {
                    sleep_until(*until).await;
                    return Err(ConnectionError::SlowFrame);
                }
                (false, State::Waiting { size, place }) if *size == part_of(length) => {
                    self.state = match place.await {
                        Ok(part) => State::Large {
                            part,
                            until: Instant::now() + TIME_LIMIT,
                        },
                        // The semaphore is never closed.
                        Err(_) => State::Small,
                    };
                    return Ok(());
                }
                (false, _) => {
                    // Gives an earlier part back before it asks for another.
                    self.state = State::Small;
                    let size = part_of(length);
                    let place = Box::pin(self.budget.0.clone().acquire_many_owned(size));
                    self.state = State::Waiting { size, place };
                }
            }
        }
    }

    /// Waits, while the connection writes and does not read, for the end of the frame's time. A part
    /// of the budget whose turn comes meanwhile goes to the next connection.
    pub(super) async fn expired(&mut self) -> ConnectionError {
        loop {
            match &mut self.state {
                State::Small => pending().await,
                State::Waiting { place, .. } => {
                    let _ = place.await;
                    self.state = State::Small;
                }
                State::Large { until, .. } => {
                    sleep_until(*until).await;
                    return ConnectionError::SlowFrame;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    /// Room for four of the largest frames, in KiB.
    const SIZE: usize = 4 * (MAX_FRAME >> 10);
    const MOMENT: Duration = Duration::from_millis(1);

    async fn whole(budget: &Budget) -> OwnedSemaphorePermit {
        let whole = budget.0.clone().acquire_many_owned(SIZE as u32);
        whole.await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_frame_waits_for_its_part_of_the_budget_and_has_it_for_a_limited_time() {
        let budget = Budget::new(SIZE);
        let mut rooms: Vec<Room> = (0..=4).map(|_| Room::new(budget.clone())).collect();
        let (last, others) = rooms.split_last_mut().unwrap();
        for room in &mut *others {
            assert!(room.fits(SMALL) && !room.fits(SMALL + 1));
            assert!(room.change(MAX_FRAME).await.is_ok());
            assert!(room.fits(MAX_FRAME));
        }
        let waiting = timeout(TIME_LIMIT * 2, last.change(SMALL + 1));
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
        let budget = Budget::new(SIZE);
        let first = whole(&budget).await;
        let mut room = Room::new(budget.clone());
        let asked = timeout(MOMENT, room.change(MAX_FRAME)).await;
        assert!(asked.is_err());
        let mut later = Box::pin(whole(&budget));
        assert!(timeout(MOMENT, &mut later).await.is_err());
        drop(first);
        let given = timeout(MOMENT, room.change(MAX_FRAME)).await;
        assert!(given.is_ok_and(|changed| changed.is_ok()));
        assert!(room.fits(MAX_FRAME));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_writes_holds_up_no_large_frame_of_another_one() {
        let budget = Budget::new(SIZE);
        let first = whole(&budget).await;
        let mut waiting = Room::new(budget.clone());
        let asked = timeout(MOMENT, waiting.change(MAX_FRAME)).await;
        assert!(asked.is_err());
        drop(first);
        assert!(timeout(MOMENT, waiting.expired()).await.is_err());
        let mut large = Room::new(budget.clone());
        assert!(large.change(MAX_FRAME).await.is_ok());
        let expired = timeout(TIME_LIMIT, large.expired()).await;
        assert!(matches!(expired, Ok(ConnectionError::SlowFrame)));
        drop(large);
        assert!(timeout(MOMENT, whole(&budget)).await.is_ok());
    }
}
