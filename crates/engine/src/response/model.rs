//! From every product's own estimate to the model: which design a product allows,
//! how far the incentive to the firm can be told from the seller's, shrinkage, and
//! the grade. Must not look at what a scenario asks.

use rayon::prelude::*;

use super::changes::{Changes, changes};
use super::check::{self, Imputation};
use super::own::{self, Estimate};
use super::priors::Priors;
use super::rows::Incentive;
use super::shift::shift;
use super::shrink::{Own, Prior, Shrunk};
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
    /// The controlled estimate again, from untreated months alone.
    imputation: Option<Imputation>,
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
    fit_with(company, panel, x, x_firm, usable_through, &Priors::default())
}

/// [`fit`] with what the user knows besides.
pub fn fit_with(
    company: &Company,
    panel: &Panel,
    x: &[f64],
    x_firm: &[f64],
    usable_through: Month,
    priors: &Priors,
) -> ResponseModel {
    let data = Data::new(company, panel, usable_through);
    let (seller, firm) = (Incentive::new(x, panel), Incentive::new(x_firm, panel));
    let finish = |histories: &[History], x: Incentive, told: Option<(f64, f64)>, pooled: bool| {
        let products = assemble(histories, told, pooled, priors);
        let shift = shift(&data, x, &products);
        ResponseModel { products, shift, priors: priors.entries.clone() }
    };
    if !x_firm.iter().any(|v| v.is_finite() && *v != 0.0) {
        return finish(&study(&data, seller, None), seller, None, false);
    }
    let apart = study(&data, seller, Some(firm));
    if let Some(response) = firm_response(&data, firm, &apart) {
        return finish(&apart, seller, Some(response), false);
    }
    let sum: Vec<f64> = (0..panel.series.len())
        .flat_map(|s| (0..panel.months).map(move |t| (s, t)))
        .map(|(s, t)| seller.at(s, t) + firm.at(s, t))
        .collect();
    let sum = Incentive::new(&sum, panel);
    finish(&study(&data, sum, None), sum, None, true)
}

