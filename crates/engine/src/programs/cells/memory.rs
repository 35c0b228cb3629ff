//! What a company's past lines say about single lines to come, worked out once and kept
//! from compilation to compilation: an answer compiles the rules of every arm, and the
//! past is the same for all. Belongs to one company and panel; must never be shared
//! with another.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::company::Company;
use crate::panel::Panel;
use crate::sales::LineKind;

use super::past::{PastSizes, qualifying_shares};
use super::qualify::{LineBook, LineTests};

/// Which past lines pass some tests, and what that says of lines to come.
#[derive(Debug)]
pub(crate) struct Tested {
    /// By position in the company's lines.
    pub passes: Vec<bool>,
    /// Share of the units of each series that passes.
    pub shares: Vec<f64>,
}

/// What is known of the past lines of one company.
#[derive(Debug, Default)]
pub struct LineMemory {
    tested: Mutex<Vec<(LineTests, Arc<Tested>)>>,
    sizes: OnceLock<PastSizes>,
}

impl LineMemory {
    /// What some tests make of the past lines; nothing where every line passes them.
    pub(crate) fn tested(&self, company: &Company, panel: &Panel, tests: &LineTests) -> Option<Arc<Tested>> {
        if tests.none() {
            return None;
        }
        // Nothing in here leaves the list half made.
        let mut known = self.tested.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tested)) = known.iter().find(|(of, _)| of == tests) {
            return Some(Arc::clone(tested));
        }
        let book = LineBook::new(company, std::iter::once(tests));
        let passes: Vec<bool> = company
            .lines
            .iter()
            .map(|line| line.kind == LineKind::Sale && book.line_passes(tests, line))
            .collect();
        let shares = qualifying_shares(company, panel, &passes);
        let tested = Arc::new(Tested { passes, shares });
        known.push((tests.clone(), Arc::clone(&tested)));
        Some(tested)
    }

    /// Sizes of past lines.
    pub(crate) fn sizes(&self, company: &Company, panel: &Panel) -> &PastSizes {
        self.sizes.get_or_init(|| PastSizes::new(company, panel))
    }
}
