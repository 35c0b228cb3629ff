//! The worked examples of `tests/golden/payouts`, computed by hand from PAYOUTS.md,
//! against the engine. The format of the pages is in the README beside them. No
//! expected figure is in here.

mod catalogue;
mod cells;
mod check;
mod company;
mod features;
mod owed;
mod page;
mod terms;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use check::Checked;
use page::Page;

/// The fewest examples that are enough (two pages lost would show).
const ENOUGH: usize = 60;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/payouts")
}

/// Every page but the README, by file name.
fn pages() -> Vec<(String, String)> {
    let files =
        std::fs::read_dir(folder()).expect("the folder of the examples").map(|f| f.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|f| f.extension().is_some_and(|e| e == "md")).collect();
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&file).expect("a readable page"))
    };
    files.into_iter().map(read).filter(|(name, _)| name != "README.md").collect()
}

/// Everything that does not hold on a page, and what its examples exercise.
fn check_page(file: &str, text: &str) -> (Page, Checked) {
    let mut all = Checked::default();
    let page = page::read(text).unwrap_or_else(|wrong| {
        all.wrong.extend(wrong.into_iter().map(|why| format!("{file}: {why}")));
        Page::default()
    });
    for example in &page.examples {
        let Checked { wrong, features } = check::check(&page, example);
        all.wrong.extend(wrong.into_iter().map(|why| format!("{file} > {}: {why}", example.name)));
        all.features.extend(features);
    }
    (page, all)
}

#[test]
fn every_worked_example_holds() {
    let mut wrong = Vec::new();
    for (file, text) in pages() {
        wrong.extend(check_page(&file, &text).1.wrong);
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_examples_show_every_step_and_every_structure() {
    let (mut count, mut shown, mut exercised) = (0, BTreeSet::new(), BTreeSet::new());
    for (file, text) in pages() {
        let (page, checked) = check_page(&file, &text);
        let names: BTreeSet<&str> = page.examples.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names.len(), page.examples.len(), "two examples of {file} have the same heading");
        count += page.examples.len();
        shown.extend(page.examples.into_iter().flat_map(|e| e.shows));
        exercised.extend(checked.features);
    }
    assert!(count >= ENOUGH, "only {count} examples");
    let steps = (1..=10).map(|step| format!("step {step}"));
    let missing: Vec<String> = steps.filter(|step| !shown.contains(step)).collect();
    assert!(missing.is_empty(), "no example shows {missing:?}");
    let missing: Vec<&&str> = features::REQUIRED.iter().filter(|f| !exercised.contains(**f)).collect();
    assert!(missing.is_empty(), "no example exercises {missing:?}");
}

/// The fewest examples that the fast evaluator must be exact about.
const ENOUGH_IN_CELLS: usize = 70;

#[test]
fn the_fast_evaluator_agrees_where_it_says_it_is_exact() {
    let (mut exact, mut wrong) = (0, Vec::new());
    for (file, text) in pages() {
        let page = page::read(&text).expect("a readable page");
        for example in &page.examples {
            let Some(found) = cells::differences(&page, example) else { continue };
            exact += 1;
            wrong.extend(found.into_iter().map(|why| format!("{file} > {}: {why}", example.name)));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(exact >= ENOUGH_IN_CELLS, "only {exact} examples");
}

const PAGE: &str = r#"
```toml
id = "spiff"
version = 1
name = "SPIFF"
kind = "spiff"
currency = "USD"
effective = { from = "2026-01-01", to = "2026-12-31" }
measure = "units"
period = "month"
rate = { per_unit = "40.00" }
```

## Two sales

Shows: step 5.

Sales:

| sold on | units |
|---|---|
| 2026-07-10 | 20 |
| 2027-01-10 | 20 |

Owed:

| partner | base | amount |
|---|---|---|
| acme | 800.00 | 800.00 |

Not counted:

| transaction | reason |
|---|---|
| T2 | outside_effective_dates |
"#;

/// The page with one thing changed must fail with these words.
fn fails(from: &str, to: &str) -> String {
    assert!(PAGE.contains(from), "{from}");
    check_page("page.md", &PAGE.replacen(from, to, 1)).1.wrong.join("\n")
}

#[test]
fn a_page_that_is_right_holds() {
    assert_eq!(check_page("page.md", PAGE).1.wrong, Vec::<String>::new());
}

#[test]
fn every_difference_is_named_with_its_place() {
    let both = fails("| acme | 800.00 | 800.00 |", "| acme | 810.00 | 820.00 |");
    assert_eq!(
        both,
        "page.md > Two sales: Owed, line 29, base: expected 810.00, got 800\n\
         page.md > Two sales: Owed, line 29, amount: expected 820.00, got 800"
    );
    let other = fails("| acme | 800", "| birch | 800");
    assert!(other.contains("line 29: nothing is owed for `birch`"), "{other}");
    assert!(other.contains("owed but not in the table: spiff v1 acme own 2026-07-01"), "{other}");
    assert!(fails("outside_effective_dates", "reported_late").contains("Not counted: expected, but not so"));
    assert!(fails("| T2 | outside_effective_dates |\n", "").contains("not in the table: spiff T2/1"));
}

#[test]
fn what_nobody_would_read_is_an_error() {
    assert!(fails("Owed:", "Owing:").contains("captioned `Owing`"));
    assert!(fails("| partner | base |", "| partner | bass |").contains("no column `bass`"));
    assert!(fails("| base | amount |", "| base | uplift |").contains("no column `amount`"));
    assert!(fails("Shows: step 5.", "").contains("`Shows:`"));
    assert!(fails("id = \"spiff\"", "idd = \"spiff\"").contains("unknown key `idd`"));
    assert!(fails("| 2026-07-10 | 20 |", "| 2026-07-10 |").contains("1 cells, but 2 columns"));
    assert!(fails("2026-07-10", "10 July").contains("Sales, line 22: `10 July` is not a day"));
}
