//! Sentences about rows in the wrong place and about what was left out. No figures.

use crate::calendar::Span;

use super::books::{Due, Row};
use super::report::NotCoveredWhy;

/// The days of a line, cut to its version.
pub(super) fn cut(due: &Due<'_>) -> Span {
    Span::new(due.line.period_start, due.line.period_end)
}

/// Where a row is booked, and where its line belongs, as far as they differ.
pub(super) fn astray(row: &Row<'_>, due: &Due<'_>) -> Option<String> {
    let (at, belongs) = (&row.key, &due.key);
    let mut told = Vec::new();
    if at.version != belongs.version {
        told.push(format!("booked under version {}, not {}", at.version, belongs.version));
    }
    if at.role != belongs.role {
        told.push(format!("booked as {}, not {}", at.role.as_str(), belongs.role.as_str()));
    }
    let (booked, cut) = (row.payout.period, cut(due));
    if booked != cut {
        told.push(format!("booked for {} to {}, not {} to {}", booked.start, booked.end, cut.start, cut.end));
    }
    if at.transaction != belongs.transaction {
        let name = |id: Option<&str>| id.unwrap_or("no transaction").to_owned();
        told.push(format!("booked for {}, not {}", name(at.transaction), name(belongs.transaction)));
    }
    (!told.is_empty()).then(|| told.join(", "))
}

/// What it means that a line was left out.
pub(super) fn meaning(why: NotCoveredWhy) -> &'static str {
    match why {
        NotCoveredWhy::AfterAsOf => "The period begins after the data ends.",
        NotCoveredWhy::OpenPeriod => {
            "The period is not over, and the books hold none of this program that is not."
        }
        NotCoveredWhy::BeforeHistory => {
            "The period, or the year that growth is measured against, begins before the first sale in the data."
        }
        NotCoveredWhy::OutsideBooks => {
            "Nothing is booked, and the period lies before the first or after the last one of the books."
        }
        NotCoveredWhy::ProgramNotBooked => "The recorded payouts hold no row of this program.",
    }
}
