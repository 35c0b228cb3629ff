//! Tiers and minimums that cannot do what they seem to: by the figures of one
//! version alone. What the history says about them is in [`super::reach`].

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::Catalog;
use crate::finding::Severity;
use crate::programs::money;
use crate::programs::terms::{ProgramVersion, Rate, RateTier, Terms, TierMode};

use super::finding::{LintCode, LintFinding};
use super::shape;

/// Checks the order of tiers and the minimum; `day` fixes the prices.
pub(super) fn check(version: &ProgramVersion, catalog: &Catalog, day: NaiveDate, out: &mut Vec<LintFinding>) {
    out.extend(minimum(version));
    let Rate::Tiered { tiers, mode } = &version.terms.rate else { return };
    out.extend(not_ascending(version, tiers));
    out.extend(falls(version, tiers));
    out.extend(below_minimum(version, tiers, *mode));
    out.extend(above_caps(version, tiers, *mode, catalog, day));
}

fn minimum(version: &ProgramVersion) -> Option<LintFinding> {
    let minimum = version.terms.minimum?;
    let first = shape::tiers(&version.terms.rate).first()?.from;
    let why = if minimum.is_zero() {
        "a minimum of 0 is always met".to_owned()
    } else if minimum <= first {
        format!(
            "the minimum of {minimum} has no effect: the first tier begins at {first}, below it nothing is earned anyway"
        )
    } else {
        return None;
    };
    let hint = format!("Remove `minimum`, or raise it above {first}.");
    Some(LintFinding::at(LintCode::MinimumWithoutEffect, Severity::Warning, version, "minimum", why, hint))
}

/// The reader of files refuses this too; terms may come from elsewhere.
fn not_ascending(version: &ProgramVersion, tiers: &[RateTier]) -> Vec<LintFinding> {
    pairs(tiers)
        .filter(|(_, before, tier)| tier.from <= before.from)
        .map(|(at, before, tier)| {
            LintFinding::at(
                LintCode::TiersNotAscending,
                Severity::Error,
                version,
                &format!("rate.tiers[{at}]"),
                format!(
                    "the tier from {} does not begin above the one before it, from {}",
                    tier.from, before.from
                ),
                "Write the tiers in ascending order, each `from` once.",
            )
        })
        .collect()
}

fn falls(version: &ProgramVersion, tiers: &[RateTier]) -> Vec<LintFinding> {
    let odd = pairs(tiers).filter(|(_, before, tier)| tier.pay.value() <= before.pay.value());
    let finding = |(at, before, tier): (usize, &RateTier, &RateTier)| {
        let key = format!("rate.tiers[{at}]");
        let (one, other) = (shape::shown(before.pay, &version.terms), shape::shown(tier.pay, &version.terms));
        if tier.pay.value() == before.pay.value() {
            let message = format!("the tier from {} pays {other}, the same as the one before", tier.from);
            let hint = "Remove the tier, or give it a rate of its own.";
            return LintFinding::at(
                LintCode::TierWithoutEffect,
                Severity::Warning,
                version,
                &key,
                message,
                hint,
            );
        }
        let message =
            format!("the rate falls from {one} to {other} at {}: selling more earns less", tier.from);
        let hint = "Exchange the rates if they were mixed up; leave it if the rate is meant to fall.";
        LintFinding::at(LintCode::TierRateFalls, Severity::Warning, version, &key, message, hint)
    };
    odd.map(finding).collect()
}

/// Retroactive tiers that end before the minimum is reached never pay (PAYOUTS.md,
/// step 6). Marginal ones do: their part of a larger total keeps their rate.
fn below_minimum(version: &ProgramVersion, tiers: &[RateTier], mode: TierMode) -> Vec<LintFinding> {
    let Some(minimum) = version.terms.minimum.filter(|_| mode == TierMode::Retroactive) else {
        return Vec::new();
    };
    pairs(tiers)
        .filter(|(_, _, next)| next.from <= minimum)
        .map(|(at, tier, next)| {
            LintFinding::at(
                LintCode::TierWithoutEffect,
                Severity::Warning,
                version,
                &format!("rate.tiers[{}]", at - 1),
                format!(
                    "the tier from {} never pays: the minimum is {minimum}, and from {} the next tier holds",
                    tier.from, next.from
                ),
                "Remove the tier, or lower `minimum`.",
            )
        })
        .collect()
}

/// The first tier that begins where a cap already binds; those above are no better.
fn above_caps(
    version: &ProgramVersion,
    tiers: &[RateTier],
    mode: TierMode,
    catalog: &Catalog,
    day: NaiveDate,
) -> Option<LintFinding> {
    let terms = &version.terms;
    // Growth and a decelerator pay less than the tiers say: nothing is certain then.
    let slowed = terms.accelerator.is_some_and(|a| a.multiplier < Decimal::ONE);
    if terms.growth.is_some() || slowed || pairs(tiers).any(|(_, a, b)| b.pay.value() < a.pay.value()) {
        return None;
    }
    let (cap, name) = lowest_cap(terms)?;
    let products = shape::on_sale(terms, catalog, day);
    let worth = |tier: &RateTier| shape::per_measure(tier.pay, terms.measure, &products, day);
    let mut earned = Decimal::ZERO;
    for (at, before, tier) in pairs(tiers) {
        earned = match mode {
            TierMode::Marginal => {
                money::add(earned, money::mul(money::sub(tier.from, before.from), worth(before)))
            }
            TierMode::Retroactive => money::mul(tier.from, worth(before)),
        };
        if earned >= cap {
            return Some(LintFinding::at(
                LintCode::TierWithoutEffect,
                Severity::Warning,
                version,
                &format!("rate.tiers[{at}]"),
                format!(
                    "the tier from {} changes nothing: by then {} is earned, and caps.{name} is {}",
                    tier.from,
                    shape::money_shown(earned, &version.terms),
                    shape::money_shown(cap, &version.terms)
                ),
                format!("Raise caps.{name}, or lower the threshold."),
            ));
        }
    }
    None
}

