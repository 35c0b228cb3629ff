//! Which months are simulated, counted and shown. Works in whole calendar months:
//! cells are months. Draws nothing.

use chrono::{Datelike, Months, NaiveDate};

use super::SimulationError;
use crate::calendar::{Month, Span};
use crate::forecast::Horizon;
use crate::response::LAGS;

/// A question may not begin later than this after today.
pub const MONTHS_AHEAD_MAX: u32 = 36;
/// Nor may its period be longer.
pub const PERIOD_MONTHS_MAX: i32 = 36;
/// Months after the period in which carry-over and pull-forward still show.
pub const TAIL_MONTHS: i32 = LAGS as i32 - 1;
/// A month whose data end within its last days counts as whole (DESIGN.md, "Data in").
const WHOLE_WITHIN_DAYS: u32 = 3;

/// The months of a question. Simulated months have positions from 0: those before
/// the period (sales on the way there), those of the period, the tail. A look back
/// ([`Window::back`]) begins with months whose sales are known: nothing is drawn of them
/// but what a change would have made of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The days asked about.
    pub period: Span,
    /// First simulated month.
    pub first: Month,
    /// Number of simulated months.
    pub months: usize,
    /// Leading months that are over and whose sales are known; 0 unless looking back.
    pub known: usize,
    /// Share of the first month that is not over that is still ahead; 1 when untouched.
    pub ahead: f64,
    /// Months of the period that are already over, oldest first.
    pub past: Vec<Month>,
}

/// First month that the data do not hold wholly.
pub fn first_open_month(as_of: NaiveDate) -> Month {
    let month = Month::of(as_of);
    let whole = as_of.day() + WHOLE_WITHIN_DAYS > month.last_day().day();
    if whole { month.plus(1) } else { month }
}

impl Window {
    /// The window of a period, seen from the end of the data.
    pub fn of(period: Span, as_of: NaiveDate) -> Result<Self, SimulationError> {
        if period.start > period.end {
            return Err(SimulationError::EmptyPeriod { start: period.start, end: period.end });
        }
        let first = first_open_month(as_of);
        let (start, end) = (Month::of(period.start), Month::of(period.end));
        if end < first {
            return Err(SimulationError::PeriodPast { end: period.end, as_of });
        }
        let latest = as_of.checked_add_months(Months::new(MONTHS_AHEAD_MAX)).unwrap_or(NaiveDate::MAX);
        if period.start > latest {
            return Err(SimulationError::PeriodTooFar { start: period.start, latest });
        }
        if end.0 - start.0 >= PERIOD_MONTHS_MAX {
            return Err(SimulationError::PeriodTooLong { months: end.0 - start.0 + 1 });
        }
        Ok(Self {
            period,
            first,
            months: (end.0 + TAIL_MONTHS - first.0 + 1) as usize,
            known: 0,
            ahead: share_ahead(as_of, first),
            past: (start.0..first.0).map(Month).collect(),
        })
    }

    /// The window of a look back: from the first month of a period that has begun to the
    /// end of its tail. `since`: first month of the data.
    pub fn back(period: Span, as_of: NaiveDate, since: Month) -> Result<Self, SimulationError> {
        if period.start > period.end {
            return Err(SimulationError::EmptyPeriod { start: period.start, end: period.end });
        }
        let (start, end) = (Month::of(period.start), Month::of(period.end));
        if start < since {
            return Err(SimulationError::BeforeData { start: period.start, since: since.first_day() });
        }
        let open = first_open_month(as_of);
        if start >= open {
            return Self::of(period, as_of);
        }
        if end.0 - start.0 >= PERIOD_MONTHS_MAX {
            return Err(SimulationError::PeriodTooLong { months: end.0 - start.0 + 1 });
        }
        let months = end.0 + TAIL_MONTHS - start.0 + 1;
        Ok(Self {
            period,
            first: start,
            months: months as usize,
            known: (open.0 - start.0).min(months) as usize,
            ahead: share_ahead(as_of, open),
            past: Vec::new(),
        })
    }

    /// Share of a simulated month that is still ahead, known months aside.
    pub fn ahead_in(&self, h: usize) -> f64 {
        if h == self.known { self.ahead } else { 1.0 }
    }

    /// The first month that is not over.
    pub fn open(&self) -> Month {
        self.month(self.known)
    }

    /// The month at a position.
    pub fn month(&self, h: usize) -> Month {
        self.first.plus(h as i32)
    }

    /// Whether a simulated month belongs to the period.
    pub fn in_period(&self, h: usize) -> bool {
        let month = self.month(h);
        Month::of(self.period.start) <= month && month <= Month::of(self.period.end)
    }

    /// Whether a simulated month lies after the period.
    pub fn in_tail(&self, h: usize) -> bool {
        self.month(h) > Month::of(self.period.end)
    }

    /// Days from the first simulated month to the end of the tail.
    pub fn simulated(&self) -> Span {
        Span::new(self.first.first_day(), self.month(self.months - 1).last_day())
    }

    /// As the forecast shows it.
    pub fn horizon(&self) -> Horizon {
        Horizon {
            start: self.period.start,
            end: self.period.end,
            tail_end: self.month(self.months - 1).last_day(),
        }
    }

