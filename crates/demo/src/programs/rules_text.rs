//! The clauses of calculation, caps and claims, written from the terms. Three voices,
//! because different people wrote different programs. Every figure is one of the terms.

use rust_decimal::Decimal;

use super::words::{list, measure, money, pay, percent, period, quantity};
use crate::terms::{Kind, Measure, Pay, Period, Rate, StackingMode, Terms, TierMode};

/// Section 3.
pub fn calculation(t: &Terms, voice: usize) -> Vec<String> {
    let mut clauses = vec![rate(t, voice)];
    clauses.push(counting(t, voice));
    clauses.extend(conditions(t, voice));
    clauses
}

fn rate(t: &Terms, voice: usize) -> String {
    let what = match t.kind {
        Kind::Mdf => "fund credit",
        Kind::Rebate | Kind::Growth => "rebate",
        Kind::Commission => "commission",
        Kind::Spiff => "incentive",
    };
    match &t.rate {
        Rate::Flat(flat) => match voice {
            0 => format!("The {what} is {} on every qualifying line.", pay(*flat)),
            1 => format!(
                "We pay {} for qualifying sales; the first sale earns the same as the last.",
                pay(*flat)
            ),
            _ => format!("Each qualifying sale earns a flat {}.", pay(*flat)),
        },
        Rate::Tiers(tiers, mode) => {
            let steps: Vec<String> = tiers.iter().map(|(from, p)| step(t.measure, *from, *p)).collect();
            let steps = list(&steps, "and");
            let how = match (mode, voice) {
                (TierMode::Marginal, 0) => {
                    "Each rate applies to the part of the total that lies above its threshold; what was sold below keeps the lower rate."
                }
                (TierMode::Marginal, _) => {
                    "The rates are marginal: crossing a threshold raises the rate for what lies above it and leaves the part below as it was."
                }
                (TierMode::Retroactive, 0) => {
                    "The rate of the highest threshold reached applies to the whole total, back to the first sale."
                }
                (TierMode::Retroactive, _) => {
                    "The rates are retroactive: once a threshold is reached, its rate holds for everything sold in the period, and earlier accruals are trued up."
                }
            };
            format!("The {what} rises with volume: {steps}. {how}")
        }
    }
}

/// One tier: `2% from $30,000.00`.
fn step(measure: Measure, from: Decimal, rate: Pay) -> String {
    let rate = pay(rate);
    match (from.is_zero(), measure) {
        (true, Measure::Units) => format!("{rate} from the first unit"),
        (true, Measure::Revenue) => format!("{rate} from the first dollar"),
        (false, Measure::Units) => format!("{rate} from {}", quantity(measure, from)),
        (false, Measure::Revenue) => format!("{rate} from {}", money(from)),
    }
}

fn counting(t: &Terms, voice: usize) -> String {
    let over = period(t.period);
    let what = measure(t.measure);
    if t.period == Period::Transaction {
        return match voice {
            0 => "Every transaction is calculated by itself and rounded once, half a cent away from zero.".to_owned(),
            _ => "The calculation looks at one transaction at a time, over all of its qualifying lines, and is rounded to the cent at the end.".to_owned(),
        };
    }
    match voice {
        0 => format!(
            "Results are counted as {what} over the {over}, by date of sale. Amounts are rounded once, on the payout line."
        ),
        1 => format!(
            "We count {what} for each {over}. The date of sale decides the period, not the date of the report, and a payout line is rounded to the cent once."
        ),
        _ => format!(
            "The period of calculation is the {over}, and the measure is {what} by date of sale. Rounding to the cent happens once, at the end."
        ),
    }
}

fn conditions(t: &Terms, voice: usize) -> Vec<String> {
    let over = period(t.period);
    let mut clauses = Vec::new();
    if let Some(minimum) = t.minimum {
        clauses.push(format!(
            "Nothing is earned in a {over} in which the partner stays below {}. Once that minimum is reached, all qualifying sales of the period count.",
            quantity(t.measure, minimum)
        ));
    }
    if let Some(target) = t.target {
        clauses.push(format!(
            "The target is {} per {over} unless the partner was given a target of its own in writing, which then takes its place.",
            quantity(t.measure, target)
        ));
    }
    if let Some((above, multiplier)) = t.accelerator {
        clauses.push(format!(
            "What is sold above {} of the target is multiplied by {}.",
            percent(above),
            multiplier.normalize()
        ));
    }
    if let Some(above) = t.growth_above {
        clauses.push(format!(
            "Only growth is rewarded. The result of the {over} is compared with the same period of the year before, raised by {}; the share of the result that lies above that mark is the share of the rate that is paid. A partner with no sales in the year before has no baseline and earns nothing.",
            percent(above)
        ));
    }
    if let Some(share) = t.override_percent {
        clauses.push(format!(
            "The direct parent of a selling partner receives an override of {} of that partner's qualifying net revenue in the {over}. The parent must be active and needs to meet no other condition.",
            percent(share)
        ));
    }
    if let Some(s) = &t.stacking {
        clauses.push(stacking(s.mode, voice));
    }
    clauses
}

