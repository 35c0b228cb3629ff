//! The integration tests: one binary, one module an area. Each further file directly
//! under `tests/` would cost a link of its own.

mod accuracy;
mod arrows;
mod audit;
mod browser;
mod cli;
mod corrections;
mod data;
mod documents;
mod earnings;
mod embeddings;
mod history;
mod identity;
mod journeys;
mod judged;
mod language;
mod lookups;
mod people;
mod permissions;
mod programs;
mod reports;
mod retrieval;
mod samples;
mod scenarios;
mod truth;
mod web;
mod wordings;
