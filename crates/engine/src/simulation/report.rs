//! Puts the forecast together. Every figure comes from the sums of pairs; rounding
//! is the last step.

use std::collections::BTreeSet;

use super::breakdown::{breakdown, left_out, moved_most};
use super::breakeven::{breakeven, cost_split};
use super::budgets::budgets;
use super::ledger::{DRAWS, Groups};
use super::limits::limits;
use super::metrics::{Name, SALES, Side, Sums};
use super::precedents::precedents;
use super::prepare::Prepared;
use super::round::{self, Digits};
use super::spread::{PairValue, expectations};
use super::words::approximations;
use super::{Extras, Played, Request};
use crate::forecast::{Coefficient, Comparison, Evidence, Forecast, GrossOfPullForward, Quantity};

/// Flag of evidence that a scenario leaves behind.
const EXTRAPOLATION: &str = "EXTRAPOLATION";
/// Flag of evidence where the partner shift that the history allows would move the answer
/// out of its own interval.
const MAY_BE_TAKEN: &str = "MAY BE TAKEN FROM OTHERS";

/// The forecast of a request. `every`: partner rows are of every so manieth couple of
/// pairs.
pub fn forecast(played: &Played, every: usize, extras: &Extras) -> Forecast {
    let Played { request, prepared, stage, pairs } = *played;
    let company = &request.model.company;
    let sums = Sums { pairs, arms: stage.arms(), eligible: &stage.reach.eligible };
    let totals = Forecast {
        as_of: company.as_of,
        currency: company.catalog.currency.clone(),
        horizon: prepared.window.horizon(),
        metrics: sums.metrics(Groups::TOTAL, &total_names()),
        draws: pairs.len() * DRAWS,
        hindcast: prepared.window.known > 0,
        ..Forecast::default()
    };
    if extras.totals_only {
        return totals;
    }
    let response = &request.model.response.products;
    let known: Vec<bool> = response.iter().map(|r| r.lags.is_some()).collect();
    let open = request.model.usable_through.plus(1);
    let (caps, tiers) = limits(company, stage, pairs.len());
    let rows_of = moved_most(stage, &sums);
    let by = breakdown(request, stage, &sums, &rows_of);
    Forecast {
        gross_of_pull_forward: GrossOfPullForward {
            units: sums.metric(Groups::GROSS, Name::Units),
            payout: sums.metric(Groups::GROSS, Name::Payout),
            net: sums.metric(Groups::GROSS, Name::Net),
        },
        cost_split: cost_split(&sums),
        budgets: budgets(stage, pairs),
        breakeven: breakeven(stage, &sums, &known),
        comparison: comparison(&sums),
        by,
        evidence: evidence(request, prepared, may_be_taken(request, prepared, &totals)),
        precedents: precedents(request, open),
        approximations: approximations(request, prepared, stage, every)
            .into_iter()
            .chain(left_out(stage, &rows_of))
            .collect(),
        caps,
        tiers,
        ..totals
    }
}

fn total_names() -> Vec<Name> {
    let rest =
        [Name::Payout, Name::FundAccrual, Name::Net, Name::Roi, Name::PartnersEarning, Name::UptakeShare];
    SALES.into_iter().chain(rest).collect()
}

/// Every pair of options. The higher net is better, and the lower payout; ties
/// count half.
fn comparison(sums: &Sums) -> Vec<Comparison> {
    let mut out = Vec::new();
    for a in 1..sums.arms {
        for b in a + 1..sums.arms {
            for (name, more_is_better) in [(Name::Net, true), (Name::Payout, false)] {
                let one = sums.values(Groups::TOTAL, Side::Difference(a), name);
                let two = sums.values(Groups::TOTAL, Side::Difference(b), name);
                let (better, worse) = if more_is_better { (&two, &one) } else { (&one, &two) };
                let differences: Vec<PairValue> =
                    better.iter().zip(worse).map(|(better, worse)| better.less(1.0, worse)).collect();
                let values = expectations(&differences);
                let share: f64 = values
                    .iter()
                    .map(|v| {
                        if *v > 0.0 {
                            1.0
                        } else if *v < 0.0 {
                            0.0
                        } else {
                            0.5
                        }
                    })
                    .sum();
                out.push(Comparison {
                    a: a - 1,
                    b: b - 1,
                    metric: name.key().to_owned(),
                    probability_b_better: round::value(share / (values.len() as f64).max(1.0), Digits::Share),
                });
            }
        }
    }
    out
}

/// Whether business taken from partners that the change does not reach, as far as the
/// history allows it, would take away more of the change in units than half the width of
/// its interval: then the assumption that nothing is taken says more than the interval.
fn may_be_taken(request: &Request, prepared: &Prepared, totals: &Forecast) -> bool {
    let (model, reach) = (request.model, &prepared.reach);
    let reached: BTreeSet<usize> = (1..reach.differs.len())
        .flat_map(|arm| reach.partners.iter().zip(&reach.differs[arm]).filter(|(_, differs)| **differs))
        .map(|(partner, _)| *partner)
        .collect();
    let is_other = |(partner, product): &(usize, usize)| {
        reach.covered[*product]
            && model.company.catalog.partners[*partner].active
            && !reached.contains(partner)
    };
    let most = model.response.shift.bar[1];
    let matters = |change: &Quantity| match (change.mean, change.p10, change.p90) {
        (Some(mean), Some(p10), Some(p90)) => most * mean.abs() > (p90 - p10) / 2.0,
        _ => false,
    };
    let changes = totals.metrics.get(Name::Units.key()).map_or(&[][..], |units| &units.difference);
    model.panel.series.iter().any(is_other) && changes.iter().any(matters)
}

fn evidence(request: &Request, prepared: &Prepared, may_be_taken: bool) -> Vec<Evidence> {
    let catalog = &request.model.company.catalog;
    let of = |(p, covered): (usize, &bool)| {
        if !covered {
            return None;
        }
        let response = &request.model.response.products[p];
        let mut flags = response.flags.clone();
        if prepared.market.extrapolated[p] && !flags.iter().any(|f| f == EXTRAPOLATION) {
            flags.push(EXTRAPOLATION.to_owned());
        }
        if may_be_taken {
            flags.push(MAY_BE_TAKEN.to_owned());
        }
        let fine = |v: f64| v.is_finite().then(|| round::value(v, Digits::Fine));
        let lags = response.lags.as_ref();
        Some(Evidence {
            sku: catalog.products[p].sku.clone(),
            grade: response.grade,
            share_from_history: fine(response.share_from_history).unwrap_or(0.0),
            changes: response.changes,
            response: Coefficient {
                mean: lags.and_then(|l| fine(l.mean[0])),
                se: lags.and_then(|l| fine(l.se(0))),
            },
            range: response.range.map(|v| fine(v).unwrap_or(0.0)),
            flags,
        })
    };
    prepared.reach.covered.iter().enumerate().filter_map(of).collect()
}
