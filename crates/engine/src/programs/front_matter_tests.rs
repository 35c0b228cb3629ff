//! Files of programs: what is read, and that every slip is found with its line.

use super::assemble::assemble;
use super::front_matter::{Defaults, from_json, parse};
use super::terms::{Measure, Pay, ProgramKind, ProgramVersion, Rate, StackingMode, TierMode};
use super::testing::{d, span};
use crate::calendar::{FiscalCalendar, PeriodKind};
use crate::finding::Severity;

const FILE: &str = "programs/p/v1.md";

/// The least that is a program: nine lines, then further ones.
fn file(more: &str) -> String {
    format!(
        "+++\nid = \"p\"\nversion = 1\nname = \"P\"\nkind = \"spiff\"\ncurrency = \"USD\"\neffective = {{ from = \"2026-01-01\", to = \"2026-12-31\" }}\nmeasure = \"units\"\nperiod = \"month\"\n{more}\n+++\n## 1 Purpose\n1.1 Sell.\n"
    )
}

fn flat(more: &str) -> String {
    file(&format!("rate = {{ per_unit = \"40.00\" }}\n{more}"))
}

/// Line and message of every finding of a file that must fail.
fn errors(text: &str) -> Vec<String> {
    let findings = parse(FILE, text).expect_err("findings");
    findings.iter().map(|f| format!("{} {}", f.line.unwrap_or(0), f.message)).collect()
}

/// One finding, at a line, that says something.
fn one(text: &str, line: usize, says: &str) {
    let all = errors(text);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with(&format!("{line} ")) && all[0].contains(says), "{all:?}");
}

#[test]
fn the_page_of_the_format_is_read_key_by_key() {
    let text = r#"+++
id       = "spiff-product-x"
version  = 3
name     = "Product X SPIFF"
kind     = "spiff"
currency = "USD"
effective  = { from = "2026-01-01", to = "2026-12-31" }
stacking   = { group = "product-x", mode = "stack", priority = 1 }
applies_to = { skus = ["PX-100", "PX-200"], families = [] }
eligible   = { tiers = [], regions = ["EMEA"], partner_types = ["msp"], deal_registration = "required", new_customer_only = true }
measure    = "units"
period     = "month"
rate       = { tiers = [{ from = "0", per_unit = "2" }, { from = "50", per_unit = "3" }], mode = "retroactive" }
minimum     = "10"
target      = "100"
accelerator = { above_attainment = "100", multiplier = "1.5" }
growth      = { baseline = "same_period_last_year", above = "5" }
override    = { percent = "1" }
bundle      = { skus_all = ["PX-100", "SVC-10"] }
claim_within_days = 30
caps        = { per_partner = "5000.00", program_budget = "250000.00" }
+++

## 1 Purpose
**1.1** More of Product X.
"#;
    let (version, warnings) = parse("programs/spiff-product-x/v3.md", text).expect("a version");
    assert_eq!(warnings, []);
    let terms = &version.terms;
    assert_eq!((version.version, terms.kind), (3, ProgramKind::Spiff));
    assert_eq!(terms.effective, span("2026-01-01", "2026-12-31"));
    assert_eq!(terms.stacking.as_ref().map(|s| s.mode), Some(StackingMode::Stack));
    assert_eq!((terms.measure, terms.period), (Measure::Units, PeriodKind::Month));
    let Rate::Tiered { tiers, mode } = &terms.rate else { panic!("tiers") };
    assert_eq!((tiers[1].from, tiers[1].pay, *mode), (d("50"), Pay::PerUnit(d("3")), TierMode::Retroactive));
    assert_eq!((terms.minimum, terms.target), (Some(d("10")), Some(d("100"))));
    assert_eq!(terms.accelerator.map(|a| a.multiplier), Some(d("1.5")));
    assert_eq!(terms.growth.map(|g| g.above), Some(d("5")));
    assert_eq!(terms.override_percent, Some(d("1")));
    assert_eq!(terms.bundle, ["PX-100", "SVC-10"]);
    assert_eq!(terms.claim_within_days, Some(30));
    assert_eq!(terms.caps.program_budget, Some(d("250000")));
    assert!(terms.eligible.deal_registration_required && terms.eligible.new_customer_only);
    assert_eq!(version.clauses[0].number, "1.1");
    assert_eq!(version.clauses[0].line, 25);
    assert_eq!(version.digest.len(), 64);
}

