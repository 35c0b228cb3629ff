//! From every product's own estimate to the model: which design a product allows,
//! how far the incentive to the firm can be told from the seller's, shrinkage, and
//! the grade. Must not look at what a scenario asks.

use rayon::prelude::*;

use super::changes::{Changes, changes};
use super::own::{self, Estimate};
use super::rows::Incentive;
use super::shrink::{Own, Prior};
use super::{Data, Diagnostics, LAGS, LagResponse, ProductResponse, ResponseModel, linear};
use crate::calendar::Month;
use crate::catalog::ProductIx;
use crate::company::Company;
use crate::forecast::Grade;
use crate::panel::Panel;

/// Fewer distinct changes say nothing (FORECASTING.md §2).
const CHANGES_MIN: usize = 2;
/// A lead is material from this share of the response on.
const LEAD_SHARE: f64 = 0.25;
const LEAD_T: f64 = 2.0;
/// Products with controls, from which on those without no longer shape the prior.
const CONTROLLED_MIN: usize = 3;

/// What the history allowed for one product.
struct History {
    changes: Changes,
    /// With untouched controls.
    controlled: Option<Estimate>,
    /// From variation over time.
    over_time: Option<Estimate>,
}

/// Fits the response of every product.
///
/// `x` and `x_firm` are the effective incentives that reach the seller and the firm
/// as shares of list price, one a cell of the panel, series-major; missing or
/// non-finite cells count as none. Months after `usable_through` are still being
/// reported and are left out.
pub fn fit(
    company: &Company,
    panel: &Panel,
    x: &[f64],
    x_firm: &[f64],
    usable_through: Month,
) -> ResponseModel {
    let data = Data::new(company, panel, usable_through);
    let (seller, firm) = (Incentive::new(x, panel), Incentive::new(x_firm, panel));
    if !x_firm.iter().any(|v| v.is_finite() && *v != 0.0) {
        return assemble(&study(&data, seller, None), None, false);
    }
    let apart = study(&data, seller, Some(firm));
    if let Some(response) = firm_response(&data, firm, &apart) {
        return assemble(&apart, Some(response), false);
    }
    let sum: Vec<f64> = (0..panel.series.len())
        .flat_map(|s| (0..panel.months).map(move |t| (s, t)))
        .map(|(s, t)| seller.at(s, t) + firm.at(s, t))
        .collect();
    assemble(&study(&data, Incentive::new(&sum, panel), None), None, true)
}

fn study(data: &Data, x: Incentive, firm: Option<Incentive>) -> Vec<History> {
    let one = |product: ProductIx| {
        let changes = changes(data, product, x);
        let enough = changes.count >= CHANGES_MIN;
        let has_controls = enough && changes.controlled > 0;
        History {
            controlled: if has_controls { own::controlled(data, product, x, firm) } else { None },
            over_time: if enough { own::over_time(data, product, x, changes.count) } else { None },
            changes,
        }
    };
    (0..data.company.catalog.products.len()).into_par_iter().map(one).collect()
}

/// The response to the firm's incentive, pooled over products, where it moved at
/// least twice and is known at least as well as the spread of what is pooled.
fn firm_response(data: &Data, firm: Incentive, histories: &[History]) -> Option<(f64, f64)> {
    let estimates: Vec<Own> = histories
        .iter()
        .enumerate()
        .filter(|(p, _)| changes(data, *p, firm).count >= CHANGES_MIN)
        .filter_map(|(_, h)| h.controlled.as_ref()?.firm)
        .map(|(b, se)| Own { estimate: b, variance: se * se })
        .collect();
    let pooled = Prior::of(&estimates)?.shrink(None);
    let seller: Vec<Own> = histories.iter().filter_map(|h| own_lag(h.controlled.as_ref()?, 0)).collect();
    let size = Prior::of(&seller)?.mean().abs();
    // Less is known than that it is of the seller's size or nothing: no gain.
    (pooled.variance.sqrt() < size).then(|| (pooled.mean, pooled.variance.sqrt()))
}

fn own_lag(e: &Estimate, lag: usize) -> Option<Own> {
    e.identified[lag].then(|| Own { estimate: e.mean[lag], variance: e.covariance[lag][lag] })
}

/// What timing alone got wrong where controls allow a check: the variance, beyond
/// the sampling errors, of the estimate over time around the controlled one.
fn timing_error(histories: &[History]) -> Option<f64> {
    let excess: Vec<f64> = histories
        .iter()
        .filter_map(|h| {
            let (a, b) = (own_lag(h.controlled.as_ref()?, 0)?, own_lag(h.over_time.as_ref()?, 0)?);
            Some((a.estimate - b.estimate).powi(2) - a.variance - b.variance)
        })
        .collect();
    (excess.len() >= CHANGES_MIN).then(|| (excess.iter().sum::<f64>() / excess.len() as f64).max(0.0))
}

/// The estimate a product is judged by, and whether it had controls.
struct Chosen {
    estimate: Estimate,
    controlled: bool,
}

