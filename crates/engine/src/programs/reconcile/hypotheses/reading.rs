//! Terms that were read otherwise than they stand (PAYOUTS.md, steps 5 and 6).

use rust_decimal::Decimal;

use crate::programs::cite;
use crate::programs::terms::{Growth, Rate, Terms, TierMode};

use super::super::bench::Bench;
use super::Explanation;

/// Below the minimum nothing is earned.
pub(super) fn minimum_ignored(bench: &Bench<'_>) -> Option<Explanation> {
    let minimum = bench.terms()?.minimum?;
    let fits = bench.terms_give(|terms| Terms { minimum: None, ..terms.clone() });
    let cause = format!("if the minimum of {} is ignored", minimum.normalize());
    fits.then(|| Explanation::new(cause, cite::MINIMUM))
}

/// Only growth is paid.
pub(super) fn growth_ignored(bench: &Bench<'_>) -> Option<Explanation> {
    let growth = bench.terms()?.growth?;
    if bench.terms_give(|terms| Terms { growth: None, ..terms.clone() }) {
        return Some(Explanation::new("if all sales are paid, not their growth", cite::GROWTH));
    }
    let none =
        bench.terms_give(|terms| Terms { growth: Some(Growth { above: Decimal::ZERO }), ..terms.clone() });
    let cause = format!(
        "if growth is paid from the first dollar, not from {}% above last year",
        growth.above.normalize()
    );
    none.then(|| Explanation::new(cause, cite::GROWTH))
}

/// Marginal tiers as retroactive ones, or the reverse.
pub(super) fn tier_misread(bench: &Bench<'_>) -> Option<Explanation> {
    let Rate::Tiered { mode, .. } = &bench.terms()?.rate else { return None };
    let (is, read, other) = match mode {
        TierMode::Marginal => ("marginal", "retroactive", TierMode::Retroactive),
        TierMode::Retroactive => ("retroactive", "marginal", TierMode::Marginal),
    };
    let fits = bench.terms_give(|terms| match &terms.rate {
        Rate::Tiered { tiers, .. } => {
            Terms { rate: Rate::Tiered { tiers: tiers.clone(), mode: other }, ..terms.clone() }
        }
        Rate::Flat(_) => terms.clone(),
    });
    let cause = format!("if the tiers are read as {read}; they are {is}");
    fits.then(|| Explanation::new(cause, cite::RATE))
}

/// The partner has a target of its own.
pub(super) fn target_misread(bench: &Bench<'_>) -> Option<Explanation> {
    let terms = bench.terms()?;
    terms.accelerator?;
    let own = bench.excerpt.company.targets.iter().find(|t| t.period_start == bench.case.key.period.start)?;
    let target = own.target.normalize();
    let fits = bench.facts_give(|company| company.targets.clear());
    let of_terms = terms.target.map_or("none".to_owned(), |t| t.normalize().to_string());
    let cause = format!("by the target of the terms, {of_terms}, instead of the partner's own, {target}");
    fits.then(|| Explanation::new(cause, cite::ACCELERATOR))
}

/// No accelerator.
pub(super) fn accelerator_missed(bench: &Bench<'_>) -> Option<Explanation> {
    let accelerator = bench.terms()?.accelerator?;
    let fits = bench.terms_give(|terms| Terms { accelerator: None, ..terms.clone() });
    let cause = format!(
        "if nothing is multiplied by {} above {}% of the target",
        accelerator.multiplier.normalize(),
        accelerator.above_attainment.normalize()
    );
    fits.then(|| Explanation::new(cause, cite::ACCELERATOR))
}
