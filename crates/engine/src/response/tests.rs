//! The response against worlds whose truth is known.

use super::world::{FIRST, PULL, Reach, Shape, World, world};
use super::*;

pub(super) fn last(w: &World) -> Month {
    w.panel.month(w.panel.months - 1)
}

fn fitted(w: &World) -> ResponseModel {
    fit(&w.company, &w.panel, &w.x, &[], last(w))
}

pub(super) fn small(reach: &[Reach]) -> Shape {
    Shape { partners: 72, products: 4, months: 36, reach: reach.to_vec(), ..Shape::default() }
}

/// Whether every number is one.
pub(super) fn is_sound(model: &ResponseModel) -> bool {
    model.products.iter().all(|p| {
        let numbers = p.lags.iter().flat_map(|l| l.mean.iter().chain(l.cholesky.iter().flatten()).copied());
        numbers.chain(p.range).chain([p.share_from_history]).all(f64::is_finite)
            && (0.0..=1.0).contains(&p.share_from_history)
            && p.lags.is_none_or(|l| (0..LAGS).all(|i| l.se(i) >= 0.0 && l.cholesky[i][i] >= 0.0))
    })
}

/// The 90% point of the standard normal, both sides.
const Z: f64 = 1.645;

/// Mean response weighted by what was treated, its standard error and the truth.
fn treated_weighted(w: &World, model: &ResponseModel) -> (f64, f64, f64) {
    let mut weight = vec![0.0; w.beta.len()];
    for (s, (_, k)) in w.panel.series.iter().enumerate() {
        let cells = s * w.panel.months..(s + 1) * w.panel.months;
        weight[*k] += cells.map(|at| w.mean[at] * w.x[at]).sum::<f64>();
    }
    let total: f64 = weight.iter().sum();
    let (mut mean, mut own, mut common, mut truth) = (0.0, 0.0, [0.0; LAGS], 0.0);
    for (k, product) in model.products.iter().enumerate() {
        let joint = product.joint().expect("a response");
        let share = weight[k] / total;
        mean += share * joint.mean[0];
        own += (share * joint.own_cholesky[0][0]).powi(2);
        common.iter_mut().zip(joint.common[0]).for_each(|(sum, loading)| *sum += share * loading);
        truth += share * w.beta[k];
    }
    (mean, (own + common.iter().map(|c| c * c).sum::<f64>()).sqrt(), truth)
}

// 50 worlds: 200 own intervals should hold the truth 180 times, a binomial test at
// 1% allows 169 to 191; of 50 portfolio intervals 45, allows 39 and more. Shrunk ones
// may hold it more often, since the spread between products is not known either.
// Worlds are confounded: launches follow weak months, of the larger tiers.
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let (mut own, mut shrunk, mut portfolio, mut naive_inside) = (0, 0, 0, 0);
    let (mut raw_error, mut shrunk_error) = (0.0, 0.0);
    for seed in 1000..1050 {
        let w = world(seed, &small(&[Reach::Top, Reach::Coin]));
        let model = fitted(&w);
        let naive = naive(&w.company, &w.panel, &w.x, last(&w));
        for (k, product) in model.products.iter().enumerate() {
            let (b, se) = product.diagnostics.unshrunk.expect("an estimate");
            let lags = product.lags.expect("a response");
            own += usize::from((b - w.beta[k]).abs() < Z * se);
            shrunk += usize::from((lags.mean[0] - w.beta[k]).abs() < Z * lags.se(0));
            raw_error += (b - w.beta[k]).powi(2);
            shrunk_error += (lags.mean[0] - w.beta[k]).powi(2);
        }
        let (mean, se, truth) = treated_weighted(&w, &model);
        portfolio += usize::from((mean - truth).abs() < Z * se);
        let (b, se) = naive[0].expect("a naive estimate");
        naive_inside += usize::from((b - w.beta[0]).abs() < Z * se);
    }
    assert!((169..=191).contains(&own), "own {own}");
    assert!((169..=198).contains(&shrunk), "shrunk {shrunk}");
    assert!(portfolio >= 39, "portfolio {portfolio}");
    assert!(shrunk_error < 0.6 * raw_error, "shrunk {shrunk_error}, raw {raw_error}");
    assert!(naive_inside <= 12, "naive {naive_inside}");
}