#[test]
fn other_fences_marks_and_line_ends_are_fine() {
    let text = format!("\u{feff}{}", flat("").replace("+++", "---").replace('\n', "\r\n"));
    let (version, _) = parse(FILE, &text).expect("a version");
    assert_eq!(version.clauses[0].text, "Sell.");
    let (tables, _) =
        parse(FILE, &file("[rate]\nper_unit = \"40\"\n[caps]\nper_partner = \"5\"")).expect("tables");
    assert_eq!(tables.terms.caps.per_partner, Some(d("5")));
}

#[test]
fn a_file_without_front_matter_says_so() {
    one("", 1, "no front matter");
    one("\n# Title\n", 2, "no front matter");
    one("+++\nid = \"p\"\n", 1, "not closed");
    let found = errors("+++\nid = = 3\n+++\n");
    assert!(found[1..].iter().all(|f| f.starts_with("2 not TOML")) && found.len() > 1, "{found:?}");
}

#[test]
fn unknown_keys_get_the_nearest_known_one() {
    one(&flat("minimun = \"10\""), 11, "did you mean `minimum`?");
    one(&flat("caps = { per_partners = \"10\" }"), 11, "did you mean `per_partner`?");
    one(&flat("zzz = 1"), 11, "expected one of");
}

#[test]
fn all_findings_come_at_once() {
    let found = errors("+++\nid = \"P!\"\nversion = \"3\"\nkind = \"spif\"\nrate = { per_unit = 40 }\n+++\n");
    let says = |text: &str| assert!(found.iter().any(|f| f.contains(text)), "{text} in {found:?}");
    for key in ["name", "currency", "effective", "measure", "period"] {
        says(&format!("missing key `{key}`"));
    }
    says("2 an id is at most");
    says("3 expected a whole number");
    says("4 expected one of: spiff");
    says("5 write decimals as text in quotes: \"40\"");
}

#[test]
fn rates_out_of_bounds_are_found() {
    let rate = |rate: &str| file(&format!("rate = {{ {rate} }}"));
    one(&rate("per_unit = \"-5\""), 10, "must lie between 0");
    one(&rate("percent = \"5000\""), 10, "must lie between 0 and 100");
    one(&rate("percent = \"1e300\""), 10, "not a decimal");
    one(&rate("percent = \"NaN\""), 10, "not a decimal");
    one(&rate("percent = 2.5"), 10, "in quotes: \"2.5\"");
    one(&rate("percent = \"1,5\""), 10, "not a decimal");
    one(&rate(&format!("per_unit = \"{}\"", "9".repeat(60))), 10, "not a decimal");
    one(&rate("percent = \"0.00000000001\""), 10, "more than 10 digits");
    one(&rate("percent = \"1\", per_unit = \"1\""), 10, "exactly one of");
    one(&rate("percent = \"1\", mode = \"marginal\""), 10, "only goes with `tiers`");
}

#[test]
fn tiers_must_ascend_and_agree() {
    let tiers = |tiers: &str| file(&format!("rate = {{ mode = \"marginal\", tiers = [\n{tiers}\n] }}"));
    let (a, b) = ("{ from = \"0\", percent = \"2\" }", "{ from = \"5\", percent = \"3\" }");
    assert!(parse(FILE, &tiers(&format!("{a},\n{b}"))).is_ok());
    one(&tiers(&format!("{b},\n{a}")), 12, "must ascend");
    one(&tiers(&format!("{b},\n{b}")), 12, "two tiers begin at 5");
    one(&tiers(&format!("{a},\n{{ from = \"5\", per_unit = \"3\" }}")), 12, "must all be `per_unit`");
    one(&tiers(""), 10, "1 to 100 tiers");
    one(&file(&format!("rate = {{ tiers = [{a}] }}")), 10, "missing key `rate.mode`");
}

#[test]
fn keys_that_do_not_go_together_are_found() {
    one(&flat("caps = { per_transaction = \"5\" }"), 11, "only goes with period");
    let best = "stacking = { group = \"g\", mode = \"best_of\", priority = 1 }";
    one(&flat(best), 11, "`best_of` only goes with");
    assert!(parse(FILE, &flat(best).replace("\"month\"", "\"transaction\"")).is_ok());
    one(&flat("stacking = { group = \"g\", mode = \"exclusive\" }"), 11, "missing key `stacking.priority`");
}

