//! Everything that is known about a company at one moment: what an import makes
//! and what every step of a question reads. Immutable once built.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use crate::calendar::FiscalCalendar;
use crate::catalog::{Catalog, Partner, PartnerIx};
use crate::programs::Program;
use crate::sales::{DealRegistration, RecordedPayout, SaleLine, Target};

/// A checked data set.
#[derive(Debug, Clone)]
pub struct Company {
    /// Partners and products.
    pub catalog: Catalog,
    /// Programs, sorted by identifier, versions ascending.
    pub programs: Vec<Program>,
    /// Transaction lines in the order (`sold_on`, `transaction_id` as bytes, `line_no`).
    pub lines: Vec<SaleLine>,
    /// Deal registrations, sorted by identifier.
    pub registrations: Vec<DealRegistration>,
    /// Target overrides.
    pub targets: Vec<Target>,
    /// Recorded payouts.
    pub payouts: Vec<RecordedPayout>,
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// Fiscal calendar of the settings.
    pub calendar: FiscalCalendar,
}

impl Company {
    /// The day every question is asked on: the day after the data ends, never
    /// the wall clock (DESIGN.md, "Data in").
    pub fn today(&self) -> NaiveDate {
        self.as_of + Days::new(1)
    }

    /// Finds a program by identifier.
    pub fn program(&self, id: &str) -> Option<&Program> {
        self.programs.iter().find(|p| p.id == id)
    }
    /// What somebody who is limited to some regions knows of the company: their partners,
    /// and what belongs to these. A parent elsewhere is none. Programs are for all, and the
    /// names of regions stand in their rules. What shared budgets and books come to must be
    /// worked out with the whole company.
    pub fn of_regions(&self, regions: &[String]) -> Self {
        let catalog = &self.catalog;
        let within = |p: &Partner| regions.contains(&p.region);
        let kept: Vec<PartnerIx> =
            (0..catalog.partners.len()).filter(|i| within(&catalog.partners[*i])).collect();
        let places: HashMap<PartnerIx, PartnerIx> =
            kept.iter().enumerate().map(|(to, from)| (*from, to)).collect();
        let place = |partner: PartnerIx| places.get(&partner).copied();
        let partner = |from: &PartnerIx| {
            let p = catalog.partners[*from].clone();
            Partner { parent: p.parent.and_then(place), ..p }
        };
        let partners = kept.iter().map(partner).collect();
        let known = Catalog::new(partners, catalog.products.clone(), catalog.currency.clone());
        Self {
            catalog: known.knowing(&catalog.regions()),
            programs: self.programs.clone(),
            lines: moved(&self.lines, |l| &mut l.partner, place),
            registrations: moved(&self.registrations, |r| &mut r.partner, place),
            targets: moved(&self.targets, |t| &mut t.partner, place),
            payouts: moved(&self.payouts, |p| &mut p.partner, place),
            as_of: self.as_of,
            calendar: self.calendar,
        }
    }
}

/// Rows of the partners that have a place, with that place.
fn moved<T: Clone>(
    rows: &[T],
    partner: impl Fn(&mut T) -> &mut PartnerIx,
    place: impl Fn(PartnerIx) -> Option<PartnerIx>,
) -> Vec<T> {
    let of = |row: &T| {
        let mut row = row.clone();
        let at = partner(&mut row);
        *at = place(*at)?;
        Some(row)
    };
    rows.iter().filter_map(of).collect()
}
