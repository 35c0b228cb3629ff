//! The binary as a person or a script meets it: same question, same bytes, from the
//! terminal and over HTTP; clear errors and documented exit codes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

const QUESTION: &str = "raise the Product X SPIFF 5% for Q3";

fn spiffcast(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    command.current_dir(folder);
    for key in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "QDRANT_URL"] {
        command.env_remove(key);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    spiffcast(folder).args(arguments).output().expect("the binary runs")
}

fn answer(folder: &Path, question: &str) -> Value {
    let output = run(folder, &["ask", question, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
}

fn without_run(mut answer: Value) -> String {
    answer.as_object_mut().expect("an object").remove("run");
    answer.to_string()
}

#[test]
fn the_same_question_gives_the_same_bytes_and_the_scenario_of_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = answer(folder.path(), QUESTION);
    let second = answer(folder.path(), QUESTION);
    assert_ne!(first["run"]["id"], second["run"]["id"]);
    assert_eq!(first["reading"]["status"], "ready");
    let lever = json!({"program": "spiff-product-x", "parameter": "rate", "operation": "increase_by_percent",
        "value": "5", "tier_from": null, "period": null, "audience": null, "terms": null});
    let expected = json!({
        "intent": "forecast",
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3 2026"},
        "audience": {"include": [], "exclude": []},
        "options": [{"label": "Product X SPIFF +5%", "levers": [lever]}],
        "sweep": null, "goal": null, "earnings": null, "lookup": null
    });
    assert_eq!(first["reading"]["scenario"], expected);
    let value = json!({"field": "options[0].levers[0].value", "source": "question", "start": 26, "end": 28, "text": "5%"});
    let provenance = first["reading"]["provenance"].as_array().expect("a list");
    assert!(provenance.contains(&value), "{provenance:?}");
    let cited = first["citations"].as_array().expect("a list");
    assert!(
        cited.iter().all(|c| c["program"] == "spiff-product-x" && c["version"] == 3) && !cited.is_empty()
    );
    assert_eq!(without_run(first), without_run(second));
}

#[test]
fn a_scenario_handed_in_gives_the_forecast_of_its_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = answer(folder.path(), QUESTION);
    std::fs::write(folder.path().join("scenario.json"), asked["reading"]["scenario"].to_string())
        .expect("written");
    let output = run(folder.path(), &["simulate", "scenario.json", "--json"]);
    let simulated: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(simulated["forecast"], asked["forecast"]);
}

#[test]
fn reports_are_written_from_a_kept_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = answer(folder.path(), QUESTION);
    let id = asked["run"]["id"].as_str().expect("an id");
    let json = run(folder.path(), &["report", id, "--format", "json"]);
    let mut told: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let note = told.as_object_mut().expect("an object").remove("note").expect("what it is not");
    assert!(note.as_str().is_some_and(|note| note.contains("not a commitment")), "{note}");
    assert_eq!(told, asked);
    let table = run(folder.path(), &["report", id, "--format", "csv", "--out", "answer.csv"]);
    assert!(table.status.success());
    let text = std::fs::read_to_string(folder.path().join("answer.csv")).expect("written");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let payout = rows
        .records()
        .map(|r| r.expect("a row"))
        .find(|r| &r[0] == "total" && &r[3] == "payout" && &r[4] == "difference")
        .expect("the payout difference");
    let mean: f64 = payout[6].parse().expect("a number");
    assert_eq!(Some(mean), asked["forecast"]["metrics"]["payout"]["difference"][0]["mean"].as_f64());
    let document = run(folder.path(), &["report", id, "--format", "md"]);
    let text = String::from_utf8(document.stdout).expect("UTF-8");
    assert!(text.contains("spiff-product-x v3 §") && text.contains("draft recommendation, not a commitment"));
    assert_eq!(run(folder.path(), &["report", "nothing", "--format", "md"]).status.code(), Some(6));
}

#[test]
fn questions_that_cannot_be_answered_say_why_with_their_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "raise ".repeat(2_000);
    let cases: [(&str, &[i32]); 9] = [
        ("", &[4]),
        (&long, &[4]),
        ("raise the \u{7} Product X SPIFF 5%", &[4]),
        ("tell me a story", &[4]),
        ("raise the Product Zebra SPIFF 5% for Q3", &[3, 4]),
        ("set the Product X SPIFF to -5% for Q3", &[3, 4]),
        ("raise the Product X SPIFF 5000% for Q3", &[3, 4]),
        ("set the Product X SPIFF to 1e300 dollars for Q3", &[3, 4]),
        ("raise the Referral Commission 1% for Q3", &[3]),
    ];
    for (question, codes) in cases {
        let output = run(folder.path(), &["ask", question]);
        let code = output.status.code().expect("ended by itself");
        let shown: String = question.chars().take(60).collect();
        assert!(
            codes.contains(&code),
            "{shown:?} ended with {code}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(output.stdout.len() > 20, "{shown:?} said nothing");
    }
}

