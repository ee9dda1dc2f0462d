//! Which cores a measurement runs on. It changes the calling thread and nothing else.

/// Which cores this thread, and what it starts from here on, may run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cores {
    One,
    All,
}

impl Cores {
    /// Keeps to one core until the guard is dropped; does nothing for all of them.
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
