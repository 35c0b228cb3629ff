//! Says the terms of a new version where the text of an old one says its own: figures
//! and dates by what they are about, as the check of prose against terms finds them,
//! lists of names where they stand as they were. What it is not sure of stays, and is
//! told: the author has the last word.

use rust_decimal::Decimal;

use crate::calendar::MONTHS;
use crate::programs::terms::{ProgramVersion, Terms};

use super::compare;
use super::facts::{Fact, facts};
use super::figures::{Value, figures};
use super::spoken::{section, sentences};

/// A text with other figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reworded {
    /// The file as it was, its clauses reworded. The front matter is untouched.
    pub text: String,
    /// What the author has to look at, in words.
    pub left: Vec<String>,
}

/// One replacement in the text of a clause.
struct Edit {
    line: usize,
    old: String,
    /// Counted from the end of the line, so that the clause's number does not matter.
    nth_from_end: usize,
    new: String,
}

/// Rewords the file of a version, with line breaks as `\n`, for other terms.
pub fn reword(text: &str, version: &ProgramVersion, new: &Terms) -> Reworded {
    let (own, wanted) = (facts(&version.terms), facts(new));
    let mut told = vec![false; own.len()];
    let (mut edits, mut left) = (Vec::new(), Vec::new());
    for (at, clause) in version.clauses.iter().enumerate() {
        let heading = section(&clause.heading);
        let mut examples = false;
        for spoken in sentences(&clause.text) {
            for figure in figures(spoken.text) {
                let Some(allowed) = compare::topics(&figure, &spoken, heading) else {
                    examples |= spoken.example && is_moved(&figure.value, &own, &wanted);
                    continue;
                };
                let said = |fact: &&(usize, &Fact)| fact.1.says(&figure.value);
                let mut meant: Vec<(usize, &Fact)> = own.iter().enumerate().filter(|f| said(&f)).collect();
                let narrowed: Vec<(usize, &Fact)> =
                    meant.iter().copied().filter(|(_, f)| allowed.contains(&f.topic)).collect();
                if !narrowed.is_empty() {
                    meant = narrowed;
                }
                let now = |fact: &Fact| wanted.iter().find(|w| w.key == fact.key);
                let moved = meant.iter().filter(|(_, f)| now(f).is_none_or(|w| w.value != f.value)).count();
                if moved == 0 {
                    continue;
                }
                let words = &spoken.text[figure.at.clone()];
                meant.iter().for_each(|(fact, _)| told[*fact] = true);
                let written = match now(meant[0].1) {
                    Some(fact) if moved == meant.len() => rewritten(words, &fact.value),
                    _ => None,
                };
                let Some(written) = written else {
                    left.push(format!(
                        "clause {} says {words:?}, which the terms no longer have",
                        clause.number
                    ));
                    continue;
                };
                let from = spoken.start + figure.at.start;
                let before = clause.text[..from].matches('\n').count();
                let rest = clause.text[from..].lines().next().unwrap_or_default();
                edits.push(Edit {
                    line: version.lines.clause_text(at).unwrap_or(clause.line) + before,
                    old: words.to_owned(),
                    nth_from_end: rest.matches(words).count(),
                    new: written,
                });
            }
        }
        if examples {
            left.push(format!(
                "clause {} works an example with figures that change; work it again",
                clause.number
            ));
        }
    }
    for (fact, told) in own.iter().zip(&told) {
        let now = wanted.iter().find(|w| w.key == fact.key);
        match now {
            Some(now) if now.value != fact.value && !told => {
                left.push(format!("the terms now have {}; no clause that says it was found", now.shown()));
            }
            None if !told => left.push(format!("the terms no longer have {}", fact.shown())),
            _ => {}
        }
    }
    let added = wanted.iter().filter(|w| own.iter().all(|f| f.key != w.key));
    left.extend(added.map(|fact| format!("the terms now have {}; no clause says so yet", fact.shown())));
    let mut text = applied(text, edits);
    for (name, old, new) in lists(&version.terms, new) {
        match renamed(&text, &old, &new) {
            Some(reworded) => text = reworded,
            None => left.push(format!("{name} changed: {}; say so in the clauses", words_of(&new))),
        }
    }
    left.extend(switches(&version.terms, new));
    Reworded { text, left }
}

/// Whether a figure is that of a term that is another now.
fn is_moved(value: &Value, own: &[Fact], wanted: &[Fact]) -> bool {
    own.iter()
        .any(|fact| fact.says(value) && wanted.iter().all(|w| w.key != fact.key || w.value != fact.value))
}

