//! Steps 4 to 6: the running measure of a group, the base pay of each line, and
//! accelerator, minimum and growth.

use rust_decimal::Decimal;

use super::Item;
use super::marks::reached;
use crate::terms::{Pay, Rate, TierMode};

/// What one line of a group comes to before caps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePay {
    /// Step 5.
    pub base: Decimal,
    /// After step 6.
    pub earned: Decimal,
    /// `below_minimum` or `no_baseline`.
    pub reason: Option<&'static str>,
}

/// Pays the lines of a group, which stand in the order of step 4.
pub fn pay_lines(items: &[Item]) -> Vec<LinePay> {
    let total: Decimal = items.iter().map(Item::measure).sum();
    let mut running = Decimal::ZERO;
    let mut pays = Vec::with_capacity(items.len());
    for item in items {
        pays.push(pay_line(item, running, total));
        running += item.measure();
    }
    pays
}

/// `before` is c, the running measure before the line; `total` is M.
fn pay_line(item: &Item, before: Decimal, total: Decimal) -> LinePay {
    let mut base = Decimal::ZERO;
    let mut earned = Decimal::ZERO;
    for part in parts(item, before, total) {
        base += part.pay;
        earned += part.pay * part.multiplier;
    }
    reached!("pay.minimum_just_met" if item.terms.minimum == Some(total));
    if item.terms.minimum.is_some_and(|minimum| minimum > total) {
        reached!("pay.below_minimum" if !earned.is_zero());
        return LinePay { base, earned: Decimal::ZERO, reason: Some("below_minimum") };
    }
    if let Some(above) = item.terms.growth_above {
        if item.baseline <= Decimal::ZERO {
            reached!("pay.no_baseline" if !earned.is_zero());
            return LinePay { base, earned: Decimal::ZERO, reason: Some("no_baseline") };
        }
        earned = grown(earned, total, item.baseline, above);
    }
    LinePay { base, earned, reason: None }
}

/// Pay × max(0, (M − B·(1 + above/100)) / M).
fn grown(pay: Decimal, total: Decimal, baseline: Decimal, above: Decimal) -> Decimal {
    if total <= Decimal::ZERO {
        reached!("pay.growth_of_nothing");
        return Decimal::ZERO;
    }
    let mark = baseline * (Decimal::ONE + above / Decimal::ONE_HUNDRED);
    reached!("pay.grown" if total > mark && pay > Decimal::ZERO);
    reached!("pay.not_grown" if total < mark);
    reached!("pay.grown_to_the_mark" if total == mark);
    pay * (total - mark).max(Decimal::ZERO) / total
}

/// A piece of a line's stretch of the measure: its base pay and what multiplies it.
struct Part {
    pay: Decimal,
    multiplier: Decimal,
}

/// Cuts the stretch (c, c+m] of a line at the thresholds that matter and pays each piece.
fn parts(item: &Item, before: Decimal, total: Decimal) -> Vec<Part> {
    let measure = item.measure();
    let whole = |multiplier| match rate_of_whole(&item.terms.rate, total) {
        None => Vec::new(),
        Some(rate) => vec![Part { pay: flat(rate, item.units, item.revenue), multiplier }],
    };
    if measure.is_zero() {
        // Nothing of the measure: no tier of its own, and no part above any mark.
        let marginal = matches!(item.terms.rate, Rate::Tiers(_, TierMode::Marginal));
        reached!("pay.no_measure_marginal" if marginal);
        reached!("pay.no_measure_whole" if !marginal);
        return if marginal { Vec::new() } else { whole(Decimal::ONE) };
    }
    let after = before + measure;
    let mark = acceleration_mark(item);
    let mut cuts = vec![before, after];
    cuts.extend(mark);
    if let Rate::Tiers(tiers, TierMode::Marginal) = &item.terms.rate {
        cuts.extend(tiers.iter().map(|(from, _)| *from));
    }
    cuts.retain(|cut| before <= *cut && *cut <= after);
    cuts.sort();
    cuts.dedup();
    reached!("pay.mark_inside_a_line" if mark.is_some_and(|m| before < m && m < after));
    reached!("pay.mark_between_lines" if mark.is_some_and(|m| m == before || m == after));
    reached!("pay.line_in_three_parts" if cuts.len() > 3);
    cuts.windows(2)
        .filter_map(|ends| {
            let (low, high) = (ends[0], ends[1]);
            let rate = match &item.terms.rate {
                Rate::Tiers(tiers, TierMode::Marginal) => tier_at(tiers, low),
                other => rate_of_whole(other, total),
            }?;
            // The line's units or revenue, split in proportion to the measure.
            let pay = flat(rate, item.units, item.revenue) * (high - low) / measure;
            let multiplier = match (mark, item.terms.accelerator) {
                (Some(mark), Some((_, multiplier))) if low >= mark => {
                    reached!("pay.accelerated" if multiplier > Decimal::ONE);
                    reached!("pay.decelerated" if multiplier < Decimal::ONE);
                    multiplier
                }
                _ => Decimal::ONE,
            };
            Some(Part { pay, multiplier })
        })
        .collect()
}

/// target × above_attainment / 100.
fn acceleration_mark(item: &Item) -> Option<Decimal> {
    let (above, _) = item.terms.accelerator?;
    Some(item.target? * above / Decimal::ONE_HUNDRED)
}

/// The rate of a flat or retroactive program for a group that reached `total`.
fn rate_of_whole(rate: &Rate, total: Decimal) -> Option<Pay> {
    match rate {
        Rate::Flat(pay) => Some(*pay),
        Rate::Tiers(tiers, _) => tier_at(tiers, total),
    }
}

/// The tier that holds a measure: it is reached at equality. Below the first: nothing.
fn tier_at(tiers: &[(Decimal, Pay)], measure: Decimal) -> Option<Pay> {
    let tier = tiers.iter().rfind(|(from, _)| *from <= measure);
    reached!("pay.below_the_first_tier" if tier.is_none());
    reached!("pay.at_a_tier" if tier.is_some_and(|(from, _)| *from == measure && !measure.is_zero()));
    reached!("pay.in_an_upper_tier" if tier != tiers.first() && tier.is_some());
    tier.map(|(_, pay)| *pay)
}

/// `per_unit` × units, or `percent` of net revenue.
pub fn flat(rate: Pay, units: Decimal, revenue: Decimal) -> Decimal {
    match rate {
        Pay::PerUnit(amount) => amount * units,
        Pay::Percent(percent) => revenue * percent / Decimal::ONE_HUNDRED,
    }
}
