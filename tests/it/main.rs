//! The integration tests: one binary, one module an area. Each further file directly
//! under `tests/` would cost a link of its own.

mod accuracy;
mod arrows;
mod audit;
mod backups;
mod browser;
mod canaries;
mod cli;
mod corrections;
mod data;
mod desks;
mod documents;
mod drafts;
mod earnings;
mod embeddings;
mod faults;
mod history;
mod hostile;
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
mod running;
mod samples;
mod samples_desk;
mod scenarios;
mod truth;
mod web;
mod wordings;
