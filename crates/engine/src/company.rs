//! Everything that is known about a company at one moment: what an import makes
//! and what every step of a question reads. Immutable once built.

use chrono::{Days, NaiveDate};

use crate::calendar::FiscalCalendar;
use crate::catalog::Catalog;
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
}
