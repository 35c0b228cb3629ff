//! From an answer to what its page shows: plain values to plain strings. Nothing
//! here asks the copilot or computes a figure that the forecast does not hold.

pub mod accuracy;
pub mod charts;
pub mod compare;
pub mod earnings;
pub mod figures;
pub mod question;
pub mod terms;
pub mod trust;
