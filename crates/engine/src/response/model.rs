//! From every product's own estimate to the model: which design a product allows,
//! how far the incentive to the firm can be told from the seller's, shrinkage, and
//! the grade. Must not look at what a scenario asks.

use rayon::prelude::*;

use super::changes::{Changes, changes};
use super::check::{self, Imputation};
use super::own::{self, Estimate};
use super::price;
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
    /// Whether prices moved with the incentive.
    priced: bool,
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
    let finish = |histories: &[History], x: Incentive, told: Option<(f64, f64)>, flag: Option<&str>| {
        let products = assemble(histories, told, flag, priors);
        let shift = shift(&data, x, &products);
        ResponseModel { products, shift, priors: priors.entries.clone() }
    };
    if !x_firm.iter().any(|v| v.is_finite() && *v != 0.0) {
        return finish(&study(&data, seller, None), seller, None, None);
    }
    let apart = study(&data, seller, Some(firm));
    if let Some(Firm { response, known }) = firm_response(&data, firm, &apart) {
        return finish(&apart, seller, Some(response), (!known).then_some("FIRM INCENTIVE HARDLY KNOWN"));
    }
    let sum: Vec<f64> = (0..panel.series.len())
        .flat_map(|s| (0..panel.months).map(move |t| (s, t)))
        .map(|(s, t)| seller.at(s, t) + firm.at(s, t))
        .collect();
    let sum = Incentive::new(&sum, panel);
    finish(&study(&data, sum, None), sum, None, Some("FIRM INCENTIVE POOLED"))
}

