//! A second company, of other words: pumps and sensors sold in euros, a fiscal year
//! that begins in April, data that ends in the middle of a quarter. It has no known
//! response; it is there to hold what must not know the demo company, such as the
//! reader of questions. Must not borrow a name from the demo company.

mod partners;
mod products;
mod programs;
mod sales;

use chrono::NaiveDate;

use crate::books::Books;
use crate::programs::ProgramFile;
use crate::tables;

/// Currency of everything.
pub const CURRENCY: &str = "EUR";
/// First month of the fiscal year: April.
pub const FIRST_MONTH: u32 = 4;

/// The last day of the data.
pub fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 11, 20).unwrap_or_default()
}

/// A generated company: its tables and its programs with their text.
#[derive(Debug, Clone)]
pub struct Harrow {
    /// The tables.
    pub books: Books,
    /// Programs with their text.
    pub programs: Vec<ProgramFile>,
}

/// Draws the company. The same seed gives the same bytes on every machine.
pub fn harrow(seed: u64) -> Harrow {
    let programs = programs::programs();
    let partners = partners::partners(seed);
    let products = products::products();
    let lines = sales::sales(seed, &partners, &products);
    let books = Books {
        partners,
        tier_changes: Vec::new(),
        products,
        price_changes: Vec::new(),
        lines,
        registrations: Vec::new(),
        targets: Vec::new(),
        versions: programs.iter().map(|p| p.version.clone()).collect(),
        changes: Vec::new(),
        first_month: FIRST_MONTH,
    };
    Harrow { books, programs }
}

impl Harrow {
    /// Every file of the data folder: path relative to it, and bytes.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = tables::tables_in(&self.books, CURRENCY);
        files.extend(self.programs.iter().map(|p| (p.path(), p.markdown().into_bytes())));
        files
    }
}
