//! What a named stretch of time means in the fiscal calendar: `Q3`, `H2`,
//! `August`, `FY27`, `15 July`, each in a year. No words here; see `periods`.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::{FiscalCalendar, MONTHS, Month, PeriodKind, Span};

/// Something that comes back every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recurring {
    /// 1 to 4, of the fiscal year.
    Quarter(u32),
    /// 1 or 2, of the fiscal year.
    Half(u32),
    /// 1 to 12.
    Month(u32),
    /// Month and day.
    Day(u32, u32),
    /// The fiscal year itself.
    Year,
}

/// A year somebody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Year {
    /// Of the calendar for months and days, of the fiscal calendar for the rest.
    Plain(i32),
    /// Of the fiscal calendar.
    Fiscal(i32),
}

/// The day of the question and the calendar it is read in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Almanac {
    pub today: NaiveDate,
    pub calendar: FiscalCalendar,
    /// Whether the question looks back.
    pub past: bool,
}

impl Almanac {
    /// The span of something recurring in a year of its own counting.
    fn span(&self, what: Recurring, year: i32) -> Option<Span> {
        let first = self.calendar.first_month_of(year);
        let months =
            |from: i32, n: i32| Span::new(first.plus(from).first_day(), first.plus(from + n - 1).last_day());
        Some(match what {
            Recurring::Quarter(q) => months((q as i32 - 1) * 3, 3),
            Recurring::Half(h) => months((h as i32 - 1) * 6, 6),
            Recurring::Year => months(0, 12),
            Recurring::Month(m) => Month(year * 12 + m as i32 - 1).span(),
            Recurring::Day(m, d) => {
                let day = NaiveDate::from_ymd_opt(year, m, d)?;
                Span::new(day, day)
            }
        })
    }

    fn year_of(&self, what: Recurring, day: NaiveDate) -> i32 {
        match what {
            Recurring::Month(_) | Recurring::Day(..) => day.year(),
            _ => self.calendar.year_of(day),
        }
    }

    /// In the year named; else the first that is not wholly past on `from`, or, in
    /// a question that looks back, the last that is.
    pub fn choose(&self, what: Recurring, year: Option<Year>, from: NaiveDate) -> Option<(Span, i32)> {
        let base = self.year_of(what, from);
        let all = || (base - 5..=base + 5).filter_map(|y| Some((self.span(what, y)?, y)));
        match year {
            Some(Year::Plain(y)) => self.span(what, y).map(|s| (s, y)),
            Some(Year::Fiscal(y)) => all_years(y)
                .filter_map(|c| Some((self.span(what, c)?, c)))
                .find(|(s, _)| self.calendar.year_of(s.start) == y),
            None if self.past => all().rfind(|(s, _)| s.end < self.today),
            None => all().find(|(s, _)| s.end >= from),
        }
    }

    /// The last one that ends by the end of `latest`.
    pub fn before(&self, what: Recurring, latest: NaiveDate) -> Option<(Span, i32)> {
        let base = self.year_of(what, latest);
        (base - 2..=base)
            .rev()
            .filter_map(|y| Some((self.span(what, y)?, y)))
            .find(|(s, _)| s.start <= latest)
    }

    /// `Q3 2026`, `Q3 FY2027` where fiscal years differ, `July 2026`.
    pub fn label(&self, what: Recurring, year: i32) -> String {
        let fiscal = if self.calendar.first_month == 1 { "" } else { "FY" };
        match what {
            Recurring::Quarter(q) => format!("Q{q} {fiscal}{year}"),
            Recurring::Half(h) => format!("H{h} {fiscal}{year}"),
            Recurring::Year => format!("{fiscal}{year}"),
            Recurring::Month(m) => format!("{} {year}", MONTHS[(m as usize - 1).min(11)]),
            Recurring::Day(m, d) => format!("{d} {} {year}", MONTHS[(m as usize - 1).min(11)]),
        }
    }

    /// The period of a kind, `steps` after the one that holds today, with its label.
    pub fn relative(&self, kind: PeriodKind, steps: i32) -> (Span, String) {
        let now = self.calendar.period_of(kind, self.today);
        let months = FiscalCalendar::months_in(kind) * steps;
        let span = self.calendar.period_of(kind, Month::of(now.start).plus(months).first_day());
        (span, self.name(kind, span))
    }

    /// The label of a whole period.
    pub fn name(&self, kind: PeriodKind, span: Span) -> String {
        let year = self.calendar.year_of(span.start);
        match kind {
            PeriodKind::Quarter => self.label(Recurring::Quarter(self.calendar.quarter_of(span.start)), year),
            PeriodKind::Half => {
                self.label(Recurring::Half((self.calendar.quarter_of(span.start) - 1) / 2 + 1), year)
            }
            PeriodKind::Year => self.label(Recurring::Year, year),
            _ => self.label(Recurring::Month(span.start.month()), span.start.year()),
        }
    }

    /// The first quarter that begins today or later: where no period is given.
    pub fn default_quarter(&self) -> (Span, String) {
        let (now, label) = self.relative(PeriodKind::Quarter, 0);
        if now.start >= self.today { (now, label) } else { self.relative(PeriodKind::Quarter, 1) }
    }

    /// Last day of the fiscal quarter that holds a day.
    pub fn quarter_end(&self, day: NaiveDate) -> NaiveDate {
        self.calendar.period_of(PeriodKind::Quarter, day).end
    }
}

fn all_years(y: i32) -> impl Iterator<Item = i32> {
    y - 1..=y + 1
}

/// `15 July 2026`.
pub(crate) fn day_words(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), MONTHS[day.month0() as usize], day.year())
}

/// `15 July 2026 to 31 August 2026`.
pub(crate) fn range_words(span: Span) -> String {
    format!("{} to {}", day_words(span.start), day_words(span.end))
}

/// Monday to Sunday of the week that holds a day, `weeks` later.
pub(crate) fn week(day: NaiveDate, weeks: i64) -> Span {
    let back = u64::from(day.weekday().num_days_from_monday());
    let monday = (day - Days::new(back)) + chrono::Duration::days(7 * weeks);
    Span::new(monday, monday + Days::new(6))
}
