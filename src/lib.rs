//! Spiffcast: what-if questions about partner incentive programs, answered from
//! the program rules and the partners' own sales history.
//!
//! The engine (`spiffcast-engine`) is pure; the modules here are the edges, each
//! the only user of its heavy dependency. Arrows run one way: `web` and the
//! command line use [`app`], `app` uses the edges, the edges use the engine, and
//! siblings at the edge do not know each other.

pub mod answer;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod history;
pub mod language;
pub mod learned;
pub mod priors;
pub mod program_record;
pub mod published;
pub mod reports;
pub mod retrieval;
pub mod state;
pub mod store;
pub mod turns;
pub mod web;
