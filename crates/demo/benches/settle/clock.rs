//! The time a thread had a processor, so that other work on the machine does not
//! count. Where the system does not tell it, the time that passed.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// Measures from its creation on.
pub struct Watch {
    wall: Instant,
    cpu: Option<Duration>,
}

impl Watch {
    /// Starts.
    pub fn start() -> Self {
        Self { cpu: on_cpu(), wall: Instant::now() }
    }

    /// What it took so far.
    pub fn took(&self) -> Duration {
        match (self.cpu, on_cpu()) {
            (Some(start), Some(now)) => now - start,
            _ => self.wall.elapsed(),
        }
    }
}

/// Linux: nanoseconds this thread has run. The system books them when the thread gives
/// up the processor, so it does.
fn on_cpu() -> Option<Duration> {
    thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
