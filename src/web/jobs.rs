//! Questions and long tasks at work while a browser watches: bounded in number, in time
//! and in how long a finished one is remembered. It knows nothing of pages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

use super::errors::Failure;
use crate::answer::Answer;
use crate::app::port::{AskError, Progress, Stage, Step};

/// Jobs that are remembered at once, at work or finished.
const JOBS_MAX: usize = 512;
/// How long a finished job is remembered, for a browser that reconnects.
const FINISHED_SECONDS_MAX: u64 = 120;

/// A long task may take so many times as long as a question.
const TASK_TIMES: u32 = 12;

/// How a job ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The identifier of the answer.
    Answered(String),
    /// What was to be done is done, and shown at this address.
    Done(&'static str),
    /// No answer.
    Failed(Failure),
    /// Somebody cancelled.
    Cancelled,
}

struct Job {
    /// Login of who began it, and who alone may watch or cancel it.
    owner: String,
    progress: Progress,
    outcome: watch::Sender<Option<Outcome>>,
    begun: Instant,
}

/// All jobs. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<String, Arc<Job>>>>,
    places: Arc<Semaphore>,
    /// Places taken, by login.
    taken: Arc<Mutex<HashMap<String, usize>>>,
    each_max: usize,
    time_max: Duration,
}

/// A place at work, given back when it is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    taken: Arc<Mutex<HashMap<String, usize>>>,
    owner: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.owner);
            }
        }
    }
}

impl Jobs {
    /// At most `questions_max` at work at once, of them `each_max` of one person, each for
    /// at most `time_max`.
    pub fn new(questions_max: usize, each_max: usize, time_max: Duration) -> Self {
        let places = Arc::new(Semaphore::new(questions_max));
        Self { jobs: Arc::default(), places, taken: Arc::default(), each_max, time_max }
    }

