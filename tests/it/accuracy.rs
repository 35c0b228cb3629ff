//! How good forecasts were, whole: a company as it was known half a year ago is
//! imported and asked, the rest comes, and what was said is held against it.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Value, json};
use spiffcast::app::ledger;
use spiffcast::app::port::Copilot;
use spiffcast::config::Settings;
use spiffcast::history;
use spiffcast::state::State;
use spiffcast_demo::{Shape, generate};

const CUT: &str = "2025-12-31";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    command.current_dir(folder).args(arguments);
    for key in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "QDRANT_URL"] {
        command.env_remove(key);
    }
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_slice(&run(folder, arguments).stdout).expect("JSON and nothing else")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A small generated company, as it was known at the cut and as it is at the end of
/// June; `change` may change a program file of the whole.
fn companies(folder: &Path, change: impl Fn(&str, String) -> String) {
    let cut: NaiveDate = CUT.parse().expect("a day");
    for (name, bytes) in generate(11, &Shape { months: 42, ..Shape::small() }).files() {
        let whole = String::from_utf8(bytes).expect("UTF-8");
        write(&folder.join("early").join(&name), &known(&name, &whole, cut));
        write(&folder.join("whole").join(&name), &change(&name, whole));
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// The rows of a table that were known on a day.
fn known(name: &str, text: &str, day: NaiveDate) -> String {
    let dated: &[&str] = match name {
        "transactions.csv" => &["sold_on", "reported_on"],
        "deal_registrations.csv" => &["submitted_on"],
        "payouts.csv" => &["period_end"],
        _ => return text.to_owned(),
    };
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let columns: Vec<usize> =
        header.iter().enumerate().filter(|(_, h)| dated.contains(h)).map(|(i, _)| i).collect();
    let transaction = header.iter().position(|h| h == "transaction_id").unwrap_or(0);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&header).expect("written");
    for row in rows.records().map(|row| row.expect("a row")) {
        let late = |column: &usize| row[*column].parse::<NaiveDate>().is_ok_and(|on| on > day);
        // A payout for a sale that was not reported yet was not in the books either.
        let unheard = name == "payouts.csv" && !row[transaction].is_empty();
        if !unheard && !columns.iter().any(late) {
            out.write_record(&row).expect("written");
        }
    }
    String::from_utf8(out.into_inner().expect("written")).expect("UTF-8")
}

fn scenario(operation: &str, parameter: &str, value: Value) -> Value {
    json!({
        "intent": "forecast",
        "period": {"start": "2026-01-01", "end": "2026-03-31", "label": "Q1 2026"},
        "options": [{"label": format!("SPIFF {operation}"), "levers": [{
            "program": "spiff-product-x", "parameter": parameter, "operation": operation, "value": value}]}],
    })
}

async fn state(folder: &Path) -> State {
    let settings = Settings::load(Some(folder.join("data")), |_| None).expect("settings");
    State::open(settings).await.expect("the data")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_held_against_what_came() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let raised = |name: &str, file: String| match name {
        "programs/spiff-product-x/v3.md" => {
            assert!(file.contains("per_unit = \"40.00\""), "{file}");
            file.replace("per_unit = \"40.00\"", "per_unit = \"48.00\"")
        }
        _ => file,
    };
    companies(folder, raised);
    run(folder, &["import", "early", "--data", "data"]);
    write(&folder.join("raise.json"), &scenario("increase_by_percent", "rate", json!("20")).to_string());
    write(&folder.join("pause.json"), &scenario("pause", "active", Value::Null).to_string());
    let asked = json(folder, &["simulate", "raise.json", "--data", "data", "--json"]);
    assert_eq!(asked["forecast"]["as_of"], CUT);
    assert_eq!(asked["forecast"]["accuracy"], Value::Null);
    assert_eq!(asked["bundle"]["track_record"], Value::Null);
    let again = json(folder, &["simulate", "raise.json", "--data", "data", "--json"]);
    json(folder, &["simulate", "pause.json", "--data", "data", "--json"]);

    let early = state(folder).await;
    let report = Copilot::accuracy(&early).await.expect("a report");
    assert_eq!((report.ledger.scored, report.ledger.waiting), (0, 2), "asked twice is one forecast");
    drop(early);

    // The change was made: 40 became 48.
    let said = text(&run(folder, &["import", "whole", "--data", "data"]));
    assert!(said.contains("3 forecasts given earlier were held against it"), "{said}");
    let later = state(folder).await;
    let report = Copilot::accuracy(&later).await.expect("a report");
    let report = serde_json::to_value(&report).expect("JSON");
    let forecasts = report["forecasts"].as_array().expect("a list");
    assert_eq!(forecasts.len(), 2);
    let of = |id: &Value| forecasts.iter().find(|f| f["answer"] == *id).expect("in the ledger");
    let raise = of(&again["run"]["id"]);
    assert_eq!(
        (&raise["times"], &raise["score"]["rules"], &raise["score"]["arm"]),
        (&json!(2), &json!("option"), &json!(1))
    );
    let pause = forecasts.iter().find(|f| f["times"] == 1).expect("the other");
    assert_eq!((&pause["score"]["rules"], &pause["score"]["arm"]), (&json!("other"), &json!(0)));
    let gross = &asked["forecast"]["gross_of_pull_forward"]["units"]["options"][0];
    for (key, said) in
        [("mean", &gross["mean"]), ("p10", &gross["outcome_p10"]), ("p90", &gross["outcome_p90"])]
    {
        assert_eq!(raise["score"]["units"][key], *said, "{key}");
    }
    let (said, came) = (raise["score"]["units"]["mean"].as_f64(), raise["score"]["units"]["actual"].as_f64());
    let (said, came) = (said.expect("a number"), came.expect("a number"));
    assert!(came > 0.0 && (said / came - 1.0).abs() < 0.6, "said {said}, came {came}");
    assert!(raise["score"]["payout"]["actual"].as_f64() > Some(0.0));

    // Scored once: nothing is left, and another import of the same says nothing.
    assert_eq!(ledger::score_due(&later).await.expect("scored"), 0);
    let said = text(&run(folder, &["import", "whole", "--data", "data"]));
    assert!(!said.contains("held against it"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_before_its_scores_is_scored_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    companies(folder, |_, file| file);
    run(folder, &["import", "early", "--data", "data"]);
    write(&folder.join("raise.json"), &scenario("increase_by_percent", "rate", json!("20")).to_string());
    json(folder, &["simulate", "raise.json", "--data", "data", "--json"]);
    // The pointer moves, and nothing else happens.
    let calendar = Settings::load(None, |_| None).expect("defaults").calendar;
    history::import(&folder.join("whole"), &folder.join("data"), calendar, "ana", &|_| ()).expect("imported");
    let scored = || async {
        let report = Copilot::accuracy(&state(folder).await).await.expect("a report");
        (report.ledger.scored, report.ledger.waiting)
    };
    assert_eq!(scored().await, (0, 1));
    run(folder, &["read", "raise the Product X SPIFF 5% for Q3", "--data", "data"]);
    assert_eq!(scored().await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_is_kept_and_its_line_stands_under_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    companies(folder, |_, file| file);
    run(folder, &["import", "whole", "--data", "data"]);
    let arguments = ["backtest", "--origins", "1", "--months", "2", "--data", "data"];
    let record = json(folder, &[&arguments[..], &["--json"]].concat());
    let events = record["events"].as_array().expect("a list");
    assert!(events.len() >= 8, "{}", record["left_out"]);
    assert_eq!((&record["what_ifs"]["events"], &record["months"]), (&json!(events.len()), &json!(2)));
    for event in events {
        assert!(event["known_to"].as_str() < event["on"].as_str(), "{event}");
        assert!(event["units"]["p10"].as_f64() <= event["units"]["p90"].as_f64(), "{event}");
    }
    let levels = record["baseline"]["levels"].as_array().expect("a list");
    assert_eq!(levels.len(), 4);
    assert_eq!(record["baseline"]["origins"].as_array().map(Vec::len), Some(1));
    // Kept: the same again, and as a table with its figures.
    assert_eq!(json(folder, &[&arguments[..], &["--json"]].concat()), record);
    let table = text(&run(folder, &arguments));
    assert!(
        table.contains("past changes forecast from what was known") && table.contains("direction right"),
        "{table}"
    );
    assert_eq!(
        table.lines().filter(|l| l.contains("inside") || l.contains("outside")).count(),
        events.len(),
        "{table}"
    );

    write(
        &folder.join("next.json"),
        &scenario("increase_by_percent", "rate", json!("20"))
            .to_string()
            .replace("2026-01-01", "2026-07-01")
            .replace("2026-03-31", "2026-09-30"),
    );
    let answer = json(folder, &["simulate", "next.json", "--data", "data", "--json"]);
    let spiffs = events.iter().filter(|e| e["program_kind"] == "spiff").count();
    assert_eq!(answer["forecast"]["accuracy"]["events"], json!(spiffs));
    assert!(answer["bundle"]["track_record"].as_str().is_some_and(|d| d.starts_with("sha256:")));
    let state = Arc::new(state(folder).await);
    let report = Copilot::accuracy(&*state).await.expect("a report");
    let kept = serde_json::to_value(report.record).expect("JSON");
    assert_eq!(kept["what_ifs"], record["what_ifs"]);
    // Out of bounds is said, with what may be given.
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    let output = command
        .current_dir(folder)
        .args(["backtest", "--months", "13", "--data", "data"])
        .output()
        .expect("ran");
    assert_eq!(output.status.code(), Some(5));
}
