//! Drafts of program versions: an option of an answer becomes files that somebody else
//! approves (DESIGN.md, invariant 6). The way of a draft: `make` writes it from an
//! answer, `share` gives each version its part of a budget, `checks` hold its files to the rules, [`steps`] says who may do what with it
//! when, `files` puts what was approved in its place. Nothing that serves changes here:
//! the files do when an administrator imports them.

mod checks;
mod desk;
mod files;
mod make;
pub mod port;
mod share;
pub mod steps;

pub use port::{Approvals, DraftError};
