//! From an answer to what its page shows: plain values to plain strings. Nothing
//! here asks the copilot or computes a figure that the forecast does not hold.

pub mod accuracy;
pub mod changes;
pub mod diff;
pub mod drafts;
pub mod earnings;
pub mod one_option;
pub mod outlook;
pub mod program;
pub mod question;
pub mod reconciled;
pub mod terms;
