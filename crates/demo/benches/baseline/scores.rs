//! Bias and coverage over generated companies: every one forecast from two origins on
//! what was known then, everything fitted again.

use spiffcast_demo::{Shape, generate};
use spiffcast_engine::accuracy::{Backtest, Grouping, Plan, Scores, backtest};
use spiffcast_engine::calendar::Month;

use crate::company;

const ORIGINS: usize = 2;
const MONTHS: usize = 3;

pub fn run(from: u64, to: u64, name: &str) {
    let Some(shape) = shape(name) else {
        eprintln!("no shape {name}: demo, small, long or thin");
        return;
    };
    let found: Vec<Backtest> = (from..=to).map(|seed| one(seed, &shape)).collect();
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

/// Companies that are not like the demo company: of few partners, of five years and
/// three times its sales, of two and a half years and 40% of its sales.
fn shape(name: &str) -> Option<Shape> {
    match name {
        "demo" => Some(Shape::demo()),
        "small" => Some(Shape { months: 36, ..Shape::small() }),
        "long" => Some(Shape { months: 60, volume: 3.0, ..Shape::demo() }),
        "thin" => Some(Shape { months: 30, volume: 0.4, ..Shape::demo() }),
        _ => None,
    }
}

fn one(seed: u64, shape: &Shape) -> Backtest {
    let world = generate(seed, shape);
    let company = company::hindsight(&world);
    let first = Month::of(company.lines.first().map_or(company.as_of, |l| l.sold_on));
    let plan = Plan::recent(first, Month::of(company.as_of), ORIGINS, MONTHS);
    let found = backtest(&company, &plan, &|_| ());
    let total = &found.levels[Grouping::ALL.len() - 1].own;
    eprintln!("seed {seed}: bias of the total {:+.4}", total.bias.unwrap_or(f64::NAN));
    found
}
