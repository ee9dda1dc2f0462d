//! Memory, CPU time and context switches of a process, from `/proc`.

/// Returns a field of `/proc/PID/smaps_rollup`, such as `Pss:`, in kB of 1000 bytes.
pub(crate) fn memory(pid: u32, field: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let row = text.lines().find(|line| line.starts_with(field)).unwrap();
    let kib: f64 = row.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1.024
}

/// Returns the resident memory of a process, in kB of 1000 bytes. For taid, only root can read
/// more than this.
pub(crate) fn rss(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let row = text
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kib: f64 = row.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1.024
}

/// Returns the context switches of all threads of a process since its start.
pub(crate) fn switches(pid: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks
        .map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).unwrap())
        .map(|status| {
            let rows = status.lines().filter(|row| row.contains("ctxt_switches"));
            rows.map(|row| {
                row.split_whitespace()
                    .last()
                    .unwrap()
                    .parse::<u64>()
                    .unwrap()
            })
            .sum::<u64>()
        })
        .sum()
}

/// Returns the CPU time that a process has used, in µs.
pub(crate) fn cpu(pid: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks
        .map(|task| {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            text.split_whitespace()
                .next()
                .unwrap()
                .parse::<f64>()
                .unwrap()
                / 1e3
        })
        .sum()
}
