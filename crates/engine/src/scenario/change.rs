//! What one lever does to the terms of a program: the meaning of every parameter
//! and operation of DESIGN.md. Both the check and the rule book go through here,
//! so that what was checked is what is simulated.

use rust_decimal::Decimal;

use crate::catalog::Catalog;
use crate::programs::Terms;
use crate::programs::terms::{Measure, Pay, Rate, TierMode};

use super::figures;
use super::{Lever, Operation, Parameter};

/// Why a lever cannot be pulled: which part of it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Stable snake_case code.
    pub code: &'static str,
    /// Key of the lever: `parameter`, `operation`, `value`, `tier_from` or `terms`.
    pub at: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Misfit {
    pub(crate) fn new(
        code: &'static str,
        at: &'static str,
        message: String,
        hint: impl Into<String>,
    ) -> Self {
        Self { code, at, message, hint: hint.into() }
    }
}

/// In what a parameter is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Currency a unit sold.
    MoneyPerUnit,
    /// Currency.
    Money,
    /// Percent.
    Percent,
    /// The program's measure.
    Measure(Measure),
    /// A factor.
    Factor,
}

/// The unit of a numeric parameter under these terms; `None` for the others.
pub fn unit(terms: &Terms, parameter: Parameter) -> Option<Unit> {
    Some(match parameter {
        Parameter::Rate | Parameter::TierRate => match &terms.rate {
            Rate::Flat(pay) => pay_unit(*pay),
            Rate::Tiered { tiers, .. } => tiers.first().map_or(Unit::Percent, |t| pay_unit(t.pay)),
        },
        Parameter::TierThreshold | Parameter::Minimum | Parameter::Target => Unit::Measure(terms.measure),
        Parameter::AcceleratorMultiplier => Unit::Factor,
        Parameter::AcceleratorAbove | Parameter::GrowthAbove | Parameter::Override => Unit::Percent,
        Parameter::CapPerPartner | Parameter::CapPerTransaction | Parameter::ProgramBudget => Unit::Money,
        _ => return None,
    })
}

fn pay_unit(pay: Pay) -> Unit {
    match pay {
        Pay::PerUnit(_) => Unit::MoneyPerUnit,
        Pay::Percent(_) => Unit::Percent,
    }
}

/// A value of a parameter in words: `$42.00 per unit`, `4.725%`, `50,000`.
pub fn words(value: Decimal, terms: &Terms, parameter: Parameter) -> String {
    match unit(terms, parameter) {
        Some(Unit::MoneyPerUnit) => format!("{} per unit", figures::money(value, &terms.currency)),
        Some(Unit::Money | Unit::Measure(Measure::Revenue)) => figures::money(value, &terms.currency),
        Some(Unit::Percent) => figures::percent(value),
        Some(Unit::Measure(Measure::Units)) => format!("{} units", figures::number(value)),
        Some(Unit::Factor) => format!("×{}", figures::number(value)),
        None => figures::number(value),
    }
}

/// The number a parameter has; `Ok(None)` where the terms leave it out.
pub fn current(
    terms: &Terms,
    parameter: Parameter,
    tier_from: Option<Decimal>,
) -> Result<Option<Decimal>, Misfit> {
    Ok(match parameter {
        Parameter::Rate => match &terms.rate {
            Rate::Flat(pay) => Some(pay.value()),
            Rate::Tiered { .. } => return Err(tiered()),
        },
        Parameter::TierRate => Some(tier(terms, tier_from)?.1.value()),
        Parameter::TierThreshold => Some(tier(terms, tier_from)?.0),
        Parameter::Minimum => terms.minimum,
        Parameter::Target => terms.target,
        Parameter::AcceleratorMultiplier => terms.accelerator.map(|a| a.multiplier),
        Parameter::AcceleratorAbove => terms.accelerator.map(|a| a.above_attainment),
        Parameter::GrowthAbove => terms.growth.map(|g| g.above),
        Parameter::Override => terms.override_percent,
        Parameter::CapPerPartner => terms.caps.per_partner,
        Parameter::CapPerTransaction => terms.caps.per_transaction,
        Parameter::ProgramBudget => terms.caps.program_budget,
        _ => None,
    })
}

fn tiered() -> Misfit {
    Misfit::new(
        "rate_is_tiered",
        "parameter",
        "The program pays by tiers; it has no single rate".to_owned(),
        "Use tier_rate and name the tier by its threshold in tier_from",
    )
}

