//! 360,000 rows: 500 partners, 20 products and 36 months, of which 8 pairs never sell.
//! Effects of the pair (9,992 are left) and of product × month (720), the incentive at
//! lags 0 to 2 and one month ahead, clusters of partners.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::json;
use spiffcast_demo::random::Stream;
use spiffcast_engine::response::ppml::{self, Design, Fit};

const PARTNERS: usize = 500;
const PRODUCTS: usize = 20;
const MONTHS: usize = 36;
const EMPTY: usize = 8;
const RUNS: usize = 7;
/// Log units per 1.0 of incentive: the month itself, one and two months ago, one ahead.
const TRUTH: [f64; 4] = [4.0, -1.4, 0.0, 0.0];

struct Rows {
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    groups: [Vec<u32>; 2],
    partner: Vec<u32>,
}

pub fn run(out: &Path) {
    fs::create_dir_all(out).expect("a folder to write to");
    let rows = rows(7);
    let design = Design { y: &rows.y, x: &rows.x, groups: &rows.groups, weights: None };
    let mut seconds = Vec::new();
    let mut last: Option<(Fit, Vec<f64>)> = None;
    for _ in 0..RUNS {
        let started = Instant::now();
        let fit = ppml::fit(&design).expect("a design that fits");
        let covariance = fit.clustered(&[&rows.partner]).expect("clusters");
        seconds.push(started.elapsed().as_secs_f64());
        let errors = (0..TRUTH.len()).map(|c| covariance.se(c)).collect();
        last = Some((fit, errors));
    }
    let (fit, errors) = last.expect("at least one run");
    let own = json!({
        "seconds": seconds, "beta": fit.beta, "se": errors, "rows": fit.rows.len(),
        "iterations": fit.iterations, "converged": fit.converged, "truth": TRUTH,
    });
    fs::write(out.join("own.json"), own.to_string()).expect("own.json written");
    fs::write(out.join("rows.csv"), text(&rows)).expect("rows.csv written");
    seconds.sort_by(f64::total_cmp);
    eprintln!("{} rows, best {:.3} s, median {:.3} s", fit.rows.len(), seconds[0], seconds[RUNS / 2]);
}

fn rows(seed: u64) -> Rows {
    let mut rows =
        Rows { y: vec![], x: vec![vec![]; TRUTH.len()], groups: [vec![], vec![]], partner: vec![] };
    let mut draw = Stream::new(seed, "rows", &[]);
    let partners: Vec<f64> = (0..PARTNERS).map(|_| 0.8 + 0.7 * draw.normal()).collect();
    let months: Vec<f64> = (0..PRODUCTS * MONTHS).map(|_| 0.3 * draw.normal()).collect();
    let rates: Vec<f64> = (0..PRODUCTS * MONTHS / 3).map(|_| 0.02 + 0.04 * draw.uniform()).collect();
    for (i, size) in partners.iter().enumerate() {
        for k in 0..PRODUCTS {
            let pair = i * PRODUCTS + k;
            let level = size + 0.4 * draw.normal();
            // Windows of three months; who is reached is drawn anew for each.
            let on: Vec<f64> = (0..MONTHS / 3 + 2)
                .map(|q| if draw.chance(0.3) { rates[k * (MONTHS / 3) + q % (MONTHS / 3)] } else { 0.0 })
                .collect();
            let x = |t: usize| on[(t + 3) / 3];
            for t in 0..MONTHS {
                let lags = [x(t), x(t.max(1) - 1), x(t.max(2) - 2), x(t + 1)];
                let effect: f64 = lags.iter().zip(TRUTH).map(|(x, b)| x * b).sum();
                let mean = (level + months[k * MONTHS + t] + effect).exp();
                let sold = draw.negative_binomial(mean, 2.5);
                rows.y.push(if pair < EMPTY { 0.0 } else { f64::from(sold) });
                rows.x.iter_mut().zip(lags).for_each(|(column, x)| column.push(x));
                rows.groups[0].push(pair as u32);
                rows.groups[1].push((k * MONTHS + t) as u32);
                rows.partner.push(i as u32);
            }
        }
    }
    rows
}

fn text(rows: &Rows) -> String {
    let mut out = String::from("y,x0,x1,x2,lead,pair,month,partner\n");
    for i in 0..rows.y.len() {
        let x = |c: usize| rows.x[c][i];
        let (pair, month) = (rows.groups[0][i], rows.groups[1][i]);
        let _ = writeln!(
            out,
            "{},{},{},{},{},{pair},{month},{}",
            rows.y[i],
            x(0),
            x(1),
            x(2),
            x(3),
            rows.partner[i]
        );
    }
    out
}
