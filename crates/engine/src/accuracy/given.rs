//! Forecasts that were given, and what came: what an answer said about its period, in
//! a form that a later company can be held against. Only looks; keeps nothing.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::what_if::{Said, round, sold};
use crate::baseline::reporting_lag;
use crate::calendar::{Month, Span};
use crate::company::Company;
use crate::explore::changed_programs;
use crate::forecast::{Forecast, Quantity, Row};
use crate::model::Model;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::ProgramKind;
use crate::sales::PayoutRole;
use crate::scenario::{self, Scenario};
use crate::simulation::{Arm, Request, reached};

/// What a forecast said about its period, tail left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Given {
    /// Last day of the data it was made from.
    pub as_of: NaiveDate,
    /// The days asked about.
    pub period: Span,
    /// The changed programs.
    pub programs: Vec<String>,
    /// Programs whose pay is in the payouts.
    pub paying: Vec<String>,
    /// Partners it was about.
    pub partners: Vec<String>,
    /// Products.
    pub skus: Vec<String>,
    /// The rules as they were, then the options.
    pub arms: Vec<GivenArm>,
}

/// One arm of a given forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GivenArm {
    /// Name of the option; `baseline` for the first.
    pub label: String,
    /// Digest of the terms that the changed programs have in it.
    pub rules: String,
    /// Units.
    pub units: Range,
    /// Payouts.
    pub payout: Range,
}

/// A figure with the range that 8 in 10 outcomes lie in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// Expected.
    pub mean: f64,
    /// Low end.
    pub p10: f64,
    /// High end.
    pub p90: f64,
}

/// A given forecast against what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GivenScore {
    /// Last day of the data it was held against.
    pub as_of: NaiveDate,
    /// Whether the period was wholly reported by then; if not it is scored again.
    pub whole: bool,
    /// Whose rules were in force.
    pub rules: RulesInForce,
    /// The arm it is compared with: 0 is the baseline, then the options.
    pub arm: usize,
    /// Units.
    pub units: Said,
    /// Payouts.
    pub payout: Said,
}

/// Which rules were in force in the period of a given forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RulesInForce {
    /// The change was made: those of an option.
    Option,
    /// Nothing was changed.
    Baseline,
    /// Something else was done; the comparison is with the baseline.
    Other,
}

impl Given {
    /// What a forecast of a scenario said; `None` where it has no such figures.
    /// For forecasts that count everybody.
    /// `shown`: the scenario of the options that the forecast shows.
    pub fn of(model: &Model, shown: &Scenario, forecast: &Forecast) -> Option<Self> {
        let company = &*model.company;
        let baseline = RuleBook::of(&company.programs);
        let options: Vec<Arm> = (0..shown.options.len())
            .map(|o| Arm {
                label: shown.options[o].label.clone(),
                rules: scenario::rule_book(shown, o, company),
            })
            .collect();
        let programs = changed_programs(shown);
        let period = shown.period.span();
        let (partners, covered) = reached(&Request {
            model,
            period,
            baseline: &baseline,
            options: &options,
            changed_programs: &programs,
            seed: 0,
            draws: crate::simulation::DRAWS_MIN,
            counted: None,
        })
        .ok()?;
        let catalog = &company.catalog;
        let partners: Vec<String> = partners.iter().map(|p| catalog.partners[*p].id.clone()).collect();
        let products = catalog.products.iter().zip(&covered).filter(|(_, covered)| **covered);
        let days = Span::new(period.start.max(company.today()), period.end);
        let digest = |book: &RuleBook| rules_digest(book, company, &programs, &partners, days);
        let gross = &forecast.gross_of_pull_forward;
        let arm = |label: &str, rules: &RuleBook, units: &Quantity, payout: &Quantity| {
            let (units, payout) = (Range::of(units)?, Range::of(payout)?);
            Some(GivenArm { label: label.to_owned(), rules: digest(rules), units, payout })
        };
        let mut arms = vec![arm("baseline", &baseline, &gross.units.baseline, &gross.payout.baseline)?];
        for (option, (units, payout)) in
            options.iter().zip(gross.units.options.iter().zip(&gross.payout.options))
        {
            arms.push(arm(&option.label, &option.rules, units, payout)?);
        }
        let pays = |row: &&Row| row.metrics.contains_key("payout");
        Some(Self {
            as_of: company.as_of,
            period,
            paying: forecast.by.program.iter().filter(pays).map(|row| row.key.clone()).collect(),
            skus: products.map(|(p, _)| p.sku.clone()).collect(),
            programs,
            partners,
            arms,
        })
    }

    /// Last day of the last month it speaks of: figures cover whole months.
    pub fn ends(&self) -> NaiveDate {
        Month::of(self.period.end).last_day()
    }

