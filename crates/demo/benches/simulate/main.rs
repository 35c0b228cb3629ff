//! How fast a question is played: the demo company's own questions, and a large
//! company in both arms. Prints Markdown tables for docs/BENCHMARKS.md;
//! `benches/peers/montecarlo.py` does the large company's work in numpy.
//!
//! ```text
//! cargo bench -p spiffcast-demo --bench simulate                      questions on the demo company
//! cargo bench -p spiffcast-demo --bench simulate -- large 10000 1     the large company
//! cargo bench -p spiffcast-demo --bench simulate -- amounts 10000 1   the same, lognormal amounts
//! cargo bench -p spiffcast-demo --bench simulate -- one 2000 5        one question, for a profiler
//! ```
//!
//! Wall time and processor time of the whole process, best of some runs: other work on
//! the machine only ever adds to both.

#![allow(clippy::print_stdout, reason = "its output is the table")]

mod clock;
mod demo;
#[path = "../../src/agree/engine.rs"]
#[expect(dead_code, reason = "paying is for the tests that share the conversion")]
mod engine;
mod large;

// What the shared conversion names.
use spiffcast_demo::{books, programs, terms};
use spiffcast_engine::simulation::Sales;

fn main() {
    // `cargo bench` adds a flag of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => demo::run(),
        [which @ ("large" | "amounts"), draws, times] => {
            let sales = if *which == "large" { Sales::Counts } else { Sales::Amounts };
            large::run(
                draws.parse().expect("a number of draws"),
                times.parse().expect("how many times"),
                sales,
            )
        }
        ["one", draws, times] => {
            demo::one(draws.parse().expect("a number of draws"), times.parse().expect("how many times"))
        }
        _ => eprintln!("usage: [one DRAWS TIMES | large DRAWS TIMES | amounts DRAWS TIMES]"),
    }
}
