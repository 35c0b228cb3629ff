//! The seventeen programs. SPIFFs with windows in [`seller`], deal commissions in
//! [`deals`], programs over a period in [`firm`].

mod deals;
mod firm;
mod seller;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ProgramFile;
use super::clauses::{Words, sections};
use crate::calendar::Month;
use crate::company::market::Market;
use crate::shape::Shape;
use crate::terms::{Terms, Version};

/// All versions of all programs, by program id and version.
pub fn programs(seed: u64, market: &Market) -> Vec<ProgramFile> {
    let book = Book { seed, market };
    let mut files: Vec<ProgramFile> =
        [seller::programs(&book), deals::programs(&book), firm::programs(&book)].concat();
    files.sort_by(|a, b| {
        (&a.version.program, a.version.version).cmp(&(&b.version.program, b.version.version))
    });
    files
}

/// What the authors of programs look at.
struct Book<'a> {
    seed: u64,
    market: &'a Market,
}

/// A program while its versions are written.
struct Program<'a> {
    id: &'a str,
    name: &'a str,
    words: Words<'a>,
}

impl Book<'_> {
    /// First to last day of `length` months from position `start` of the history.
    fn window(&self, start: usize, length: usize) -> (NaiveDate, NaiveDate) {
        let first = self.market.month(start);
        (first.first(), first.plus(length as i32 - 1).last())
    }

    /// The calendar years of the history, the first one cut to it.
    fn years(&self) -> Vec<(NaiveDate, NaiveDate)> {
        let first = self.market.shape.first_month();
        (first.year()..=Shape::last_month().year())
            .map(|y| (Month::new(y, 1).max(first).first(), Month::new(y, 12).last()))
            .collect()
    }

    /// Number of months of history.
    fn months(&self) -> usize {
        self.market.shape.months
    }

    /// Those of `skus` that the price list holds; every shape holds one of each program.
    fn skus(&self, skus: &[&str]) -> Vec<String> {
        let on_list = |sku: &&&str| self.market.items.iter().any(|i| i.sku == **sku);
        skus.iter().filter(on_list).map(|s| (*s).to_owned()).collect()
    }

    /// Numbers the versions and writes their text.
    fn write(&self, program: &Program, versions: Vec<Terms>) -> Vec<ProgramFile> {
        versions
            .into_iter()
            .enumerate()
            .map(|(i, terms)| {
                let version = Version {
                    program: program.id.to_owned(),
                    version: i as u32 + 1,
                    name: program.name.to_owned(),
                    terms,
                };
                let sections = sections(&version, &program.words, &self.market.items);
                ProgramFile { version, sections }
            })
            .collect()
    }
}

/// A decimal with two places from cents.
fn cents(amount: i64) -> Decimal {
    Decimal::new(amount, 2)
}

/// A whole number of dollars with two places.
fn dollars(amount: i64) -> Decimal {
    cents(amount * 100)
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}
