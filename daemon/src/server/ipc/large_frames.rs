//! Memory for large frames that are arriving. A client that begins a frame and does not finish it
//! would hold the memory of the whole frame, so few large frames arrive at once, and not for long.
//! A connection without a place does not read; its client waits in the socket's buffer.

use super::connection::error::ConnectionError;
use std::{future::pending, time::Duration};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// Length of a frame that needs no place, in bytes.
const SMALL: usize = 64 << 10;
/// Number of large frames that arrive at once in this process: at most 64 MiB.
const PLACES: usize = 16;
/// Time limit for a large frame. A local socket carries one in milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(2);

static FREE: Semaphore = Semaphore::const_new(PLACES);

/// Room of a connection for the frame that is arriving.
#[derive(Debug, Default)]
pub(super) enum Room {
    /// Room for a small frame.
    #[default]
    Small,
    /// A place for a large frame, until a time.
    Large {
        _place: SemaphorePermit<'static>,
        until: Instant,
    },
}

impl Room {
    /// Returns whether a frame of this length may arrive. A small one gives a place back.
    pub(super) fn fits(&mut self, length: usize) -> bool {
        if length <= SMALL {
            *self = Room::Small;
        }
        length <= SMALL || matches!(self, Room::Large { .. })
    }

    /// Waits for a place if the frame needs one, and otherwise for the end of the place's time.
    ///
    /// # Errors
    /// [`ConnectionError::SlowFrame`] at the end of the time.
    pub(super) async fn change(&mut self, fits: bool) -> Result<(), ConnectionError> {
        match self {
            Room::Small if fits => pending().await,
            Room::Small => {
                // The semaphore is never closed.
                if let Ok(place) = FREE.acquire().await {
                    *self = Room::Large {
                        _place: place,
                        until: Instant::now() + TIME_LIMIT,
                    };
                }
                Ok(())
            }
            Room::Large { until, .. } => {
                sleep_until(*until).await;
                Err(ConnectionError::SlowFrame)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_large_frame_waits_for_a_place_and_has_it_for_a_limited_time() {
        let mut rooms: Vec<Room> = (0..=PLACES).map(|_| Room::default()).collect();
        let (last, others) = rooms.split_last_mut().unwrap();
        for room in &mut *others {
            assert!(room.fits(SMALL) && !room.fits(SMALL + 1));
            assert!(room.change(false).await.is_ok());
            assert!(room.fits(SMALL + 1));
        }
        let waiting = tokio::time::timeout(TIME_LIMIT * 2, last.change(false));
        assert!(waiting.await.is_err(), "there is no further place");
        let began = Instant::now();
        let (first, _) = others.split_first_mut().unwrap();
        assert!(matches!(
            first.change(true).await,
            Err(ConnectionError::SlowFrame)
        ));
        assert!(began.elapsed() <= TIME_LIMIT);
        assert!(first.fits(0), "the next frame is small");
        assert!(last.change(false).await.is_ok());
    }
}
