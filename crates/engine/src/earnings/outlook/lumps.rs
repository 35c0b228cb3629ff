//! Single deals decide under programs that ask for a registration, a new customer or a
//! bundle: months hold the share of sales that is expected to count, a quarter holds a
//! few deals that count or do not. How few there will be is read off the partner's own
//! last year, and scatters what the rest pays by as much: a gamma of mean 1.
//!
//! With n deals expected to count, a share q of the sales counting and sizes of relative
//! variance v, the sum of those that count has a relative variance of `(1 − q + v)/n`
//! around what is expected of them (a compound sum with binomial counts).

use chrono::{Days, NaiveDate};
use rand_distr::{Distribution, Gamma};

use crate::programs::Terms;
use crate::sales::LineKind;
use crate::simulation::keyed::{Key, Stream};
use crate::simulation::number;

use super::super::books::{OWN, OwnBooks};
use super::super::standing::Sheet;
use super::Looked;

/// Days of the past that are looked at.
const DAYS_BACK: i64 = 365;
/// Fewer deals than this are as uncertain as these.
const DEALS_MIN: f64 = 0.25;
/// Parts of the keys of other draws of this stream lie below.
const KEY_FROM: u64 = 1 << 32;

/// By looked-at program; none where sales count by themselves.
pub(super) struct Lumps(Vec<Option<Gamma<f64>>>);

impl Lumps {
    /// Reads them off the partner's own last year.
    pub fn of(books: &OwnBooks, looked: &[Looked<'_>]) -> Self {
        Sheet::of(books, &[], |sheet| Self(looked.iter().map(|of| lumps(books, sheet, of)).collect()))
    }

    /// One draw: by looked-at program a factor on what the rest pays.
    pub fn draw(&self, seed: u64, draw: u64) -> Vec<f64> {
        let key = Key::new(seed, Stream::Place, draw);
        let of = |(at, gamma): (usize, &Option<Gamma<f64>>)| {
            let mut generator = key.and(KEY_FROM + at as u64).generator();
            gamma.as_ref().map_or(1.0, |gamma| gamma.sample(&mut generator))
        };
        self.0.iter().enumerate().map(of).collect()
    }
}

/// Whether single deals decide.
fn asks_for_deals(terms: &Terms) -> bool {
    terms.eligible.deal_registration_required || terms.eligible.new_customer_only || !terms.bundle.is_empty()
}

fn lumps(books: &OwnBooks, sheet: &Sheet<'_>, of: &Looked<'_>) -> Option<Gamma<f64>> {
    if !asks_for_deals(of.terms) {
        return None;
    }
    let company = books.company();
    let since = company.as_of.checked_sub_days(Days::new(DAYS_BACK as u64)).unwrap_or(NaiveDate::MIN);
    let covered = |line: &&crate::sales::SaleLine| {
        let product = &company.catalog.products[line.product];
        line.partner == OWN
            && line.kind == LineKind::Sale
            && line.sold_on > since
            && of.terms.covers(&product.sku, &product.family)
    };
    let all = company.lines.iter().filter(covered).count() as f64;
    let entries = sheet.works[of.program].own.groups.entries.iter();
    let sizes: Vec<f64> = entries
        .map(|entry| sheet.ledger.lines[entry.line])
        .filter(|line| line.sold_on > since && line.partner == OWN)
        .map(|line| number(line.net_revenue))
        .collect();
    let counted = sizes.len() as f64;
    let days = (of.period.end - company.as_of).num_days().max(0) as f64;
    let mean = sizes.iter().sum::<f64>() / counted;
    if counted < 1.0 || days <= 0.0 || mean <= 0.0 {
        return None;
    }
    let apart = sizes.iter().map(|size| (size / mean - 1.0).powi(2)).sum::<f64>() / counted;
    let expected = (counted * days / DAYS_BACK as f64).max(DEALS_MIN);
    let variance = (1.0 - (counted / all.max(counted)) + apart) / expected;
    (variance > 1e-6).then(|| Gamma::new(1.0 / variance, variance).ok()).flatten()
}