fn study(data: &Data, x: Incentive, firm: Option<Incentive>) -> Vec<History> {
    let one = |product: ProductIx| {
        let changes = changes(data, product, x);
        let enough = changes.count >= CHANGES_MIN;
        let has_controls = enough && changes.controlled > 0;
        let controlled = if has_controls { own::controlled(data, product, x, firm) } else { None };
        History {
            imputation: controlled
                .as_ref()
                .and_then(|estimate| check::impute(data, product, x, changes.range, estimate)),
            controlled,
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

/// What is known of a product from its history and the user together.
struct Believed {
    estimate: Option<Estimate>,
    /// Share of lag 0 that the history holds, the rest being the user's.
    history: f64,
    user: Option<(f64, f64)>,
}

impl Believed {
    fn of(chosen: Option<&Chosen>, user: Option<(f64, f64)>) -> Self {
        let mut estimate = chosen.map(|c| c.estimate.clone());
        let Some((response, variance)) = user else { return Self { estimate, history: 1.0, user } };
        let history = match &mut estimate {
            Some(estimate) => estimate.learn(response, variance),
            None => {
                estimate = Some(Estimate::told(response, variance));
                0.0
            }
        };
        Self { estimate, history, user: Some((response, variance.sqrt())) }
    }
}

fn assemble(
    histories: &[History],
    firm: Option<(f64, f64)>,
    pooled_firm: bool,
    user: &Priors,
) -> Vec<ProductResponse> {
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
    let shapes = |c: &Chosen| c.controlled || with_controls < CONTROLLED_MIN;
    let believed: Vec<Believed> =
        chosen.iter().enumerate().map(|(p, c)| Believed::of(c.as_ref(), user.of_product(p))).collect();
    let of_all = user.of_all().map(|(estimate, variance)| Own { estimate, variance });
    let priors: [Option<Prior>; LAGS] = std::array::from_fn(|lag| {
        let own: Vec<Own> = chosen
            .iter()
            .zip(&believed)
            .filter(|(c, b)| b.user.is_some() || c.as_ref().is_some_and(shapes))
            .filter_map(|(_, b)| own_lag(b.estimate.as_ref()?, lag))
            .collect();
        Prior::with(&own, of_all.filter(|_| lag == 0))
    });
    histories
        .iter()
        .zip(chosen.iter().zip(&believed))
        .map(|(h, (c, b))| {
            let mut product = respond(h, c.as_ref(), b, &priors, timing.is_some());
            product.diagnostics.firm = firm;
            if pooled_firm {
                product.flags.push("FIRM INCENTIVE POOLED".to_owned());
            }
            product
        })
        .collect()
}

fn respond(
    history: &History,
    chosen: Option<&Chosen>,
    believed: &Believed,
    priors: &[Option<Prior>; LAGS],
    timing_checked: bool,
) -> ProductResponse {
    let estimate = chosen.map(|c| &c.estimate);
    let Posterior { lags, share, common } = posterior(believed.estimate.as_ref(), priors);
    let (grade, mut flags) = grade(history, chosen, timing_checked);
    if history.imputation.is_some_and(|i| i.disagrees()) {
        flags.push("IMPUTATION DISAGREES".to_owned());
    }
    if believed.user.is_some() {
        flags.push("USER PRIOR".to_owned());
    }
    let own = estimate.and_then(|e| own_lag(e, 0));
    let pooled = priors[0].as_ref().map(|p| (p.mean(), p.spread()));
    ProductResponse {
        grade,
        changes: history.changes.count,
        share_from_history: share * believed.history,
        range: history.changes.range,
        flags,
        lags,
        diagnostics: Diagnostics {
            unshrunk: own.map(|o| (o.estimate, o.variance.sqrt())),
            lead: estimate.and_then(|e| e.lead),
            firm: None,
            imputation: history.imputation,
            user: believed.user,
            pooled,
            rows: estimate.map_or(0, |e| e.rows),
            clusters: estimate.map_or(0.0, |e| e.clusters),
            common,
        },
    }
}

/// What is believed of a product in the end.
#[derive(Default)]
struct Posterior {
    lags: Option<LagResponse>,
    /// B of lag 0.
    share: f64,
    common: [f64; LAGS],
}

/// Shrinks each lag, and joins them: the covariance is that of the errors of the
/// shrunk lags, B·S·B + (1−B)·T·(1−B) with T diagonal, brought to the variances of
/// the single lags; plus, lag by lag, the error of the mean that products share.
fn posterior(own: Option<&Estimate>, priors: &[Option<Prior>; LAGS]) -> Posterior {
    if priors[0].is_none() {
        return Posterior::default();
    }
    let shrunk: [Shrunk; LAGS] = std::array::from_fn(|lag| {
        let prior = priors[lag].as_ref();
        prior.map(|p| p.shrink(own.and_then(|e| own_lag(e, lag)))).unwrap_or_default()
    });
    let mut covariance = [[0.0; LAGS]; LAGS];
    for a in 0..LAGS {
        for b in 0..LAGS {
            covariance[a][b] = own.map_or(0.0, |e| shrunk[a].share * shrunk[b].share * e.covariance[a][b]);
        }
        covariance[a][a] += (1.0 - shrunk[a].share).powi(2) * shrunk[a].prior_variance;
    }
    let scale: [f64; LAGS] = std::array::from_fn(|l| {
        let rest = (shrunk[l].variance - shrunk[l].shared).max(0.0);
        if covariance[l][l] > 0.0 { (rest / covariance[l][l]).sqrt() } else { 0.0 }
    });
    for a in 0..LAGS {
        for b in 0..LAGS {
            covariance[a][b] *= scale[a] * scale[b];
        }
        covariance[a][a] += shrunk[a].shared;
    }
    Posterior {
        lags: Some(LagResponse { mean: shrunk.map(|s| s.mean), cholesky: linear::cholesky(&covariance) }),
        share: shrunk[0].share,
        common: shrunk.map(|s| s.shared.sqrt()),
    }
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