fn tier(terms: &Terms, from: Option<Decimal>) -> Result<(Decimal, Pay), Misfit> {
    let Rate::Tiered { tiers, .. } = &terms.rate else {
        return Err(Misfit::new(
            "rate_is_flat",
            "parameter",
            "The program pays one flat rate; it has no tiers".to_owned(),
            "Use rate",
        ));
    };
    let have = || tiers.iter().map(|t| figures::number(t.from)).collect::<Vec<_>>().join(", ");
    let Some(from) = from else {
        return Err(Misfit::new(
            "tier_missing",
            "tier_from",
            "Which tier is meant is not said".to_owned(),
            format!("Name one by its threshold: {}", have()),
        ));
    };
    tiers.iter().find(|t| t.from == from).map(|t| (t.from, t.pay)).ok_or_else(|| {
        Misfit::new(
            "unknown_tier_from",
            "tier_from",
            format!("No tier starts at {}", figures::number(from)),
            format!("The tiers start at {}", have()),
        )
    })
}

/// Applies a lever to terms: the new terms, or `None` when the program is paused.
/// Whether the result is sensible is for `bounds` to say.
pub fn apply(lever: &Lever, terms: &Terms, catalog: &Catalog) -> Result<Option<Terms>, Misfit> {
    use Parameter as P;
    match lever.parameter {
        P::Active => active(lever, terms),
        P::Program => Err(Misfit::new(
            "unsupported",
            "operation",
            "Launching a program is not simulated yet".to_owned(),
            "Ask about a change of an existing program",
        )),
        P::RateMode | P::DealRegistration | P::NewCustomerOnly => switch(lever, terms).map(Some),
        P::EligibleTiers | P::EligibleRegions | P::EligiblePartnerTypes | P::Products => {
            super::lists::lists(lever, terms, catalog).map(Some)
        }
        _ => numeric(lever, terms).map(Some),
    }
}

fn active(lever: &Lever, terms: &Terms) -> Result<Option<Terms>, Misfit> {
    match (lever.operation, lever.value.as_deref()) {
        (Operation::Pause, None) | (Operation::SetTo, Some("false")) => Ok(None),
        (Operation::SetTo, Some("true")) => Ok(Some(terms.clone())),
        (Operation::Pause, Some(_)) => Err(Misfit::new(
            "value_not_wanted",
            "value",
            "A pause has no value".to_owned(),
            "Leave value null",
        )),
        (Operation::SetTo, _) => Err(wrong_word(lever, "true or false")),
        _ => Err(misfit_operation(lever, "pause, or set_to true or false")),
    }
}

fn switch(lever: &Lever, terms: &Terms) -> Result<Terms, Misfit> {
    if lever.operation != Operation::SetTo {
        return Err(misfit_operation(lever, "set_to"));
    }
    let mut new = terms.clone();
    let value = lever.value.as_deref().unwrap_or_default();
    match (lever.parameter, value) {
        (Parameter::DealRegistration, "required") => new.eligible.deal_registration_required = true,
        (Parameter::DealRegistration, "not_required") => new.eligible.deal_registration_required = false,
        (Parameter::DealRegistration, _) => return Err(wrong_word(lever, "required or not_required")),
        (Parameter::NewCustomerOnly, "true") => new.eligible.new_customer_only = true,
        (Parameter::NewCustomerOnly, "false") => new.eligible.new_customer_only = false,
        (Parameter::NewCustomerOnly, _) => return Err(wrong_word(lever, "true or false")),
        (_, "marginal" | "retroactive") => match &mut new.rate {
            Rate::Tiered { mode, .. } if value == "marginal" => *mode = TierMode::Marginal,
            Rate::Tiered { mode, .. } => *mode = TierMode::Retroactive,
            Rate::Flat(_) => tier(terms, None).map(|_| ())?,
        },
        _ => return Err(wrong_word(lever, "marginal or retroactive")),
    }
    Ok(new)
}

fn wrong_word(lever: &Lever, expected: &str) -> Misfit {
    let value = lever.value.as_deref().unwrap_or("null");
    Misfit::new("unknown_value", "value", format!("{value:?} is not a value here"), format!("Use {expected}"))
}

pub(super) fn misfit_operation(lever: &Lever, fits: &str) -> Misfit {
    Misfit::new(
        "operation_does_not_fit",
        "operation",
        format!("{} does not fit {}", name_of(&lever.operation), name_of(&lever.parameter)),
        format!("Use {fits}"),
    )
}

/// The snake_case name of a parameter or an operation, as JSON writes it.
pub fn name_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Largest magnitude of any number in a lever: nothing in a program is larger.
pub(crate) const MAGNITUDE_MAX: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0); // 10^12

/// Decimal text of a lever. Refuses exponents, names and absurd magnitudes.
pub(crate) fn decimal(text: &str, at: &'static str) -> Result<Decimal, Misfit> {
    let plain = text.len() <= 40 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    let value = if plain { text.parse::<Decimal>().ok() } else { None };
    let shown: String = text.chars().take(40).collect();
    match value {
        Some(value) if value.abs() <= MAGNITUDE_MAX => Ok(value),
        Some(_) => Err(Misfit::new(
            "value_out_of_bounds",
            at,
            format!("{shown} is larger than anything in a program"),
            "Give a number below 1,000,000,000,000",
        )),
        None => Err(Misfit::new(
            "not_a_decimal",
            at,
            format!("{shown:?} is not a decimal number"),
            "Write digits with at most one point, such as 5 or 2.5",
        )),
    }
}

