//! The baseline beside its peers, and its speed. `benches/peers/README.md` says how
//! the parts are run together.
//!
//! ```text
//! cargo bench -p spiffcast-demo --bench baseline                     speed and memory
//! cargo bench -p spiffcast-demo --bench baseline -- demo OUT         demo company: panel.csv, own.csv
//! cargo bench -p spiffcast-demo --bench baseline -- panel PANEL OUT  the same for a panel of weeks
//! cargo bench -p spiffcast-demo --bench baseline -- scores FROM TO SHAPE   bias and coverage over companies
//! ```

#![expect(clippy::print_stdout, reason = "a command that prints what it measured")]

mod company;
mod demo;
mod emit;
#[path = "../../src/agree/engine.rs"]
#[expect(dead_code, reason = "paying is for the tests that share the conversion")]
mod engine;
mod panel;
mod scores;
mod speed;

use std::path::Path;

// What the shared conversion names.
use spiffcast_demo::{books, programs, terms};

fn main() {
    // `cargo bench` adds a flag of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => speed::run(),
        ["demo", out] => demo::run(Path::new(out)),
        ["panel", panel, out] => panel::run(Path::new(panel), Path::new(out)),
        ["scores", from, to, shape] => scores::run(
            from.parse().expect("the first seed, a whole number"),
            to.parse().expect("the last seed, a whole number"),
            shape,
        ),
        _ => eprintln!("usage: [demo OUT | panel PANEL OUT | scores FROM TO demo|small|long|thin]"),
    }
}