#[test]
fn a_large_confounded_history_is_told_apart_from_its_naive_estimate() {
    let shape = Shape { partners: 240, products: 4, level: 8.0, ..Shape::default() };
    let w = world(7, &shape);
    let (mean, se, truth) = treated_weighted(&w, &fitted(&w));
    assert!((mean - truth).abs() < Z * se && se < 1.0, "{mean} ± {se}, truth {truth}");
    for (k, naive) in naive(&w.company, &w.panel, &w.x, last(&w)).iter().enumerate() {
        let (b, se) = naive.expect("a naive estimate");
        assert!((b - w.beta[k]).abs() > Z * se, "naive {b} ± {se}, truth {}", w.beta[k]);
    }
}

#[test]
fn last_months_incentive_takes_sales_away() {
    let shape = Shape { partners: 240, products: 4, level: 8.0, ..Shape::default() };
    let w = world(11, &shape);
    let mut squares = [0.0; LAGS];
    let mut mean = [0.0; LAGS];
    for (k, product) in fitted(&w).products.iter().enumerate() {
        let lags = product.lags.expect("a response");
        let truth = [w.beta[k], -PULL * w.beta[k], 0.0];
        for lag in 0..LAGS {
            squares[lag] += ((lags.mean[lag] - truth[lag]) / lags.se(lag)).powi(2) / 4.0;
            mean[lag] += lags.mean[lag] / 4.0;
        }
    }
    // Of four standardised errors the mean square is 1; above 3.3 it is once in 100.
    assert!(squares.iter().all(|s| *s < 3.3), "{squares:?}");
    assert!(mean[0] > 2.0 && mean[1] < -0.5 && mean[2].abs() < 1.0, "{mean:?}");
}

#[test]
fn grades_follow_from_how_the_history_varied() {
    let reach = [Reach::Coin, Reach::Top, Reach::All, Reach::Never];
    let w = world(3, &small(&reach));
    let model = fitted(&w);
    let grades: Vec<Grade> = model.products.iter().map(|p| p.grade).collect();
    assert!(grades[0] <= Grade::B && grades[1] == Grade::B, "{grades:?}");
    assert_eq!(grades[2..], [Grade::C, Grade::PriorOnly]);
    let never = &model.products[3];
    assert_eq!((never.share_from_history, never.changes), (0.0, 0));
    assert!(never.flags.contains(&"FEWER THAN 2 CHANGES".to_owned()));
    // It borrows from the others and is less certain than any of them.
    let borrowed = never.lags.expect("from the others");
    let widest = model.products[..3].iter().filter_map(|p| p.lags).map(|l| l.se(0)).fold(0.0, f64::max);
    assert!(borrowed.se(0) > 0.8 * widest);
    assert!(model.products[2].flags.contains(&"ALL ELIGIBLE AT ONCE".to_owned()));
}

#[test]
fn randomised_eligibility_with_a_clean_lead_is_grade_a() {
    let mut found = 0;
    for seed in 0..6 {
        let model = fitted(&world(seed, &small(&[Reach::Coin])));
        found += model.products.iter().filter(|p| p.grade == Grade::A).count();
        for p in &model.products {
            assert!(p.grade == Grade::A || p.flags.iter().any(|f| f == "LEAD NOT CLEAN"), "{p:?}");
        }
    }
    assert!(found >= 20, "{found}");
}

#[test]
fn without_any_change_nothing_is_known() {
    let w = world(5, &small(&[Reach::Never]));
    let mut constant = w.x.clone();
    constant.fill(0.05);
    for x in [&w.x, &constant, &vec![]] {
        let model = fit(&w.company, &w.panel, x, &[], last(&w));
        for p in &model.products {
            assert_eq!((p.grade, p.lags, p.share_from_history), (Grade::PriorOnly, None, 0.0));
        }
    }
}

#[test]
fn an_incentive_of_everyone_alike_is_not_taken_for_a_contrast() {
    let w = world(9, &small(&[Reach::All]));
    for p in &fitted(&w).products {
        assert!(p.grade >= Grade::C, "{p:?}");
    }
}

