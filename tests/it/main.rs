//! The integration tests: one binary, one module an area. Each further file directly
//! under `tests/` would cost a link of its own.

mod arrows;
mod browser;
mod cli;
mod history;
mod retrieval;
mod samples;
mod web;
mod wordings;
