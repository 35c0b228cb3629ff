use super::*;
use crate::programs::terms::{Pay, Rate};
use crate::programs::testing::{World, d, span};

const FILE: &str = "+++
id = \"p\"
version = 1
name = \"P\"
kind = \"spiff\"
currency = \"USD\"
effective = { from = \"2026-01-01\", to = \"2026-12-31\" }
measure = \"units\"
period = \"month\"
rate = { per_unit = \"40.00\" }
caps = { program_budget = \"1000.00\" }
+++

## 1 Purpose

**1.1** In force from 1 January 2026 to 31 December 2026.

## 3 Calculation

**3.1** The incentive is $40.00 per unit.

## 4 Caps

**4.1** The budget of this version is $1,000.00 over its whole life.
";

/// Five units were sold by the end of June: $200 of the budget of $1,000.
fn company() -> Company {
    let mut world = World::new();
    world.sale("t1", "A", "X1", "2026-03-05", "5", "500");
    let (version, _) = front_matter::parse("programs/p/v1.md", FILE).expect("a program");
    let mut company = world.company();
    company.as_of = "2026-06-30".parse().expect("a day");
    company.programs = vec![Program { id: "p".into(), versions: vec![version] }];
    company
}

fn forty_two(terms: &Terms) -> Option<Terms> {
    Some(Terms { rate: Rate::Flat(Pay::PerUnit(d("42"))), ..terms.clone() })
}

fn changed(span: Span, change: impl Fn(&Terms) -> Option<Terms>) -> (Company, RuleBook) {
    let company = company();
    let mut book = RuleBook::of(&company.programs);
    book.programs[0].overlay(span, None, change);
    (company, book)
}

fn told(revised: &Revised) -> Vec<(u32, Part, String, String)> {
    let of = |r: &Revision| {
        let days = r.terms.effective;
        let budget = r.terms.caps.program_budget.map(|b| b.normalize().to_string()).unwrap_or_default();
        (r.version, r.part, format!("{} {}", days.start, days.end), budget)
    };
    revised.revisions.iter().map(of).collect()
}

#[test]
fn a_change_that_ends_takes_three_versions_that_share_what_is_left() {
    let (company, book) = changed(span("2026-07-01", "2026-09-30"), forty_two);
    let revised = revise(&company, &book).expect("versions");
    let expected = [
        (1, Part::Ends, "2026-01-01 2026-06-30".to_owned(), "1000".to_owned()),
        (2, Part::Changed, "2026-07-01 2026-09-30".to_owned(), "400".to_owned()),
        (3, Part::Resumes, "2026-10-01 2026-12-31".to_owned(), "400".to_owned()),
    ];
    assert_eq!(told(&revised[0]), expected);
    let budget = &revised[0].budgets[0];
    assert_eq!((&*budget.budget, &*budget.used, &*budget.left), ("1000", "200", "800"));
}

#[test]
fn a_change_later_on_leaves_the_days_until_then_their_share() {
    let (company, book) = changed(span("2026-10-01", "2026-12-31"), forty_two);
    let revised = revise(&company, &book).expect("versions");
    let expected = [
        (1, Part::Ends, "2026-01-01 2026-09-30".to_owned(), "600".to_owned()),
        (2, Part::Changed, "2026-10-01 2026-12-31".to_owned(), "400".to_owned()),
    ];
    assert_eq!(told(&revised[0]), expected);
}

#[test]
fn a_pause_leaves_a_gap() {
    let (company, book) = changed(span("2026-07-01", "2026-09-30"), |_| None);
    let revised = revise(&company, &book).expect("versions");
    let expected = [
        (1, Part::Ends, "2026-01-01 2026-06-30".to_owned(), "1000".to_owned()),
        (2, Part::Resumes, "2026-10-01 2026-12-31".to_owned(), "800".to_owned()),
    ];
    assert_eq!(told(&revised[0]), expected);
}

#[test]
fn what_versions_cannot_say_is_said() {
    let company = company();
    let mut book = RuleBook::of(&company.programs);
    assert_eq!(revise(&company, &book), Err(vec![CannotRevise::Nothing]));
    let some = vec![true, false, false];
    book.programs[0].overlay(span("2026-07-01", "2026-09-30"), Some(&some), forty_two);
    assert_eq!(revise(&company, &book), Err(vec![CannotRevise::Audience("p".into())]));
    // A change to what holds already is none.
    let mut same = RuleBook::of(&company.programs);
    same.programs[0].overlay(span("2026-07-01", "2026-09-30"), None, |terms| Some(terms.clone()));
    assert_eq!(revise(&company, &same), Err(vec![CannotRevise::Nothing]));
}

#[test]
fn the_files_say_and_pay_what_the_rule_book_says() {
    let (company, book) = changed(span("2026-07-01", "2026-09-30"), forty_two);
    let revised = revise(&company, &book).expect("versions");
    let base = &company.programs[0].versions[0];
    let mut versions = Vec::new();
    for revision in &revised[0].revisions {
        let file = file_of(revision, base, FILE).expect("a file");
        assert_eq!(file.left, [] as [String; 0], "{}", file.text);
        let name = format!("programs/p/v{}.md", revision.version);
        let (version, _) = front_matter::parse(&name, &file.text).expect("a program");
        assert_eq!(version.terms, revision.terms);
        versions.push(version);
    }
    assert!(versions[1].clauses[0].text.contains("1 July 2026 to 30 September 2026"));
    assert!(versions[1].clauses[1].text.contains("$42.00 per unit"));
    assert!(versions[1].clauses[2].text.contains("$400.00 over"), "{}", versions[1].clauses[2].text);
    let after = with_versions(&company, versions).expect("they fit together");
    let mut world = World::new();
    for (id, day) in [("n1", "2026-07-08"), ("n2", "2026-10-08"), ("n3", "2026-06-08")] {
        world.sale(id, "A", "X1", day, "3", "300");
    }
    let extra = world.company().lines;
    let sums = |company: &Company, book: &RuleBook| {
        let options = SettleOptions { extra: &extra, ..SettleOptions::default() };
        let payouts = settle(company, book, &options).payouts;
        payouts.iter().map(|p| (p.period_start, p.amount)).collect::<Vec<_>>()
    };
    let by_files = sums(&after, &RuleBook::of(&after.programs));
    assert_eq!(by_files, sums(&company, &book));
    assert_eq!(by_files.iter().map(|(_, amount)| *amount).sum::<Decimal>(), d("566"));
}
