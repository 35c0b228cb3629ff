//! Smoke test of three generated companies: the baseline forecasts what came, without
//! bias and with honest widths. Hundreds of companies and the peers are a bench
//! (`benches/baseline`). Tests only.

use spiffcast_engine::accuracy::{Backtest, Grouping, Plan, backtest};
use spiffcast_engine::calendar::Month;

use crate::reconciled::company::company;
use crate::{Shape, generate};

/// What a month really sold is known: lines reported later are there, with their day.
fn of_seed(seed: u64) -> Backtest {
    let mut world = generate(seed, &Shape { months: 36, ..Shape::small() });
    let unreported = std::mem::take(&mut world.unreported);
    world.books.lines.extend(unreported);
    let company = company(&world);
    let first = Month::of(company.lines[0].sold_on);
    backtest(&company, &Plan::recent(first, Month::of(company.as_of), 2, 3), &|_| ())
}

#[test]
fn three_companies_are_forecast_without_bias_and_with_honest_widths() {
    let found: Vec<Backtest> = [101, 102, 103].into_iter().map(of_seed).collect();
    let mean = |level: usize, f: &dyn Fn(&Backtest, usize) -> Option<f64>| {
        found.iter().filter_map(|b| f(b, level)).sum::<f64>() / found.len() as f64
    };
    for (level, grouping) in Grouping::ALL.iter().enumerate() {
        let crps = mean(level, &|b, l| b.levels[l].own.crps);
        let naive = mean(level, &|b, l| b.levels[l].naive.crps);
        assert!(crps > 0.0 && crps < naive, "{grouping:?}: {crps} against {naive}");
        // 48 partners and 12 products: a common shock of a few percent moves all.
        let bias = mean(level, &|b, l| b.levels[l].own.bias);
        assert!(bias.abs() < 0.12, "{grouping:?}: bias {bias}");
    }
    for (level, low, high) in [(0, 0.76, 0.85), (1, 0.70, 0.90)] {
        let inside = mean(level, &|b, l| b.levels[l].own.coverage_80);
        assert!((low..high).contains(&inside), "{:?}: {inside} inside 80%", Grouping::ALL[level]);
    }
    let cells = found.iter().map(|b| b.levels[0].own.cases).sum::<usize>();
    assert!(cells > 3 * 6 * 150, "{cells} cells scored");
}