    /// What a reader must know about months and days.
    pub fn approximations(&self) -> Vec<String> {
        let mut out = Vec::new();
        let (start, end) = (Month::of(self.period.start), Month::of(self.period.end));
        if self.period.start != start.first_day() || self.period.end != end.last_day() {
            out.push(format!(
                "Figures cover whole calendar months, {} to {}; the changed terms hold on the days asked about only.",
                start.key(),
                end.key()
            ));
        }
        if !self.past.is_empty() {
            out.push(format!(
                "The period began before the data end: sales up to {} stand as they are, and changes act from {}.",
                self.first.plus(-1).last_day(),
                self.first.first_day()
            ));
        }
        if self.known > 0 {
            let last = self.month(self.known.min(self.months) - 1).last_day();
            out.push(format!(
                "A look back: through {last} the baseline is what was sold, paid by the rules of the time as if \
                 without returns. The change moves these sales by the response to the difference of incentive, \
                 partner by partner; its interval is what is not known of the response, the spread beside it what \
                 single sales may add."
            ));
        }
        if self.ahead < 1.0 && self.known < self.months {
            out.push(format!(
                "{} is under way: what was sold stands, and {:.0}% of the month is simulated.",
                self.open().key(),
                self.ahead * 100.0
            ));
        }
        out
    }
}

/// Share of the first month that is not over that lies after the data.
fn share_ahead(as_of: NaiveDate, open: Month) -> f64 {
    let days = f64::from(open.last_day().day());
    if Month::of(as_of) == open { 1.0 - f64::from(as_of.day()) / days } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> NaiveDate {
        s.parse().expect("a value")
    }

    fn window(start: &str, end: &str, as_of: &str) -> Result<Window, SimulationError> {
        Window::of(Span::new(day(start), day(end)), day(as_of))
    }

    #[test]
    fn a_quarter_ahead_has_its_months_and_a_tail() {
        let w = window("2026-07-01", "2026-09-30", "2026-06-30").expect("a value");
        assert_eq!((w.first.key().as_str(), w.months, w.ahead), ("2026-07", 5, 1.0));
        assert_eq!((0..5).map(|h| w.in_period(h)).collect::<Vec<_>>(), [true, true, true, false, false]);
        assert_eq!(w.horizon().tail_end, day("2026-11-30"));
        assert!(w.past.is_empty() && w.approximations().is_empty());
    }

    #[test]
    fn months_on_the_way_are_simulated_but_not_counted() {
        let w = window("2026-10-01", "2026-12-31", "2026-06-30").expect("a value");
        assert_eq!(w.months, 8);
        assert!(!w.in_period(2) && !w.in_tail(2) && w.in_period(3) && w.in_tail(6));
    }

    #[test]
    fn a_period_under_way_keeps_its_past_months_and_the_open_one() {
        let w = window("2026-04-01", "2026-06-30", "2026-05-15").expect("a value");
        assert_eq!((w.first.key().as_str(), w.months, w.past.len()), ("2026-05", 4, 1));
        assert!((w.ahead - 16.0 / 31.0).abs() < 1e-12);
        assert_eq!(w.approximations().len(), 2);
        // Within its last three days a month counts as whole.
        assert_eq!(window("2026-04-01", "2026-06-30", "2026-05-29").expect("a value").first.key(), "2026-06");
        assert_eq!(window("2026-04-01", "2026-06-30", "2026-05-28").expect("a value").first.key(), "2026-05");
    }

    #[test]
    fn a_look_back_knows_its_months_and_what_of_the_tail_is_over() {
        let back = |start: &str, end: &str, as_of: &str| {
            let since = Month::of(day("2024-01-01"));
            Window::back(Span::new(day(start), day(end)), day(as_of), since)
        };
        let w = back("2026-01-01", "2026-03-31", "2026-06-30").expect("a value");
        assert_eq!((w.first.key().as_str(), w.months, w.known, w.ahead), ("2026-01", 5, 5, 1.0));
        assert!(w.past.is_empty() && w.in_period(2) && w.in_tail(3));
        let w = back("2026-04-01", "2026-06-30", "2026-06-15").expect("a value");
        assert_eq!((w.months, w.known, w.open().key().as_str()), (5, 2, "2026-06"));
        assert_eq!((w.ahead_in(1), w.ahead_in(2), w.ahead_in(3)), (1.0, 0.5, 1.0));
        assert_eq!(w.approximations().len(), 2);
        let ahead = back("2026-07-01", "2026-09-30", "2026-06-30").expect("a value");
        assert_eq!(ahead.known, 0);
        assert!(matches!(
            back("2023-10-01", "2024-03-31", "2026-06-30"),
            Err(SimulationError::BeforeData { .. })
        ));
        assert!(matches!(
            back("2024-01-01", "2027-03-31", "2026-06-30"),
            Err(SimulationError::PeriodTooLong { .. })
        ));
    }

    #[test]
    fn refuses_what_is_past_far_or_empty() {
        assert!(matches!(
            window("2026-01-01", "2026-03-31", "2026-06-30"),
            Err(SimulationError::PeriodPast { .. })
        ));
        assert!(matches!(
            window("2029-08-01", "2029-09-30", "2026-06-30"),
            Err(SimulationError::PeriodTooFar { .. })
        ));
        assert!(matches!(
            window("2026-08-01", "2026-07-30", "2026-06-30"),
            Err(SimulationError::EmptyPeriod { .. })
        ));
        assert!(matches!(
            window("2026-08-01", "2036-07-30", "2026-06-30"),
            Err(SimulationError::PeriodTooLong { .. })
        ));
    }
}
