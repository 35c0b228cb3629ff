//! The tests: thousands of random worlds.

use std::panic::catch_unwind;

use super::compare::difference;
use super::shrink::shrink;
use super::tell::tell;
use super::world;
use crate::books::Books;

/// Worlds of the ordinary run.
const WORLDS: u64 = 4_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a whole number"))
}

/// What differs, a calculator that fails among it.
fn differs(books: &Books) -> Option<String> {
    catch_unwind(|| difference(books)).unwrap_or_else(|_| Some("  one of them fails\n".to_owned()))
}

#[test]
fn the_engine_and_the_naive_calculator_agree_on_random_worlds() {
    let one = number("SPIFFCAST_AGREE_SEED");
    let seeds = match one {
        Some(seed) => seed..seed + 1,
        None => 0..number("SPIFFCAST_AGREE_WORLDS").unwrap_or(WORLDS),
    };
    let wrong: Vec<(u64, Books)> = seeds
        .map(|seed| (seed, world(seed)))
        .filter(|(_, books)| differs(books).is_some())
        .take(200)
        .collect();
    let Some((seed, books)) = wrong.first() else { return };
    let small = shrink(books, &|less| differs(less).is_some());
    let difference = differs(&small).unwrap_or_default();
    let seeds: Vec<u64> = wrong.iter().map(|w| w.0).collect();
    panic!(
        "the calculators differ on seeds {seeds:?}; the smallest of seed {seed}:\n{}\n{difference}",
        tell(&small)
    );
}
