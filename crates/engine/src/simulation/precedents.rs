//! The last changes of the changed programs and what happened to the sales they
//! covered. Plain sums of the history: no claim of cause.

use chrono::NaiveDate;

use super::Request;
use super::reach::is_eligible;
use crate::calendar::Month;
use crate::forecast::Precedent;
use crate::programs::terms::{Pay, Program, ProgramVersion, Rate, Terms, TierMode};

/// Changes shown a program.
const SHOWN: usize = 3;
/// Months before and after that are summed.
const MONTHS: i32 = 3;

/// The last version starts of these programs that have three whole months of data
/// on both sides, newest first. `open`: the first month that is not wholly reported.
pub fn precedents(request: &Request, open: Month) -> Vec<Precedent> {
    let company = &request.model.company;
    let wanted = |p: &&Program| request.changed_programs.contains(&p.id);
    let mut found: Vec<Precedent> =
        company.programs.iter().filter(wanted).flat_map(|p| of_program(request, open, p)).collect();
    found.sort_by(|a, b| b.on.cmp(&a.on).then_with(|| a.program.cmp(&b.program)));
    found
}

fn of_program(request: &Request, open: Month, program: &Program) -> Vec<Precedent> {
    let panel = &request.model.panel;
    let seen = |v: &&ProgramVersion| {
        let month = Month::of(v.terms.effective.start);
        month.plus(-MONTHS) >= panel.first_month && month.plus(MONTHS) <= open
    };
    let before = |v: &ProgramVersion| {
        program.versions.iter().rev().find(|o| o.terms.effective.end < v.terms.effective.start)
    };
    let all = program.versions.iter().filter(seen).map(|version| {
        let month = Month::of(version.terms.effective.start);
        Precedent {
            program: program.id.clone(),
            version: version.version,
            on: version.terms.effective.start,
            change: describe_change(before(version).map(|v| &v.terms), &version.terms),
            units_before: units(request, &version.terms, month.plus(-MONTHS), version),
            units_after: units(request, &version.terms, month, version),
        }
    });
    let mut all: Vec<Precedent> = all.collect();
    all.sort_by_key(|p| std::cmp::Reverse(p.on));
    all.truncate(SHOWN);
    all
}

/// Units of the covered products among the counted partners that the version made eligible,
/// in the three months from `from`.
fn units(request: &Request, terms: &Terms, from: Month, version: &ProgramVersion) -> f64 {
    let (company, panel) = (&request.model.company, &request.model.panel);
    let start = version.terms.effective.start;
    let first = (from.0 - panel.first_month.0) as usize;
    let catalog = &company.catalog;
    let counted = |(s, (partner, product)): (usize, &(usize, usize))| {
        let p = &catalog.products[*product];
        let counts = request.counts(*partner)
            && terms.covers(&p.sku, &p.family)
            && is_eligible(&terms.eligible, &catalog.partners[*partner], start);
        if !counts {
            return 0.0;
        }
        panel.units_of(s).iter().skip(first).take(MONTHS as usize).sum()
    };
    panel.series.iter().enumerate().map(counted).sum()
}

/// What changed between two terms, in words; the whole rate where there was none before.
pub fn describe_change(old: Option<&Terms>, new: &Terms) -> String {
    let Some(old) = old else { return format!("began, paying {}", rate_words(&new.rate)) };
    let mut parts = Vec::new();
    if old.effective.end.succ_opt().is_some_and(|next: NaiveDate| next < new.effective.start) {
        parts.push("resumed after a gap".to_owned());
    }
    let mut moved = |what: &str, a: String, b: String| {
        if a != b {
            parts.push(format!("{what} from {a} to {b}"));
        }
    };
    moved("rate", rate_words(&old.rate), rate_words(&new.rate));
    let list = |names: &[String]| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
    moved("eligible tiers", list(&old.eligible.tiers), list(&new.eligible.tiers));
    moved("eligible regions", list(&old.eligible.regions), list(&new.eligible.regions));
    let types =
        |t: &Terms| t.eligible.partner_types.iter().map(|t| t.as_str().to_owned()).collect::<Vec<_>>();
    moved("eligible partner types", list(&types(old)), list(&types(new)));
    let products = |t: &Terms| {
        list(&t.applies_to.skus.iter().chain(&t.applies_to.families).cloned().collect::<Vec<_>>())
    };
    moved("products", products(old), products(new));
    let money = |v: Option<rust_decimal::Decimal>| v.map_or("none".to_owned(), |v| v.normalize().to_string());
    moved("cap a partner", money(old.caps.per_partner), money(new.caps.per_partner));
    moved("cap a transaction", money(old.caps.per_transaction), money(new.caps.per_transaction));
    moved("budget", money(old.caps.program_budget), money(new.caps.program_budget));
    moved("minimum", money(old.minimum), money(new.minimum));
    moved("target", money(old.target), money(new.target));
    let accelerator = |t: &Terms| {
        t.accelerator.map_or("none".to_owned(), |a| {
            format!("{}x above {}%", a.multiplier.normalize(), a.above_attainment.normalize())
        })
    };
    moved("accelerator", accelerator(old), accelerator(new));
    moved("override percent", money(old.override_percent), money(new.override_percent));
    if parts.is_empty() {
        "renewed without a change of rate, caps or eligibility".to_owned()
    } else {
        parts.join("; ")
    }
}

/// A rate in words, such as `40 a unit` or `2% from 0, 3% from 50000 (retroactive)`.
fn rate_words(rate: &Rate) -> String {
    let pay = |p: &Pay| match p {
        Pay::PerUnit(v) => format!("{} a unit", v.normalize()),
        Pay::Percent(v) => format!("{}%", v.normalize()),
    };
    match rate {
        Rate::Flat(p) => pay(p),
        Rate::Tiered { tiers, mode } => {
            let mode = match mode {
                TierMode::Marginal => "marginal",
                TierMode::Retroactive => "retroactive",
            };
            let steps: Vec<String> =
                tiers.iter().map(|t| format!("{} from {}", pay(&t.pay), t.from.normalize())).collect();
            format!("{} ({mode})", steps.join(", "))
        }
    }
}
