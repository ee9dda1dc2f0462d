//! The clocks of the simulated machine.

use super::world::World;
use std::sync::Arc;
use tai_auth::session::{
    clock::{Clock, Now},
    stamp::Stamp,
};
use tokio::time::Instant;

/// Clocks of the simulated machine.
pub(super) struct WorldClock(pub(super) Arc<World>);

impl Clock for WorldClock {
    fn now(&self) -> Now {
        Now {
            wall: self.0.stamp().wall,
            mono: Instant::now().into_std(),
        }
    }

    fn stamp(&self) -> Stamp {
        self.0.stamp()
    }
}
