//! The resource limits of a worker (`setrlimit(2)`).

use super::confinement::Layer;
use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};

/// Limit of a mail's CPU time, in seconds.
const CPU_SECONDS: u64 = 2;
/// Limit of writable memory, in bytes. With 8 MB of stack and the pages of the executable, a worker
/// stays below 150 MB.
const MEMORY: u64 = 128 << 20;
/// Limit of the address space, in bytes. It includes the mapped executable and its libraries.
const ADDRESS_SPACE: u64 = 400 << 20;

/// Sets the limits that hold for the life of the worker.
pub(super) fn lower() -> Layer {
    #[cfg(target_os = "linux")]
    introduce();
    let limits = [
        (Resource::Data, MEMORY),
        (Resource::As, ADDRESS_SPACE),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
    ];
    renew_cpu_time();
    let failed = limits
        .into_iter()
        .filter(|(resource, value)| !set(*resource, *value))
        .count();
    match failed {
        0 => Layer::Full,
        _ => Layer::Partial,
    }
}

/// Forbids new descriptors.
pub(super) fn forbid_descriptors(before: Layer) -> Layer {
    match set(Resource::Nofile, 0) {
        true => before,
        false => Layer::Partial,
    }
}

/// Lowers both limits of a resource. Returns whether a limit of at most `value` is in force.
fn set(resource: Resource, value: u64) -> bool {
    let value = getrlimit(resource)
        .maximum
        .map_or(value, |most| most.min(value));
    let limit = Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    setrlimit(resource, limit).is_ok()
}

/// Gives the next mail its CPU time: at most [`CPU_SECONDS`], and at least one second less, because
/// the system counts the whole seconds since the start. The system ends a worker that exceeds it.
pub(super) fn renew_cpu_time() {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let limit = Rlimit {
        current: Some(u64::try_from(used).unwrap_or_default() + CPU_SECONDS),
        maximum: getrlimit(Resource::Cpu).maximum,
    };
    // The daemon kills the worker after the wall-clock limit in any case.
    let _ = setrlimit(Resource::Cpu, limit);
}

/// Names the process for `ps` and `top`, makes it the first victim if the system has no memory left,
/// and denies other processes of the user to debug it. Failures change nothing that matters.
#[cfg(target_os = "linux")]
fn introduce() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = rustix::thread::set_name(c"taid-reader");
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