fn numeric(lever: &Lever, terms: &Terms) -> Result<Terms, Misfit> {
    let from = lever.tier_from.as_deref().map(|t| decimal(t, "tier_from")).transpose()?;
    let now = current(terms, lever.parameter, from)?;
    if lever.operation == Operation::Remove && lever.value.is_none() {
        return put(terms, lever.parameter, from, None)
            .ok_or_else(|| misfit_operation(lever, "another operation"));
    }
    let value = lever.value.as_deref().ok_or_else(|| {
        Misfit::new(
            "value_missing",
            "value",
            "The change has no value".to_owned(),
            "Say by how much or to what",
        )
    })?;
    let value = decimal(value, "value")?;
    let result = moved(lever, terms, now, value)?;
    put(terms, lever.parameter, from, Some(result)).ok_or_else(|| absent(lever.parameter))
}

fn moved(lever: &Lever, terms: &Terms, now: Option<Decimal>, value: Decimal) -> Result<Decimal, Misfit> {
    use Operation as O;
    if lever.operation == O::SetTo {
        return Ok(value);
    }
    let percent = unit(terms, lever.parameter) == Some(Unit::Percent);
    let now = now.ok_or_else(|| absent(lever.parameter))?;
    if value < Decimal::ZERO {
        return Err(Misfit::new(
            "negative_value",
            "value",
            format!(
                "A change by {} has its direction in the operation, not in the sign",
                figures::plain(value)
            ),
            "Use the increase or the decrease operation with a positive value",
        ));
    }
    let hundred = Decimal::ONE_HUNDRED;
    let result = match lever.operation {
        O::IncreaseByPercent => now.checked_mul((hundred + value) / hundred),
        O::DecreaseByPercent => now.checked_mul((hundred - value) / hundred),
        O::MultiplyBy => now.checked_mul(value),
        O::IncreaseByPoints if percent => now.checked_add(value),
        O::DecreaseByPoints if percent => now.checked_sub(value),
        O::IncreaseByAmount if !percent => now.checked_add(value),
        O::DecreaseByAmount if !percent => now.checked_sub(value),
        O::IncreaseByPoints | O::DecreaseByPoints => {
            return Err(misfit_operation(lever, "a percent or an amount; points are for percent rates"));
        }
        O::IncreaseByAmount | O::DecreaseByAmount => {
            return Err(misfit_operation(lever, "points or a relative percent; this is a percent already"));
        }
        _ => return Err(misfit_operation(lever, "an increase, a decrease, set_to or multiply_by")),
    };
    result.map(|r| r.round_dp(6)).ok_or_else(|| {
        Misfit::new(
            "value_out_of_bounds",
            "value",
            "The result is too large".to_owned(),
            "Use a smaller value",
        )
    })
}

fn absent(parameter: Parameter) -> Misfit {
    let name = super::describe::parameter_words(parameter);
    Misfit::new(
        "parameter_absent",
        "parameter",
        format!("The program has no {name} to change"),
        match parameter {
            Parameter::AcceleratorAbove | Parameter::AcceleratorMultiplier | Parameter::GrowthAbove => {
                "Only a program that has one can change it".to_owned()
            }
            _ => format!("To introduce one, set the {name} to a value"),
        },
    )
}

/// The terms with another number, or without it; `None` where that cannot be.
fn put(terms: &Terms, parameter: Parameter, from: Option<Decimal>, value: Option<Decimal>) -> Option<Terms> {
    let mut new = terms.clone();
    match parameter {
        Parameter::Minimum => new.minimum = value,
        Parameter::Target => new.target = value,
        Parameter::Override => new.override_percent = value,
        Parameter::CapPerPartner => new.caps.per_partner = value,
        Parameter::CapPerTransaction => new.caps.per_transaction = value,
        Parameter::ProgramBudget => new.caps.program_budget = value,
        Parameter::AcceleratorMultiplier => match value {
            Some(v) => new.accelerator.as_mut()?.multiplier = v,
            None => new.accelerator = None,
        },
        Parameter::AcceleratorAbove => new.accelerator.as_mut()?.above_attainment = value?,
        Parameter::GrowthAbove => new.growth.as_mut()?.above = value?,
        Parameter::Rate => {
            let Rate::Flat(pay) = &mut new.rate else { return None };
            *pay = pay.with(value?);
        }
        Parameter::TierRate | Parameter::TierThreshold => {
            let Rate::Tiered { tiers, .. } = &mut new.rate else { return None };
            let tier = tiers.iter_mut().find(|t| Some(t.from) == from)?;
            match parameter {
                Parameter::TierRate => tier.pay = tier.pay.with(value?),
                _ => tier.from = value?,
            }
        }
        _ => return None,
    }
    Some(new)
}
