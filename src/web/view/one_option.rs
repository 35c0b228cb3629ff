//! What a page tells of one option among several: the evidence, past changes and rules of
//! the programs that the option changes. Those of all of eight are more than a page may
//! weigh; each has its own a link away.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::Forecast;
use spiffcast_engine::scenario::Draft;

use crate::answer::Citation;

/// The programs that an option changes.
pub struct Changed<'a> {
    programs: Vec<&'a str>,
    company: &'a Company,
}

impl<'a> Changed<'a> {
    /// Of an option; `None` where there is one alone, and so nothing to leave out.
    pub fn of(draft: Option<&'a Draft>, option: usize, company: &'a Company) -> Option<Self> {
        let draft = draft.filter(|draft| draft.options.len() > 1)?;
        let programs = draft.options.get(option)?.levers.iter().map(|l| l.program.as_str()).collect();
        Some(Self { programs, company })
    }

    /// The forecast's evidence and precedents about the option; nothing else of it.
    pub fn grounds(&self, forecast: &Forecast) -> Forecast {
        let evidence = forecast.evidence.iter().filter(|e| self.reaches(&e.sku)).cloned().collect();
        let own = |program: &str| self.programs.contains(&program);
        let precedents = forecast.precedents.iter().filter(|p| own(&p.program)).cloned().collect();
        Forecast { evidence, precedents, ..Forecast::default() }
    }

    /// The clauses that govern it.
    pub fn rules(&self, citations: &[Citation]) -> Vec<Citation> {
        let own = |c: &&Citation| self.programs.contains(&c.program.as_str());
        citations.iter().filter(own).cloned().collect()
    }

    /// Whether any version of its programs covers a product. A program that is launched
    /// has none yet: then nothing is left out.
    fn reaches(&self, sku: &str) -> bool {
        let Some(product) = self.company.catalog.product(sku) else { return true };
        let family = &self.company.catalog.products[product].family;
        self.programs.iter().any(|id| {
            let versions = self.company.program(id).map(|program| &program.versions);
            versions.is_none_or(|all| all.iter().any(|v| v.terms.covers(sku, family)))
        })
    }
}
