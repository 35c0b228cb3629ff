//! Moves the figures of random terms to the very sums that the history comes to, where
//! an error of one cent or of `<` for `<=` shows.

use rust_decimal::Decimal;

use super::draw::Draw;
use crate::books::{Books, Line};
use crate::naive::settle;
use crate::terms::{Measure, Period, Rate, Terms};

/// Thresholds, minimums and targets onto running sums of the measure.
pub fn nudge(draw: &mut Draw, books: &mut Books) {
    for at in 0..books.versions.len() {
        if draw.once_in(2) {
            let sums = sums(draw, books, books.versions[at].terms.measure);
            nudge_terms(draw, &mut books.versions[at].terms, &sums);
        }
    }
}

/// Running sums of the measure of some partner, from some line on.
fn sums(draw: &mut Draw, books: &Books, measure: Measure) -> Vec<Decimal> {
    let partner = draw.pick(&books.lines).partner.clone();
    let mut lines: Vec<&Line> = books.lines.iter().filter(|l| l.partner == partner).collect();
    lines.sort_by_key(|l| (l.sold_on, &l.transaction_id, l.line_no.to_string()));
    let from = draw.between(0, lines.len() as i64 - 1) as usize;
    let mut running = Decimal::ZERO;
    let sum = |l: &&Line| {
        running += if measure == Measure::Units { l.units } else { l.net_revenue };
        running
    };
    lines[from..].iter().map(sum).filter(|sum| !sum.is_zero()).collect()
}

fn nudge_terms(draw: &mut Draw, terms: &mut Terms, sums: &[Decimal]) {
    if sums.is_empty() {
        return;
    }
    if let Rate::Tiers(tiers, _) = &mut terms.rate {
        let last = tiers.len() - 1;
        let from = near(draw, sums);
        if last == 0 || tiers[last - 1].0 < from {
            tiers[last].0 = from;
        }
    }
    terms.minimum = terms.minimum.map(|_| near(draw, sums));
    // With 80 and 120 percent of it the mark lies between; with 100 on a sum.
    terms.target = terms.target.map(|_| near(draw, sums));
}

/// One of the sums, or a hundredth beside it.
fn near(draw: &mut Draw, sums: &[Decimal]) -> Decimal {
    let sum = *draw.pick(sums);
    let beside = sum + draw.decimal(&["0", "0", "0", "0.01", "-0.01"]);
    if beside > Decimal::ZERO { beside } else { sum }
}

/// Caps and budgets near what would be paid without them.
pub fn cap(draw: &mut Draw, books: &mut Books) {
    if draw.once_in(3) {
        return;
    }
    let paid: Vec<(String, Decimal)> =
        settle(books).lines.into_iter().map(|l| (l.program, l.amount)).collect();
    let terms_of_versions = books.versions.iter_mut().map(|v| (&v.program, &mut v.terms));
    let terms_of_changes = books.changes.iter_mut().filter_map(|c| Some((&c.program, c.terms.as_mut()?)));
    for (program, terms) in terms_of_versions.chain(terms_of_changes) {
        let of_program = paid.iter().filter(|(p, amount)| p == program && *amount > Decimal::ZERO);
        let amounts: Vec<Decimal> = of_program.map(|(_, amount)| *amount).collect();
        if amounts.is_empty() {
            continue;
        }
        if terms.period == Period::Transaction {
            terms.cap_per_transaction = draw.maybe(3, |d| limit(d, &amounts));
        }
        terms.cap_per_partner = draw.maybe(3, |d| limit(d, &amounts));
        terms.program_budget = draw.maybe(3, |d| limit(d, &amounts));
    }
}

/// An amount, part of one, or the sum of some; sometimes finer than the minor unit.
fn limit(draw: &mut Draw, amounts: &[Decimal]) -> Decimal {
    let at = draw.between(0, amounts.len() as i64 - 1) as usize;
    let one = amounts[at];
    let limit = match draw.between(1, 6) {
        1 => one,
        2 => one - draw.decimal(&["0.01", "1"]),
        3 => (one / Decimal::TWO).round_dp(2),
        4 => amounts[at..].iter().take(2).sum(),
        5 => (one / Decimal::from(3)).round_dp(3),
        _ => (amounts.iter().sum::<Decimal>() * draw.decimal(&["0.3", "0.5", "0.9", "1"])).round_dp(2),
    };
    limit.max(Decimal::ZERO)
}
