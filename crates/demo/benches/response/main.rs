//! How long the response takes, and its estimator beside `pyfixest` on the same rows.
//! `benches/peers/README.md` says how the parts are run together.
//!
//! ```text
//! cargo bench -p spiffcast-demo --bench response              refit of the demo company, by part
//! cargo bench -p spiffcast-demo --bench response -- rows OUT  OUT/rows.csv and OUT/own.json
//! ```

#![allow(clippy::print_stdout, reason = "its output is the table")]

mod demo;
#[path = "../../src/agree/engine.rs"]
#[expect(dead_code, reason = "paying is for the tests that share the conversion")]
mod engine;
mod rows;

use std::path::Path;

// What the shared conversion names.
use spiffcast_demo::{books, programs, terms};

fn main() {
    // `cargo bench` adds a flag of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => demo::run(),
        ["rows", out] => rows::run(Path::new(out)),
        _ => eprintln!("usage: [rows OUT]"),
    }
}
