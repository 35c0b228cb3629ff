//! Example questions from the user's own programs, so that the first click works
//! on any company.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::terms::{Pay, ProgramKind, Rate};
use spiffcast_engine::programs::{Program, ProgramVersion};

use crate::reports::format;

/// How many are shown.
const EXAMPLES: usize = 5;

/// Five questions about programs in force today, each of another sort.
pub fn questions(company: &Company) -> Vec<String> {
    let today = company.today();
    let in_force: Vec<&ProgramVersion> =
        company.programs.iter().filter_map(|p| p.version_on(today)).collect();
    let quarter = format!("Q{}", company.calendar.quarter_of(today));
    let per_unit = |v: &&&ProgramVersion| matches!(v.terms.rate, Rate::Flat(Pay::PerUnit(_)));
    let percent = |v: &&&ProgramVersion| matches!(v.terms.rate, Rate::Flat(Pay::Percent(_)));
    let mut flat: Vec<&&ProgramVersion> = in_force.iter().filter(per_unit).collect();
    // A plain SPIFF with a budget shows most of an answer.
    flat.sort_by_key(|v| {
        let terms = &v.terms;
        (terms.kind != ProgramKind::Spiff, !terms.bundle.is_empty(), terms.caps.program_budget.is_none())
    });
    let money = |amount: Decimal| {
        format::money_places(amount.to_f64().unwrap_or_default(), &company.catalog.currency, 0)
    };
    let mut questions = Vec::new();
    if let Some(v) = flat.first() {
        questions.push(format!("raise the {} 5% for {quarter}", v.name));
        questions.push(format!("What if we pause the {} next quarter?", v.name));
    }
    if let Some(v) = flat.get(1).or(flat.first())
        && let Rate::Flat(pay) = v.terms.rate
    {
        let half_more = money(pay.value() * Decimal::new(15, 1));
        let tier = company.catalog.tiers().first().map(|t| format!(" for {t} partners")).unwrap_or_default();
        questions.push(format!("set the {} to {half_more}{tier} in {quarter}", v.name));
    }
    if let Some(v) = in_force.iter().find(percent) {
        questions.push(format!("increase the {} by 1 point next quarter", v.name));
    }
    if let Some((v, cap)) = flat.iter().rev().find_map(|v| Some((v, v.terms.caps.per_partner?))) {
        let higher = money(cap * Decimal::new(12, 1));
        questions.push(format!("raise the {} cap per partner to {higher} in {quarter}", v.name));
    }
    // A company with few flat rates still gets its five.
    for v in in_force.iter().rev() {
        let pause = format!("What if we pause the {} next quarter?", v.name);
        if questions.len() < EXAMPLES && !questions.contains(&pause) {
            questions.push(pause);
        }
    }
    questions
}

/// Questions about one program: what a change of it would bring, what it did, what it says.
pub fn about(company: &Company, program: &Program) -> Vec<String> {
    let (today, name) = (company.today(), program.name());
    let quarter = format!("Q{}", company.calendar.quarter_of(today));
    let mut questions = Vec::new();
    if let Some(version) = program.version_on(today) {
        match version.terms.rate {
            Rate::Flat(Pay::PerUnit(_)) => questions.push(format!("raise the {name} 5% for {quarter}")),
            Rate::Flat(Pay::Percent(_)) => {
                questions.push(format!("increase the {name} by 1 point for {quarter}"));
            }
            Rate::Tiered { .. } => {}
        }
        if let Some(cap) = version.terms.caps.per_partner {
            let higher = (cap * Decimal::new(12, 1)).to_f64().unwrap_or_default();
            let higher = format::money_places(higher, &company.catalog.currency, 0);
            questions.push(format!("raise the {name} cap per partner to {higher} in {quarter}"));
        }
        questions.push(format!("What if we pause the {name} next quarter?"));
    }
    questions.push(format!("what if we had paused the {name} last quarter"));
    questions.push(format!("what does the {name} pay"));
    questions
}