/// Makes the edits, the last of a line first.
fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|e| (e.line, e.nth_from_end));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for edit in edits {
        let Some(line) = edit.line.checked_sub(1).and_then(|at| lines.get_mut(at)) else { continue };
        let places: Vec<usize> = line.match_indices(&edit.old).map(|(at, _)| at).collect();
        let place = places.len().checked_sub(edit.nth_from_end).and_then(|nth| places.get(nth));
        if let Some(at) = place.copied() {
            line.replace_range(at..at + edit.old.len(), &edit.new);
        }
    }
    lines.join("\n") + "\n"
}

/// A figure written as the old one was. `None` where that cannot be said so.
fn rewritten(old: &str, new: &Value) -> Option<String> {
    let first = old.find(|c: char| c.is_ascii_digit());
    let end = old.rfind(|c: char| c.is_ascii_digit()).map(|at| at + 1);
    let (head, digits, tail) = match (first, end) {
        (Some(first), Some(end)) => (&old[..first], &old[first..end], &old[end..]),
        // In words: `three percent`.
        _ => {
            let (number, rest) = old.split_once(' ')?;
            ("", number, &old[old.len() - rest.len() - 1..])
        }
    };
    let number = |value: &Decimal| grouped(*value, 0);
    Some(match new {
        Value::Date(day, month, year) => date(old, *day, *month, *year)?,
        Value::Money(amount, _) => {
            let scaled = tail.trim_start().chars().next().is_some_and(char::is_alphabetic)
                && ["k", "m", "mn", "thousand", "million"]
                    .iter()
                    .any(|w| tail.trim().to_lowercase().starts_with(w));
            let cents = digits.contains('.') || amount.normalize().scale() > 0;
            let plain = grouped(*amount, if cents { 2 } else { 0 });
            if tail.trim().starts_with("cent") {
                return None;
            }
            format!("{head}{plain}{}", if scaled { "" } else { tail })
        }
        Value::Percent(value) | Value::Units(value) | Value::Factor(value) => {
            format!("{head}{}{tail}", number(value))
        }
        Value::Days(value) if !tail.contains("week") => format!("{head}{}{tail}", number(value)),
        Value::Days(value) => format!("{} days", number(value)),
    })
}

