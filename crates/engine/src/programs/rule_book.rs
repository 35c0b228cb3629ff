//! Which terms hold for a partner on a day: the versions of every program, and a
//! scenario's changes laid over them. A change applies by `sold_on` inside its own
//! span and audience and never restarts accumulation (PAYOUTS.md, step 1). This
//! says only which terms hold; [`settle`](mod@super::settle) and [`super::cells`] pay by them.

use chrono::NaiveDate;

use crate::calendar::Span;
use crate::catalog::PartnerIx;

use super::terms::{Program, Terms};

/// The rules of every program, with zero or more changes laid over.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleBook {
    /// Sorted by program id; a launched program is appended.
    pub programs: Vec<ProgramRules>,
}

/// The rules of one program.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramRules {
    /// Identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Of all segments that hold a day and a partner, the last one counts.
    pub segments: Vec<Segment>,
}

/// Terms that hold for some days and partners.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Version the terms belong to or were changed from.
    pub version: u32,
    /// Days.
    pub span: Span,
    /// By [`PartnerIx`]; `None`: everyone.
    pub audience: Option<Vec<bool>>,
    /// `None`: the program is paused.
    pub terms: Option<Terms>,
    /// Whether a scenario's change made this segment.
    pub changed: bool,
}

impl Segment {
    fn holds(&self, partner: PartnerIx, day: NaiveDate) -> bool {
        self.span.contains(day) && self.audience.as_ref().is_none_or(|a| a[partner])
    }
}

impl ProgramRules {
    /// The segment that counts for a partner on a day; `None` outside every version.
    pub fn segment(&self, partner: PartnerIx, day: NaiveDate) -> Option<&Segment> {
        self.segments.iter().rev().find(|s| s.holds(partner, day))
    }

    /// Lays a change over every segment that shares days and partners with it.
    /// `change` gives the new terms, or `None` to pause.
    pub fn overlay(
        &mut self,
        span: Span,
        audience: Option<&[bool]>,
        change: impl Fn(&Terms) -> Option<Terms>,
    ) {
        let laid: Vec<Segment> = self
            .segments
            .iter()
            .filter_map(|s| {
                let span = s.span.intersection(&span)?;
                let terms = s.terms.as_ref().and_then(&change);
                Some(Segment {
                    version: s.version,
                    span,
                    audience: both(s.audience.as_deref(), audience),
                    terms,
                    changed: true,
                })
            })
            .collect();
        self.segments.extend(laid);
    }
}

impl RuleBook {
    /// The rules as they are: one segment a version.
    pub fn of(programs: &[Program]) -> Self {
        let rules = |p: &Program| ProgramRules {
            id: p.id.clone(),
            name: p.name().to_owned(),
            segments: p
                .versions
                .iter()
                .map(|v| Segment {
                    version: v.version,
                    span: v.terms.effective,
                    audience: None,
                    terms: Some(v.terms.clone()),
                    changed: false,
                })
                .collect(),
        };
        Self { programs: programs.iter().map(rules).collect() }
    }

    /// The rules of one program, to change.
    pub fn program_mut(&mut self, id: &str) -> Option<&mut ProgramRules> {
        self.programs.iter_mut().find(|p| p.id == id)
    }
}

fn both(a: Option<&[bool]>, b: Option<&[bool]>) -> Option<Vec<bool>> {
    match (a, b) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.to_vec()),
        (Some(a), Some(b)) => Some(a.iter().zip(b).map(|(a, b)| *a && *b).collect()),
    }
}
