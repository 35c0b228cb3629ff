//! The joint law of counts, the block they are drawn in, and what a textbook says.

use super::inversion::nothing;
use super::*;
use crate::simulation::keyed::Stream;

fn drawn<const P: usize>(rates: &[f64], shape: f64, first: u64) -> [Vec<Lanes<P>>; DRAWS] {
    let mut counts = [vec![[0.0; P]; rates.len()], vec![[0.0; P]; rates.len()]];
    let mut rates = Rates { of: rates.iter().map(|r| [*r; P]).collect(), ..Rates::default() };
    let key = Key::new(9, Stream::Cell, 0);
    Cell { key, shape }.draw(first, &mut rates, &mut counts);
    counts
}

#[test]
fn counts_have_their_rates_as_means_and_share_their_luck() {
    let n = 60_000u64;
    for shape in [2.5, 0.3, f64::INFINITY] {
        let rates = [4.0, 4.4, 4.0, 60.0, 0.0, 3.6, 1.0];
        let (mut sums, mut squares, mut added, mut kept) = ([0.0; 7], 0.0, 0.0, 0.0);
        for first in (0..n / 2).step_by(16) {
            let counts = drawn::<16>(&rates, shape, first);
            for out in counts.iter().flat_map(|c| (0..16).map(|l| c.iter().map(move |arm| arm[l]))) {
                let out: Vec<f64> = out.collect();
                assert_eq!(out[0], out[2]);
                assert!(out[1] >= out[0] && out[3] >= out[1] && out[4] == 0.0);
                assert!(out[5] <= out[0] && out[6] <= out[5]);
                sums.iter_mut().zip(&out).for_each(|(sum, v)| *sum += v);
                squares += (out[0] - 4.0).powi(2);
                added += (out[0] - 4.0) * (out[1] - out[0] - 0.4);
                kept += (out[0] - 4.0) * (out[6] - 1.0);
            }
        }
        let over = if shape.is_finite() { 1.0 / shape } else { 0.0 };
        let variance = 4.0 + 16.0 * over;
        for (sum, rate) in sums.iter().zip(rates) {
            let se = ((rate + rate * rate * over) / n as f64).sqrt();
            assert!((sum / n as f64 - rate).abs() <= 5.0 * se, "{shape} {rate}: {}", sum / n as f64);
        }
        let spread = squares / n as f64 / variance;
        assert!((spread - 1.0).abs() < 0.12, "negative binomial spread at {shape}: {spread}");
        // Luck is shared: Cov(N, what the next adds) = λ·Δ·Var(g).
        let covariance = added / n as f64;
        assert!((covariance - 1.6 * over).abs() < 0.05 + 0.3 * over, "{shape}: {covariance}");
        // Of a part: Cov(N, N') = λ' + λ·λ'·Var(g).
        let covariance = kept / n as f64;
        assert!((covariance - 1.0 - 4.0 * over).abs() < 0.05 + 0.4 * over, "{shape}: {covariance}");
    }
}

#[test]
fn counts_do_not_depend_on_the_other_arms_nor_on_the_block() {
    for shape in [1.7, f64::INFINITY] {
        let alone = drawn::<16>(&[3.0], shape, 0);
        let beside = drawn::<16>(&[3.0, 2.0, 5.0, 9.0, 40.0], shape, 0);
        assert_eq!(alone[0][0], beside[0][0]);
        assert_eq!(alone[1][0], beside[1][0]);
        for pair in 0..16 {
            let one = drawn::<1>(&[3.0, 2.0, 5.0, 9.0, 40.0], shape, pair);
            for (draw, arm) in (0..DRAWS).flat_map(|d| (0..5).map(move |a| (d, a))) {
                assert_eq!(one[draw][arm][0], beside[draw][arm][pair as usize], "{pair} {arm}");
            }
        }
    }
}

#[test]
fn a_step_that_bounds_settle_is_the_one_that_inversion_finds() {
    let mut settled = 0;
    for i in 0..4_000u64 {
        let key = Key::new(6, Stream::Cell, i);
        let shape = if i % 3 == 0 { f64::INFINITY } else { 0.3 + 5.0 * key.nth(0) };
        let cell = Cell { key, shape };
        let (from, to) = ([0.2 + 4.0 * key.nth(1); 16], [0.2 + 4.0 * key.nth(2); 16]);
        let counts: Lanes<16> = std::array::from_fn(|lane| (6.0 * key.nth(3 + lane as u64)).floor());
        let u: Lanes<16> = std::array::from_fn(|lane| key.halves(40 + lane as u64)[0]);
        let means = cell.moves(&from, &to, &counts);
        let (moved, open) = cell.moved_once(&u, (&from, &to), &counts, &means);
        for lane in (0..16).filter(|lane| open >> lane & 1 == 0) {
            let step = Step { from: from[lane], to: to[lane], count: counts[lane], mean: means[lane] };
            let found = cell.moved(u[lane], &step, cell.unmoved(&step), || key.generator());
            assert_eq!(moved[lane], found, "{i} {lane}");
            settled += i32::from(found != counts[lane]);
        }
    }
    assert!(settled > 2_000, "{settled}");
}

