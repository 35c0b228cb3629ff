//! Looks at the programs of a company for what is probably not meant: figures that
//! cannot work, names that do not exist, text that contradicts the terms, programs
//! that pay more than a product earns. A pure function; it changes and refuses
//! nothing. What a single file gets wrong is found earlier, by its reader
//! ([`front_matter`](super::front_matter)) and by [`assemble`](super::assemble).
//!
//! Errors about figures and names are reported for every version, because past
//! versions are still settled and cited. What could be done better is reported for
//! versions that hold today or later only: a version that took effect is never
//! edited, so the past cannot be improved.

mod finding;
mod limits;
mod margin;
mod names;
mod prose;
mod reach;
mod shape;
#[cfg(test)]
mod testing;
mod text;
mod tiers;
mod versions;

use chrono::NaiveDate;

use crate::company::Company;

use super::terms::ProgramVersion;

pub use finding::{LintCode, LintFinding};
pub use prose::{Reworded, reword};
pub use text::render;

/// Everything found about the programs of a company on a day, most often
/// [`Company::today`]. Errors first, then by file and line.
pub fn lint(company: &Company, today: NaiveDate) -> Vec<LintFinding> {
    let mut out = Vec::new();
    let all = company.programs.iter().flat_map(|p| &p.versions);
    let live: Vec<&ProgramVersion> = all.clone().filter(|v| v.terms.effective.end >= today).collect();
    for program in &company.programs {
        versions::check(program, company.calendar, today, &mut out);
    }
    for version in all {
        names::check(version, company, &mut out);
        prose::check(version, company, today, &mut out);
    }
    for version in &live {
        let day = version.terms.effective.start.max(today);
        tiers::check(version, &company.catalog, day, &mut out);
        limits::check(version, &company.catalog, day, &mut out);
        reach::check(version, company, &mut out);
    }
    names::stacking(&live, &mut out);
    margin::check(company, &live, today, &mut out);
    out.sort_by(|a, b| key(a).cmp(&key(b)));
    out
}

fn key(f: &LintFinding) -> (u8, &str, u32, Option<usize>, LintCode) {
    (f.severity as u8, &f.program, f.version, f.line, f.code)
}
