//! Whole simulations of small companies.

mod back;
mod beside;
mod counted;
mod odd;
mod whole;
pub(crate) mod world;