    /// Takes a place, or says that all are taken.
    fn place(&self, owner: &str) -> Result<Place, Failure> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.get(owner).is_some_and(|own| *own >= self.each_max) {
            let detail = format!("You have {} at work. Ask again when one of them has ended.", self.each_max);
            let title = "Too many questions at once";
            return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, title, &detail));
        }
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::busy())?;
        *taken.entry(owner.to_owned()).or_default() += 1;
        Ok(Place { _permit: permit, taken: Arc::clone(&self.taken), owner: owner.to_owned() })
    }

    /// Works on a question while the caller waits. Dropping the future cancels it.
    pub async fn run<F>(&self, owner: &str, work: impl FnOnce(Progress) -> F) -> Result<Answer, Failure>
    where
        F: Future<Output = Result<Answer, AskError>>,
    {
        self.wait(owner, self.time_max, work).await
    }

    /// Does a long task while the caller waits: the track record, an import.
    pub async fn run_task<F>(&self, owner: &str, work: impl FnOnce(Progress) -> F) -> Result<(), Failure>
    where
        F: Future<Output = Result<(), AskError>>,
    {
        self.wait(owner, self.time_max * TASK_TIMES, work).await
    }

    async fn wait<T, F>(
        &self,
        owner: &str,
        time_max: Duration,
        work: impl FnOnce(Progress) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, AskError>>,
    {
        let _place = self.place(owner)?;
        let progress = Progress::new();
        let _guard = CancelOnDrop(progress.clone());
        match tokio::time::timeout(time_max, work(progress)).await {
            Ok(result) => result.map_err(Failure::from),
            Err(_) => Err(too_long()),
        }
    }

    /// Begins a question in the background and names the job.
    pub fn start<F>(&self, owner: &str, work: impl FnOnce(Progress) -> F) -> Result<String, Failure>
    where
        F: Future<Output = Result<Answer, AskError>> + Send + 'static,
    {
        self.begin(owner, self.time_max, |progress| {
            let work = work(progress);
            async move { work.await.map(|answer| Outcome::Answered(answer.run.id)) }
        })
    }

    /// Begins a long task in the background and names the job. Who watches is told of
    /// `first` from the start, and of what came of it at `shown`.
    pub fn start_task<F>(
        &self,
        owner: &str,
        first: Stage,
        shown: &'static str,
        work: impl FnOnce(Progress) -> F,
    ) -> Result<String, Failure>
    where
        F: Future<Output = Result<(), AskError>> + Send + 'static,
    {
        self.begin(owner, self.time_max * TASK_TIMES, |progress| {
            progress.report(first, 0.0);
            let work = work(progress);
            async move { work.await.map(|()| Outcome::Done(shown)) }
        })
    }

    fn begin<F>(
        &self,
        owner: &str,
        time_max: Duration,
        work: impl FnOnce(Progress) -> F,
    ) -> Result<String, Failure>
    where
        F: Future<Output = Result<Outcome, AskError>> + Send + 'static,
    {
        let place = self.place(owner)?;
        let job = Arc::new(Job {
            owner: owner.to_owned(),
            progress: Progress::new(),
            outcome: watch::Sender::new(None),
            begun: Instant::now(),
        });
        let id = Uuid::now_v7().to_string();
        {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            self.forget(&mut jobs);
            jobs.insert(id.clone(), Arc::clone(&job));
        }
        let work = work(job.progress.clone());
        tokio::spawn(async move {
            let _place = place;
            // A task of its own, so that a panic in it still ends the job.
            let work = tokio::spawn(work);
            let outcome = match tokio::time::timeout(time_max, work).await {
                Ok(Ok(Ok(outcome))) => outcome,
                Ok(Ok(Err(AskError::Cancelled))) => Outcome::Cancelled,
                Ok(Ok(Err(error))) => Outcome::Failed(error.into()),
                Ok(Err(error)) => {
                    tracing::error!(%error, "a question broke off");
                    Outcome::Failed(Failure::internal())
                }
                Err(_) => {
                    job.progress.cancel();
                    Outcome::Failed(too_long())
                }
            };
            job.end(outcome);
        });
        Ok(id)
    }

    /// Steps and outcome of a job, to watch.
    pub fn watch(
        &self,
        id: &str,
        owner: &str,
    ) -> Option<(watch::Receiver<Step>, watch::Receiver<Option<Outcome>>)> {
        let job = self.find(id, owner)?;
        Some((job.progress.subscribe(), job.outcome.subscribe()))
    }

    /// Cancels a job; whether there was one.
    pub fn cancel(&self, id: &str, owner: &str) -> bool {
        let Some(job) = self.find(id, owner) else { return false };
        job.progress.cancel();
        job.end(Outcome::Cancelled);
        true
    }

    /// Cancels all that are at work.
    pub fn cancel_all(&self) {
        for job in self.jobs.lock().unwrap_or_else(PoisonError::into_inner).values() {
            job.progress.cancel();
            job.end(Outcome::Cancelled);
        }
    }

    /// A job of this owner; of somebody else's it is not even said that there is one.
    fn find(&self, id: &str, owner: &str) -> Option<Arc<Job>> {
        let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        job.filter(|job| job.owner == owner)
    }

    /// Drops finished jobs by age, and the oldest finished ones beyond the limit.
    fn forget(&self, jobs: &mut HashMap<String, Arc<Job>>) {
        let age_max = self.time_max * TASK_TIMES + Duration::from_secs(FINISHED_SECONDS_MAX);
        let finished = |job: &Job| job.outcome.borrow().is_some();
        jobs.retain(|_, job| {
            let age = job.begun.elapsed();
            age <= age_max && !(finished(job) && age > Duration::from_secs(FINISHED_SECONDS_MAX))
        });
        while jobs.len() >= JOBS_MAX {
            let oldest = jobs.iter().filter(|(_, j)| finished(j)).min_by_key(|(_, j)| j.begun);
            let Some(id) = oldest.map(|(id, _)| id.clone()) else { break };
            jobs.remove(&id);
        }
    }
}

impl Job {
    /// The first end counts.
    fn end(&self, outcome: Outcome) {
        self.outcome.send_if_modified(|held| {
            let first = held.is_none();
            if first {
                *held = Some(outcome);
            }
            first
        });
    }
}

struct CancelOnDrop(Progress);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn too_long() -> Failure {
    Failure::new(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        "This took too long",
        "The question was stopped. Ask about fewer programs or a shorter period.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_leaves_places_for_the_others() {
        let jobs = Jobs::new(4, 2, Duration::from_secs(1));
        let own: Vec<_> = (0..2).map(|_| jobs.place("ana").expect("a place")).collect();
        let refused = jobs.place("ana").err().expect("one too many");
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        let other = jobs.place("bob").expect("a place of their own");
        drop(own);
        let again: Vec<_> = (0..2).map(|_| jobs.place("ana").expect("given back")).collect();
        let last = jobs.place("bob").expect("the last place");
        let none = jobs.place("cleo").err().expect("all are taken");
        assert_eq!(none.status, StatusCode::SERVICE_UNAVAILABLE);
        drop((again, other, last));
        assert!(jobs.taken.lock().expect("whole").is_empty());
    }
}
