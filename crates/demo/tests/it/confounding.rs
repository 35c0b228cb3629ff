//! Launches follow weak months and favour strong partners: whoever pools or compares
//! before with after is fooled, whoever compares within product, region and month is not.

use spiffcast_demo::company::market::PULL_FORWARD;
use spiffcast_demo::{World, generate};

use crate::world::demo;

const VARIED: [&str; 10] =
    ["PX-100", "PX-200", "PY-200", "PY-300", "PY-400", "EG-200", "EG-300", "EG-400", "SVC-20", "SVC-30"];

/// One cell as an estimator sees it.
struct Row {
    pair: usize,
    group: usize,
    units: f64,
    x: f64,
    before: f64,
}

fn rows(world: &World, sku: &str) -> Vec<Row> {
    let market = &world.market;
    let mut rows = Vec::new();
    for cell in &world.cells {
        let pair = &market.pairs[cell.pair];
        if market.items[pair.product].sku != sku || cell.expected <= 0.0 {
            continue;
        }
        let before = if cell.t == 0 { cell.x } else { world.incentives[cell.pair][cell.t - 1] };
        let group = market.region(pair.partner) * market.shape.months + cell.t;
        rows.push(Row { pair: cell.pair, group, units: f64::from(cell.units), x: cell.x, before });
    }
    rows
}

/// Poisson with these effects absorbed by proportional scaling; coefficients by Newton
/// steps: (on x, on last month's x).
fn poisson(rows: &[Row], effects: &[&dyn Fn(&Row) -> usize]) -> (f64, f64) {
    let size = |key: &dyn Fn(&Row) -> usize| rows.iter().map(key).max().unwrap_or(0) + 1;
    let mut scales: Vec<Vec<f64>> = effects.iter().map(|key| vec![1.0; size(*key)]).collect();
    let (mut b, mut c) = (0.0, 0.0);
    for _ in 0..400 {
        let mean = |r: &Row, scales: &[Vec<f64>]| {
            let fixed: f64 = effects.iter().zip(scales).map(|(key, s)| s[key(r)]).product();
            fixed * (b * r.x + c * r.before).exp()
        };
        for (e, key) in effects.iter().enumerate() {
            let (mut seen, mut fitted) = (vec![0.0; scales[e].len()], vec![0.0; scales[e].len()]);
            for r in rows {
                seen[key(r)] += r.units;
                fitted[key(r)] += mean(r, &scales);
            }
            for (scale, (y, m)) in scales[e].iter_mut().zip(seen.iter().zip(&fitted)) {
                *scale *= if *m > 0.0 { y / m } else { 1.0 };
            }
        }
        let (mut g, mut h) = ([0.0; 2], [0.0; 3]);
        for r in rows {
            let m = mean(r, &scales);
            g[0] += (r.units - m) * r.x;
            g[1] += (r.units - m) * r.before;
            h[0] += m * r.x * r.x;
            h[1] += m * r.x * r.before;
            h[2] += m * r.before * r.before;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        b += (h[2] * g[0] - h[1] * g[1]) / determinant;
        c += (h[0] * g[1] - h[1] * g[0]) / determinant;
    }
    (b, c)
}

/// Mean over the varied products of truth, pooled, within and lag coefficients.
fn estimates(world: &World) -> [f64; 4] {
    let mut sum = [0.0; 4];
    for sku in VARIED {
        let rows = rows(world, sku);
        let k = world.market.items.iter().position(|i| i.sku == sku).expect("the product");
        let pooled = poisson(&rows, &[&|_| 0]);
        let within = poisson(&rows, &[&|r: &Row| r.pair, &|r: &Row| r.group]);
        for (sum, value) in
            sum.iter_mut().zip([world.market.beta[k], pooled.0 + pooled.1, within.0, within.1])
        {
            *sum += value / VARIED.len() as f64;
        }
    }
    sum
}

#[test]
fn the_pooled_estimate_is_far_off_and_the_within_estimate_is_near() {
    let [truth, pooled, within, lag] = estimates(demo());
    assert!(pooled > truth + 2.0, "pooled {pooled}, truth {truth}");
    assert!((within - truth).abs() < 0.9, "within {within}, truth {truth}");
    assert!((lag + PULL_FORWARD * truth).abs() < 0.9, "lag {lag}");
}

/// Mean shock of the two months before the first month of each window of these SPIFFs, over
/// the covered products and all regions. The last versions of live programs start on a
/// date of the calendar and are left out.
fn shock_before_launches(world: &World) -> f64 {
    let market = &world.market;
    let (mut sum, mut n) = (0.0, 0.0);
    for versions in world.books.versions.chunk_by(|a, b| a.program == b.program) {
        if !["spiff-product-x", "spiff-product-y", "spiff-edge"].contains(&versions[0].program.as_str()) {
            continue;
        }
        for version in &versions[..versions.len() - 1] {
            let launch = (0..market.shape.months).find(|t| market.month(*t).first() == version.terms.from);
            let launch = launch.expect("a month of the history");
            for region in &market.shocks {
                let covered = |sku: &str| version.terms.skus.iter().any(|s| s == sku);
                for (path, _) in region.iter().zip(&market.items).filter(|(_, i)| covered(i.sku)) {
                    sum += path[launch - 1] + path[launch - 2];
                    n += 2.0;
                }
            }
        }
    }
    sum / n
}

#[test]
fn launches_follow_weak_months() {
    let other = generate(21, &spiffcast_demo::Shape::demo());
    for world in [demo(), &other] {
        let before = shock_before_launches(world);
        assert!(before < -0.03, "{before}");
    }
}
