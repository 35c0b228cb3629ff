//! Wall time, and the time that all threads of the process had a processor.

use std::fs;
use std::time::{Duration, Instant};

/// What some work took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// Wall time.
    pub wall: Duration,
    /// Processor time of all threads; wall time where the system does not tell.
    pub processor: Duration,
}

/// The best of `times` runs, wall and processor time apart.
pub fn best_of<T>(times: usize, mut work: impl FnMut() -> T) -> (Took, T) {
    let mut best: Option<(Took, T)> = None;
    for _ in 0..times.max(1) {
        let (wall, before) = (Instant::now(), processor());
        let out = std::hint::black_box(work());
        let wall = wall.elapsed();
        let spent = before.zip(processor()).map_or(wall, |(a, b)| b.saturating_sub(a));
        best = Some(match best {
            None => (Took { wall, processor: spent }, out),
            Some((took, _)) => {
                (Took { wall: took.wall.min(wall), processor: took.processor.min(spent) }, out)
            }
        });
    }
    best.expect("at least one run")
}

/// Linux: nanoseconds every thread of the process has run.
fn processor() -> Option<Duration> {
    let mut sum = 0u64;
    for task in fs::read_dir("/proc/self/task").ok()? {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        sum += text.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(sum))
}