fn stacking(mode: StackingMode, voice: usize) -> String {
    match (mode, voice) {
        (StackingMode::Stack, 0) => "This incentive is paid in addition to any other for which the sale qualifies.",
        (StackingMode::Stack, _) => "A sale may earn under this program and under others at the same time; the amounts add up.",
        (StackingMode::BestOf, 0) => "Where one sale qualifies for several commissions of this group, only the one that pays most is paid.",
        (StackingMode::BestOf, _) => "Commissions of this group do not add up. The partner receives the highest of those for which the line qualifies, and the others fall away.",
        (StackingMode::Exclusive, 0) => "Programs of this group exclude one another. A line is paid under the one with the first priority among those for which it qualifies, and does not count in the others.",
        (StackingMode::Exclusive, _) => "A line earns under one program of this group only, namely the one that ranks first; for the others it is as if it had not been sold.",
    }
    .to_owned()
}

/// Section 4.
pub fn caps(t: &Terms, voice: usize) -> Vec<String> {
    let mut clauses = Vec::new();
    if let Some(cap) = t.cap_per_transaction {
        clauses.push(format!("No transaction pays more than {}, however many lines it has.", money(cap)));
    }
    if let Some(cap) = t.cap_per_partner {
        let over = if t.period == Period::Transaction { "calendar month" } else { period(t.period) };
        clauses.push(match voice {
            0 => format!(
                "A partner can earn at most {} in a {over}. What lies above is not carried forward.",
                money(cap)
            ),
            1 => format!(
                "Earnings stop at {} per partner and {over}; nothing is carried into the next one.",
                money(cap)
            ),
            _ => format!("The limit for one partner is {} per {over}.", money(cap)),
        });
    }
    if let Some(budget) = t.program_budget {
        clauses.push(match voice {
            0 => format!("The budget of this version is {} over its whole life. When it runs out, {} and later sales earn nothing.", money(budget), last_period(t)),
            _ => format!("We have set aside {} for this version, for all partners together. Once that is used up, {} and nothing is paid afterwards.", money(budget), last_period(t)),
        });
    }
    if clauses.is_empty() {
        clauses.push("There is no cap and no budget limit under this version.".to_owned());
    }
    clauses
}

fn last_period(t: &Terms) -> &'static str {
    if t.period == Period::Transaction {
        "the last transaction receives what is left"
    } else {
        "the amounts of the period in which that happens are reduced in the same proportion"
    }
}

/// Section 6.
pub fn claims(t: &Terms, voice: usize) -> Vec<String> {
    match (t.claim_within_days, voice) {
        (Some(days), 0) => vec![
            format!("A sale must be reported within {days} days of the date of sale. A line that is reported later is not paid and does not count."),
            "No separate claim form is needed: the sell-through report is the claim.".to_owned(),
        ],
        (Some(days), _) => vec![format!("The deadline for reporting is {days} days after the date of sale. Reports that come in after that are accepted for inventory purposes and earn nothing under this program.")],
        (None, 0) => vec!["Nothing needs to be claimed. Qualifying sales are taken from the partner's sell-through reports, and this version sets no deadline for them.".to_owned()],
        (None, _) => vec!["There is no claims deadline: the sale counts in the period in which it was made, whenever it is reported.".to_owned()],
    }
}

/// Section 7.
pub fn returns(t: &Terms, voice: usize) -> Vec<String> {
    let mut clauses = vec![match (t.period, voice) {
        (Period::Transaction, _) => "When goods come back, the transaction is calculated again without them, and the difference to what was paid is clawed back on the day of the return.".to_owned(),
        (_, 0) => format!("Returned goods are taken off the {} of the original sale, which is then calculated again. What was paid too much is deducted in the period of the return.", period(t.period)),
        (_, 1) => "If a customer returns goods, we work out what would have been due without them and claw the difference back in the period in which they come back, never more than was paid.".to_owned(),
        _ => format!("A return lowers the result of the {} in which the goods were sold. The clawback is booked in the period of the return and is never more than was paid.", period(t.period)),
    }];
    if t.override_percent.is_some() {
        clauses.push(
            "The parent's override is clawed back in proportion to the net revenue returned.".to_owned(),
        );
    }
    if t.kind == Kind::Mdf {
        clauses.push("Clawbacks lower the balance of the fund; they are not invoiced.".to_owned());
    }
    clauses
}
