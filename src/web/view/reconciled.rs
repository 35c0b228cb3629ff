//! Recorded payouts against the rules, for the page. Formats only.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::reconcile::Reconciliation;
use spiffcast_engine::programs::reconcile::report::{Difference, Sums};

use crate::reports::format;

/// Rows shown of each reason; the rest are counted.
const ROWS_MAX: usize = 50;

/// A reconciliation as the page shows it.
pub struct Reconciled {
    /// `99.93% of 45,210 payout lines are booked as the rules give them`.
    pub headline: String,
    /// Money of one kind: name, booked, by the rules, difference.
    pub sums: Vec<[String; 4]>,
    /// Most frequent reason first.
    pub reasons: Vec<Reason>,
    /// Right amounts under a wrong key.
    pub misfiled: Vec<String>,
    /// What could not be judged: how many, what that means.
    pub not_covered: Vec<(String, String)>,
}

/// Differences with one explanation.
pub struct Reason {
    /// In words.
    pub name: String,
    /// How many.
    pub count: String,
    /// The first of them.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: usize,
}

/// One difference.
pub struct Row {
    /// Name of the partner.
    pub whose: String,
    /// Its identifier.
    pub id: String,
    /// Name of the program, and its version.
    pub program: String,
    /// Address of the program's version.
    pub link: String,
    /// Days, and the transaction where there is one.
    pub when: String,
    /// By the rules.
    pub due: String,
    /// In the books.
    pub booked: String,
    /// Booked less due.
    pub difference: String,
    /// The explanation with its figures.
    pub detail: String,
}

/// Shows a reconciliation.
pub fn view(report: &Reconciliation, company: &Company) -> Reconciled {
    let currency = &report.currency;
    let sums = [("Payouts", &report.payouts), ("Funds", &report.funds)];
    Reconciled {
        headline: headline(report),
        sums: sums
            .into_iter()
            .filter(|(_, s)| !s.expected.is_zero() || !s.recorded.is_zero())
            .map(|(name, s)| sum(name, s, currency))
            .collect(),
        reasons: reasons(report, company),
        misfiled: report
            .misfiled
            .iter()
            .map(|m| {
                let (partner, program) = (partner(company, &m.partner_id), program(company, &m.program_id));
                format!("{partner}, {program}: {}", told(&m.detail, currency))
            })
            .collect(),
        not_covered: report
            .not_covered
            .iter()
            .map(|n| (format::count(n.lines as f64), n.detail.clone()))
            .collect(),
    }
}

fn headline(report: &Reconciliation) -> String {
    let lines = format::count(report.lines as f64);
    match report.share_reproduced {
        None => "No recorded payouts to compare with the rules".to_owned(),
        Some(share) if report.differences.is_empty() && share >= 1.0 => {
            format!("All {lines} payout lines are booked as the rules give them, to the cent")
        }
        // Cut, not rounded: 100% is only said when all of it is.
        Some(share) => format!(
            "{:.2}% of {lines} payout lines are booked as the rules give them, to the cent",
            (share * 10_000.0).floor() / 100.0
        ),
    }
}

fn sum(name: &str, sums: &Sums, currency: &str) -> [String; 4] {
    [
        name.to_owned(),
        money(sums.recorded, currency),
        money(sums.expected, currency),
        signed(sums.difference, currency),
    ]
}

fn reasons(report: &Reconciliation, company: &Company) -> Vec<Reason> {
    let mut by: BTreeMap<&str, Vec<&Difference>> = BTreeMap::new();
    for difference in &report.differences {
        by.entry(difference.reason.as_str()).or_default().push(difference);
    }
    let mut all: Vec<Reason> = by
        .into_iter()
        .map(|(name, found)| Reason {
            name: format::capital(&format::words(name)),
            count: format::count(found.len() as f64),
            more: found.len().saturating_sub(ROWS_MAX),
            rows: found.into_iter().take(ROWS_MAX).map(|d| row(d, &report.currency, company)).collect(),
        })
        .collect();
    all.sort_by_key(|reason| std::cmp::Reverse(reason.rows.len() + reason.more));
    all
}

fn row(d: &Difference, currency: &str, company: &Company) -> Row {
    let of = d.transaction_id.as_ref().map(|t| format!(", {t}")).unwrap_or_default();
    Row {
        whose: partner(company, &d.partner_id),
        id: d.partner_id.clone(),
        program: format!("{} v{}", program(company, &d.program_id), d.program_version),
        link: format!("/programs/{}/v{}", d.program_id, d.program_version),
        when: format!("{}{of}", format::span(d.period_start, d.period_end)),
        due: money(d.expected, currency),
        booked: money(d.recorded, currency),
        difference: signed(d.difference, currency),
        detail: told(&d.detail, currency),
    }
}

fn money(amount: Decimal, currency: &str) -> String {
    format::money_places(amount.to_f64().unwrap_or(f64::NAN), currency, amount.scale() as usize)
}

fn signed(amount: Decimal, currency: &str) -> String {
    format::signed(amount.to_f64().unwrap_or(f64::NAN), money(amount, currency))
}

/// The name of a partner; its identifier where the books name one that is not there.
fn partner(company: &Company, id: &str) -> String {
    let known = company.catalog.partner(id).map(|ix| company.catalog.partners[ix].name.clone());
    known.unwrap_or_else(|| id.to_owned())
}

fn program(company: &Company, id: &str) -> String {
    company.program(id).map_or_else(|| id.to_owned(), |p| p.name().to_owned())
}

/// An explanation as people read it: codes in words, the amounts that are booked and due
/// in their currency.
fn told(detail: &str, currency: &str) -> String {
    // Codes stand between grave accents.
    let parts = detail.split('`').enumerate();
    let words: String =
        parts.map(|(i, part)| if i % 2 == 1 { format::words(part) } else { part.to_owned() }).collect();
    let tokens: Vec<&str> = words.split(' ').collect();
    let is_amount = |i: usize| {
        let before = i.checked_sub(1).and_then(|i| tokens.get(i)).copied();
        tokens.get(i + 1) == Some(&"is") || before == Some("of") && i > 1 && tokens[i - 2] == "top"
    };
    let shown = |(i, token): (usize, &&str)| {
        let number = token.trim_end_matches([',', ';', '.']);
        match number.parse::<Decimal>() {
            Ok(amount) if is_amount(i) => format!("{}{}", money(amount, currency), &token[number.len()..]),
            _ => (*token).to_owned(),
        }
    };
    tokens.iter().enumerate().map(shown).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words_and_amounts_get_their_currency() {
        let detail = "120.50 is booked on top of 80.00, and 0.00 is due. Nothing is due: `below_minimum`. It fails 3.25 percent";
        assert_eq!(
            told(detail, "USD"),
            "$120.50 is booked on top of $80.00, and $0.00 is due. Nothing is due: below minimum. It fails 3.25 percent"
        );
    }
}
