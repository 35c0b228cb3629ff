//! Deal registrations ahead of large lines, and some that came to nothing.

use chrono::Days;
use rust_decimal::prelude::ToPrimitive;

use crate::books::{Line, Registration};
use crate::random::Stream;

/// From this many units on a line may have been registered.
const LARGE_UNITS: u32 = 5;

/// Registers about a fifth of the large lines and numbers the registrations by the
/// day of submission.
pub fn register(seed: u64, lines: &mut [Line]) -> Vec<Registration> {
    let mut drafts: Vec<(Registration, Option<usize>)> = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let mut stream = Stream::new(seed, "registration", &[n]);
        let units = line.units.to_u32().unwrap_or(0);
        if units < LARGE_UNITS || !stream.chance(0.20) {
            continue;
        }
        drafts.push((registration(&mut stream, line, units), Some(n)));
        if stream.chance(0.25) {
            let mut lost = registration(&mut stream, line, units);
            lost.submitted_on = lost.submitted_on - Days::new(40);
            lost.approved_on = lost.approved_on.map(|d| d - Days::new(40));
            lost.expires_on = lost.expires_on.map(|d| d - Days::new(40));
            drafts.push((lost, None));
        }
    }
    drafts.sort_by(|(a, _), (b, _)| {
        (a.submitted_on, &a.partner, &a.sku).cmp(&(b.submitted_on, &b.partner, &b.sku))
    });
    let mut registrations = Vec::with_capacity(drafts.len());
    for (n, (mut registration, line)) in drafts.into_iter().enumerate() {
        registration.id = format!("D{:05}", n + 1);
        if let Some(line) = line {
            lines[line].registration = Some(registration.id.clone());
        }
        registrations.push(registration);
    }
    registrations
}

/// Nine in ten are good on the day of the sale; the others ran out or were never approved.
fn registration(stream: &mut Stream, line: &Line, units: u32) -> Registration {
    let days = |n: i64| Days::new(n.unsigned_abs());
    let expired = stream.chance(0.06);
    let ahead = if expired { stream.between(130, 170) } else { stream.between(20, 75) };
    let submitted_on = line.sold_on - days(ahead);
    let approved = stream.chance(0.95);
    let approved_on = approved.then(|| submitted_on + days(stream.between(2, 10)));
    let estimate = (f64::from(units) * (0.7 + 0.7 * stream.uniform())) as u32;
    Registration {
        id: String::new(),
        partner: line.partner.clone(),
        sku: line.sku.clone(),
        submitted_on,
        status: if approved { "approved" } else { "rejected" }.to_owned(),
        approved_on,
        expires_on: approved_on.map(|d| d + days(90)),
        expected_close_on: Some(submitted_on + days(stream.between(20, 90))),
        estimated_units: Some(estimate.max(1)),
    }
}
