//! Program files: handed to the engine's reader of front matter and clauses, then
//! checked against the catalogue.

use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::finding::{Severity, SourceFinding};
use spiffcast_engine::programs::assemble::assemble;
use spiffcast_engine::programs::{Program, front_matter};

use super::error::HistoryError;
use super::source::Entry;

/// Reads every file and puts the versions together. Findings are in file order;
/// programs are empty where there is an error.
pub(super) fn read(
    files: &[Entry],
    calendar: FiscalCalendar,
) -> Result<(Vec<Program>, Vec<SourceFinding>), HistoryError> {
    let (mut versions, mut findings) = (Vec::new(), Vec::new());
    for file in files {
        let bytes = file.read()?;
        match std::str::from_utf8(&bytes) {
            Err(e) => {
                let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
                findings.push(SourceFinding::error(
                    &file.name,
                    Some(line),
                    "not UTF-8; save the file as UTF-8",
                ));
            }
            Ok(text) => match front_matter::parse(&file.name, text) {
                Ok((version, warnings)) => {
                    findings.extend(warnings);
                    versions.push(version);
                }
                Err(found) => findings.extend(found),
            },
        }
    }
    let broken = findings.iter().any(|f| f.severity == Severity::Error);
    // Versions are put together even when some are broken: overlaps among the good
    // ones are worth knowing in the same pass.
    match assemble(versions, calendar) {
        Ok(programs) if !broken => Ok((programs, findings)),
        Ok(_) => Ok((Vec::new(), findings)),
        Err(found) => {
            findings.extend(found);
            Ok((Vec::new(), findings))
        }
    }
}

/// Names in the terms that the catalogue does not know, and another currency.
pub(super) fn against_catalog(programs: &[Program], catalog: &Catalog) -> Vec<SourceFinding> {
    let (tiers, regions, families) = (catalog.tiers(), catalog.regions(), catalog.families());
    let mut findings = Vec::new();
    for version in programs.iter().flat_map(|p| &p.versions) {
        let terms = &version.terms;
        if terms.currency != catalog.currency {
            let message = format!(
                "the data is in {}; exchange rates are not supported yet, convert to {0} first",
                catalog.currency
            );
            findings.push(SourceFinding::error(&version.file, None, message).at("currency", &terms.currency));
        }
        let skus = terms.applies_to.skus.iter().map(|s| ("applies_to.skus", s));
        for (key, sku) in skus.chain(terms.bundle.iter().map(|s| ("bundle.skus_all", s))) {
            if catalog.product(sku).is_none() {
                findings
                    .push(SourceFinding::error(&version.file, None, "no such sku in products").at(key, sku));
            }
        }
        let named = [
            ("applies_to.families", &terms.applies_to.families, &families, "no product is of this family"),
            ("eligible.tiers", &terms.eligible.tiers, &tiers, "no partner holds this tier"),
            ("eligible.regions", &terms.eligible.regions, &regions, "no partner is in this region"),
        ];
        for (key, names, known, message) in named {
            for name in names.iter().filter(|n| !known.contains(&n.as_str())) {
                findings.push(SourceFinding::warning(&version.file, None, message).at(key, name));
            }
        }
    }
    findings
}
