//! The engine of Spiffcast: what programs pay, what a question means, how sales
//! answer an incentive, and what a change of the rules would bring.
//!
//! **Pure.** Every function here is a function of its arguments. The engine must
//! not read a file or a socket, ask for the time, draw from global randomness,
//! or know about data frames, SQL, HTTP or language models. The crates it
//! depends on are checked by a test of the root package (`tests/it/arrows.rs`).
//!
//! The modules follow the way of a question: [`reading`] turns words into a
//! [`scenario::Draft`], [`scenario`] checks it, [`simulation`] plays it against
//! the [`baseline`] and the [`response`] through the payout rules of
//! [`programs`], [`explore`] sweeps levers and seeks goals, [`forecast`] is what comes out, and [`summary`] says it in words.
//! [`earnings`] is one partner's own view of it.

pub mod accuracy;
pub mod baseline;
pub mod calendar;
pub mod catalog;
pub mod company;
pub mod earnings;
pub mod explore;
pub mod finding;
pub mod forecast;
pub mod model;
pub mod named_period;
pub mod panel;
pub mod programs;
pub mod reading;
pub mod response;
pub mod sales;
pub mod scenario;
pub mod simulation;
pub mod summary;

/// The version of the engine that every answer names in its reproduction bundle.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Digest of this engine's source: what one build learned and kept, another reads only
/// where this is the same.
pub const SOURCE: &str = env!("SPIFFCAST_ENGINE_SOURCE");
