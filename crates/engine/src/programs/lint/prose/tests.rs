//! Planted contradictions of every kind, each with its line, and the text that is
//! left alone.

use super::super::finding::{LintCode, LintFinding};
use super::super::testing::Files;

/// Terms of every kind on lines 2 to 18; clauses as given, from line 22.
fn files(clauses: &str) -> Files {
    let more = "target = \"100\"\naccelerator = { above_attainment = \"110\", multiplier = \"1.5\" }\nminimum = \"20\"\noverride = { percent = \"1.5\" }\nclaim_within_days = 30\neligible = { tiers = [\"Gold\", \"Silver\"], regions = [\"EMEA\"], partner_types = [\"reseller\"] }\napplies_to = { skus = [\"X1\", \"X2\"] }\ncaps = { per_partner = \"5000.00\", program_budget = \"250000.00\" }";
    let mut files = Files::one(more)
        .with("per_unit = \"10.00\"", "tiers = [{ from = \"0\", per_unit = \"40.00\" }, { from = \"60\", per_unit = \"44.00\" }], mode = \"marginal\"")
        .with("## 1 Purpose\n\n1.1 Sell more.\n", &format!("\n{clauses}\n"));
    // Version 2 stays what it is, for sentences about the past and the future.
    files.version("p", 2, ("2027-01-01", "2027-12-31"), "");
    files.change("p", 2, "10.00", "35.00");
    // A program that texts may name.
    files.version("other", 1, ("2026-01-01", "2026-12-31"), "");
    files
}

fn found(clauses: &str) -> Vec<LintFinding> {
    let mut all = files(clauses).lint();
    all.retain(|f| f.code == LintCode::ClauseContradictsTerms);
    all
}

/// One contradiction, on a line counted from the first of the clauses.
fn wrong(clauses: &str, line: usize, says: &str) {
    let all = found(clauses);
    assert_eq!(all.len(), 1, "{clauses}\n{all:#?}");
    assert_eq!((all[0].file.as_str(), all[0].line), ("programs/p/v1.md", Some(21 + line)), "{all:#?}");
    assert!(all[0].message.contains(says), "{:?} lacks {says:?}", all[0].message);
}

fn right(clauses: &str) {
    let all = found(clauses);
    assert_eq!(all, [], "{clauses}\n{all:#?}");
}

/// A sentence under a heading, with a figure that is right and one that is not.
fn both(heading: &str, sentence: &str, good: &str, bad: &str, says: &str) {
    right(&format!("## 1 {heading}\n**1.1** {}", sentence.replace("{}", good)));
    wrong(&format!("## 1 {heading}\n**1.1** {}", sentence.replace("{}", bad)), 2, says);
}

#[test]
fn rates_and_thresholds() {
    both(
        "Calculation",
        "The incentive is {} per unit.",
        "$40.00",
        "$45",
        "says \"$45\", the terms have rate.tiers[0].per_unit 40.00",
    );
    both("Calculation", "Every unit earns {} from 60 units.", "44 dollars", "45 dollars", "45 dollars");
    both(
        "Calculation",
        "We pay $40 per unit, and $44 per unit from {}.",
        "60 units",
        "65 units",
        "says \"65 units\", the terms have",
    );
    both("Purpose", "A seller gets {} for every unit.", "USD 40", "USD 41", "USD 41");
    both(
        "Calculation",
        "We pay {} per unit from 60 units.",
        "$44",
        "$40",
        "the terms pay $44.00 a unit from there",
    );
    both("Calculation", "We pay {} per unit.", "$40", "€40", "the terms pay in USD");
    both("Calculation", "It rises: $40 per unit{}.", " at first", " and 3% of net revenue", "no such figure");
}

#[test]
fn minimums_targets_and_accelerators() {
    both("Calculation", "Nothing is earned below {}.", "20 units", "25 units", "minimum 20");
    // The figure of another subject is wrong where the subject is clear.
    both("Calculation", "The partner must sell at least {}.", "twenty units", "60 units", "minimum 20");
    both("Target", "The target is {} a month.", "100 units", "120 units", "target 100");
    both(
        "Calculation",
        "What lies above {} of the target is multiplied by 1.5.",
        "110%",
        "100%",
        "accelerator.above_attainment 110%",
    );
    both(
        "Calculation",
        "What lies above 110% of the target is multiplied by {}.",
        "1.5",
        "2",
        "accelerator.multiplier 1.5",
    );
    both(
        "Calculation",
        "Above 110% of the target pay is {}.",
        "1.5x",
        "doubled",
        "accelerator.multiplier 1.5",
    );
    both(
        "Calculation",
        "The parent receives an override of {} of that revenue.",
        "1.5 percent",
        "2 percent",
        "override.percent 1.5%",
    );
}

