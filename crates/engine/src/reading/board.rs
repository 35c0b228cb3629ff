//! What all parts of a reading found, brought together: sources, open questions,
//! findings, and the words that nothing used. Decides nothing about meaning.

use crate::finding::{Finding, Severity};

use super::coverage::Coverage;
use super::desk::Desk;
use super::{Chosen, Clarification, Provenance};

/// Everything found so far.
#[derive(Default)]
pub(crate) struct Board {
    pub provenance: Vec<Provenance>,
    pub clarifications: Vec<Clarification>,
    pub findings: Vec<Finding>,
    pub unsupported: bool,
    /// Choices that this question was read with for the first time.
    pub chosen: Vec<Chosen>,
    pub coverage: Coverage,
}

impl Board {
    /// Takes over what one part found.
    pub fn take(&mut self, desk: Desk<'_>) {
        self.coverage.add(&desk.sheet);
        self.provenance.extend(desk.provenance);
        for open in desk.clarifications {
            if !self.clarifications.iter().any(|c| c.field == open.field) {
                self.clarifications.push(open);
            }
        }
        for finding in desk.findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        for chosen in desk.chosen {
            if !self.chosen.contains(&chosen) {
                self.chosen.push(chosen);
            }
        }
        self.unsupported |= desk.unsupported;
    }

    /// Whether anything found so far ends the reading.
    pub fn failed(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Error)
    }
}
