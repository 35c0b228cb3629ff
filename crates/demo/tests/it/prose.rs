//! The text of a version agrees with its terms: every term is in it, and no figure
//! that is not a term.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use spiffcast_demo::programs::ProgramFile;
use spiffcast_demo::terms::{Pay, Rate, Terms};

use crate::world::demo;

fn money(amount: Decimal) -> String {
    let text = format!("{amount:.2}");
    let (whole, cents) = text.split_once('.').expect("cents");
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    format!("${out}.{cents}")
}

fn percent(value: Decimal) -> String {
    format!("{}%", value.normalize())
}

/// The figures of the terms as the text should write them.
fn figures(t: &Terms) -> Vec<String> {
    let pay = |p: &Pay| match p {
        Pay::PerUnit(amount) => money(*amount),
        Pay::Percent(value) => percent(*value),
    };
    let mut all = match &t.rate {
        Rate::Flat(flat) => vec![pay(flat)],
        Rate::Tiers(tiers, _) => tiers.iter().map(|(_, p)| pay(p)).collect(),
    };
    all.extend([t.cap_per_transaction, t.cap_per_partner, t.program_budget].into_iter().flatten().map(money));
    all.extend(t.growth_above.map(percent));
    all.extend(t.override_percent.map(percent));
    all.extend(t.accelerator.map(|(above, _)| percent(above)));
    all.extend(t.accelerator.map(|(_, multiplier)| format!("multiplied by {}", multiplier.normalize())));
    all.extend(t.claim_within_days.map(|days| format!("{days} days")));
    all.extend([t.from, t.to].map(|d| d.format("%-d %B %Y").to_string()));
    all.extend([t.minimum, t.target].into_iter().flatten().map(|d| format!("{d} units")));
    all
}

fn text(file: &ProgramFile) -> String {
    file.sections.iter().flat_map(|(_, clauses)| clauses.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_figure_of_the_terms_is_in_the_text() {
    for file in &demo().programs {
        let text = text(file);
        for figure in figures(&file.version.terms) {
            assert!(text.contains(&figure), "{}: {figure}", file.path());
        }
    }
}

#[test]
fn every_tier_region_and_product_of_the_terms_is_in_the_text() {
    for file in &demo().programs {
        let (text, t) = (text(file), &file.version.terms);
        for word in t.tiers.iter().chain(&t.regions).chain(&t.skus).chain(&t.families).chain(&t.bundle) {
            assert!(text.contains(word), "{}: {word}", file.path());
        }
        for tier in ["Platinum", "Gold", "Silver", "Registered"] {
            let named = file.sections[1].1.iter().any(|clause| clause.contains(tier));
            assert!(!named || t.tiers.iter().any(|x| x == tier), "{}: {tier}", file.path());
        }
    }
}

#[test]
fn no_amount_in_the_text_is_foreign_to_the_terms() {
    for file in &demo().programs {
        let t = &file.version.terms;
        let mut known: BTreeSet<String> = figures(t).into_iter().collect();
        if let Rate::Tiers(tiers, _) = &t.rate {
            known.extend(tiers.iter().map(|(from, _)| money(*from)));
        }
        for word in text(file).split_whitespace() {
            let word = word.trim_matches(|c: char| ".,;:()".contains(c));
            if word.starts_with('$') || word.ends_with('%') {
                assert!(known.contains(word), "{}: {word}", file.path());
            }
        }
    }
}

#[test]
fn files_have_seven_sections_of_numbered_clauses() {
    for file in &demo().programs {
        let markdown = file.markdown();
        assert!(markdown.starts_with("+++\nid = "));
        let headings: Vec<&str> = markdown.lines().filter(|l| l.starts_with("## ")).collect();
        let expected = ["Purpose", "Eligibility", "Calculation", "Caps", "Exclusions", "Claims", "Returns"];
        let expected: Vec<String> =
            expected.iter().enumerate().map(|(n, h)| format!("## {} {h}", n + 1)).collect();
        assert_eq!(headings, expected);
        assert!((1..=7).all(|n| markdown.contains(&format!("\n**{n}.1** "))));
    }
}

#[test]
fn programs_do_not_read_alike() {
    let live: Vec<String> = demo()
        .programs
        .chunk_by(|a, b| a.version.program == b.version.program)
        .filter_map(|versions| versions.last().map(text))
        .collect();
    let first_clauses: BTreeSet<&str> = live.iter().filter_map(|t| t.lines().next()).collect();
    assert_eq!(first_clauses.len(), live.len());
}
