//! Generates a company whose truth is known: partners, products, market, sales. The
//! order of modules is the order of making. Nothing here pays anything.

pub mod cells;
pub mod departure;
pub mod incentive;
pub mod market;
pub mod names;
pub mod partners;
pub mod products;
pub mod registrations;
pub mod returns;
pub mod transactions;
