//! Whole simulations of small companies.

mod odd;
mod whole;
mod world;
