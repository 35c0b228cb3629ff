//! Example questions from the user's own programs, so that the first click works
//! on any company.

use spiffcast_engine::company::Company;
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::programs::terms::{Pay, Rate};

/// Five questions about programs in force today, each of another sort.
pub fn questions(company: &Company) -> Vec<String> {
    let today = company.today();
    let in_force: Vec<&ProgramVersion> =
        company.programs.iter().filter_map(|p| p.version_on(today)).collect();
    let quarter = format!("Q{}", company.calendar.quarter_of(today));
    let per_unit = |v: &&&ProgramVersion| matches!(v.terms.rate, Rate::Flat(Pay::PerUnit(_)));
    let percent = |v: &&&ProgramVersion| matches!(v.terms.rate, Rate::Flat(Pay::Percent(_)));
    let flat: Vec<&&ProgramVersion> = in_force.iter().filter(per_unit).collect();
    let mut questions = Vec::new();
    if let Some(v) = flat.first() {
        questions.push(format!("raise the {} 5% for {quarter}", v.name));
        questions.push(format!("What if we pause the {} next quarter?", v.name));
    }
    if let Some(v) = flat.get(1).or(flat.first())
        && let Rate::Flat(pay) = v.terms.rate
    {
        let half_more = (pay.value() * rust_decimal::Decimal::new(15, 1)).round_dp(0);
        let tier = company.catalog.tiers().first().map(|t| format!(" for {t} partners")).unwrap_or_default();
        questions.push(format!("set the {} to ${half_more}{tier} in {quarter}", v.name));
    }
    if let Some(v) = in_force.iter().find(percent) {
        questions.push(format!("increase the {} by 1 point next quarter", v.name));
    }
    if let Some((v, cap)) = in_force.iter().find_map(|v| Some((v, v.terms.caps.per_partner?))) {
        let higher = (cap * rust_decimal::Decimal::new(12, 1)).round_dp(0);
        questions.push(format!("raise the {} cap per partner to ${higher} in {quarter}", v.name));
    }
    questions
}
