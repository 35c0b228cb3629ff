//! What is known of a program besides its text: what it cost, what checks found, what it
//! returned. Plain values; `app::programs` makes them, the pages show them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rust_decimal::Decimal;
use spiffcast_engine::calendar::Span;
use spiffcast_engine::forecast::{Forecast, Grade};
use spiffcast_engine::programs::accruals::ProgramAccruals;
use spiffcast_engine::programs::lint::LintFinding;
use tokio::sync::OnceCell;

/// What is known of a program besides its text.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramRecord {
    /// Currency of all money.
    pub currency: String,
    /// What is due by month, budgets, clawback exposure; `None` where nothing was ever due,
    /// recorded or set aside.
    pub accruals: Option<ProgramAccruals>,
    /// By fiscal quarter, oldest first; the last one may be open.
    pub quarters: Vec<QuarterCost>,
    /// What the checks of the programs found about it.
    pub findings: Vec<LintFinding>,
    /// What it returned.
    pub returned: Returned,
    /// Why nothing of it is told, to who may not see it; the rest is empty then.
    pub left_out: Option<String>,
}

/// What a fiscal quarter cost.
#[derive(Debug, Clone, PartialEq)]
pub struct QuarterCost {
    /// `Q2 2026`.
    pub label: String,
    /// Fiscal year.
    pub year: i32,
    /// Its days.
    pub span: Span,
    /// Whether it is not over on the last day of the data.
    pub open: bool,
    /// Accrued in its months by the rules: own pay, overrides, less clawbacks.
    pub accrued: Decimal,
    /// Booked for periods that begin in it, by the company's own books.
    pub booked: Decimal,
    /// Of that, paid.
    pub paid: Decimal,
    /// Net revenue of the sales that count, less returns.
    pub revenue: Decimal,
}

/// What a program returned, as far as that can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Returned {
    /// The last whole quarter with it, played again without it.
    LookedBack(Box<LookBack>),
    /// Why there is no estimate, in words.
    NotEstimated(String),
}

/// A past quarter without a program.
#[derive(Debug, Clone, PartialEq)]
pub struct LookBack {
    /// The quarter.
    pub label: String,
    /// The question that asks for the same with full precision.
    pub question: String,
    /// What was, and what would have been without the program (its only option).
    pub forecast: Forecast,
    /// Evidence behind it, best first: the grade and how many products have it.
    pub grades: Vec<(Grade, usize)>,
}

/// Records that were asked for, until other data serve.
#[derive(Default)]
pub struct Records {
    by_program: Mutex<BTreeMap<String, RecordCell>>,
    /// What the checks found about all programs.
    pub findings: OnceCell<Arc<[LintFinding]>>,
    /// Held while a record is made: one at a time, so that questions keep the machine.
    pub turn: tokio::sync::Mutex<()>,
}

/// A record that is made once, by whoever asks first.
pub type RecordCell = Arc<OnceCell<Arc<ProgramRecord>>>;

impl Records {
    /// That of a program.
    pub fn of(&self, program: &str) -> RecordCell {
        let mut known = self.by_program.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(program.to_owned()).or_default())
    }
}
