//! Budgets of time and memory that grow with the input and with nothing else.

use peak_alloc::PeakAlloc;
use std::time::{Duration, Instant};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory and time that an empty input may cost. Fuzzing builds are about ten times slower.
const BASE_BYTES: usize = 4 << 20;
const BASE_TIME: Duration = Duration::from_millis(500);
/// Memory and time that each byte of an input may cost.
const BYTES_PER_BYTE: usize = 4_000;
const TIME_PER_BYTE: Duration = Duration::from_micros(500);

/// Runs work on an input and fails if it exceeds the budget.
pub fn within(data: &[u8], work: impl FnOnce(&[u8])) {
    MEMORY.reset_peak_usage();
    let (before, begun) = (MEMORY.current_usage(), Instant::now());
    work(data);
    let (time, peak) = (begun.elapsed(), MEMORY.peak_usage().saturating_sub(before));
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    assert!(
        time <= BASE_TIME + TIME_PER_BYTE * length,
        "{time:?} for {length} bytes"
    );
    assert!(
        peak <= BASE_BYTES + BYTES_PER_BYTE * data.len(),
        "{peak} bytes of memory for {length} bytes"
    );
}