#[test]
fn a_choice_answers_a_clarification() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["ask", "raise the Referral Commission 1% for Q3", "--json"]);
    let asked: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let clarification = &asked["reading"]["clarifications"][0];
    let field = clarification["field"].as_str().expect("a field");
    let choice = clarification["choices"][0]["id"].as_str().expect("a choice");
    let picked = format!("{field}={choice}");
    let arguments = ["ask", "raise the Referral Commission 1% for Q3", "--json", "--answer", &picked];
    let output = run(folder.path(), &arguments);
    let answered: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answered["reading"]["status"], "ready", "{}", answered["reading"]);
    assert!(answered["forecast"]["metrics"]["payout"]["difference"][0]["mean"].is_number());
}

#[test]
fn earnings_are_exact_and_an_unknown_partner_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["earnings", "P-0002", "--json"]);
    let statement: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let programs = statement["programs"].as_array().expect("a list");
    let paid_out = programs.iter().filter(|p| p["fund"] == false);
    let lines: Vec<&Value> = paid_out.flat_map(|p| p["lines"].as_array().expect("a list")).collect();
    assert!(!lines.is_empty());
    let cents = |v: &Value| {
        let text = v.as_str().expect("decimal text").replace('.', "");
        text.parse::<i64>().expect("cents")
    };
    let sum: i64 = lines.iter().map(|l| cents(&l["amounts"]["due"])).sum();
    assert_eq!(sum, cents(&statement["totals"]["due"]));
    let unknown = run(folder.path(), &["earnings", "nobody"]);
    assert_eq!(unknown.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no partner \"nobody\""));
}

#[test]
fn a_folder_without_data_and_an_address_beyond_loopback_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = run(folder.path(), &["ask", QUESTION, "--data", "elsewhere"]);
    assert!(!empty.status.success());
    assert!(String::from_utf8_lossy(&empty.stderr).contains("spiffcast import SRC --data elsewhere"));
    let open = run(folder.path(), &["serve", "--listen", "0.0.0.0:0"]);
    assert!(!open.status.success());
    assert!(String::from_utf8_lossy(&open.stderr).contains("loopback"));
}

