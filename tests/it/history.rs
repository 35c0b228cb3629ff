//! Files in, company out: what is accepted, what is refused and how it is said, and
//! that the data that serves survives whatever is thrown at an import.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use spiffcast::history::{self, HistoryError, Place};
use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::finding::{Severity, SourceFinding};
use tempfile::TempDir;

const PROGRAM: &str = r#"+++
id = "spiff-x"
version = 1
name = "X SPIFF"
kind = "spiff"
currency = "USD"
effective = { from = "2026-01-01", to = "2026-12-31" }
applies_to = { skus = ["PX-100"] }
measure = "units"
period = "month"
rate = { per_unit = "40.00" }
+++

# X SPIFF

## 1 Purpose

1.1 Sellers of X earn a SPIFF.

## 2 Calculation

2.1 40 USD a unit.
"#;

/// A small company as files, to be bent by a test.
pub(crate) struct World {
    dir: TempDir,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self { dir: TempDir::new().expect("a folder"), files: BTreeMap::new() };
        world.set(
            "partners.csv",
            "partner_id,name,partner_type,tier,region,parent_partner_id,status\n\
             P-2,Beta,reseller,Silver,EMEA,P-1,active\n\
             P-1,Alpha,distributor,Gold,AMER,,\n",
        );
        world.set(
            "products.csv",
            "sku,name,family,list_price,unit_cost,currency,launched_on\n\
             PX-100,Product X,Widgets,500.00,300.00,USD,2024-01-01\n\
             SVC-10,Service,Services,100,20,USD,\n",
        );
        world.set(
            "transactions.csv",
            "transaction_id,line_no,sold_on,reported_on,partner_id,sku,units,net_revenue,currency,kind,original_transaction_id\n\
             T-2,1,2026-02-10,2026-02-12,P-2,PX-100,3,1400.50,USD,sale,\n\
             T-1,1,2026-02-10,,P-1,SVC-10,1,90,USD,,\n\
             T-1,2,2026-02-10,,P-1,PX-100,2,950,USD,,\n\
             R-1,1,2026-03-05,2026-03-29,P-2,PX-100,-1,-450,USD,return,T-2\n",
        );
        world.set("programs/spiff-x/v1.md", PROGRAM);
        world
    }

    fn set(&mut self, name: &str, content: &str) {
        self.files.insert(name.to_owned(), content.as_bytes().to_vec());
    }

    fn replace(&mut self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.files[name].clone()).expect("text");
        assert!(text.contains(from), "{name} has no {from:?}");
        self.set(name, &text.replace(from, to));
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn place(&self) -> Place {
        Place::Folder(self.data())
    }

    pub(crate) fn import(&self) -> Result<history::ImportReport, HistoryError> {
        let source = self.dir.path().join("source");
        let _ = fs::remove_dir_all(&source);
        for (name, bytes) in &self.files {
            let path = source.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, bytes).expect("written");
        }
        history::import(&source, &self.data(), FiscalCalendar::default(), "ana", &|_| ())
    }

    fn load(&self) -> history::DataSet {
        history::load(&self.place(), FiscalCalendar::default()).expect("data that serves")
    }

    fn rejection(&self) -> (Vec<SourceFinding>, usize) {
        match self.import() {
            Err(HistoryError::Rejected { findings, errors }) => (findings, errors),
            other => panic!("expected a rejection, got {other:?}"),
        }
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn a_good_import_serves_and_reads_back_as_it_was() {
    let world = World::new();
    let report = world.import().expect("imported");
    let set = world.load();
    assert_eq!(report.digests, set.digests);
    assert_eq!(report.warnings, Vec::new());
    assert_eq!((report.partners, report.products, report.programs, report.lines), (2, 2, 1, 4));
    let company = &set.company;
    assert_eq!(company.catalog.currency, "USD");
    let beta = &company.catalog.partners[company.catalog.partner("P-2").expect("P-2")];
    assert_eq!(beta.parent, company.catalog.partner("P-1"));
    let order: Vec<_> = company.lines.iter().map(|l| (l.transaction_id.as_str(), l.line_no)).collect();
    assert_eq!(order, [("T-1", 1), ("T-1", 2), ("T-2", 1), ("R-1", 1)]);
    assert_eq!(company.lines[2].net_revenue.to_string(), "1400.50");
    assert_eq!(company.lines[2].reported_on, Some(day("2026-02-12")));
    // 29 March is within the last 3 days of March.
    assert_eq!(company.as_of, day("2026-03-31"));
    assert_eq!(company.program("spiff-x").expect("the program").versions.len(), 1);
}

#[test]
fn the_panel_sums_sales_and_returns_by_month() {
    let world = World::new();
    world.import().expect("imported");
    let set = world.load();
    let panel = &set.panel;
    let catalog = &set.company.catalog;
    assert_eq!((panel.first_month.key(), panel.months), ("2026-02".to_owned(), 2));
    assert_eq!(panel.series.len(), 3);
    assert!(panel.series.is_sorted());
    let s = panel.series_of(catalog.partner("P-2").expect("P-2"), catalog.product("PX-100").expect("PX-100"));
    let s = s.expect("a series");
    assert_eq!(panel.units_of(s), [3.0, 0.0]);
    assert_eq!(panel.revenue[panel.at(s, 0)], 1400.5);
    assert_eq!(panel.returned_units[panel.at(s, 1)], 1.0);
}

#[test]
fn parquet_and_csv_of_the_same_rows_are_the_same_data() {
    let mut world = World::new();
    let from_csv = world.import().expect("imported");
    let stored = fs::read(world.data().join("sets").join(&from_csv.set).join("transactions.parquet"));
    world.files.remove("transactions.csv");
    world.files.insert("transactions.parquet".into(), stored.expect("a stored table"));
    let from_parquet = world.import().expect("imported");
    assert_eq!(from_csv.digests, from_parquet.digests);
    assert!(from_parquet.unchanged);
}

/// Every way to spoil a file, with what must be said about it. In each case the data
/// that served before serves on.
#[test]
fn bad_files_are_refused_with_their_place_and_nothing_changes() {
    let good = World::new();
    let served = good.import().expect("imported").digests;
    for (file, from, to, expected) in BAD {
        let mut world = World::new();
        world.import().expect("imported");
        world.replace(file, from, to);
        let (findings, errors) = world.rejection();
        let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(text.iter().any(|t| t.starts_with(expected)), "expected {expected:?}, found {text:#?}");
        assert!(errors > 0);
        assert_eq!(world.load().digests, served, "{expected}");
    }
}

const BAD: &[(&str, &str, &str, &str)] = &[
    ("partners.csv", ",tier,", ",teir,", "error partners.csv: column tier is missing"),
    (
        "partners.csv",
        "P-2,Beta",
        "P-1,Beta",
        "error partners.csv:3 partner_id \"P-1\": the same partner_id as line 2",
    ),
    ("partners.csv", "EMEA,P-1", "EMEA,P-9", "error partners.csv:2 parent_partner_id \"P-9\": no such"),
    (
        "partners.csv",
        "AMER,,",
        "AMER,P-2,",
        "error partners.csv:2 parent_partner_id \"P-1\": the parents form a circle",
    ),
    (
        "partners.csv",
        "reseller",
        "shop",
        "error partners.csv:2 partner_type \"shop\": expected one of reseller, distributor",
    ),
    ("partners.csv", "Beta", "", "error partners.csv:2 name \"\": missing"),
    (
        "products.csv",
        "500.00",
        "-500.00",
        "error products.csv:2 list_price \"-500.00\": expected a number above 0",
    ),
    ("products.csv", "500.00", "1e300", "error products.csv:2 list_price \"1e300\": not a number"),
    (
        "products.csv",
        "20,USD",
        "20,EUR",
        "error products.csv:3 currency \"EUR\": a second currency beside USD",
    ),
    ("transactions.csv", "90,USD", "90,EUR", "error transactions.csv:3 currency \"EUR\": a second currency"),
    (
        "transactions.csv",
        "2026-02-10,2026-02-12",
        "2026-02-30,",
        "error transactions.csv:2 sold_on \"2026-02-30\": not a day",
    ),
    (
        "transactions.csv",
        "T-1,2",
        "T-1,1",
        "error transactions.csv:4 transaction_id \"T-1\": line_no 1 of this transaction_id is already on line 3",
    ),
    (
        "transactions.csv",
        "P-1,SVC-10",
        "P-7,SVC-10",
        "error transactions.csv:3 partner_id \"P-7\": no such partner_id in partners",
    ),
    (
        "transactions.csv",
        "P-1,SVC-10",
        "P-1,SVC-11",
        "error transactions.csv:3 sku \"SVC-11\": no such sku in products",
    ),
    (
        "transactions.csv",
        "SVC-10,1,",
        "SVC-10,-1,",
        "error transactions.csv:3 units \"-1\": below 0 on a sale",
    ),
    (
        "transactions.csv",
        "USD,return,T-2",
        "USD,return,T-9",
        "error transactions.csv:5 original_transaction_id \"T-9\": no sale with",
    ),
    (
        "transactions.csv",
        "USD,return,T-2",
        "USD,return,",
        "error transactions.csv:5 original_transaction_id \"\": missing; a return names",
    ),
    (
        "transactions.csv",
        "PX-100,-1,",
        "PX-100,-4,",
        "error transactions.csv:5 units \"-4\": returns more than was sold: 4 of 3",
    ),
    (
        "transactions.csv",
        "-450",
        "-1500",
        "error transactions.csv:5 net_revenue \"-1500\": returns more revenue",
    ),
    (
        "transactions.csv",
        "3,1400.50,USD",
        "3,1400.50",
        "error transactions.csv:2: 10 fields, but the header has 11",
    ),
    ("transactions.csv", "P-2,PX-100,3", "P-2,\"PX-100,3", "error transactions.csv:2: a quote opens here"),
    (
        "transactions.csv",
        "USD,sale",
        "USD,gift",
        "error transactions.csv:2 kind \"gift\": expected one of sale, return",
    ),
    (
        "programs/spiff-x/v1.md",
        "PX-100",
        "PX-999",
        "error programs/spiff-x/v1.md applies_to.skus \"PX-999\": no such sku",
    ),
    (
        "programs/spiff-x/v1.md",
        "\"USD\"",
        "\"EUR\"",
        "error programs/spiff-x/v1.md currency \"EUR\": the data is in USD",
    ),
    ("programs/spiff-x/v1.md", "version = 1", "version = 2", "error programs/spiff-x/v1.md"),
];

#[test]
fn tables_without_rows_are_refused_where_rows_are_needed() {
    for (file, keep) in [("partners.csv", 1), ("products.csv", 1), ("transactions.csv", 1)] {
        let mut world = World::new();
        let text = String::from_utf8(world.files[file].clone()).expect("text");
        let header: String = text.lines().take(keep).map(|l| format!("{l}\n")).collect();
        world.set(file, &header);
        let (findings, _) = world.rejection();
        let expected = format!("error {file}: no rows");
        assert!(findings.iter().any(|f| f.to_string().starts_with(&expected)), "{findings:?}");
        world.set(file, "");
        let (findings, _) = world.rejection();
        assert!(findings.iter().any(|f| f.file == file && f.message.contains("no header")), "{findings:?}");
    }
    let mut world = World::new();
    world.set("targets.csv", "program_id,partner_id,period_start,target\n");
    world.import().expect("an optional table may be empty");
    world.files.remove("products.csv");
    let (findings, _) = world.rejection();
    assert!(findings.iter().any(|f| f.message.contains("the table is missing")), "{findings:?}");
}

#[test]
fn byte_order_marks_line_ends_and_quoted_newlines_change_nothing() {
    let plain = World::new();
    let expected = plain.import().expect("imported").digests;
    let mut world = World::new();
    for file in ["partners.csv", "products.csv", "transactions.csv"] {
        let text = String::from_utf8(world.files[file].clone()).expect("text");
        world.set(file, &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    assert_eq!(world.import().expect("imported").digests, expected);
    // A quoted newline moves the lines below it, and findings follow.
    world.replace("partners.csv", "Beta", "\"Be\r\nta\"");
    world.replace("partners.csv", "distributor", "shop");
    let (findings, _) = world.rejection();
    assert_eq!((findings[0].line, findings[0].value.as_deref()), (Some(4), Some("shop")));
}

#[test]
fn all_problems_are_counted_and_the_first_hundred_shown() {
    let mut world = World::new();
    let mut text = String::from("sku,name,family,list_price,unit_cost,currency\n");
    for row in 0..1_000 {
        text.push_str(&format!("S-{row},N,F,x,-1,USD\n"));
    }
    world.set("products.csv", &text);
    world.files.remove("transactions.csv");
    let (findings, errors) = world.rejection();
    let shown: Vec<_> = findings.iter().filter(|f| f.file == "products.csv").collect();
    assert_eq!(errors, 2_001);
    assert_eq!(shown.len(), 101);
    assert_eq!(shown[99].line, Some(51));
    assert_eq!(shown[100].severity, Severity::Info);
    assert!(shown[100].message.contains("1900 more"), "{}", shown[100].message);
}

#[test]
fn a_damaged_parquet_file_is_refused() {
    let mut world = World::new();
    let report = world.import().expect("imported");
    let stored = world.data().join("sets").join(&report.set).join("transactions.parquet");
    let bytes = fs::read(stored).expect("a stored table");
    world.files.remove("transactions.csv");
    for cut in [0, 3, 4, 40, bytes.len() / 2, bytes.len() - 9, bytes.len() - 1] {
        world.files.insert("transactions.parquet".into(), bytes[..cut].to_vec());
        let (findings, _) = world.rejection();
        assert!(
            findings
                .iter()
                .any(|f| f.file == "transactions.parquet" && f.message.contains("not a readable Parquet")),
            "{findings:?}"
        );
    }
    // Bytes turned over anywhere in the middle: refused or harmless, never a crash.
    for at in (4..bytes.len()).step_by(97) {
        let mut turned = bytes.clone();
        turned[at] ^= 0xFF;
        world.files.insert("transactions.parquet".into(), turned);
        let _ = world.import();
    }
}

#[test]
fn unknown_columns_and_files_are_left_out_with_a_warning() {
    let mut world = World::new();
    let expected = world.import().expect("imported").digests;
    world.replace("products.csv", ",launched_on", ",launched_on,Colour");
    world.replace("products.csv", "2024-01-01", "2024-01-01,red");
    world.replace("products.csv", "20,USD,", "20,USD,,");
    world.set("notes.txt", "x");
    let report = world.import().expect("imported");
    assert_eq!(report.digests.data, expected.data);
    let text: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    assert!(
        text.iter().any(|t| t == "warning products.csv: unknown column \"Colour\" is left out"),
        "{text:?}"
    );
    assert!(text.iter().any(|t| t.starts_with("warning notes.txt: not a table")), "{text:?}");
    assert_eq!(world.load().warnings, report.warnings);
}

#[test]
fn huge_fields_and_foreign_encodings_are_refused() {
    let mut world = World::new();
    world.replace("partners.csv", "Beta", &"x".repeat(5_000_000));
    let (findings, _) = world.rejection();
    assert!(findings[0].message.contains("at most 1000"), "{findings:?}");
    assert!(findings[0].to_string().len() < 300);
    let mut world = World::new();
    world.files.insert("partners.csv".into(), b"partner_id,name\nP-1,Caf\xe9\n".to_vec());
    let (findings, _) = world.rejection();
    assert!(findings[0].to_string().starts_with("error partners.csv:2: not UTF-8"), "{findings:?}");
}

#[test]
fn a_crash_before_the_pointer_moves_leaves_the_old_data() {
    let mut world = World::new();
    let first = world.import().expect("imported");
    let pointer = fs::read(world.data().join("current.json")).expect("the pointer");
    world.replace("partners.csv", "Beta", "Better");
    let second = world.import().expect("imported");
    // As if the process had died between writing the set and moving the pointer,
    // leaving a half-written pointer beside it.
    fs::write(world.data().join("current.json"), &pointer).expect("written");
    fs::write(world.data().join("current.new"), "{\"curr").expect("written");
    assert_eq!(world.load().digests, first.digests);
    // As if it had died while writing the set: an unfinished folder, no pointer to it.
    let unfinished = world.data().join("sets").join(format!(".new-{}", second.set));
    fs::rename(world.data().join("sets").join(&second.set), &unfinished).expect("renamed");
    fs::remove_file(unfinished.join("partners.parquet")).expect("removed");
    assert_eq!(world.load().digests, first.digests);
    // The next import clears up and serves.
    let third = world.import().expect("imported");
    assert_eq!(third.digests, second.digests);
    assert_eq!(world.load().digests, second.digests);
    assert!(!unfinished.exists());
}

#[test]
fn going_back_and_forth_between_two_sets() {
    let mut world = World::new();
    let first = world.import().expect("imported");
    assert!(matches!(history::back(&world.data(), "ana"), Err(HistoryError::NoPrevious(_))));
    world.replace("partners.csv", "Beta", "Better");
    let second = world.import().expect("imported");
    assert_eq!(second.previous.as_deref(), Some(first.set.as_str()));
    assert_eq!(history::back(&world.data(), "ana").expect("back"), first.set);
    assert_eq!(world.load().digests, first.digests);
    assert_eq!(history::back(&world.data(), "ana").expect("forward"), second.set);
    assert_eq!(world.load().digests, second.digests);
}

#[test]
fn stored_files_that_were_changed_are_noticed() {
    let world = World::new();
    let report = world.import().expect("imported");
    let file = world.data().join("sets").join(&report.set).join("programs/spiff-x/v1.md");
    fs::write(&file, PROGRAM.replace("40.00", "90.00")).expect("written");
    let error = history::load(&world.place(), FiscalCalendar::default()).expect_err("changed");
    assert!(matches!(&error, HistoryError::Damaged { path, .. } if *path == file), "{error}");
    // Importing the same files again repairs it.
    world.import().expect("imported");
    assert_eq!(world.load().digests, report.digests);
}

#[test]
fn the_demo_company_is_in_the_binary_and_is_what_its_manifest_says() {
    let calendar = FiscalCalendar::default();
    let set = history::load(&Place::Demo, calendar).expect("the demo company");
    assert_eq!(set.company.as_of, day("2026-06-30"));
    assert!(set.company.lines.len() > 50_000 && set.company.programs.len() >= 10);
    assert_eq!(set.panel.months, 42);
    // Written out again from the same files, the digests are the same.
    let out = TempDir::new().expect("a folder");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let mut files = Vec::new();
    gather(&demo, "", &mut files);
    history::write_demo(files, out.path()).expect("written");
    let manifest = |folder: &Path| fs::read(folder.join("manifest.json")).expect("a manifest");
    assert_eq!(manifest(out.path()), manifest(&demo));
    // Its sums, over all lines and in the panel, agree.
    let sold = set.company.lines.iter().filter(|l| l.kind == spiffcast_engine::sales::LineKind::Sale);
    let units: f64 = sold.map(|l| l.units.to_string().parse::<f64>().expect("a number")).sum();
    assert_eq!(units, set.panel.units.iter().sum::<f64>());
}

fn gather(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{name}/"), files);
        } else if name != "manifest.json" {
            files.push((name, fs::read(entry.path()).expect("readable")));
        }
    }
}

#[test]
fn an_empty_place_says_what_to_do() {
    let dir = TempDir::new().expect("a folder");
    let error =
        history::load(&Place::Folder(dir.path().into()), FiscalCalendar::default()).expect_err("no data");
    assert!(error.to_string().contains("spiffcast import"), "{error}");
    let missing = Path::new("/nowhere/at/all");
    let error = history::import(missing, dir.path(), FiscalCalendar::default(), "ana", &|_| ())
        .expect_err("no source");
    assert!(error.to_string().starts_with("/nowhere/at/all: not a folder"), "{error}");
}