#[test]
fn a_lead_that_moves_sales_is_flagged() {
    let shape = Shape { partners: 240, products: 2, level: 8.0, ..small(&[Reach::Coin]) };
    let mut w = world(2, &shape);
    let mut random = super::world::Stream(99);
    // Buyers wait for the next month's incentive.
    for s in 0..w.panel.series.len() {
        for t in 0..w.panel.months - 1 {
            let at = w.panel.at(s, t);
            w.panel.units[at] = random.negative_binomial(w.mean[at] * (-5.0 * w.x[at + 1]).exp(), 2.5);
        }
    }
    for p in &fitted(&w).products {
        assert!(p.flags.contains(&"LEAD NOT CLEAN".to_owned()), "{p:?}");
        assert_eq!(p.grade, Grade::B);
    }
}

#[test]
fn the_firms_incentive_is_told_apart_only_where_it_moves_alone() {
    let shape = Shape { partners: 240, products: 3, level: 8.0, ..small(&[Reach::Top]) };
    let mut w = world(4, &shape);
    let mut random = super::world::Stream(5);
    let mut firm = vec![0.0; w.x.len()];
    for s in 0..w.panel.series.len() {
        for t in 0..w.panel.months {
            let at = w.panel.at(s, t);
            let partner = w.panel.series[s].0;
            firm[at] = if (partner / 2 + t / 4).is_multiple_of(3) { 0.05 } else { 0.0 };
            w.panel.units[at] = random.negative_binomial(w.mean[at] * f64::exp(2.0 * firm[at]), 2.5);
        }
    }
    let model = fit(&w.company, &w.panel, &w.x, &firm, last(&w));
    let (b, se) = model.products[0].diagnostics.firm.expect("told apart");
    assert!((b - 2.0).abs() < 2.0 * se && se < 1.5, "{b} ± {se}");
    assert!(model.products.iter().all(|p| p.flags.iter().all(|f| f != "FIRM INCENTIVE POOLED")));
    let steady = vec![0.02; w.x.len()];
    let pooled = fit(&w.company, &w.panel, &w.x, &steady, last(&w));
    assert!(pooled.products.iter().all(|p| p.diagnostics.firm.is_none()));
    assert!(pooled.products[0].flags.contains(&"FIRM INCENTIVE POOLED".to_owned()));
}

#[test]
fn months_still_being_reported_do_not_count() {
    let mut w = world(6, &small(&[Reach::Top]));
    let usable = w.panel.month(w.panel.months - 3);
    let before = fit(&w.company, &w.panel, &w.x, &[], usable);
    for s in 0..w.panel.series.len() {
        for t in w.panel.months - 2..w.panel.months {
            let at = w.panel.at(s, t);
            w.panel.units[at] *= 0.3;
        }
    }
    assert_eq!(before, fit(&w.company, &w.panel, &w.x, &[], usable));
}

#[test]
fn strange_histories_give_no_strange_numbers() {
    let shape = Shape { partners: 12, products: 3, ..small(&[Reach::Top, Reach::All]) };
    let normal = world(1, &shape);
    let spoil: [fn(&mut World); 7] = [
        |w| w.panel.units.fill(0.0),
        |w| w.panel.units.iter_mut().skip(1).for_each(|u| *u = 0.0),
        |w| w.panel.units[40] = 1e7,
        |w| w.panel.units.iter_mut().for_each(|u| *u = f64::NAN),
        |w| w.panel.units.iter_mut().for_each(|u| *u = -*u),
        |w| w.x.iter_mut().step_by(7).for_each(|x| *x = f64::INFINITY),
        |w| w.company.catalog.partners.iter_mut().for_each(|p| p.active = false),
    ];
    for change in spoil {
        let mut w = world(1, &shape);
        change(&mut w);
        assert!(is_sound(&fitted(&w)));
    }
    for usable in [FIRST, FIRST.plus(-5), FIRST.plus(1), FIRST.plus(500)] {
        assert!(is_sound(&fit(&normal.company, &normal.panel, &normal.x, &[], usable)));
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let w = world(8, &small(&[Reach::Top, Reach::All]));
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool");
    let one = pool(1).install(|| format!("{:?}", fitted(&w)));
    assert_eq!(one, pool(7).install(|| format!("{:?}", fitted(&w))));
}
