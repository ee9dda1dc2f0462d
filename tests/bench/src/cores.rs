//! The cores that a measurement runs on. This changes only the affinity of the calling thread.

/// The cores for the calling thread and the processes and threads that it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cores {
    One,
    All,
}

impl Cores {
    /// Pins the thread to one core until the guard is dropped; [`Cores::All`] changes nothing.
    pub(crate) fn keep_to(self) -> Option<Pinned> {
        let before = rustix::thread::sched_getaffinity(None).unwrap();
        let first = (0..rustix::thread::CpuSet::MAX_CPU)
            .find(|cpu| before.is_set(*cpu))
            .unwrap();
        let mut one = rustix::thread::CpuSet::new();
        one.set(first);
        (self == Cores::One).then(|| {
            rustix::thread::sched_setaffinity(None, &one).unwrap();
            Pinned(before)
        })
    }
}

pub(crate) struct Pinned(rustix::thread::CpuSet);

impl Drop for Pinned {
    fn drop(&mut self) {
        rustix::thread::sched_setaffinity(None, &self.0).unwrap();
    }
}
