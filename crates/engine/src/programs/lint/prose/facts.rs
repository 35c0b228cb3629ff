//! The figures that the terms of a version hold, each with its key and what it is
//! about. Nothing of the text here.

use chrono::Datelike;
use rust_decimal::Decimal;

use crate::programs::lint::shape;
use crate::programs::terms::{Measure, Pay, Rate, Terms};

use super::figures::Value;

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Rate,
    Threshold,
    Minimum,
    Target,
    Growth,
    Override,
    TransactionCap,
    PartnerCap,
    Budget,
    Claims,
    Dates,
}

/// One figure of the terms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    pub key: String,
    pub topic: Topic,
    pub value: Value,
}

impl Fact {
    /// `rate.per_unit 40.00`.
    pub fn shown(&self) -> String {
        let value = match &self.value {
            Value::Money(amount, _) => shape::amount_shown(*amount),
            Value::Percent(v) => format!("{}%", v.normalize()),
            Value::Units(v) | Value::Factor(v) => v.normalize().to_string(),
            Value::Days(v) => format!("{} days", v.normalize()),
            Value::Date(day, month, year) => format!("{:04}-{month:02}-{day:02}", year.unwrap_or_default()),
        };
        format!("{} {value}", self.key)
    }

    /// Whether a figure of a text says the same. Currencies are compared elsewhere.
    pub fn says(&self, value: &Value) -> bool {
        match (&self.value, value) {
            (Value::Money(a, _), Value::Money(b, _)) => a == b,
            (Value::Date(d, m, _), Value::Date(day, month, None)) => (d, m) == (day, month),
            (a, b) => a == b,
        }
    }

    /// Whether it is a figure of the same kind.
    pub fn comparable(&self, value: &Value) -> bool {
        std::mem::discriminant(&self.value) == std::mem::discriminant(value)
    }
}

/// Every figure of the terms.
pub(super) fn facts(terms: &Terms) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |key: &str, topic, value| facts.push(Fact { key: key.to_owned(), topic, value });
    let pay = |pay: Pay| match pay {
        Pay::PerUnit(amount) => ("per_unit", Value::Money(amount, None)),
        Pay::Percent(percent) => ("percent", Value::Percent(percent)),
    };
    let measured = |amount: Decimal| match terms.measure {
        Measure::Units => Value::Units(amount),
        Measure::Revenue => Value::Money(amount, None),
    };
    match &terms.rate {
        Rate::Flat(flat) => {
            let (name, value) = pay(*flat);
            add(&format!("rate.{name}"), Topic::Rate, value);
        }
        Rate::Tiered { tiers, .. } => {
            for (at, tier) in tiers.iter().enumerate() {
                let (name, value) = pay(tier.pay);
                add(&format!("rate.tiers[{at}].{name}"), Topic::Rate, value);
                add(&format!("rate.tiers[{at}].from"), Topic::Threshold, measured(tier.from));
            }
        }
    }
    for (key, topic, amount) in
        [("minimum", Topic::Minimum, terms.minimum), ("target", Topic::Target, terms.target)]
    {
        amount.into_iter().for_each(|amount| add(key, topic, measured(amount)));
    }
    if let Some(a) = terms.accelerator {
        add("accelerator.above_attainment", Topic::Target, Value::Percent(a.above_attainment));
        add("accelerator.multiplier", Topic::Target, Value::Factor(a.multiplier));
    }
    if let Some(growth) = terms.growth {
        add("growth.above", Topic::Growth, Value::Percent(growth.above));
    }
    if let Some(percent) = terms.override_percent {
        add("override.percent", Topic::Override, Value::Percent(percent));
    }
    if let Some(days) = terms.claim_within_days {
        add("claim_within_days", Topic::Claims, Value::Days(Decimal::from(days)));
    }
    for (key, topic, cap) in [
        ("caps.per_transaction", Topic::TransactionCap, terms.caps.per_transaction),
        ("caps.per_partner", Topic::PartnerCap, terms.caps.per_partner),
        ("caps.program_budget", Topic::Budget, terms.caps.program_budget),
    ] {
        cap.into_iter().for_each(|cap| add(key, topic, Value::Money(cap, None)));
    }
    for (key, day) in [("effective.from", terms.effective.start), ("effective.to", terms.effective.end)] {
        add(key, Topic::Dates, Value::Date(day.day(), day.month(), Some(day.year())));
    }
    facts
}
