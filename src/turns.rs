//! Who is at work and whose turn it is: questions are simulated and reports written a few
//! at a time, and what nobody waits for gives way to what somebody does. It does no work.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Reports written at the same time: each takes a core while it is.
const REPORTS_MAX: usize = 2;
/// Fewest questions simulated at the same time. Each takes all cores for most of its time
/// and some memory for all of it; more than half as many as there are cores only wait for
/// each other.
const SIMULATED_MIN: usize = 2;
/// How often a question that waits for its turn looks whether somebody still waits for it.
const LOOK: Duration = Duration::from_millis(100);

/// Who is at work, so that what nobody waits for gives way to what somebody does.
pub struct Work {
    questions: AtomicUsize,
    simulated_max: usize,
    simulated: Semaphore,
    /// By login.
    own: Mutex<HashMap<String, Arc<Semaphore>>>,
    reports: Semaphore,
    /// Held while a track record is made: one at a time.
    pub backtest: tokio::sync::Mutex<()>,
    /// Whether one is being made unasked.
    pub running: AtomicBool,
    stop: Mutex<Option<Box<dyn Fn() + Send>>>,
}

/// A question at work, until it is dropped.
pub struct Asked<'a>(&'a Work);

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.questions.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Default for Work {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::of(cores.div_ceil(2).max(SIMULATED_MIN))
    }
}

/// A turn to simulate.
pub struct Turn<'a> {
    _common: SemaphorePermit<'a>,
    _own: OwnedSemaphorePermit,
}

/// Waits for a place until it is given up.
async fn wait<T>(
    place: impl Future<Output = Result<T, AcquireError>>,
    given_up: impl Fn() -> bool,
) -> Option<T> {
    tokio::pin!(place);
    while !given_up() {
        if let Ok(place) = tokio::time::timeout(LOOK, &mut place).await {
            return place.ok();
        }
    }
    None
}

impl Work {
    /// With so many questions simulated at the same time.
    fn of(simulated_max: usize) -> Self {
        Self {
            questions: AtomicUsize::default(),
            simulated_max,
            simulated: Semaphore::new(simulated_max),
            own: Mutex::default(),
            reports: Semaphore::new(REPORTS_MAX),
            backtest: tokio::sync::Mutex::default(),
            running: AtomicBool::default(),
            stop: Mutex::default(),
        }
    }

    /// Waits for a turn to write a report; the turn ends when the guard is dropped.
    /// `None` cannot come: nobody closes the queue.
    pub async fn report(&self) -> Option<SemaphorePermit<'_>> {
        self.reports.acquire().await.ok()
    }

    /// Waits for a turn to simulate, which ends when it is dropped. First come, first
    /// served; what one person waits for stands in the queue once all turns over, so that
    /// many questions of one hold nobody else up. `None` once `given_up`, which is looked at
    /// now and then.
    pub async fn simulate(&self, login: &str, given_up: impl Fn() -> bool) -> Option<Turn<'_>> {
        let own = wait(self.own(login).acquire_owned(), &given_up).await?;
        Some(Turn { _common: wait(self.simulated.acquire(), given_up).await?, _own: own })
    }

    /// The turns of one person.
    fn own(&self, login: &str) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, turns| Arc::strong_count(turns) > 1);
        let made = || Arc::new(Semaphore::new(self.simulated_max));
        Arc::clone(own.entry(login.to_owned()).or_insert_with(made))
    }

    /// Counts a question while the guard lives.
    pub fn asked(&self) -> Asked<'_> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        Asked(self)
    }

    /// Whether a question is at work.
    pub fn is_asked(&self) -> bool {
        self.questions.load(Ordering::Relaxed) > 0
    }

    /// Notes how work in the background is stopped.
    pub fn start_background(&self, stop: impl Fn() + Send + 'static) {
        self.running.store(true, Ordering::Relaxed);
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(stop));
    }

    /// Stops work in the background, where there is some.
    pub fn stop_background(&self) {
        self.running.store(false, Ordering::Relaxed);
        if let Some(stop) = self.stop.lock().unwrap_or_else(PoisonError::into_inner).take() {
            stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_questions_of_one_person_hold_nobody_else_up() {
        let (work, told) = (Work::of(1), Mutex::new(Vec::new()));
        let asks = async |login: &str| {
            let turn = work.simulate(login, || false).await.expect("a turn");
            told.lock().expect("unpoisoned").push(login.to_owned());
            tokio::task::yield_now().await;
            drop(turn);
        };
        tokio::join!(asks("ana"), asks("ana"), asks("ana"), asks("bo"));
        assert_eq!(told.into_inner().expect("unpoisoned"), ["ana", "bo", "ana", "ana"]);
    }

    #[tokio::test]
    async fn who_cancels_leaves_the_queue() {
        let work = Work::of(1);
        let held = work.simulate("ana", || false).await.expect("a turn");
        assert!(work.simulate("bo", || true).await.is_none());
        drop(held);
        assert!(work.simulate("bo", || false).await.is_some());
    }
}