#[test]
fn caps_and_budgets() {
    both(
        "Caps",
        "A partner can earn at most {} in a month.",
        "$5,000.00",
        "$6,000.00",
        "caps.per_partner 5000.00",
    );
    both(
        "Caps",
        "A partner can earn at most {} in a month.",
        "$5k",
        "$250,000.00",
        "caps.per_partner 5000.00",
    );
    both(
        "Caps",
        "The budget is {} over its life.",
        "$0.25 million",
        "$5,000.00",
        "caps.program_budget 250000.00",
    );
    both("Purpose", "Earnings are capped at {} a month.", "$5,000", "$4,000", "$4,000");
    wrong("## 4 Caps\n**4.1** No transaction pays more than $250.00.", 2, "no such figure");
}

#[test]
fn days_and_dates() {
    both(
        "Claims",
        "A sale must be reported within {} of its date.",
        "thirty days",
        "45 days",
        "claim_within_days 30 days",
    );
    both("Claims", "Reports come with a {} deadline.", "30-day", "60-day", "claim_within_days 30 days");
    both(
        "Purpose",
        "In force from {} to 31 December 2026.",
        "1 January 2026",
        "1 February 2026",
        "effective.from 2026-01-01",
    );
    both(
        "Purpose",
        "In force from 2026-01-01 to {}.",
        "December 31, 2026",
        "December 31, 2027",
        "effective.to 2026-12-31",
    );
}

#[test]
fn names() {
    both(
        "Eligibility",
        "Partners at tier {} may take part.",
        "Gold or Silver",
        "Gold, Silver or Platinum",
        "names the tier Platinum",
    );
    both("Eligibility", "Eligible are {} partners.", "Gold and Silver", "Gold", "every tier but Silver");
    both("Eligibility", "It is limited to partners in {}.", "EMEA", "EMEA and AMER", "names the region AMER");
    both(
        "Eligibility",
        "It is limited to {}.",
        "resellers",
        "resellers and distributors",
        "names the partner type distributor",
    );
    both("Eligibility", "Sales of {} qualify.", "X1 and X2", "X1, X2 and S1", "names the SKU S1");
    both("Eligibility", "Sales of {} qualify.", "X1 and X2", "X1", "every SKU but X2");
}

#[test]
fn what_terms_leave_open_may_not_be_narrowed() {
    let mut files = Files::one("").with(
        "## 1 Purpose\n\n1.1 Sell more.",
        "## 2 Eligibility\n\n2.1 Partners at tier Gold may take part.",
    );
    let of = |files: &Files| {
        files.lint().into_iter().filter(|f| f.code == LintCode::ClauseContradictsTerms).collect::<Vec<_>>()
    };
    assert!(of(&files)[0].message.contains("names Gold, but eligible.tiers is empty"));
    files.change("p", 1, "tier Gold may", "tier Gold, Silver or Platinum may");
    assert_eq!(of(&files), []);
}

#[test]
fn the_line_is_that_of_the_figure() {
    wrong(
        "## 1 Calculation\n\n### 1.1 Rate\n\nWe pay $40 per unit\nand, from 60 units,\n$45 per unit.",
        7,
        "$45",
    );
    wrong("## 1 Calculation\n\n| from | pays |\n|---|---|\n| 60 units | $45.00 |", 5, "$45.00");
}

#[test]
fn what_is_not_about_the_terms_is_left_alone() {
    // Worked examples may hold derived figures, but not another rate.
    right(
        "## 3 Calculation\n3.1 We pay $40 per unit. For example, 70 units earn $2,840.00. That is 4% of $71,000.",
    );
    right("## 3 Calculation\n3.1 70 units: 60 × $40 + 10 × $44 = $2,840.00.");
    right("## 9 Example\n9.1 A partner sells 70 units and receives $2,840.00.");
    wrong("## 3 Calculation\n3.1 For example, 70 units earn $3,150.00 at $45 per unit.", 2, "$45");
    // The past, and other programs.
    right("## 3 Calculation\n3.1 Version 2 will pay $35.00 per unit instead of $40.00.");
    wrong("## 3 Calculation\n3.1 Version 2 will pay $36.00 per unit.", 2, "$36.00");
    right("## 3 Calculation\n3.1 The Program other pays $10.00 per unit beside it.");
    wrong("## 3 Calculation\n3.1 Another program pays $10.00 per unit beside it.", 2, "$10.00");
    // Purposes, payment, returns, offers.
    right("## 1 Purpose\n1.1 We grew by 40% and gave $3 million to partners. 98% like it.");
    right("## 8 Payment\n8.1 Amounts below $25.00 wait. Invoices are paid within 14 days.");
    right("## 6 Claims\n6.1 Objections are possible within 90 days. Claims are paid within 45 days.");
    right("## 7 Returns\n7.1 A fee of 20% may be kept. Returns after 60 days are refused.");
    right("## 5 Exclusions\n5.1 Orders signed on 15 March 2025 and deals above $100,000 are apart.");
    right(
        "## 3 Calculation\n3.1 The first unit counts, and 100% of the pay reaches the seller. Half a cent is rounded up, two decimals.",
    );
    right(
        "## 2 Eligibility\n2.1 Partners below tier Platinum are not admitted. Gold or higher earns more points.",
    );
}
