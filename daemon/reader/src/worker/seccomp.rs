//! The system calls of a worker. Every other call fails with `EPERM`: an error is safer than a kill
//! when a newer C library tries a call that it can do without.

use super::confinement::Layer;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// A condition on an argument: its index, and its value.
enum Only {
    /// The argument is one of these values.
    In(u8, &'static [u64]),
    /// The argument has none of these bits.
    Without(u8, u64),
    /// The argument is the id of this process.
    Itself(u8),
}

/// Calls without a condition: memory, threads that exist, signals, clocks, random numbers, the end.
const FREE: [i64; 16] = [
    libc::SYS_futex,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigaction,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
];

/// Calls with a condition on each listed argument. The pipes are the only usable descriptors, so
/// that a descriptor that the daemon inherited from its parent is useless. Memory is never
/// executable.
const CONDITIONAL: [(i64, &[Only]); 7] = [
    (libc::SYS_read, &[Only::In(0, &[0])]),
    (libc::SYS_write, &[Only::In(0, &[1, 2])]),
    (libc::SYS_mmap, &[Only::Without(2, PROT_EXEC)]),
    (libc::SYS_mprotect, &[Only::Without(2, PROT_EXEC)]),
    // The CPU time of the next mail.
    (
        libc::SYS_prlimit64,
        &[Only::In(0, &[0]), Only::In(1, &[RLIMIT_CPU])],
    ),
    // The end of a panic, of a failed allocation and of a stack overflow.
    (libc::SYS_tgkill, &[Only::Itself(0)]),
    (libc::SYS_sched_yield, &[]),
];

const PROT_EXEC: u64 = libc::PROT_EXEC as u64;
const RLIMIT_CPU: u64 = libc::RLIMIT_CPU as u64;

/// Forbids all other system calls.
pub(super) fn restrict() -> Layer {
    let Ok(program) = program() else {
        return Layer::Absent;
    };
    match seccompiler::apply_filter(&program) {
        Ok(()) => Layer::Full,
        Err(_) => Layer::Absent,
    }
}

fn program() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        FREE.into_iter().map(|call| (call, Vec::new())).collect();
    for (call, conditions) in CONDITIONAL {
        rules.insert(call, alternatives(conditions)?);
    }
    let arch = match cfg!(target_arch = "x86_64") {
        true => TargetArch::x86_64,
        false => TargetArch::aarch64,
    };
    SeccompFilter::new(
        rules,
        SeccompAction::Errno(libc::EPERM as u32),
        SeccompAction::Allow,
        arch,
    )?
    .try_into()
}

/// Returns one rule for each combination of permitted values.
fn alternatives(conditions: &[Only]) -> Result<Vec<SeccompRule>, BackendError> {
    let mut combinations: Vec<Vec<SeccompCondition>> = vec![Vec::new()];
    for only in conditions {
        let mut next = Vec::new();
        for condition in only.conditions()? {
            for before in &combinations {
                let mut after = before.clone();
                after.push(condition.clone());
                next.push(after);
            }
        }
        combinations = next;
    }
    combinations
        .into_iter()
        .filter(|combination| !combination.is_empty())
        .map(SeccompRule::new)
        .collect()
}

impl Only {
    /// Returns the conditions of which one must hold.
    fn conditions(&self) -> Result<Vec<SeccompCondition>, BackendError> {
        let equal = |index: u8, value: u64| {
            SeccompCondition::new(index, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)
        };
        match *self {
            Self::In(index, values) => values.iter().map(|value| equal(index, *value)).collect(),
            Self::Without(index, bits) => SeccompCondition::new(
                index,
                SeccompCmpArgLen::Qword,
                SeccompCmpOp::MaskedEq(bits),
                0,
            )
            .map(|condition| vec![condition]),
            Self::Itself(index) => equal(index, u64::from(std::process::id())).map(|one| vec![one]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles() {
        assert!(program().unwrap().len() > FREE.len());
    }
}
