//! `spiffcast evaluate`: scores as a table and as JSON, and errors that name their lines.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::endpoint::Scripted;
use super::right;

fn evaluate(folder: &Path, base_url: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    command.current_dir(folder).arg("evaluate").args(arguments);
    for key in
        ["OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "QDRANT_URL", "SPIFFCAST_READER"]
    {
        command.env_remove(key);
    }
    if let Some(url) = base_url {
        command.env("OPENAI_BASE_URL", url);
    }
    command.output().expect("the binary runs")
}

fn shipped(name: &str) -> String {
    format!("{}/data/questions/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_built_in_reader_is_scored_on_either_company() {
    let folder = tempfile::tempdir().expect("a folder");
    for (company, file) in [("demo", "demo.jsonl"), ("harrow", "harrow.jsonl")] {
        let asked = [&shipped(file), "--company", company, "--limit", "80", "--json"];
        let output = evaluate(folder.path(), None, &asked);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
        assert_eq!((&made["score"]["questions"], &made["read_by"]["built-in"]), (&80.into(), &80.into()));
        assert!(
            made["rates"]["exact_match"].as_f64().is_some_and(|share| share >= 0.95),
            "{}",
            made["wrong"]
        );
        assert!(made["rates"]["silent_error_upper_95"].as_f64().is_some_and(|upper| upper > 0.0));
        assert!(made["latency_ms"]["p99"].as_f64() >= made["latency_ms"]["p50"].as_f64());
        assert_eq!((&made["model"], &made["tokens"]["requests"]), (&Value::Null, &0.into()));
    }
    let output = evaluate(folder.path(), None, &[&shipped("demo.jsonl"), "--limit", "5"]);
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    for row in ["silent errors", "with 95% confidence", "asking back: recall", "time, 99 of 100 within"] {
        assert!(table.contains(row), "{row} is missing:\n{table}");
    }
}

#[test]
fn bad_files_are_told_by_line_and_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = r#"{"id": "1", "question": "?", "expect": {"status": "failed"}}"#;
    let file = folder.path().join("bad.jsonl");
    std::fs::write(&file, format!("{good}\nno\n{good}\n")).expect("written");
    let output = evaluate(folder.path(), None, &["bad.jsonl", "--company", "demo"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{told}");
    assert!(told.contains("bad.jsonl") && told.contains("line 2:") && told.contains("line 3:"), "{told}");
    assert_eq!(evaluate(folder.path(), None, &["none.jsonl"]).status.code(), Some(6));
    let output = evaluate(folder.path(), None, &[&shipped("demo.jsonl"), "--reader", "llm"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stderr).contains("OPENAI_BASE_URL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_model_is_scored_with_what_it_took() {
    let folder = tempfile::tempdir().expect("a folder");
    let question = r#"{"id": "1", "question": "zhuzh up the Product X SPIFF by 5% in Q3", "expect": {"status": "ready",
        "scenario": {"intent": "forecast", "options": [{"levers": [{"program": "spiff-product-x", "parameter": "rate",
        "operation": "increase_by_percent", "value": "5"}]}]}}}"#;
    std::fs::write(folder.path().join("one.jsonl"), question.replace('\n', " ")).expect("written");
    let endpoint = Scripted::saying(right()).await;
    let url = endpoint.base_url();
    let place = folder.path().to_owned();
    let asked = ["one.jsonl", "--company", "demo", "--reader", "auto", "--json"];
    let output =
        tokio::task::spawn_blocking(move || evaluate(&place, Some(&url), &asked)).await.expect("run");
    let made: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!((&made["reader"], &made["read_by"]["llm"]), (&"auto".into(), &1.into()), "{made}");
    assert_eq!((&made["score"]["exact"], &made["tokens"]["prompt"]), (&1.into(), &100.into()));
}