/// A served binary, ended when dropped.
struct Served {
    child: Child,
    address: String,
    /// Of a manager.
    key: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let added = run(folder, &["user", "add", "ci", "--role", "manager", "--one-time"]);
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        let made = run(folder, &["user", "key", "ci", "--scopes", "ask"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let key = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        let mut child = spiffcast(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let ready = lines.map_while(Result::ok).find(|l| l.contains("http://")).expect("it says where");
        let address =
            ready.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        Self { address: address.to_owned(), child, key }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            self.key,
            body.len()
        )
        .expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("received");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
        let from = body.find('{').expect("JSON");
        let to = body.rfind('}').expect("JSON");
        serde_json::from_str(&body[from..=to]).expect("JSON")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_api_gives_the_figures_of_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    // A track record that comes in between would be shown by the later answer alone.
    std::fs::create_dir(folder.path().join("spiffcast-data")).expect("a folder");
    std::fs::write(folder.path().join("spiffcast-data/spiffcast.toml"), "backtest_in_background = false\n")
        .expect("written");
    let served = Served::start(folder.path());
    let over_http = served.post("/api/v1/ask", &json!({ "question": QUESTION }));
    let in_terminal = answer(folder.path(), QUESTION);
    assert_eq!(over_http["forecast"], in_terminal["forecast"]);
    assert_eq!(over_http["bundle"], in_terminal["bundle"]);
    let scenario = in_terminal["reading"]["scenario"].clone();
    let simulated = served.post("/api/v1/simulate", &scenario);
    assert_eq!(simulated["forecast"], in_terminal["forecast"]);
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
}

#[test]
fn reconcile_names_every_seeded_error_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = json(folder.path(), &["reconcile", "--json"]);
    let truth = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/truth/demo.json"));
    let truth: Value = serde_json::from_str(&truth.expect("the truth")).expect("JSON");
    let seeded = truth["payout_errors"].as_array().expect("a list");
    let found = report["differences"].as_array().expect("a list");
    let key = |row: &Value, reason: &str| {
        let part = |name: &str| row[name].as_str().unwrap_or("none").to_owned();
        let amount = |name: &str| part(name).parse::<f64>().expect("decimal text").to_string();
        let who = ["payout_id", "program_id", "partner_id", "role", "period_start"].map(part).join(" ");
        format!("{who} {} {} {}", part(reason), amount("expected"), amount("recorded"))
    };
    let mut seeded: Vec<String> = seeded.iter().map(|row| key(row, "kind")).collect();
    let mut found: Vec<String> = found.iter().map(|row| key(row, "reason")).collect();
    seeded.sort();
    found.sort();
    assert_eq!(found, seeded);
    let lines = report["lines"].as_f64().expect("a number");
    let share = report["share_reproduced"].as_f64().expect("a number");
    assert!(
        (share - (1.0 - seeded.len() as f64 / lines)).abs() < 1e-9 && lines > 1000.0,
        "{share} of {lines}"
    );
    let text = run(folder.path(), &["reconcile"]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("wrong version rate: 5") && text.contains("override missed: 4"), "{text}");
}

#[test]
fn a_payout_is_explained_to_the_cent_that_the_statement_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let statement = json(folder.path(), &["earnings", "P-0001", "--json"]);
    let programs = statement["programs"].as_array().expect("a list");
    let program = programs.iter().find(|p| p["program"] == "spiff-product-x").expect("the SPIFF");
    let line = |l: &&Value| l["period_start"] == "2026-05-01" && l["role"] == "own";
    let line = program["lines"].as_array().expect("a list").iter().find(line).expect("a line of May");
    let explain = |more: &[&str]| {
        let arguments = [&["explain", "P-0001", "spiff-product-x", "2026-05"], more].concat();
        run(folder.path(), &arguments)
    };
    let trace: Value = serde_json::from_slice(&explain(&["--json"]).stdout).expect("JSON");
    let own = |l: &&Value| l["role"] == "own";
    let own = trace["payouts"].as_array().expect("a list").iter().find(own).expect("a payout line");
    assert_eq!(own["amount"], line["amounts"]["due"]);
    let text = explain(&[]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("Sales that counted") && text.contains("§"), "{text}");
    assert!(text.contains(line["amounts"]["due"].as_str().expect("decimal text")), "{text}");
    for (arguments, code, said) in [
        (["explain", "P-9999", "spiff-product-x", "2026-05"], 6, "no partner"),
        (["explain", "P-0001", "spiff-nothing", "2026-05"], 6, "no program"),
        (["explain", "P-0001", "spiff-product-x", "soon"], 5, "is not a period"),
    ] {
        let output = run(folder.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn accruals_add_up_to_what_partners_are_due() {
    let folder = tempfile::tempdir().expect("a folder");
    let accruals = json(folder.path(), &["accruals", "--json"]);
    let cents = |v: &Value| {
        (v.as_str().expect("decimal text").parse::<f64>().expect("a number") * 100.0).round() as i64
    };
    for kind in ["payouts", "funds"] {
        let totals = &accruals[kind];
        let months = totals["months"].as_array().expect("a list");
        let sum: i64 = months.iter().map(|m| cents(&m["accrued"]["total"])).sum();
        assert_eq!(sum, cents(&totals["due"]["total"]), "{kind}");
        assert_eq!(cents(&months.last().expect("a month")["due_to_date"]), sum, "{kind}");
    }
    let one = json(folder.path(), &["accruals", "--program", "spiff-product-x", "--json"]);
    let same = |p: &&Value| p["program_id"] == "spiff-product-x";
    let of_all = accruals["programs"].as_array().expect("a list").iter().find(same).expect("the program");
    assert_eq!(&one["programs"][0], of_all);
}

#[test]
fn the_programs_of_the_demo_company_pass_the_check_and_planted_faults_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let findings = json(folder.path(), &["check", "--json"]);
    let errors = findings.as_array().expect("a list").iter().filter(|f| f["severity"] == "error").count();
    assert_eq!(errors, 0, "{findings}");

    let company = folder.path().join("company");
    let output = run(folder.path(), &["demo", "generate", "--seed", "7", "--out", "company"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = company.join("programs/spiff-product-x/v3.md");
    let text = std::fs::read_to_string(&file).expect("a program file");
    let line =
        1 + text.lines().position(|l| l.starts_with("per_unit") || l.contains("per_unit =")).expect("a rate");
    let rate = text.lines().nth(line - 1).expect("the line").to_owned();
    let other = rate.replace(|c: char| c.is_ascii_digit(), "7");
    std::fs::write(&file, text.replace(&rate, &other)).expect("written");
    let output = run(folder.path(), &["check", "company"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("programs/spiff-product-x/v3.md:"), "{said}");
    std::fs::write(&file, text.replace("measure", "mesure")).expect("written");
    let output = run(folder.path(), &["check", "company"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(5) && said.contains("spiff-product-x/v3.md"), "{said}");
}

#[test]
fn a_past_period_is_answered_from_what_was_sold() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = answer(folder.path(), "what if we had raised the Product X SPIFF 5% last quarter");
    assert_eq!(found["forecast"]["hindcast"], true);
    assert_eq!(found["forecast"]["horizon"]["start"], "2026-04-01");
    let units = &found["forecast"]["metrics"]["units"]["baseline"];
    assert_eq!(units["p10"], units["p90"], "what was sold is known: {units}");
    let headline = found["summary"]["headline"].as_str().expect("words");
    assert!(headline.contains("would have"), "{headline}");
}

#[test]
fn what_the_user_knows_enters_the_answer_and_its_bundle() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = answer(folder.path(), QUESTION);
    let known = "[[prior]]\nproducts = [\"PX-100\"]\nresponse = 9.0\nse = 0.05\nsource = \"Pilot\"\nkind = \"experiment\"\n\
                 \n[[prior]]\nproducts = [\"NO-SUCH\"]\nresponse = 1\nse = 1\nsource = \"Nobody\"\nkind = \"belief\"\n";
    std::fs::write(folder.path().join("spiffcast-data/priors.toml"), known).expect("written");
    let output = run(folder.path(), &["ask", QUESTION, "--json"]);
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("priors.toml:8") && told.contains("NO-SUCH"), "the mistake is told: {told}");
    let after: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_ne!(before["bundle"]["priors"], after["bundle"]["priors"]);
    let evidence = after["forecast"]["evidence"].as_array().expect("a list");
    let product = evidence.iter().find(|e| e["sku"] == "PX-100").expect("PX-100");
    assert!(product["flags"].as_array().expect("flags").contains(&json!("USER PRIOR")), "{product}");
    let mean = product["response"]["mean"].as_f64().expect("a number");
    assert!((mean - 9.0).abs() < 0.2, "{mean}");
}

#[test]
fn people_and_keys_come_from_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let typed = |arguments: &[&str], password: &str| {
        let mut command = spiffcast(folder.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        writeln!(child.stdin.take().expect("piped"), "{password}").expect("sent");
        child.wait_with_output().expect("it ends")
    };
    let ana = ["user", "add", "Ana", "--role", "manager", "--regions", "EMEA", "--password-stdin"];
    let added = typed(&ana, "correct horse battery");
    assert!(added.status.success() && added.stdout.is_empty(), "{}", String::from_utf8_lossy(&added.stderr));
    assert_eq!(typed(&ana, "correct horse battery").status.code(), Some(5), "the login is taken");
    let ben = ["user", "add", "ben", "--role", "auditor", "--password-stdin"];
    assert_eq!(typed(&ben, "too short").status.code(), Some(5));
    assert_eq!(run(folder.path(), &["user", "add", "ben", "--role", "king"]).status.code(), Some(2));
    let nowhere = ["user", "add", "ben", "--role", "partner", "--partner", "P-9999", "--one-time"];
    assert_eq!(run(folder.path(), &nowhere).status.code(), Some(5));
    let partner =
        run(folder.path(), &["user", "add", "pia", "--role", "partner", "--partner", "P-0042", "--one-time"]);
    let password = String::from_utf8_lossy(&partner.stdout).trim().to_owned();
    assert_eq!(password.chars().count(), 16, "the password alone is printed");
    assert!(run(folder.path(), &["user", "disable", "pia"]).status.success());
    assert_eq!(run(folder.path(), &["user", "disable", "nobody"]).status.code(), Some(6));
    let list = String::from_utf8(run(folder.path(), &["user", "list"]).stdout).expect("UTF-8");
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [vec!["ana", "manager", "ana", "EMEA"], vec!["pia", "partner", "pia", "P-0042", "disabled"]]
    );
    let key = run(folder.path(), &["user", "key", "ana", "--scopes", "ask,users-manage"]);
    assert_eq!(key.status.code(), Some(5), "no key manages users");
    let key = run(folder.path(), &["user", "key", "ana", "--scopes", "ask", "--expires", "3"]);
    assert!(String::from_utf8_lossy(&key.stdout).starts_with("spiffcast_"));
    let mut kept = String::new();
    for entry in std::fs::read_dir(folder.path().join("spiffcast-data")).expect("a folder").flatten() {
        kept.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default()));
    }
    assert!(kept.contains("$argon2id$") && kept.contains("P-0042"));
    for secret in ["correct horse battery", password.as_str(), String::from_utf8_lossy(&key.stdout).trim()] {
        assert!(!kept.contains(secret), "what leads in is not kept");
    }
}
