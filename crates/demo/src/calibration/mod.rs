//! Simulation-based calibration: companies are drawn, the engine learns from each as it
//! stood at the end of its data, forecasts a random change of the rules in the next
//! quarter, and what it says is held against the truth that the generator knows. One
//! company is one trial: within one nothing is independent.
//!
//! Looks at nothing but what an answer shows; knows no internals of the engine. Tests
//! and the example `calibrate` share it.

mod ask;
mod company;
mod judged;
mod lines;
pub mod report;
#[cfg(test)]
mod smoke;
pub mod stats;
mod truth;

use crate::Departure;

pub use judged::{Estimate, Judged};

/// What every trial of a run has in common.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Draws of a simulation.
    pub draws: usize,
    /// Quarters sold again, with new counts and lines, behind a true payout.
    pub samples: usize,
    /// The world, where it is not the plain one.
    pub departure: Option<Departure>,
    /// Companies of the demo company's size, instead of small ones of all sizes.
    pub of_demo_size: bool,
}

/// One company, one change, one look. `None`: the company has no program to change.
pub fn trial(seed: u64, setup: &Setup) -> Option<Judged> {
    let subject = company::draw(seed, setup);
    let question = ask::draw(seed, &subject)?;
    let truth = truth::truth(seed, setup.samples, &subject, &question);
    judged::judge(seed, setup, &subject, &question, &truth)
}
