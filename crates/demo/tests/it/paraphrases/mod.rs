//! The reader of questions against sentences made of templates over both companies:
//! other words give the same scenario, words beside the question change no number,
//! units and signs survive, and renaming every entity changes nothing but the names.
//! Seeded: every run asks the same questions.

mod beside;
mod renamed;
mod same;
mod ways;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rayon::prelude::*;

use spiffcast_engine::company::Company;
use spiffcast_engine::programs::terms::{Pay, Rate};
use spiffcast_engine::reading::{Context, Names, Reading, Status, read};
use spiffcast_engine::scenario::Draft;

use crate::catalogue;

/// A company with its names, ready to be asked about.
pub struct Asked {
    pub name: &'static str,
    pub company: Company,
    pub names: Names,
}

impl Asked {
    pub fn new(name: &'static str, company: Company) -> Self {
        let names = Names::of(&company);
        Self { name, company, names }
    }

    /// Both generated companies, made once for all tests of the run.
    pub fn both() -> &'static [Self; 2] {
        static BOTH: LazyLock<[Asked; 2]> = LazyLock::new(|| {
            [Asked::new("demo", catalogue::demo()), Asked::new("second", catalogue::second())]
        });
        &BOTH
    }

    pub fn read(&self, question: &str) -> Reading {
        let answers = BTreeMap::new();
        let context = Context {
            company: &self.company,
            names: &self.names,
            answers: &answers,
            previous: None,
            partner: None,
        };
        read(question, &context)
    }

    /// The scenario of a question, without the words of its period and labels.
    pub fn scenario(&self, question: &str) -> Option<Draft> {
        let reading = self.read(question);
        reading.scenario.filter(|_| reading.status == Status::Ready).map(bare)
    }

    /// Programs with one rate that run in the fourth quarter, with the unit a change of
    /// them is said in.
    pub fn flat_programs(&self) -> Vec<(String, String, Unit)> {
        let day = self.fourth_quarter();
        let flat = self.company.programs.iter().filter_map(|p| {
            let version = p.version_on(day)?;
            let unit = match &version.terms.rate {
                Rate::Flat(Pay::PerUnit(_)) => Unit::Money,
                Rate::Flat(Pay::Percent(_)) => Unit::Percent,
                Rate::Tiered { .. } => return None,
            };
            Some((p.id.clone(), p.name().to_owned(), unit))
        });
        flat.collect()
    }

    fn fourth_quarter(&self) -> chrono::NaiveDate {
        let (year, month) = if self.company.calendar.first_month == 1 { (2026, 11) } else { (2026, 2) };
        chrono::NaiveDate::from_ymd_opt(year, month, 1).expect("a day")
    }
}

/// What a flat rate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Money,
    Percent,
}

/// The cases of a test, each with its own stream, over all cores: what each found wrong.
pub fn wrong(cases: usize, case: impl Fn(usize) -> Option<String> + Sync + Send) -> Vec<String> {
    (0..cases).into_par_iter().filter_map(case).collect()
}

/// A scenario without the words that only describe it.
pub fn bare(mut draft: Draft) -> Draft {
    draft.period.label.clear();
    for option in &mut draft.options {
        option.label.clear();
        for lever in &mut option.levers {
            if let Some(period) = &mut lever.period {
                period.label.clear();
            }
        }
    }
    draft
}