fn study(data: &Data, x: Incentive, firm: Option<Incentive>) -> Vec<History> {
    let one = |product: ProductIx| {
        let changes = changes(data, product, x);
        let enough = changes.count >= CHANGES_MIN;
        let has_controls = enough && changes.controlled > 0;
        let controlled = if has_controls { own::controlled(data, product, x, firm) } else { None };
        History {
            priced: price::moved_with(data, product, x, changes.range),
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

/// The response to the firm's incentive, coefficient and standard error.
struct Firm {
    response: (f64, f64),
    /// Whether the history says more than that it is of the seller's size or nothing.
    known: bool,
}

/// The response to the firm's incentive, pooled over products, where it moved at least
/// twice. Where less is known of it than that it is of the seller's size or nothing, it
/// leans on just that: the middle of the two, give or take as much. Adding the two
/// incentives up would be worse: the seller's response would be misjudged with it.
fn firm_response(data: &Data, firm: Incentive, histories: &[History]) -> Option<Firm> {
    let estimates: Vec<Own> = histories
        .iter()
        .enumerate()
        .filter(|(p, _)| changes(data, *p, firm).count >= CHANGES_MIN)
        .filter_map(|(_, h)| h.controlled.as_ref()?.firm)
        .map(|(b, se)| Own::new(b, se * se))
        .collect();
    let pooled = Prior::of(&estimates)?.shrink(None);
    let seller: Vec<Own> = histories.iter().filter_map(|h| own_lag(h.controlled.as_ref()?, 0)).collect();
    let size = Prior::of(&seller)?.mean();
    let known = pooled.variance.sqrt() < size.abs();
    if known {
        return Some(Firm { response: (pooled.mean, pooled.variance.sqrt()), known });
    }
    let (middle, spread) = (size / 2.0, (size * size / 4.0).max(f64::MIN_POSITIVE));
    let share = spread / (spread + pooled.variance);
    let mean = share * pooled.mean + (1.0 - share) * middle;
    Some(Firm { response: (mean, (share * pooled.variance).sqrt()), known })
}

fn own_lag(e: &Estimate, lag: usize) -> Option<Own> {
    e.identified[lag].then(|| Own {
        estimate: e.mean[lag],
        variance: e.covariance[lag][lag],
        widened: e.widened,
    })
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
    firm_flag: Option<&str>,
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
    let of_all = user.of_all().map(|(estimate, variance)| Own::new(estimate, variance));
    let priors: [Option<Prior>; LAGS] = std::array::from_fn(|lag| {
        let own: Vec<Own> = chosen
            .iter()
            .zip(&believed)
            .filter(|(c, b)| b.user.is_some() || c.as_ref().is_some_and(shapes))
            .filter_map(|(_, b)| own_lag(b.estimate.as_ref()?, lag))
            .collect();
        Prior::with(&own, of_all.filter(|_| lag == 0))
    });
    let shaping = |(_, (c, b)): &(&History, (&Option<Chosen>, &Believed))| {
        b.user.is_some() || c.as_ref().is_some_and(shapes)
    };
    let pairs = || histories.iter().zip(chosen.iter().zip(&believed));
    let estimates: Vec<&Estimate> =
        pairs().filter(shaping).filter_map(|(_, (_, b))| b.estimate.as_ref()).collect();
    let together = errors_together(&estimates, &priors);
    pairs()
        .map(|(h, (c, b))| {
            let mut product = respond(h, c.as_ref(), b, &priors, &together, timing.is_some());
            product.diagnostics.firm = firm;
            product.flags.extend(firm_flag.map(str::to_owned));
            product
        })
        .collect()
}

/// How the errors of the products' means go together from lag to lag: their correlation,
/// where a mean is that of `Prior` at its expected spread. An incentive that stays for
/// months tells the sum of its lags better than each: what one mean has too much the
/// next has too little, and drawn apart their sum would look too uncertain.
fn errors_together(estimates: &[&Estimate], priors: &[Option<Prior>; LAGS]) -> [[f64; LAGS]; LAGS] {
    let spread: [f64; LAGS] =
        std::array::from_fn(|l| priors[l].as_ref().map_or(0.0, |p| p.spread() * p.spread()));
    let mut covariance = [[0.0; LAGS]; LAGS];
    for e in estimates {
        let weight = |l: usize| {
            if e.identified[l] { 1.0 / (e.covariance[l][l] + spread[l]) } else { 0.0 }
        };
        for (a, row) in covariance.iter_mut().enumerate() {
            for (b, sum) in row.iter_mut().enumerate() {
                let both = e.covariance[a][b] + if a == b { spread[a] } else { 0.0 };
                *sum += weight(a) * weight(b) * both;
            }
        }
    }
    std::array::from_fn(|a| {
        std::array::from_fn(|b| {
            let scale = (covariance[a][a] * covariance[b][b]).sqrt();
            if a == b {
                1.0
            } else if scale > 0.0 {
                covariance[a][b] / scale
            } else {
                0.0
            }
        })
    })
}

fn respond(
    history: &History,
    chosen: Option<&Chosen>,
    believed: &Believed,
    priors: &[Option<Prior>; LAGS],
    together: &[[f64; LAGS]; LAGS],
    timing_checked: bool,
) -> ProductResponse {
    let estimate = chosen.map(|c| &c.estimate);
    let Posterior { lags, share, common } = posterior(believed.estimate.as_ref(), priors, together);
    let (grade, mut flags) = grade(history, chosen, timing_checked);
    if history.imputation.is_some_and(|i| i.disagrees()) {
        flags.push("IMPUTATION DISAGREES".to_owned());
    }
    if history.priced {
        flags.push("PRICE MOVED TOO".to_owned());
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
    common: [[f64; LAGS]; LAGS],
}

/// Shrinks each lag, and joins them: the covariance is that of the errors of the
/// shrunk lags, B·S·B + (1−B)·T·(1−B) with T diagonal, brought to the variances of
/// the single lags; plus the error of the means that products share, which goes
/// `together` from lag to lag.
fn posterior(
    own: Option<&Estimate>,
    priors: &[Option<Prior>; LAGS],
    together: &[[f64; LAGS]; LAGS],
) -> Posterior {
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
    let common: [[f64; LAGS]; LAGS] = std::array::from_fn(|a| {
        std::array::from_fn(|b| together[a][b] * (shrunk[a].shared * shrunk[b].shared).sqrt())
    });
    for a in 0..LAGS {
        for b in 0..LAGS {
            covariance[a][b] = covariance[a][b] * scale[a] * scale[b] + common[a][b];
        }
    }
    Posterior {
        lags: Some(LagResponse { mean: shrunk.map(|s| s.mean), cholesky: linear::cholesky(&covariance) }),
        share: shrunk[0].share,
        common: linear::cholesky(&common),
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
