//! Puts the forecast together. Every figure comes from the sums of pairs; rounding
//! is the last step.

use rayon::prelude::*;

use super::breakeven::{breakeven, cost_split};
use super::budgets::budgets;
use super::ledger::{self, DRAWS, FIELDS, Groups};
use super::limits::limits;
use super::metrics::{Name, Side, Sums};
use super::play::PairSums;
use super::precedents::precedents;
use super::prepare::Prepared;
use super::round::{self, Digits};
use super::spread::{PairValue, expectations};
use super::stage::Stage;
use super::words::approximations;
use super::{Extras, Played, Request};
use crate::forecast::{Breakdown, Coefficient, Comparison, Evidence, Forecast, GrossOfPullForward, Row};

const SALES: [Name; 3] = [Name::Units, Name::Revenue, Name::Margin];
/// Flag of evidence that a scenario leaves behind.
const EXTRAPOLATION: &str = "EXTRAPOLATION";

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
        by: breakdown(request, stage, &sums),
        evidence: evidence(request, prepared),
        precedents: precedents(company, &request.model.panel, open, request.changed_programs),
        approximations: approximations(request, prepared, stage, every),
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
            for (name, sign) in [(Name::Net, 1.0), (Name::Payout, -1.0)] {
                let one = sums.values(Groups::TOTAL, Side::Difference(a), name);
                let two = sums.values(Groups::TOTAL, Side::Difference(b), name);
                let better = |(a, b): (&PairValue, &PairValue)| {
                    let drawn = std::array::from_fn(|d: usize| sign * (b.outcomes[d] - a.outcomes[d]));
                    let expected = sign * (b.expected - a.expected);
                    // The luck of a net is that of its payout: at most that of both.
                    let luck = if a.luck + b.luck > 0.0 {
                        PairValue::drawn(drawn).luck.min(a.luck + b.luck)
                    } else {
                        0.0
                    };
                    PairValue { expected, luck, outcomes: drawn }
                };
                let differences: Vec<PairValue> = one.iter().zip(&two).map(better).collect();
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

fn breakdown(request: &Request, stage: &Stage, sums: &Sums) -> Breakdown {
    let catalog = &request.model.company.catalog;
    let groups = &stage.groups;
    let funds = stage.programs.iter().any(|p| p.fund);
    let sold_and_paid: Vec<Name> = SALES
        .into_iter()
        .chain([Name::Payout])
        .chain(funds.then_some(Name::FundAccrual))
        .chain([Name::Net])
        .collect();
    let by_kind: Vec<Name> = sold_and_paid.iter().copied().chain([Name::PartnersEarning]).collect();
    let rows = |wanted: Vec<(usize, String, String)>, names: &[Name]| -> Vec<Row> {
        let row = |(group, key, name): (usize, String, String)| {
            is_used(sums, group).then(|| Row { key, name, metrics: sums.metrics(group, names) })
        };
        wanted.into_par_iter().filter_map(row).collect()
    };
    let plain = |group: usize, key: &str| (group, key.to_owned(), key.to_owned());
    let program = |(i, p): (usize, &super::stage::ProgramRow)| -> Vec<Row> {
        let paid = if p.fund { Name::FundAccrual } else { Name::Payout };
        rows(vec![(groups.program(i), p.id.clone(), p.name.clone())], &[paid, Name::PartnersEarning])
    };
    let product = |i: usize| {
        let p = &catalog.products[i];
        (groups.product(i), p.sku.clone(), p.name.clone())
    };
    let partner = |(at, payee): (usize, &super::stage::Payee)| {
        let p = &catalog.partners[payee.partner];
        (groups.partner(at), p.id.clone(), p.name.clone())
    };
    let months = groups.months.iter().enumerate().map(|(i, m)| plain(groups.month_row(i), &m.key()));
    let tiers = catalog.tiers().into_iter().enumerate().map(|(i, t)| plain(groups.tier(i), t)).collect();
    let regions =
        catalog.regions().into_iter().enumerate().map(|(i, r)| plain(groups.region(i), r)).collect();
    Breakdown {
        month: rows(months.collect(), &sold_and_paid),
        program: stage.programs.iter().enumerate().flat_map(program).collect(),
        product: rows((0..groups.products).map(product).collect(), &SALES),
        tier: rows(tiers, &by_kind),
        region: rows(regions, &by_kind),
        partner: rows(stage.payees.iter().enumerate().map(partner).collect(), &sold_and_paid),
    }
}

/// Whether anything was booked in a row in any draw.
fn is_used(sums: &Sums, group: usize) -> bool {
    let from = ledger::at(sums.arms, group, 0, 0);
    let width = sums.arms * FIELDS;
    let any = |p: &PairSums| p.values.get(from..from + width).is_some_and(|v| v.iter().any(|v| *v != 0.0));
    sums.pairs.iter().any(any)
}

fn evidence(request: &Request, prepared: &Prepared) -> Vec<Evidence> {
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
