//! Several periods of a question put together into one: a start here, an end
//! there, a length. Says so where they do not fit.

use crate::calendar::Span;

use super::days::{Almanac, range_words};
use super::periods::{Form, PeriodMark, lasting_from};

/// One period from all that was said, or why there is none.
pub(crate) fn combine(marks: &[PeriodMark], almanac: &Almanac) -> Result<Option<PeriodMark>, ()> {
    let Some(first) = marks.first() else { return Ok(None) };
    let mut merged = first.clone();
    for mark in &marks[1..] {
        merged = merge(merged, mark).ok_or(())?;
    }
    if let Form::Length(months, days) = merged.form {
        merged.span = lasting_from(almanac.today, months, days);
        merged.label = range_words(merged.span);
    }
    Ok(Some(merged))
}

fn merge(a: PeriodMark, b: &PeriodMark) -> Option<PeriodMark> {
    let span = match (a.form, b.form) {
        (Form::From, Form::Until) => Span::new(a.span.start, b.span.end),
        (Form::Until, Form::From) => Span::new(b.span.start, a.span.end),
        (Form::From, Form::Length(m, d)) => lasting_from(a.span.start, m, d),
        (Form::Length(m, d), Form::From) => lasting_from(b.span.start, m, d),
        (Form::From, Form::Whole) if b.span.contains(a.span.start) => Span::new(a.span.start, b.span.end),
        (Form::Whole, Form::From) if a.span.contains(b.span.start) => Span::new(b.span.start, a.span.end),
        (Form::Until, Form::Whole) if b.span.contains(a.span.end) => Span::new(b.span.start, a.span.end),
        (Form::Whole, Form::Until) if a.span.contains(b.span.end) => Span::new(a.span.start, b.span.end),
        (Form::Whole, Form::Whole) if a.span == b.span => return Some(a),
        _ => return None,
    };
    (span.start <= span.end).then(|| PeriodMark {
        at: a.at.start.min(b.at.start)..a.at.end.max(b.at.end),
        span,
        label: range_words(span),
        form: Form::Whole,
        fixed: a.fixed || b.fixed,
        recurring: None,
    })
}