#[test]
fn lanes_that_order_their_arms_differently_keep_the_order() {
    let mut rates = Rates {
        of: vec![[3.0; 4], [2.0, 4.0, 3.0, 3.5], [4.0, 2.0, 3.0, 3.5], [3.5, 3.5, 2.5, 9.0]],
        ..Rates::default()
    };
    for i in 0..2_000 {
        let key = Key::new(9, Stream::Cell, i);
        let mut counts = [vec![[0.0; 4]; 4], vec![[0.0; 4]; 4]];
        Cell { key, shape: 0.8 }.draw(0, &mut rates, &mut counts);
        for (counts, lane) in counts.iter().flat_map(|c| (0..4).map(move |lane| (c, lane))) {
            for (a, b) in (0..4).flat_map(|a| (0..4).map(move |b| (a, b))) {
                let (low, high) = (rates.of[a][lane], rates.of[b][lane]);
                assert!(low > high || counts[a][lane] <= counts[b][lane], "{lane}: {counts:?}");
            }
        }
    }
}

#[test]
fn a_count_is_what_the_textbook_says() {
    // Shape 2, mean 1: p = 2/3; P(0) = 4/9, P(1) = 2 · 4/9 · 1/3.
    let none = nothing(1.0, 2.0);
    assert!((none - 4.0 / 9.0).abs() < 1e-12);
    let cell = Cell { key: Key::new(1, Stream::Cell, 0), shape: 2.0 };
    let u = [none - 1e-9, none, none + 8.0 / 27.0 - 1e-9, none + 8.0 / 27.0 + 1e-9];
    let inverted = invert_all(2.0, &[u, [0.0; 4]], &[1.0; 4], &[none; 4]);
    assert_eq!(inverted, [[0.0, 1.0, 1.0, 2.0], [0.0; 4]]);
    let last = [[1.0 - f64::EPSILON / 2.0]; DRAWS];
    assert!(invert_all(2.0, &last, &[1.0], &[none])[1][0] < 100.0);
    assert!(invert_all(2.0, &last, &[29.0], &[nothing(29.0, 2.0)])[0][0] < 1_000.0);
    // Each of three stays with chance 1/4: none does in 27 of 64.
    let gone = |u: f64| {
        let step = Step { from: 4.0, to: 1.0, count: 3.0, mean: 2.25 };
        left_out(u, 3.0, 0.75, cell.unmoved(&step), || cell.key.generator())
    };
    let staying = [27.0 / 64.0 - 1e-9, 27.0 / 64.0 + 1e-9, 1.0 - 1e-9];
    assert_eq!(staying.map(|below| gone(1.0 - below)), [3.0, 2.0, 0.0]);
    let step = Step { from: 4.0, to: 0.0, count: 3.0, mean: 3.0 };
    assert_eq!(left_out(0.5, 3.0, 1.0, cell.unmoved(&step), || cell.key.generator()), 3.0);
}

#[test]
fn counts_of_large_cells_have_their_mean_their_variance_and_their_skewness() {
    let n = 120_000u64;
    for (rate, shape) in [(45.0, 2.5), (300.0, 40.0), (900.0, f64::INFINITY), (35.0, 0.6)] {
        let draw = |first: u64| drawn::<16>(&[rate], shape, first);
        let all: Vec<f64> =
            (0..n / 2).step_by(16).flat_map(|first| draw(first).into_iter().flat_map(|c| c[0])).collect();
        let moment = |k: i32| all.iter().map(|v| (v - rate).powi(k)).sum::<f64>() / all.len() as f64;
        let over = if shape.is_finite() { 1.0 / shape } else { 0.0 };
        let variance = rate + rate * rate * over;
        let off = moment(1) / (variance / all.len() as f64).sqrt();
        assert!(off.abs() < 5.0, "{rate} {shape}: {off}");
        assert!((moment(2) / variance - 1.0).abs() < 0.05, "{rate} {shape}: {}", moment(2));
        // Of a negative binomial: (1 + 2λ/r) / √(λ(1 + λ/r)).
        let skewness = (1.0 + 2.0 * rate * over) / (rate * (1.0 + rate * over)).sqrt();
        let seen = moment(3) / moment(2).powf(1.5);
        assert!((seen - skewness).abs() < 0.05 + 0.1 * skewness, "{rate} {shape}: {seen} {skewness}");
        assert!(all.iter().all(|v| *v >= 0.0 && v.fract() == 0.0));
    }
}

#[test]
fn real_sales_are_moved_by_the_ratio() {
    let n = 20_000u64;
    for (units, ratio) in [(7.0, 1.2), (7.0, 0.8), (200.0, 0.9), (200.0, 1.1), (0.0, 2.0), (5.0, 1.0)] {
        let all: Vec<f64> = (0..n).map(|i| moved(Key::new(4, Stream::Cell, i), units, ratio)).collect();
        let mean = all.iter().sum::<f64>() / n as f64;
        let se = (units * (ratio - 1.0f64).abs() / n as f64).sqrt();
        assert!((mean - units * ratio).abs() <= 5.0 * se + 1e-9, "{units} {ratio}: {mean}");
        assert!(all.iter().all(|v| if ratio < 1.0 { *v <= units } else { *v >= units }));
    }
}
