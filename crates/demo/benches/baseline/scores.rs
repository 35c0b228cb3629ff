//! Bias and coverage over generated companies: every one forecast from two origins on
//! what was known then, everything fitted again.

use spiffcast_demo::{Shape, generate};
use spiffcast_engine::accuracy::{Backtest, Grouping, Plan, Scores, backtest};
use spiffcast_engine::calendar::Month;

use crate::company;

const ORIGINS: usize = 2;
const MONTHS: usize = 3;

pub fn run(from: u64, to: u64) {
    let found: Vec<Backtest> = (from..=to).map(one).collect();
    let n = found.len() as f64;
    for (at, grouping) in Grouping::ALL.iter().enumerate() {
        let mean = |f: &dyn Fn(&Backtest) -> Option<f64>| found.iter().filter_map(f).sum::<f64>() / n;
        let own = |f: fn(&Scores) -> Option<f64>| mean(&|b| f(&b.levels[at].own));
        let bias = own(|s| s.bias);
        let spread = mean(&|b| b.levels[at].own.bias.map(|v| (v - bias).powi(2))).sqrt();
        println!(
            "{grouping:?}: bias {:+.4} (standard error {:.4}), inside 80% {:.3}, inside 90% {:.3}, CRPS {:.4} (naive {:.4}), WAPE {:.4}, PIT {}",
            bias,
            spread / (n - 1.0).max(1.0).sqrt(),
            own(|s| s.coverage_80),
            own(|s| s.coverage_90),
            own(|s| s.crps),
            mean(&|b| b.levels[at].naive.crps),
            own(|s| s.wape),
            (0..10)
                .map(|i| format!("{:.3}", mean(&|b| Some(b.levels[at].own.pit[i]))))
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
}

fn one(seed: u64) -> Backtest {
    let world = generate(seed, &Shape::demo());
    let company = company::hindsight(&world);
    let first = Month::of(company.lines.first().map_or(company.as_of, |l| l.sold_on));
    let plan = Plan::recent(first, Month::of(company.as_of), ORIGINS, MONTHS);
    let found = backtest(&company, &plan, &|_| ());
    let total = &found.levels[Grouping::ALL.len() - 1].own;
    eprintln!("seed {seed}: bias of the total {:+.4}", total.bias.unwrap_or(f64::NAN));
    found
}
