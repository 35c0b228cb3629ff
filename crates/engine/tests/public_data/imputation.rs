//! Staggered treatment whose effect grows: a plain two-way fit is too low.

use spiffcast_engine::response::ppml::{self, Design};

use crate::{Table, printed};

#[test]
fn imputation_finds_the_effect_that_a_plain_fit_misses() {
    let Some(table) = Table::read("df_het") else { return };
    let groups = [table.groups("unit"), table.groups("year")];
    let (y, treated, effect) = (table.column("outcome"), table.column("treated"), table.column("effect"));
    let free: Vec<bool> = treated.iter().map(|t| *t == 0.0).collect();
    let without = ppml::untreated(&y, &groups, None, &free, false).expect("fits");
    let rows: Vec<usize> = (0..y.len()).filter(|&i| !free[i] && without[i].is_some()).collect();
    let mean = |f: &dyn Fn(usize) -> f64| rows.iter().map(|&i| f(i)).sum::<f64>() / rows.len() as f64;
    printed(mean(&|i| effect[i]), 2.220, 3);
    printed(mean(&|i| y[i] - without[i].expect("known")), 2.2305, 4);
    let design = Design { y: &y, x: &[treated], groups: &groups, weights: None };
    printed(ppml::fit_linear(&design).expect("fits").beta[0], 1.983, 3);
}
