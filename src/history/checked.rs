//! All tables and programs of a data set, read and checked together: either a
//! company, or everything that is wrong.

use std::collections::HashMap;

use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::catalog::{Catalog, Partner, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::{Severity, SourceFinding};
use spiffcast_engine::sales::{DealRegistration, SaleLine};

use super::error::HistoryError;
use super::frame::{self, RawTable};
use super::report::FileReport;
use super::source::{Entry, Source};
use super::spec::{self, Spec};
use super::transactions::Known;
use super::{Stage, ledgers, panel, partners, products, programs, transactions};

/// Reads and checks everything: the company and warnings, or all findings.
pub(super) fn all(
    source: &mut Source,
    calendar: FiscalCalendar,
    progress: &dyn Fn(Stage),
) -> Result<(Company, Vec<SourceFinding>), HistoryError> {
    let reports = std::mem::take(&mut source.reports);
    let mut reader = Reader { source, progress, findings: Vec::new(), errors: 0 };
    for report in reports {
        reader.errors += report.errors();
        reader.findings.extend(report.finish());
    }
    let (programs, found) = programs::read(&source.programs, calendar)?;
    let programs_read = found.iter().all(|f| f.severity != Severity::Error);
    reader.add(found);

    let mut partners = reader.table(&spec::PARTNERS, partners::partners)?.unwrap_or_default();
    let partner_ix = index(partners.iter().map(|p: &Partner| &p.id));
    reader.table(&spec::PARTNER_TIERS, |raw, report| {
        partners::tiers(raw, report, &partner_ix, &mut partners);
    })?;
    let (mut products, currency) = reader.table(&spec::PRODUCTS, products::products)?.unwrap_or_default();
    let product_ix = index(products.iter().map(|p: &Product| &p.sku));
    reader.table(&spec::PRODUCT_PRICES, |raw, report| {
        products::prices(raw, report, &product_ix, &mut products);
    })?;
    let registrations = reader.table(&spec::DEAL_REGISTRATIONS, |raw, report| {
        ledgers::registrations(raw, report, &partner_ix, &product_ix)
    })?;
    let registration_ix = registrations.as_ref().map(|r| index(r.iter().map(|d: &DealRegistration| &d.id)));
    let known = Known {
        partners: &partner_ix,
        products: &product_ix,
        registrations: registration_ix.as_ref(),
        currency: &currency,
    };
    let lines = reader
        .table(&spec::TRANSACTIONS, |raw, report| transactions::transactions(raw, report, &known))?
        .unwrap_or_default();
    // An unknown program is the fault of the file that names it only where the
    // programs themselves could be read.
    let readable = if programs_read { &programs[..] } else { &[] };
    let targets = reader.table(&spec::TARGETS, |raw, report| {
        ledgers::targets(raw, report, &partner_ix, readable, calendar)
    })?;
    let payouts =
        reader.table(&spec::PAYOUTS, |raw, report| ledgers::payouts(raw, report, readable, &known))?;
    if programs_read && source.programs.is_empty() {
        reader.add(vec![SourceFinding::warning(
            "programs",
            None,
            "no program files (programs/<id>/v<N>.md)",
        )]);
    }

    let catalog = Catalog::new(partners, products, currency);
    if reader.errors == 0 {
        let found = programs::against_catalog(&programs, &catalog);
        reader.add(found);
    }
    let as_of = as_of(&lines);
    let (Some(as_of), 0) = (as_of, reader.errors) else {
        return Err(HistoryError::Rejected { findings: reader.findings, errors: reader.errors.max(1) });
    };
    panel::fits(&lines, as_of).map_err(|message| HistoryError::Rejected {
        findings: vec![SourceFinding::error("transactions", None, message)],
        errors: 1,
    })?;
    let company = Company {
        catalog,
        programs,
        lines,
        registrations: registrations.unwrap_or_default(),
        targets: targets.unwrap_or_default(),
        payouts: payouts.unwrap_or_default(),
        as_of,
        calendar,
    };
    Ok((company, reader.findings))
}

/// Last day of the data; a last month that ends within its last 3 days counts as
/// whole (DESIGN.md, "Data in").
fn as_of(lines: &[SaleLine]) -> Option<chrono::NaiveDate> {
    use spiffcast_engine::calendar::Month;
    let last = lines.iter().map(|l| l.reported_on.map_or(l.sold_on, |r| r.max(l.sold_on))).max()?;
    let end = Month::of(last).last_day();
    Some(if (end - last).num_days() < 3 { end } else { last })
}

fn index<'a>(ids: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    ids.enumerate().map(|(at, id)| (id.clone(), at)).collect()
}

struct Reader<'s> {
    source: &'s Source,
    progress: &'s dyn Fn(Stage),
    findings: Vec<SourceFinding>,
    errors: usize,
}

impl Reader<'_> {
    fn add(&mut self, found: Vec<SourceFinding>) {
        self.errors += found.iter().filter(|f| f.severity == Severity::Error).count();
        self.findings.extend(found);
    }

    /// Reads and checks one table; `None` where it is absent or unreadable.
    fn table<T>(
        &mut self,
        spec: &Spec,
        check: impl FnOnce(&RawTable, &mut FileReport) -> T,
    ) -> Result<Option<T>, HistoryError> {
        let Some((_, format, entry)) = self.source.tables.iter().find(|(s, ..)| s.name == spec.name) else {
            return Ok(None);
        };
        (self.progress)(Stage::Reading { table: spec.name });
        let mut report = FileReport::new(entry.name.clone());
        let raw = self.raw(spec, *format, entry, &mut report)?;
        (self.progress)(Stage::Checking { table: spec.name, rows: raw.as_ref().map_or(0, |r| r.rows) });
        let table = raw.map(|raw| check(&raw, &mut report));
        self.errors += report.errors();
        self.findings.extend(report.finish());
        Ok(table)
    }

    fn raw(
        &self,
        spec: &Spec,
        format: frame::Format,
        entry: &Entry,
        report: &mut FileReport,
    ) -> Result<Option<RawTable>, HistoryError> {
        let bytes = entry.read()?;
        Ok(frame::read(spec, format, &bytes, report))
    }
}
