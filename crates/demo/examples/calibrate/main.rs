//! Simulation-based calibration over generated companies (FORECASTING.md §5):
//!
//! ```text
//! cargo run --release -p spiffcast-demo --example calibrate -- \
//!     [--companies 300] [--seed 1] [--draws 500] [--samples 16] [--out FILE.json] \
//!     [--departures] [--demo-size]
//! ```
//!
//! `--departures`: the worlds that the estimator does not assume, so many companies of
//! each. `--demo-size`: all as large as the demo company. The same seeds give the same bytes, however many threads there are.

#![allow(clippy::print_stdout, reason = "its output is the table")]

#[path = "../../src/calibration/mod.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod calibration;
#[path = "../../src/agree/engine.rs"]
#[allow(dead_code, reason = "paying is for the tests that share the conversion")]
mod engine;
mod agree {
    pub(crate) use crate::engine;
}

use std::io;

use rayon::prelude::*;
use serde_json::json;
// What the shared modules name.
use spiffcast_demo::{
    Departure, Shape, World, books, calendar, company, generate_unpaid, programs, random, shape, terms,
};

use calibration::{Judged, Setup, report, trial};

mod world {
    pub use spiffcast_demo::World;
}

struct Options {
    companies: u64,
    seed: u64,
    draws: usize,
    samples: usize,
    out: Option<String>,
    departures: bool,
    of_demo_size: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        companies: 300,
        seed: 1,
        draws: 500,
        samples: 16,
        out: None,
        departures: false,
        of_demo_size: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let whole = |text: String| text.parse::<u64>().map_err(|e| format!("{text:?}: {e}"));
        match word.as_str() {
            "--companies" => options.companies = whole(value()?)?,
            "--seed" => options.seed = whole(value()?)?,
            "--draws" => options.draws = whole(value()?)? as usize,
            "--samples" => options.samples = whole(value()?)? as usize,
            "--out" => options.out = Some(value()?),
            "--departures" => options.departures = true,
            "--demo-size" => options.of_demo_size = true,
            _ => return Err(format!("unknown option {word}; see the head of this example")),
        }
    }
    Ok(options)
}

fn main() -> io::Result<()> {
    let options = options().map_err(io::Error::other)?;
    let run = |departure: Option<Departure>| -> Vec<Judged> {
        let Options { draws, samples, of_demo_size, .. } = options;
        let setup = Setup { draws, samples, departure, of_demo_size };
        let seeds: Vec<u64> = (options.seed..options.seed + options.companies).collect();
        seeds.into_par_iter().filter_map(|seed| trial(seed, &setup)).collect()
    };
    let value = if options.departures {
        let mut worlds = Vec::new();
        for departure in Departure::ALL {
            let trials = run(Some(departure));
            println!("{}", report::departure_line(departure, &trials));
            worlds.push(json!({"world": departure.as_str(), "found": report::json(&trials)}));
        }
        json!(worlds)
    } else {
        let trials = run(None);
        println!("{}", report::table(&trials));
        report::json(&trials)
    };
    if let Some(path) = options.out {
        std::fs::write(path, serde_json::to_string_pretty(&value).map_err(io::Error::other)?)?;
    }
    Ok(())
}
