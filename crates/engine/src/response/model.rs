//! From every product's own estimate to the model: which design a product allows,
//! how far the incentive to the firm can be told from the seller's, shrinkage, and
//! the grade. Must not look at what a scenario asks.

use rayon::prelude::*;

use super::changes::{Changes, changes};
use super::check::{self, Imputation};
use super::moderate::moderate;
use super::own::{self, Estimate};
use super::price;
use super::priors::Priors;
use super::rows::Incentive;
use super::shift::shift;
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
        .map(|(b, se)| Own::of_first(b, se * se))
        .collect();
    let pooled = Prior::of(&estimates)?.shrink(None);
    let (pooled, variance) = (pooled.mean[0], pooled.covariance[0][0]);
    let seller: Vec<Own> = histories
        .iter()
        .filter_map(|h| h.controlled.as_ref())
        .map(|e| Own::of_first(e.mean[0], e.covariance[0][0]))
        .collect();
    let size = Prior::of(&seller)?.mean();
    let known = variance.sqrt() < size.abs();
    if known {
        return Some(Firm { response: (pooled, variance.sqrt()), known });
    }
    let (middle, spread) = (size / 2.0, (size * size / 4.0).max(f64::MIN_POSITIVE));
    let share = spread / (spread + variance);
    let mean = share * pooled + (1.0 - share) * middle;
    Some(Firm { response: (mean, (share * variance).sqrt()), known })
}

/// What timing alone got wrong where controls allow a check: the variance, beyond
/// the sampling errors, of the estimate over time around the controlled one.
fn timing_error(histories: &[History]) -> Option<f64> {
    let excess: Vec<f64> = histories
        .iter()
        .filter_map(|h| {
            let (a, b) = (h.controlled.as_ref()?, h.over_time.as_ref()?);
            Some((a.mean[0] - b.mean[0]).powi(2) - a.covariance[0][0] - b.covariance[0][0])
        })
        .collect();
    (excess.len() >= CHANGES_MIN).then(|| (excess.iter().sum::<f64>() / excess.len() as f64).max(0.0))
}

/// The estimate a product is judged by, and whether it had controls.
struct Chosen {
    estimate: Estimate,
    controlled: bool,
    /// Standard error of lag 0 by the product's own history alone.
    se: f64,
}

/// Every product's estimate, with controls where there are any, its covariance steadied
/// by the others'. What timing alone gets wrong is added to those without.
fn choose(histories: &[History], timing: f64) -> Vec<Option<Chosen>> {
    let one = |h: &History| {
        let controlled = h.controlled.is_some();
        let estimate = h.controlled.clone().or_else(|| h.over_time.clone())?;
        let extra = if controlled { 0.0 } else { timing };
        Some(Chosen { se: (estimate.covariance[0][0] + extra).sqrt(), estimate, controlled })
    };
    let mut chosen: Vec<Option<Chosen>> = histories.iter().map(one).collect();
    for design in [true, false] {
        let alike = chosen.iter_mut().flatten().filter(|c| c.controlled == design);
        moderate(&mut alike.map(|c| &mut c.estimate).collect::<Vec<_>>());
    }
    for late in chosen.iter_mut().flatten().filter(|c| !c.controlled) {
        (0..LAGS).for_each(|lag| late.estimate.covariance[lag][lag] += timing);
    }
    chosen
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
    let chosen = choose(histories, timing.unwrap_or(0.0));
    let with_controls = chosen.iter().flatten().filter(|c| c.controlled).count();
    let shapes = |c: &Chosen| c.controlled || with_controls < CONTROLLED_MIN;
    let believed: Vec<Believed> =
        chosen.iter().enumerate().map(|(p, c)| Believed::of(c.as_ref(), user.of_product(p))).collect();
    let shaping: Vec<Own> = chosen
        .iter()
        .zip(&believed)
        .filter(|(c, b)| b.user.is_some() || c.as_ref().is_some_and(shapes))
        .filter_map(|(_, b)| Some(b.estimate.as_ref()?.as_own()))
        .collect();
    let prior = Prior::with(&shaping, user.of_all());
    histories
        .iter()
        .zip(chosen.iter().zip(&believed))
        .map(|(h, (c, b))| {
            let mut product = respond(h, c.as_ref(), b, prior.as_ref(), timing.is_some());
            product.diagnostics.firm = firm;
            product.flags.extend(firm_flag.map(str::to_owned));
            product
        })
        .collect()
}

fn respond(
    history: &History,
    chosen: Option<&Chosen>,
    believed: &Believed,
    prior: Option<&Prior>,
    timing_checked: bool,
) -> ProductResponse {
    let estimate = chosen.map(|c| &c.estimate);
    let shrunk = prior.map(|p| p.shrink(believed.estimate.as_ref().map(Estimate::as_own)));
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
    ProductResponse {
        grade,
        changes: history.changes.count,
        share_from_history: shrunk.map_or(0.0, |s| s.share * believed.history),
        range: history.changes.range,
        flags,
        lags: shrunk.map(|s| LagResponse { mean: s.mean, cholesky: linear::cholesky(&s.covariance) }),
        diagnostics: Diagnostics {
            unshrunk: chosen.map(|c| (c.estimate.mean[0], c.se)),
            lead: estimate.and_then(|e| e.lead),
            firm: None,
            imputation: history.imputation,
            user: believed.user,
            pooled: prior.map(|p| (p.mean(), p.spread())),
            rows: estimate.map_or(0, |e| e.rows),
            clusters: estimate.map_or(0.0, |e| e.clusters),
            common: shrunk.map_or([[0.0; LAGS]; LAGS], |s| s.common),
        },
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