/// A number with its thousands apart and at least so many decimals.
fn grouped(value: Decimal, places: u32) -> String {
    let value = value.normalize();
    let text = format!("{value:.*}", value.scale().max(places) as usize);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 4);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && digit.is_ascii_digit() {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A day in the order and with the parts of the old one.
fn date(old: &str, day: u32, month: u32, year: Option<i32>) -> Option<String> {
    let year = year?;
    if old.parse::<chrono::NaiveDate>().is_ok() {
        return Some(format!("{year:04}-{month:02}-{day:02}"));
    }
    let name = MONTHS.get(month as usize - 1)?;
    let with_year = old.split_whitespace().count() > 2;
    let day_first = old.starts_with(|c: char| c.is_ascii_digit());
    Some(match (day_first, with_year) {
        (true, true) => format!("{day} {name} {year}"),
        (true, false) => format!("{day} {name}"),
        (false, true) => format!("{name} {day}, {year}"),
        (false, false) => format!("{name} {day}"),
    })
}

/// Lists of names that are others now.
fn lists(old: &Terms, new: &Terms) -> Vec<(&'static str, Vec<String>, Vec<String>)> {
    let types = |t: &Terms| t.eligible.partner_types.iter().map(|p| p.as_str().to_owned()).collect();
    let all = [
        ("eligible tiers", old.eligible.tiers.clone(), new.eligible.tiers.clone()),
        ("eligible regions", old.eligible.regions.clone(), new.eligible.regions.clone()),
        ("eligible partner types", types(old), types(new)),
        ("products", old.applies_to.skus.clone(), new.applies_to.skus.clone()),
        ("product families", old.applies_to.families.clone(), new.applies_to.families.clone()),
    ];
    all.into_iter().filter(|(_, old, new)| old != new).collect()
}

/// Terms without a figure that are others now.
fn switches(old: &Terms, new: &Terms) -> Vec<String> {
    let mut left = Vec::new();
    let mut when = |changed: bool, what: &str| {
        if changed {
            left.push(format!("{what} changed; say so in the clauses"));
        }
    };
    let mode = |t: &Terms| match &t.rate {
        crate::programs::terms::Rate::Tiered { mode, .. } => Some(*mode),
        crate::programs::terms::Rate::Flat(_) => None,
    };
    when(mode(old) != mode(new), "how the tiers count (marginal or retroactive)");
    let (a, b) = (&old.eligible, &new.eligible);
    when(a.deal_registration_required != b.deal_registration_required, "the need of a deal registration");
    when(a.new_customer_only != b.new_customer_only, "the limit to new customers");
    left
}

/// The text with a list of names in the place of another, where the old one stands in
/// one of the ways that people write lists.
fn renamed(text: &str, old: &[String], new: &[String]) -> Option<String> {
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let body = text.match_indices("\n+++").next().map_or(0, |(at, _)| at);
    for last in [" or ", " and ", ", ", " / ", ", or ", ", and "] {
        let said = joined(old, last);
        if text[body..].contains(&said) {
            let (front, clauses) = text.split_at(body);
            return Some(format!("{front}{}", clauses.replacen(&said, &joined(new, last), 1)));
        }
    }
    None
}

fn joined(names: &[String], last: &str) -> String {
    match names.split_last() {
        Some((one, [])) => one.clone(),
        Some((one, rest)) => format!("{}{last}{one}", rest.join(", ")),
        None => String::new(),
    }
}

fn words_of(names: &[String]) -> String {
    if names.is_empty() { "all".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::front_matter::parse;
    use crate::programs::terms::{Pay, Rate};
    use crate::programs::testing::{d, span};

    const OLD: &str = "+++
id = \"p\"
version = 3
name = \"P\"
kind = \"spiff\"
currency = \"USD\"
effective = { from = \"2026-01-01\", to = \"2026-12-31\" }
eligible = { tiers = [\"Gold\", \"Silver\"] }
measure = \"units\"
period = \"month\"
rate = { per_unit = \"40.00\" }
caps = { per_partner = \"5000.00\", program_budget = \"250000.00\" }
+++

## 1 Purpose

**1.1** In force from 1 January 2026 to 31 December 2026. Up to 40 people met in 2026.

## 2 Eligibility

**2.1** Partners at tier Gold or Silver may take part.

## 3 Calculation

**3.1** The incentive is $40.00 per unit. For example, 3 units earn 3 × $40.00 = $120.00.

## 4 Caps

**4.1** A partner earns at most $5,000.00 in a month, the program $250,000 in all.
";

    fn old() -> ProgramVersion {
        parse("programs/p/v3.md", OLD).expect("a program").0
    }

    #[test]
    fn figures_dates_and_names_are_said_anew_where_they_stand() {
        let version = old();
        let mut terms = version.terms.clone();
        terms.rate = Rate::Flat(Pay::PerUnit(d("42.0")));
        terms.effective = span("2026-07-01", "2026-09-30");
        terms.eligible.tiers = vec!["Platinum".into(), "Gold".into(), "Silver".into()];
        terms.caps.program_budget = Some(d("91000"));
        let reworded = reword(OLD, &version, &terms);
        for says in [
            "from 1 July 2026 to 30 September 2026. Up to 40 people met in 2026.",
            "at tier Platinum, Gold or Silver may",
            "**3.1** The incentive is $42.00 per unit.",
            "at most $5,000.00 in a month, the program $91,000 in all.",
        ] {
            assert!(reworded.text.contains(says), "{says}\n{}", reworded.text);
        }
        assert!(
            reworded.text.contains("rate = { per_unit = \"40.00\" }"),
            "the front matter is not its matter"
        );
    }

    #[test]
    fn what_is_not_said_or_no_longer_holds_is_told() {
        let version = old();
        let mut terms = version.terms.clone();
        terms.caps.per_partner = None;
        terms.minimum = Some(d("5"));
        terms.eligible.new_customer_only = true;
        let left = reword(OLD, &version, &terms).left.join("\n");
        for told in ["$5,000.00", "minimum 5; no clause", "new customers"] {
            assert!(left.contains(told), "{told}\n{left}");
        }
        assert_eq!(reword(OLD, &version, &version.terms), Reworded { text: OLD.to_owned(), left: vec![] });
    }

    #[test]
    fn a_figure_is_written_as_the_old_one_was() {
        let money = |s: &str| Value::Money(d(s), None);
        let of = |old: &str, new: Value| rewritten(old, &new);
        assert_eq!(of("$40", money("42")).as_deref(), Some("$42"));
        assert_eq!(of("$40", money("42.5")).as_deref(), Some("$42.50"));
        assert_eq!(of("US$1.2 million", money("1300000")).as_deref(), Some("US$1,300,000.00"));
        assert_eq!(of("40 dollars", money("42")).as_deref(), Some("42 dollars"));
        assert_eq!(of("three percent", Value::Percent(d("3.150"))).as_deref(), Some("3.15 percent"));
        assert_eq!(of("30-day", Value::Days(d("45"))).as_deref(), Some("45-day"));
        assert_eq!(of("doubled", Value::Factor(d("3"))), None);
        let day = Value::Date(1, 7, Some(2026));
        assert_eq!(of("January 1, 2026", day.clone()).as_deref(), Some("July 1, 2026"));
        assert_eq!(of("2026-01-01", day).as_deref(), Some("2026-07-01"));
    }
}
