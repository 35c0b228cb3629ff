//! The integration tests: one binary, one module an area.

mod browser;
mod samples;
mod web;
