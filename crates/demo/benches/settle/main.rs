//! How fast the exact calculator pays, on the demo company's own programs: by number
//! of transaction lines and by number of programs, with the naive calculator of this
//! crate as the peer. Prints Markdown tables for docs/BENCHMARKS.md.
//!
//! `cargo bench -p spiffcast-demo --bench settle -- [LINES_MAX]`; ten million lines
//! need about 8 GB. One thread, processor time; the best and the median of some runs,
//! because other work on the machine still takes caches and only ever adds time.

#![allow(clippy::print_stdout, reason = "its output is the table")]

mod clock;
#[path = "../../src/agree/engine.rs"]
#[allow(dead_code, reason = "the random companies use the rest")]
mod engine;
mod scale;

use std::hint::black_box;
use std::time::Duration;

use clock::Watch;
use spiffcast_demo::{Shape, books, generate, naive, programs, terms};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{RuleBook, SettleOptions, settle};

/// The seed of the demo company in the repository.
const SEED: u64 = 7;
const SIZES: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// Lines of the runs that differ by programs.
const LINES_BY_PROGRAMS: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let lines_max: usize = arguments.first().and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    let world = generate(SEED, &Shape::demo());
    let demo = engine::company(&world.books);

    println!("| lines | partners | programs | payout lines | best, s | median, s | lines/s |");
    println!("|---|---|---|---|---|---|---|");
    for lines in SIZES.into_iter().filter(|n| *n <= lines_max) {
        let company = scale::to_lines(&demo, lines);
        row(&company, &RuleBook::of(&company.programs));
    }
    let company = scale::to_lines(&demo, LINES_BY_PROGRAMS.min(lines_max));
    for programs in [1, 4, 8, 17] {
        row(&company, &some_programs(&company, programs));
    }
    naive_row(&world.books);
}

/// Every n-th program, so that kinds are mixed.
fn some_programs(company: &Company, n: usize) -> RuleBook {
    let all = RuleBook::of(&company.programs).programs;
    let step = all.len() / n;
    RuleBook { programs: all.into_iter().step_by(step).take(n).collect() }
}

fn row(company: &Company, rules: &RuleBook) {
    let lines = company.lines.len();
    let payouts = settle(company, rules, &SettleOptions::default()).payouts.len();
    let times = timed(lines, || settle(company, rules, &SettleOptions::default()));
    let programs = rules.programs.len();
    tell(lines, company.catalog.partners.len(), &programs.to_string(), payouts, &times);
}

fn naive_row(books: &books::Books) {
    let payouts = naive::settle(books).lines.len();
    let times = timed(books.lines.len() * 50, || naive::settle(books));
    tell(books.lines.len(), books.partners.len(), "17, naive", payouts, &times);
}

/// At least 3 runs, more where they are short; ascending. What a run gives is dropped
/// outside the time: whoever asks keeps it.
fn timed<T>(lines: usize, run: impl Fn() -> T) -> Vec<Duration> {
    let runs = (3_000_000 / lines.max(1)).clamp(3, 40);
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let watch = Watch::start();
            let out = black_box(run());
            let took = watch.took();
            drop(out);
            took
        })
        .collect();
    times.sort_unstable();
    times
}

fn tell(lines: usize, partners: usize, programs: &str, payouts: usize, times: &[Duration]) {
    let (best, median) = (times[0].as_secs_f64(), times[times.len() / 2].as_secs_f64());
    let rate = lines as f64 / best;
    println!("| {lines} | {partners} | {programs} | {payouts} | {best:.4} | {median:.4} | {rate:.0} |");
}
