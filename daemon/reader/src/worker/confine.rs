//! The order in which a worker gives up what it does not need.

use super::confinement::Confinement;
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
use super::confinement::Layer;
#[cfg(target_os = "linux")]
use super::landlock;
#[cfg(unix)]
use super::limits;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use super::seccomp;

impl Confinement {
    /// Gives up everything that the reader does not need. A layer that is not available is
    /// omitted. The order matters: Landlock opens a descriptor, and seccomp forbids the other calls.
    pub(super) fn enforce() -> Self {
        #[cfg(unix)]
        let limits = limits::lower();
        #[cfg(not(unix))]
        let limits = Layer::Absent;
        #[cfg(target_os = "linux")]
        let landlock = landlock::restrict();
        #[cfg(not(target_os = "linux"))]
        let landlock = Layer::Absent;
        #[cfg(unix)]
        let limits = limits::forbid_descriptors(limits);
        #[cfg(all(
            target_os = "linux",
            any(target_arch = "x86_64", target_arch = "aarch64")
        ))]
        let seccomp = seccomp::restrict();
        #[cfg(not(all(
            target_os = "linux",
            any(target_arch = "x86_64", target_arch = "aarch64")
        )))]
        let seccomp = Layer::Absent;
        Self {
            limits,
            landlock,
            seccomp,
        }
    }
}
