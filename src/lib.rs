//! Spiffcast: what-if questions about partner incentive programs, answered from
//! the program rules and the partners' own sales history.
//!
//! The engine (`spiffcast-engine`) is pure; the modules here are the edges, each
//! the only user of its heavy dependency. Arrows run one way: `web` and the
//! command line use [`app`], `app` uses the edges, the edges use the engine, and
//! siblings at the edge do not know each other.

pub mod app;
pub mod reports;
pub mod web;
