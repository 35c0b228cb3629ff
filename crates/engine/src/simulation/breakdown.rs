//! The rows of the answer by what they are of.

use rayon::prelude::*;

use super::Request;
use super::ledger::{self, FIELDS};
use super::metrics::{Name, SALES, Side, Sums};
use super::play::PairSums;
use super::spread::expectations;
use super::stage::{ProgramRow, Stage};
use crate::forecast::{Breakdown, Row};

/// Most partners that an answer holds a row of.
const PARTNER_ROWS_MAX: usize = 5_000;

/// The payees that get rows, ascending: all of them, or where they are too many those
/// whose net any option moves most.
pub fn moved_most(stage: &Stage, sums: &Sums) -> Vec<usize> {
    let all = 0..stage.payees.len();
    if all.len() <= PARTNER_ROWS_MAX || !stage.detailed {
        return all.collect();
    }
    let moved = |at: &usize| {
        let by = |arm: usize| {
            let of = sums.values(stage.groups.partner(*at), Side::Difference(arm), Name::Net);
            expectations(&of).iter().sum::<f64>().abs()
        };
        (1..stage.arms()).map(by).fold(0.0, f64::max)
    };
    largest(all.into_par_iter().map(|at| moved(&at)).collect(), PARTNER_ROWS_MAX)
}

/// Positions of the largest, ascending; of equals the first ones.
fn largest(sizes: Vec<f64>, count: usize) -> Vec<usize> {
    let mut by_size: Vec<usize> = (0..sizes.len()).collect();
    by_size.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]));
    by_size.truncate(count);
    by_size.sort_unstable();
    by_size
}

/// Says that some partners have no row.
pub fn left_out(stage: &Stage, rows: &[usize]) -> Option<String> {
    let (all, shown) = (stage.payees.len(), rows.len());
    (shown < all).then(|| {
        format!(
            "Of {all} partners, rows are given of the {shown} whose net moves most; totals hold all of them."
        )
    })
}

/// Rows by month, program, product, tier and region, and of some partners.
pub fn breakdown(request: &Request, stage: &Stage, sums: &Sums, partners: &[usize]) -> Breakdown {
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
    let program = |(i, p): (usize, &ProgramRow)| -> Vec<Row> {
        let paid = if p.fund { Name::FundAccrual } else { Name::Payout };
        rows(vec![(groups.program(i), p.id.clone(), p.name.clone())], &[paid, Name::PartnersEarning])
    };
    let product = |i: usize| {
        let p = &catalog.products[i];
        (groups.product(i), p.sku.clone(), p.name.clone())
    };
    let partner = |at: &usize| {
        let p = &catalog.partners[stage.payees[*at].partner];
        (groups.partner(*at), p.id.clone(), p.name.clone())
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
        partner: rows(partners.iter().map(partner).collect(), &sold_and_paid),
    }
}

/// Whether anything was booked in a row in any draw.
fn is_used(sums: &Sums, group: usize) -> bool {
    let from = ledger::at(sums.arms, group, 0, 0);
    let width = sums.arms * FIELDS;
    let any = |p: &PairSums| p.values.get(from..from + width).is_some_and(|v| v.iter().any(|v| *v != 0.0));
    sums.pairs.iter().any(any)
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn those_that_move_most_keep_their_order() {
        assert_eq!(largest(vec![1.0, 5.0, 0.0, 5.0, 2.0], 3), [1, 3, 4]);
        assert_eq!(largest(vec![0.0; 4], 2), [0, 1]);
        assert_eq!(largest(vec![3.0], 2), [0]);
    }
}
