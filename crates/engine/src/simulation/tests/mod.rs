//! Whole simulations of small companies.

mod odd;
mod whole;
pub(crate) mod world;
