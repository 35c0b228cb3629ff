//! The tests: thousands of random worlds, all branches of the naive calculator reached.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::OnceLock;

use super::compare::difference;
use super::shrink::shrink;
use super::tell::tell;
use super::world;
use crate::books::Books;
use crate::naive::{self, marks};

/// Worlds of the ordinary run.
const WORLDS: u64 = 8_000;

/// Differing seeds that are named.
const NAMED: usize = 100;

/// Reasons of PAYOUTS.md that a line or a payout may have; `outside_effective_dates` is
/// not told line by line.
const REASONS: [&str; 15] = [
    "paused",
    "product_not_covered",
    "tier_not_eligible",
    "region_not_eligible",
    "partner_type_not_eligible",
    "partner_inactive",
    "no_approved_deal_registration",
    "not_a_new_customer",
    "bundle_incomplete",
    "reported_late",
    "superseded_by a",
    "superseded_by b",
    "below_minimum",
    "no_baseline",
    "budget_exhausted",
];

/// What a run came to.
#[derive(Default)]
struct Run {
    /// Seeds on which the calculators differ.
    wrong: Vec<u64>,
    /// Marks of the naive calculator.
    marks: BTreeSet<&'static str>,
    /// Reasons that it gave.
    reasons: BTreeSet<String>,
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a whole number"))
}

/// The worlds are looked at once, on all cores, for all tests.
fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let (first, count) = match number("SPIFFCAST_AGREE_SEED") {
            Some(seed) => (seed, 1),
            None => (0, number("SPIFFCAST_AGREE_WORLDS").unwrap_or(WORLDS)),
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let part = |thread| look((first + thread..first + count).step_by(threads as usize));
        std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads).map(|thread| scope.spawn(move || part(thread))).collect();
            let mut run = Run::default();
            for part in parts {
                let part = part.join().expect("a part of the run");
                run.wrong.extend(part.wrong);
                run.marks.extend(part.marks);
                run.reasons.extend(part.reasons);
            }
            run.wrong.sort_unstable();
            run
        })
    })
}

fn look(seeds: impl Iterator<Item = u64>) -> Run {
    let mut run = Run::default();
    for seed in seeds {
        let books = world(seed);
        let settlement = naive::settle(&books);
        run.reasons.extend(settlement.considered.into_iter().filter_map(|c| Some(c.reason?.name())));
        run.reasons.extend(settlement.lines.into_iter().map(|l| l.reason));
        if run.wrong.len() < NAMED && differs(&books).is_some() {
            run.wrong.push(seed);
        }
    }
    run.marks = marks::take();
    run
}

/// What differs, a calculator that fails among it.
fn differs(books: &Books) -> Option<String> {
    catch_unwind(|| difference(books)).unwrap_or_else(|_| Some("  one of them fails\n".to_owned()))
}

#[test]
fn the_engine_and_the_naive_calculator_agree_on_random_worlds() {
    let seeds = &run().wrong;
    let Some(seed) = seeds.first() else { return };
    let small = shrink(&world(*seed), &|less| differs(less).is_some());
    let difference = differs(&small).unwrap_or_default();
    let told = tell(&small);
    panic!("the calculators differ on seeds {seeds:?}; the smallest of {seed}:\n{told}\n{difference}");
}

#[test]
fn the_random_worlds_reach_every_branch_of_the_naive_calculator() {
    if number("SPIFFCAST_AGREE_SEED").is_some() {
        return;
    }
    let run = run();
    let declared: BTreeSet<&str> = marks::MARKS.into_iter().collect();
    let missed: Vec<&&str> = declared.difference(&run.marks).collect();
    assert!(missed.is_empty(), "never reached: {missed:?}");
    let unknown: Vec<&&str> = run.marks.difference(&declared).collect();
    assert!(unknown.is_empty(), "marks that `MARKS` does not name: {unknown:?}");
    let missed: Vec<&&str> = REASONS.iter().filter(|r| !run.reasons.contains(**r)).collect();
    assert!(missed.is_empty(), "reasons never given: {missed:?}");
}
