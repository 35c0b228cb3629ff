//! Programs of a random world: one to three, each of one to three versions, and the
//! changes that a scenario lays over them.

use chrono::{Days as Count, NaiveDate};

use super::days::Days;
use super::draw::Draw;
use super::terms::{next, terms};
use crate::books::{Books, Change};
use crate::terms::{Terms, Version};

const PROGRAMS: [&str; 3] = ["b", "a", "a-2"];

pub fn programs(draw: &mut Draw, days: &Days, books: &mut Books) {
    let currency = *draw.pick(&["USD", "USD", "USD", "USD", "JPY", "KWD"]);
    let best_of = draw.once_in(3);
    let count = *draw.pick(&[1, 1, 2, 2, 3]);
    for id in &PROGRAMS[..count] {
        let group = draw.maybe(2, |_| ("g", best_of));
        let mut first = terms(draw, currency, group);
        for (number, (from, to)) in (1..).zip(spans(draw, days)) {
            let mut terms = if number == 1 { first.clone() } else { next(draw, &first) };
            // Another measure or period is allowed where no fiscal period is shared.
            let fresh = number > 1 && days.ends_all(from - Count::new(1)) && draw.once_in(2);
            if fresh {
                terms = super::terms::terms(draw, currency, group);
                first = terms.clone();
            }
            (terms.from, terms.to) = (from, to);
            let (program, name) = ((*id).to_owned(), (*id).to_owned());
            books.versions.push(Version { program, version: number, name, terms });
        }
    }
}

/// Spans that do not overlap, most of them without gaps; each begins with a day on which
/// something may be sold.
fn spans(draw: &mut Draw, days: &Days) -> Vec<(NaiveDate, NaiveDate)> {
    let mut starts: Vec<NaiveDate> =
        (1..*draw.pick(&[1, 1, 2, 2, 3])).map(|_| *draw.pick(&days.now)).collect();
    let start = if draw.once_in(8) { *draw.pick(&days.now) } else { days.before[0] - Count::new(40) };
    starts.push(start);
    starts.sort();
    starts.dedup();
    let mut spans = Vec::new();
    for (at, from) in starts.iter().enumerate() {
        let to = match starts.get(at + 1) {
            Some(next) if draw.once_in(6) => (*next - Count::new(3)).max(*from),
            Some(next) => *next - Count::new(1),
            None if draw.once_in(6) => (*draw.pick(&days.now)).max(*from),
            None => days.now[days.now.len() - 1] + Count::new(40),
        };
        spans.push((*from, to));
    }
    spans
}

/// Changes inside one version each; a pause comes last.
pub fn changes(draw: &mut Draw, days: &Days, books: &mut Books) {
    let mut pauses = Vec::new();
    for _ in 0..*draw.pick(&[0, 0, 1, 1, 2]) {
        let version = draw.pick(&books.versions).clone();
        let (one, other) = (*draw.pick(&days.now), *draw.pick(&days.now));
        let (from, to) = (one.min(other).max(version.terms.from), one.max(other).min(version.terms.to));
        if from > to {
            continue;
        }
        let partners = draw.maybe(3, |d| vec![d.pick(&books.partners).id.clone()]);
        let pause = draw.once_in(4);
        let terms = (!pause).then(|| changed(draw, &version.terms));
        let change = Change { program: version.program, from, to, partners, terms };
        if pause { pauses.push(change) } else { books.changes.push(change) }
    }
    books.changes.extend(pauses);
}

/// What a lever may change; never dates, measure or period.
fn changed(draw: &mut Draw, before: &Terms) -> Terms {
    Terms { from: before.from, to: before.to, stacking: before.stacking.clone(), ..next(draw, before) }
}
