//! What a parent gets on its children's sales, as sums: it goes on as in its own last
//! year. The children's sales are other partners' and are not looked at.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::calendar::{Month, PeriodKind, Span};
use crate::sales::PayoutRole;
use crate::simulation::keyed::{Key, Stream};
use crate::simulation::number;

use super::super::books::OwnBooks;
use super::Looked;

/// Days of past periods that are drawn from.
const DAYS_BACK: u64 = 366;

/// Past sums of one program, and how much of its periods is still to come.
struct Sums {
    /// What closed periods of the last year came to, oldest first.
    past: Vec<f64>,
    /// Share still to come of each period up to the end.
    ahead: Vec<f64>,
}

/// By looked-at program.
pub(super) struct Overrides(Vec<Option<Sums>>);

impl Overrides {
    /// Reads the sums off the partner's payout lines.
    pub fn of(books: &OwnBooks, looked: &[Looked<'_>]) -> Self {
        Self(looked.iter().map(|of| sums(books, of)).collect())
    }

    /// Whether there are any.
    pub fn any(&self) -> bool {
        self.0.iter().any(Option::is_some)
    }

    /// One draw: by looked-at program what the rest brings.
    pub fn draw(&self, seed: u64, draw: u64) -> Vec<f64> {
        let of = |(at, sums): (usize, &Option<Sums>)| {
            let Some(Sums { past, ahead }) = sums else { return 0.0 };
            let key = Key::new(seed, Stream::Place, draw).and(at as u64);
            let picked = |nth: usize| past[(key.nth(nth as u64) * past.len() as f64) as usize % past.len()];
            ahead.iter().enumerate().map(|(nth, share)| share * picked(nth)).sum()
        };
        self.0.iter().enumerate().map(of).collect()
    }
}

fn sums(books: &OwnBooks, of: &Looked<'_>) -> Option<Sums> {
    of.terms.override_percent.filter(|_| !of.exhausted)?;
    let company = books.company();
    let id = &books.rules().programs[of.program].id;
    let since = company.as_of.checked_sub_days(Days::new(DAYS_BACK)).unwrap_or(NaiveDate::MIN);
    let mut past: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    let lines = books.payouts().iter().filter(|p| p.program_id == *id && p.role == PayoutRole::Override);
    for line in lines.filter(|p| p.period_end > since && p.period_end <= company.as_of) {
        *past.entry(line.period_end).or_default() += number(line.amount);
    }
    let past: Vec<f64> = past.into_values().collect();
    (!past.is_empty()).then(|| Sums { past, ahead: ahead(books, of) })
}

/// The share after the data of every period of the program up to the end of what is
/// looked at.
fn ahead(books: &OwnBooks, of: &Looked<'_>) -> Vec<f64> {
    let company = books.company();
    let period = |day| match of.terms.period {
        PeriodKind::Transaction => Month::of(day).span(),
        kind => company.calendar.period_of(kind, day),
    };
    let mut shares = Vec::new();
    let mut day = company.today().max(of.period.start);
    while day <= of.period.end {
        let span: Span = period(day);
        let left = (span.end - company.as_of).num_days().clamp(0, span.days());
        shares.push(left as f64 / span.days() as f64);
        day = span.end + Days::new(1);
    }
    shares
}
