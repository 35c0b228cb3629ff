//! Generates companies with a known truth, and pays them with a second, deliberately
//! naive calculator. Shares no code with the engine: what both get right was got right
//! twice. It must not be asked for forecasts, and nothing but tests may read its truth.
//!
//! **The plain world.** Sales answer flat seller-facing pay only (kinds spiff and
//! commission, conditions on the deal aside); tiered rebates, growth, targets and
//! funds move nothing. Tiers change by a coin, nothing is taken from other partners,
//! nothing is anticipated. [`Departure`] lists the worlds in which one of these does
//! not hold.

#[cfg(test)]
mod agree;
#[cfg(test)]
mod backtested;
pub mod books;
pub mod calendar;
#[cfg(test)]
#[allow(dead_code, reason = "the example `calibrate` uses the rest")]
mod calibration;
pub mod company;
pub mod harrow;
#[cfg(test)]
mod lint;
pub mod naive;
#[cfg(test)]
mod outlooked;
pub mod payouts;
pub mod programs;
pub mod random;
#[cfg(test)]
mod reconciled;
pub mod shape;
pub mod tables;
pub mod terms;
pub mod truth;
mod world;

pub use company::departure::Departure;
pub use shape::Shape;
pub use world::{World, generate, generate_unpaid};