fn assemble(histories: &[History], firm: Option<(f64, f64)>, pooled_firm: bool) -> ResponseModel {
    let timing = timing_error(histories);
    let chosen: Vec<Option<Chosen>> = histories
        .iter()
        .map(|h| {
            if let Some(estimate) = &h.controlled {
                return Some(Chosen { estimate: estimate.clone(), controlled: true });
            }
            let mut estimate = h.over_time.clone()?;
            for lag in 0..LAGS {
                estimate.covariance[lag][lag] += timing.unwrap_or(0.0);
            }
            Some(Chosen { estimate, controlled: false })
        })
        .collect();
    let with_controls = chosen.iter().flatten().filter(|c| c.controlled).count();
    let shapes = |c: &&Chosen| c.controlled || with_controls < CONTROLLED_MIN;
    let priors: [Option<Prior>; LAGS] = std::array::from_fn(|lag| {
        let own: Vec<Own> =
            chosen.iter().flatten().filter(shapes).filter_map(|c| own_lag(&c.estimate, lag)).collect();
        Prior::of(&own)
    });
    let products = histories
        .iter()
        .zip(&chosen)
        .map(|(h, c)| {
            let mut product = respond(h, c.as_ref(), &priors, timing.is_some());
            product.diagnostics.firm = firm;
            if pooled_firm {
                product.flags.push("FIRM INCENTIVE POOLED".to_owned());
            }
            product
        })
        .collect();
    ResponseModel { products }
}

fn respond(
    history: &History,
    chosen: Option<&Chosen>,
    priors: &[Option<Prior>; LAGS],
    timing_checked: bool,
) -> ProductResponse {
    let estimate = chosen.map(|c| &c.estimate);
    let (lags, share) = posterior(estimate, priors);
    let (grade, flags) = grade(history, chosen, timing_checked);
    let own = estimate.and_then(|e| own_lag(e, 0));
    let pooled = priors[0].as_ref().map(|p| (p.mean(), p.spread()));
    ProductResponse {
        grade,
        changes: history.changes.count,
        share_from_history: share,
        range: history.changes.range,
        flags,
        lags,
        diagnostics: Diagnostics {
            unshrunk: own.map(|o| (o.estimate, o.variance.sqrt())),
            lead: estimate.and_then(|e| e.lead),
            firm: None,
            pooled,
            rows: estimate.map_or(0, |e| e.rows),
            clusters: estimate.map_or(0.0, |e| e.clusters),
        },
    }
}

/// Shrinks each lag, and joins them: the correlation is that of the errors of the
/// shrunk lags, B·S·B + (1−B)·(T + Var γ)·(1−B) with T and Var γ diagonal.
fn posterior(own: Option<&Estimate>, priors: &[Option<Prior>; LAGS]) -> (Option<LagResponse>, f64) {
    if priors[0].is_none() {
        return (None, 0.0);
    }
    let shrunk = std::array::from_fn::<_, LAGS, _>(|lag| {
        let prior = priors[lag].as_ref();
        prior.map(|p| p.shrink(own.and_then(|e| own_lag(e, lag))))
    });
    let share: [f64; LAGS] = shrunk.map(|s| s.map_or(0.0, |s| s.share));
    let mut covariance = [[0.0; LAGS]; LAGS];
    for a in 0..LAGS {
        for b in 0..LAGS {
            covariance[a][b] = own.map_or(0.0, |e| share[a] * share[b] * e.covariance[a][b]);
        }
        let prior_variance = shrunk[a].map_or(0.0, |s| s.prior_variance);
        covariance[a][a] += (1.0 - share[a]).powi(2) * prior_variance;
    }
    let scale: [f64; LAGS] = std::array::from_fn(|l| {
        let target = shrunk[l].map_or(0.0, |s| s.variance);
        if covariance[l][l] > 0.0 { (target / covariance[l][l]).sqrt() } else { 0.0 }
    });
    for a in 0..LAGS {
        for b in 0..LAGS {
            covariance[a][b] *= scale[a] * scale[b];
        }
    }
    let mean = shrunk.map(|s| s.map_or(0.0, |s| s.mean));
    (Some(LagResponse { mean, cholesky: linear::cholesky(&covariance) }), share[0])
}

fn grade(history: &History, chosen: Option<&Chosen>, timing_checked: bool) -> (Grade, Vec<String>) {
    let mut flags = Vec::new();
    let mut flag = |text: &str| flags.push(text.to_owned());
    let Some(chosen) = chosen else {
        flag(if history.changes.count < CHANGES_MIN { "FEWER THAN 2 CHANGES" } else { "NO CONTRAST" });
        return (Grade::PriorOnly, flags);
    };
    let e = &chosen.estimate;
    let lead_is_clean = match e.lead {
        None => {
            flag("LEAD UNKNOWN");
            false
        }
        Some((lead, se)) => {
            let material = lead.abs() > LEAD_SHARE * e.mean[0].abs();
            let found = lead.abs() > LEAD_T * se && material;
            if found {
                flag("LEAD NOT CLEAN");
            }
            !found
        }
    };
    if !e.converged {
        flag("FIT NOT SETTLED");
    }
    if !chosen.controlled {
        flag(if history.changes.controlled == 0 { "ALL ELIGIBLE AT ONCE" } else { "NO USABLE CONTROLS" });
        if !timing_checked {
            flag("TIMING NOT CHECKED");
        }
        return (Grade::C, flags);
    }
    if e.clusters < 10.0 {
        flag("FEW PARTNERS CARRY IT");
    }
    let few = history.changes.controlled < CHANGES_MIN || e.clusters < 5.0;
    if few {
        flag("FEW CHANGES WITH CONTROLS");
    }
    let clean = lead_is_clean && !few && e.converged;
    (if clean && history.changes.randomised_or_staggered { Grade::A } else { Grade::B }, flags)
}