#[test]
fn bad_days_are_found() {
    one(&flat("").replace("2026-12-31", "2025-12-31"), 7, "`from` 2026-01-01 is after `to`");
    one(&flat("").replace("2026-12-31", "2026-02-30"), 7, "not a day of the calendar");
    one(&flat("").replace("2026-12-31", "2026-2-3"), 7, "not a day of the calendar");
}

#[test]
fn the_name_of_the_file_must_agree() {
    let found = parse("programs/q/v2.md", &flat("")).expect_err("findings");
    let columns: Vec<_> = found.iter().filter_map(|f| f.column.as_deref()).collect();
    assert_eq!(columns, ["id", "version"]);
}

#[test]
fn an_accelerator_without_a_target_is_a_warning() {
    let text = flat("accelerator = { above_attainment = \"100\", multiplier = \"2\" }");
    let (_, warnings) = parse(FILE, &text).expect("a version");
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].severity, warnings[0].line), (Severity::Warning, Some(11)));
}

#[test]
fn a_launch_lever_has_the_same_checks_and_some_defaults() {
    let defaults = Defaults {
        id: Some("spiff-new".into()),
        version: Some(1),
        currency: Some("EUR".into()),
        effective: Some(span("2026-07-01", "2026-09-30")),
    };
    let terms = serde_json::json!({
        "kind": "spiff", "measure": "units", "period": "month", "rate": {"per_unit": "30"}, "target": null
    });
    let (version, _) = from_json("terms", &terms, &defaults).expect("a version");
    assert_eq!((version.program.as_str(), version.terms.currency.as_str()), ("spiff-new", "EUR"));
    let wrong = serde_json::json!({"kind": "spiff", "measure": "units", "period": "day", "rates": 3});
    let found = from_json("terms", &wrong, &defaults).expect_err("findings");
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(from_json("terms", &serde_json::json!(7), &Defaults::default()).is_err());
}

fn version(number: u32, from: &str, to: &str, more: &str) -> ProgramVersion {
    let text = flat(more).replace("version = 1", &format!("version = {number}"));
    let text = text.replace("2026-01-01", from).replace("2026-12-31", to);
    parse(&format!("programs/p/v{number}.md"), &text).expect("a version").0
}

fn assembled(versions: Vec<ProgramVersion>) -> Vec<String> {
    let said = assemble(versions, FiscalCalendar::default());
    said.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn versions_are_checked_against_each_other() {
    let first = || version(1, "2026-01-01", "2026-06-30", "");
    let programs =
        assemble(vec![version(2, "2026-08-01", "2026-12-31", ""), first()], FiscalCalendar::default());
    assert_eq!(programs.expect("a program")[0].versions[0].version, 1);
    let overlap = assembled(vec![first(), version(2, "2026-06-30", "2026-12-31", "")]);
    assert!(overlap[0].contains("dates overlap those of version 1"), "{overlap:?}");
    let twice = assembled(vec![first(), version(1, "2026-08-01", "2026-12-31", "")]);
    assert!(twice[0].contains("version 1 is also in"), "{twice:?}");
    let mut other = version(2, "2026-07-15", "2026-12-31", "");
    other.terms.period = PeriodKind::Year;
    let shared = assembled(vec![first(), other.clone()]);
    assert!(shared[0].contains("shares the fiscal period 2026-01-01 to 2026-12-31"), "{shared:?}");
    other.terms.period = PeriodKind::Quarter;
    assert_eq!(assembled(vec![first(), other.clone()]), [] as [String; 0]);
    other.terms.currency = "EUR".into();
    assert!(assembled(vec![first(), other])[0].contains("one currency for everything"));
}

#[test]
fn best_of_needs_comparable_programs_in_its_group() {
    let mut best = version(1, "2026-01-01", "2026-12-31", "");
    best.terms.period = PeriodKind::Transaction;
    best.terms.stacking = super::testing::stacked("g", StackingMode::BestOf, 1);
    let mut other = version(1, "2026-06-01", "2026-12-31", "");
    other.program = "q".into();
    other.terms.stacking = super::testing::stacked("g", StackingMode::Stack, 1);
    assert!(assembled(vec![best.clone(), other.clone()])[0].contains("keeps the best of its programs"));
    other.terms.effective = span("2027-01-01", "2027-12-31");
    assert_eq!(assembled(vec![best, other]), [] as [String; 0]);
}