    /// Holds it against a later company; `None` while its last month is not over.
    pub fn score(&self, later: &Company) -> Option<GivenScore> {
        let (first, last) = (Month::of(self.period.start), Month::of(self.period.end));
        if later.as_of < self.ends() {
            return None;
        }
        let catalog = &later.catalog;
        let mut partners: Vec<usize> = self.partners.iter().filter_map(|id| catalog.partner(id)).collect();
        partners.sort_unstable();
        let covered: Vec<bool> = catalog.products.iter().map(|p| self.skus.contains(&p.sku)).collect();
        let panel = Panel::of_lines(later.lines.iter(), later.as_of);
        let units = sold(&panel, &partners, &covered, (first, last));
        let payout = self.paid(later, first, last);
        let (rules, arm) = self.in_force(later);
        let said = self.arms.get(arm)?;
        Some(GivenScore {
            as_of: later.as_of,
            whole: last <= reporting_lag(later).0,
            rules,
            arm,
            units: said.units.against(round(units, 1)),
            payout: said.payout.against(round(payout, 2)),
        })
    }

    /// The option whose terms were in force, else the baseline.
    fn in_force(&self, later: &Company) -> (RulesInForce, usize) {
        let days = Span::new(self.period.start.max(self.as_of + chrono::Days::new(1)), self.period.end);
        let book = RuleBook::of(&later.programs);
        let real = rules_digest(&book, later, &self.programs, &self.partners, days);
        match self.arms.iter().rposition(|arm| arm.rules == real) {
            Some(0) => (RulesInForce::Baseline, 0),
            Some(option) => (RulesInForce::Option, option),
            None => (RulesInForce::Other, 0),
        }
    }

    /// What became due to these partners, and to their parents for their sales, in the
    /// months of the period, clawbacks apart.
    fn paid(&self, later: &Company, first: Month, last: Month) -> f64 {
        let rules = RuleBook::of(&later.programs);
        let parents =
            later.catalog.partners.iter().filter(|p| self.partners.contains(&p.id)).filter_map(|p| p.parent);
        let parents: Vec<&str> = parents.map(|p| later.catalog.partners[p].id.as_str()).collect();
        let due = |through: NaiveDate| -> Decimal {
            let options = SettleOptions { through: Some(through), ..SettleOptions::default() };
            let counts = |role: PayoutRole, partner: &str| match role {
                PayoutRole::Own => self.partners.iter().any(|p| p == partner),
                PayoutRole::Override => parents.contains(&partner),
                PayoutRole::Clawback => false,
            };
            let payouts = settle(later, &rules, &options).payouts;
            let paying =
                payouts.iter().filter(|p| p.kind != ProgramKind::Mdf && self.paying.contains(&p.program_id));
            paying.filter(|p| counts(p.role, &p.partner_id)).map(|p| p.amount).sum()
        };
        (due(last.last_day()) - due(first.plus(-1).last_day())).to_f64().unwrap_or(0.0)
    }
}

impl Range {
    fn of(q: &Quantity) -> Option<Self> {
        let mean = q.mean?;
        Some(Self { mean, p10: q.outcome_p10.unwrap_or(mean), p90: q.outcome_p90.unwrap_or(mean) })
    }

    fn against(self, actual: f64) -> Said {
        Said { mean: self.mean, p10: self.p10, p90: self.p90, actual }
    }
}

/// Digest of the terms that some programs have for some partners on some days, their
/// own dates and the number of the version apart: equal where the same is paid.
fn rules_digest(
    book: &RuleBook,
    company: &Company,
    programs: &[String],
    partners: &[String],
    days: Span,
) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for id in programs {
        let Some(program) = book.programs.iter().find(|p| p.id == *id) else {
            hash.update(format!("{id}: none\n"));
            continue;
        };
        let texts: Vec<String> = program.segments.iter().map(|s| terms_text(s.terms.as_ref())).collect();
        let mut borders: Vec<NaiveDate> = vec![days.start];
        for segment in &program.segments {
            borders.extend([Some(segment.span.start), segment.span.end.succ_opt()].into_iter().flatten());
        }
        borders.retain(|day| days.contains(*day));
        borders.sort_unstable();
        borders.dedup();
        for partner in partners {
            let Some(ix) = company.catalog.partner(partner) else {
                hash.update(format!("{partner}: gone\n"));
                continue;
            };
            let mut before = "";
            for day in &borders {
                let held = program.segment(ix, *day);
                let at = held.and_then(|held| program.segments.iter().position(|s| std::ptr::eq(s, held)));
                let text = at.map_or("nothing", |at| texts[at].as_str());
                if text != before {
                    hash.update(format!("{id} {partner} {day} {text}\n"));
                    before = text;
                }
            }
        }
    }
    format!("sha256:{:x}", hash.finalize())
}

/// Terms as text, the same for the same pay: without their dates, decimals without
/// zeros at the end.
fn terms_text(terms: Option<&crate::programs::terms::Terms>) -> String {
    let Some(terms) = terms else { return "nothing".to_owned() };
    let mut json = serde_json::to_value(terms).unwrap_or_default();
    if let Some(keys) = json.as_object_mut() {
        keys.remove("effective");
    }
    plain(&mut json);
    json.to_string()
}

fn plain(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) => {
            if let Ok(number) = text.parse::<Decimal>() {
                *text = number.normalize().to_string();
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(plain),
        serde_json::Value::Object(keys) => keys.values_mut().for_each(plain),
        _ => {}
    }
}