fn lowest_cap(terms: &Terms) -> Option<(Decimal, &'static str)> {
    let caps = &terms.caps;
    [
        (caps.per_transaction, "per_transaction"),
        (caps.per_partner, "per_partner"),
        (caps.program_budget, "program_budget"),
    ]
    .into_iter()
    .filter_map(|(cap, name)| Some((cap?, name)))
    .min()
}

/// Position of the later tier, and both.
fn pairs(tiers: &[RateTier]) -> impl Iterator<Item = (usize, &RateTier, &RateTier)> {
    tiers.windows(2).enumerate().map(|(at, pair)| (at + 1, &pair[0], &pair[1]))
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};

    const FLAT: &str = "rate = { per_unit = \"10.00\" }";

    /// Tiers from line 10, one a line: `rate.tiers[0]` is on line 12.
    fn tiers(mode: &str, tiers: &[(&str, &str)], more: &str) -> Files {
        let rows: Vec<String> = tiers
            .iter()
            .map(|(from, pay)| format!("{{ from = \"{from}\", per_unit = \"{pay}\" }},"))
            .collect();
        let rate = format!("{more}\n[rate]\ntiers = [\n{}\n]\nmode = \"{mode}\"", rows.join("\n"));
        Files::one("").with(FLAT, &rate)
    }

    #[test]
    fn a_minimum_below_the_first_tier_does_nothing() {
        let of = |minimum: &str| {
            tiers("marginal", &[("20", "8"), ("60", "14")], &format!("minimum = \"{minimum}\""))
        };
        fires(
            &of("20"),
            MinimumWithoutEffect,
            "p/v1.md:10",
            "the minimum of 20 has no effect: the first tier begins at 20",
        );
        silent(&of("21"), MinimumWithoutEffect);
        fires(&Files::one("minimum = \"0\""), MinimumWithoutEffect, "p/v1.md:11", "always met");
        silent(&Files::one("minimum = \"1\""), MinimumWithoutEffect);
    }

    #[test]
    fn tiers_ascend() {
        let mut files = tiers("marginal", &[("0", "8"), ("60", "14")], "");
        silent(&files, TiersNotAscending);
        files.terms("p", 1, |t| {
            if let crate::programs::terms::Rate::Tiered { tiers, .. } = &mut t.rate {
                tiers[1].from = tiers[0].from;
            }
        });
        fires(&files, TiersNotAscending, "p/v1.md:14", "from 0");
    }

    #[test]
    fn rates_rise_with_the_tiers() {
        fires(
            &tiers("marginal", &[("0", "8"), ("60", "7.50")], ""),
            TierRateFalls,
            "p/v1.md:14",
            "from $8.00 a unit to $7.50 a unit at 60",
        );
        silent(&tiers("marginal", &[("0", "8"), ("60", "8.01")], ""), TierRateFalls);
        fires(
            &tiers("marginal", &[("0", "8"), ("60", "8.00")], ""),
            TierWithoutEffect,
            "p/v1.md:14",
            "the same as the one before",
        );
        silent(&tiers("marginal", &[("0", "8"), ("60", "8.01")], ""), TierWithoutEffect);
    }

    #[test]
    fn a_retroactive_tier_below_the_minimum_never_pays() {
        let of = |mode, minimum: &str| {
            tiers(mode, &[("0", "8"), ("60", "14")], &format!("minimum = \"{minimum}\""))
        };
        fires(&of("retroactive", "60"), TierWithoutEffect, "p/v1.md:13", "never pays: the minimum is 60");
        silent(&of("retroactive", "59"), TierWithoutEffect);
        silent(&of("marginal", "60"), TierWithoutEffect);
    }

    #[test]
    fn a_tier_above_the_cap_changes_nothing() {
        let of = |mode, cap: &str| {
            tiers(
                mode,
                &[("0", "5"), ("10", "6"), ("20", "9")],
                &format!("caps = {{ per_partner = \"{cap}\" }}"),
            )
        };
        // Marginal: 10 × 5 + 10 × 6 = 110 at the third tier; retroactive: 20 × 6 = 120.
        fires(
            &of("marginal", "110"),
            TierWithoutEffect,
            "p/v1.md:15",
            "by then $110.00 is earned, and caps.per_partner is $110.00",
        );
        silent(&of("marginal", "110.01"), TierWithoutEffect);
        fires(&of("retroactive", "120"), TierWithoutEffect, "p/v1.md:15", "by then $120.00 is earned");
        silent(&of("retroactive", "120.01"), TierWithoutEffect);
    }
}
