//! Documents of answers opened again: tables of Markdown parsed, cells of workbooks with
//! their formats, and what every document says it is not. Their figures are those of the
//! forecast.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use spiffcast::answer::{Answer, ReportFormat};
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::config::Settings;
use spiffcast::reports::metrics::{FIGURES, Unit};
use spiffcast::reports::{IS_NOT, outlook, statement};
use spiffcast::state::State;

const COMPANY: &str = "Contoso & Söhne Ltd";
const TWO: &str = "compare the Product X SPIFF +5% with the Product X SPIFF -40% in Q3";

async fn open() -> (tempfile::TempDir, State) {
    let folder = tempfile::tempdir().expect("a folder");
    let set = format!("draws = 200\ncompany_name = \"{COMPANY}\"\n");
    std::fs::write(folder.path().join("spiffcast.toml"), set).expect("written");
    let mut settings = Settings::load(Some(folder.path().to_owned()), |_| None).expect("settings");
    // The demo company serves, as where no folder is named.
    settings.data_dir_named = false;
    (folder, State::open(settings).await.expect("the demo company"))
}

async fn ask(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

async fn markdown(state: &State, answer: &Answer) -> String {
    let bytes = state.report(answer.clone(), ReportFormat::Markdown).await.expect("a document");
    String::from_utf8(bytes).expect("UTF-8")
}

/// The tables of a Markdown text: heads and rows of cells, each as wide as its head.
fn tables(text: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = vec![Vec::new()];
    for line in text.lines() {
        if !line.starts_with('|') {
            tables.push(Vec::new());
            continue;
        }
        let inner = line.trim_start_matches('|').trim_end_matches('|');
        let cells: Vec<String> = inner.split('|').map(|cell| cell.trim().to_owned()).collect();
        let table = tables.last_mut().expect("one is open");
        assert!(table.first().is_none_or(|head| head.len() == cells.len()), "{line}");
        if !cells.iter().all(|cell| cell.trim_matches(['-', ':']).is_empty() && !cell.is_empty()) {
            table.push(cells);
        }
    }
    tables.into_iter().filter(|table| table.len() > 1).collect()
}

/// `−1,234.50` as a number; nothing where it is undefined.
fn figure(cell: &str) -> Option<f64> {
    cell.replace(',', "").replace('−', "-").parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn markdown_holds_the_figures_of_the_forecast() {
    let (_folder, state) = open().await;
    for question in ["raise the Product X SPIFF 5% for Q3", TWO] {
        let answer = ask(&state, question).await;
        let forecast = answer.forecast.as_ref().expect("a forecast");
        let options = &answer.reading.scenario.as_ref().expect("a scenario").options;
        let text = markdown(&state, &answer).await;
        assert_eq!(text.lines().next(), Some("*Contoso &amp; Söhne Ltd*"));
        assert!(text.contains(IS_NOT));
        let tables = tables(&text);
        let figures = tables.iter().find(|t| t[0][1] == "Baseline").expect("the figures");
        let mut compared = 0;
        for kind in FIGURES {
            let metric = &forecast.metrics[kind.key];
            let places = match kind.unit {
                Unit::Count => 1,
                Unit::Money => 2,
                Unit::Share => 3,
            };
            for (i, option) in options.iter().enumerate() {
                let name = match options.len() {
                    1 => kind.name.to_owned(),
                    _ => format!("{}: {}", kind.name, option.label),
                };
                let row = figures.iter().find(|r| r[0] == name).unwrap_or_else(|| panic!("{name} in {text}"));
                let difference = metric.difference[i];
                let held = [
                    metric.baseline.mean,
                    metric.options[i].mean,
                    difference.mean,
                    difference.p10,
                    difference.p90,
                ];
                for (cell, held) in row[1..].iter().zip(held) {
                    let close = |a: f64, b: f64| (a - b).abs() <= 0.51 / 10f64.powi(places);
                    match (figure(cell), held) {
                        (Some(shown), Some(held)) => assert!(close(shown, held), "{name}: {shown}, {held}"),
                        (shown, held) => assert_eq!(shown, held, "{name}"),
                    }
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, FIGURES.len() * options.len() * 5);
        let beats = tables.iter().find(|t| t[0][0].starts_with("Beats"));
        assert_eq!(beats.is_some(), options.len() > 1);
        if let Some(beats) = beats {
            let labels: Vec<&str> = options.iter().map(|o| o.label.as_str()).collect();
            assert_eq!(beats[0][1..], labels[..]);
            let pair = forecast.comparison.iter().find(|c| c.metric == "net").expect("a pair");
            let said = &beats[1 + pair.b][1 + pair.a];
            let said: f64 = said.trim_matches(['%', '<', '>']).parse().expect("a share");
            assert!((said / 100.0 - pair.probability_b_better).abs() < 0.011, "{said}");
        }
    }
}

/// The parts of a workbook as text.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn of(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
        let read = |at: usize| {
            let mut file = archive.by_index(at).expect("a part");
            let (name, mut text) = (file.name().expect("a name").into_owned(), String::new());
            file.read_to_string(&mut text).expect("text");
            (name, text)
        };
        let count = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook").len();
        Self((0..count).map(read).collect())
    }

    fn part(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(part, _)| part == name);
        found.map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("{name} is in the workbook"))
    }

    /// The sheet of a name: its file goes by its number.
    fn sheet(&self, name: &str) -> &str {
        let sheets = self.part("xl/workbook.xml");
        let names: Vec<&str> =
            sheets.split("<sheet name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let at = names.iter().position(|n| *n == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
        self.part(&format!("xl/worksheets/sheet{}.xml", at + 1))
    }

    /// The number format of a cell.
    fn format(&self, sheet: &str, cell: &str) -> String {
        let text = self.sheet(sheet);
        let own =
            text.split(&format!("<c r=\"{cell}\" s=\"")).nth(1).unwrap_or_else(|| panic!("{cell}: {text}"));
        let style: usize = own.split('"').next().and_then(|s| s.parse().ok()).expect("a style");
        let styles = self.part("xl/styles.xml");
        let cells = styles.split("<cellXfs").nth(1).expect("styles of cells");
        let number = cells.split("<xf numFmtId=\"").nth(style + 1).and_then(|rest| rest.split('"').next());
        let number = number.expect("a number format");
        let code = styles.split(&format!("<numFmt numFmtId=\"{number}\" formatCode=\"")).nth(1);
        code.and_then(|rest| rest.split('"').next()).unwrap_or("General").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workbooks_have_frozen_heads_and_formats_and_name_options_and_company() {
    let (_folder, state) = open().await;
    let answer = ask(&state, TWO).await;
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let labels: Vec<String> = answer
        .reading
        .scenario
        .as_ref()
        .expect("a scenario")
        .options
        .iter()
        .map(|o| o.label.clone())
        .collect();
    let bytes = state.report(answer.clone(), ReportFormat::Xlsx).await.expect("a workbook");
    let parts = Parts::of(&bytes);
    for sheet in ["Options", "By month", "By partner", "Quantiles"] {
        assert!(parts.sheet(sheet).contains("state=\"frozen\""), "{sheet}");
    }
    let money = "[$$-409]#,##0.00;[Red]-[$$-409]#,##0.00";
    // Units, revenue, margin … of the baseline and two options: C is units, H revenue now.
    assert_eq!(parts.format("By month", "C2"), "#,##0.0");
    assert_eq!(parts.format("By month", "H2"), money);
    assert!(parts.part("docProps/app.xml").contains("<Company>Contoso &amp; Söhne Ltd</Company>"));
    assert!(parts.part("docProps/core.xml").contains(IS_NOT));

    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
    let heads = book.worksheet_range("By month").expect("a sheet");
    let heads: Vec<String> = heads.rows().next().expect("heads").iter().map(ToString::to_string).collect();
    for label in &labels {
        assert!(heads.contains(&format!("Net margin, difference, {label}")), "{label} in {heads:?}");
    }
    let cells = book.worksheet_range("Options").expect("a sheet");
    let rows: Vec<&[Data]> = cells.rows().collect();
    let net =
        rows[0].iter().position(|c| *c == Data::String("Net margin, difference".to_owned())).expect("net");
    for (i, q) in forecast.metrics["net"].difference.iter().enumerate() {
        assert_eq!(rows[1 + i][0], Data::String(labels[i].clone()));
        let shown: Vec<Option<f64>> = rows[1 + i][net..net + 3].iter().map(as_f64).collect();
        assert_eq!(shown, [q.mean, q.p10, q.p90]);
    }
    let pair = forecast.comparison.iter().find(|c| c.metric == "net").expect("a pair");
    let top =
        rows.iter().position(|r| r[0] == Data::String("Which is better".to_owned())).expect("the table");
    let share = as_f64(&rows[top + 3 + pair.b][1 + pair.a]).expect("a share");
    assert!((share - pair.probability_b_better).abs() < 1e-12);
    let cell = format!("{}{}", ["B", "C"][pair.a], top + 4 + pair.b);
    assert_eq!(parts.format("Options", &cell), "0.0%");
}

fn as_f64(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(f) => Some(*f),
        Data::Int(i) => Some(*i as f64),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_json_say_what_they_are_not() {
    let (_folder, state) = open().await;
    let answer = ask(&state, "raise the Product X SPIFF 5% for Q3").await;
    let table = state.report(answer.clone(), ReportFormat::Csv).await.expect("a table");
    let mut table = csv::Reader::from_reader(table.as_slice());
    let rows: Vec<csv::StringRecord> =
        table.records().collect::<Result<_, _>>().expect("as wide as its head");
    let last = rows.last().expect("a row");
    assert_eq!((&last[0], &last[2]), ("note", IS_NOT));
    let json = state.report(answer.clone(), ReportFormat::Json).await.expect("JSON");
    let told: Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(told["note"], IS_NOT);
    let read: Answer = serde_json::from_slice(&json).expect("an answer still");
    assert_eq!(read, answer);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outlook_of_a_partner_comes_as_workbook_text_and_json() {
    let (_folder, state) = open().await;
    let told = state.statement("P-0042", None).await.expect("a statement");
    let ahead = state.outlook("P-0042", Vec::new()).await.expect("an outlook");
    let money = "[$$-409]#,##0.00;[Red]-[$$-409]#,##0.00";
    for bytes in [
        outlook::xlsx(&ahead, &told.name, Some("Contoso Ltd")).expect("a workbook"),
        statement::xlsx(&told, &ahead, Some("Contoso Ltd")).expect("a workbook"),
    ] {
        let parts = Parts::of(&bytes);
        assert!(parts.sheet("Outlook").contains("state=\"frozen\""));
        assert_eq!(parts.format("Outlook", "F2"), money);
        assert!(parts.sheet("Outlook").contains("SUM(F2:"), "a live sum");
        assert!(parts.part("docProps/core.xml").contains(outlook::IS_NOT[0]));
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
        let cells = book.worksheet_range("Outlook").expect("a sheet");
        let row = |name: &str| {
            let named = |r: &&[Data]| r[1].to_string().starts_with(name);
            cells.rows().find(named).unwrap_or_else(|| panic!("{name}")).to_vec()
        };
        let amount = |text: &rust_decimal::Decimal| text.to_string().parse::<f64>().expect("a number");
        let settled = amount(&ahead.settled.amount);
        let sum = row("Sum of what is settled")[5].to_string().parse::<f64>().expect("a sum");
        assert!((sum - settled).abs() < 0.005, "{sum} and {settled}");
        let all = row("All that ends in");
        assert_eq!(as_f64(&all[10]), Some(amount(&ahead.coming.total.p50)));
        let text: String = cells.rows().map(|r| format!("{}\n", r[0])).collect();
        assert!(outlook::IS_NOT.iter().all(|line| text.contains(line)), "{text}");
        assert!(text.contains("Contoso Ltd"), "whose document it is: {text}");
        assert!(parts.part("docProps/app.xml").contains("<Company>Contoso Ltd</Company>"));
    }
    let bytes = statement::xlsx(&told, &ahead, None).expect("a workbook");
    assert_eq!(Parts::of(&bytes).format("Statement", "K2"), money);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
    let cells = book.worksheet_range("Statement").expect("a sheet");
    let sums = cells.rows().find(|r| r[0] == Data::String("Sum, without funds".to_owned())).expect("sums");
    let due: f64 = sums[10].to_string().parse().expect("a sum");
    assert!((due - told.totals.due.to_string().parse::<f64>().expect("a number")).abs() < 0.005);
    let own: f64 = cells.rows().filter(|r| r[17] == Data::Bool(false)).filter_map(|r| as_f64(&r[10])).sum();
    assert!((own - due).abs() < 0.01, "the formula of the sum gives it too: {own} and {due}");

    let text =
        String::from_utf8(outlook::markdown(&ahead, &told.name, Some("Contoso | Ltd"))).expect("UTF-8");
    assert!(text.starts_with("*Contoso \\| Ltd*\n"), "{text}");
    let tables = tables(&text);
    assert_eq!(tables[0].len(), 2 + ahead.programs.len());
    let shown = tables[0][1][1].replace(['$', ','], "");
    assert_eq!(shown.parse::<rust_decimal::Decimal>().expect("an amount"), ahead.settled.amount);
    assert!(outlook::IS_NOT.iter().all(|line| text.contains(line)));
    let json: Value = serde_json::from_slice(&outlook::json(&ahead).expect("JSON")).expect("JSON");
    assert_eq!(json["is_not"][0], outlook::IS_NOT[0]);
    let read: spiffcast_engine::earnings::Outlook = serde_json::from_value(json).expect("an outlook still");
    assert_eq!(read, ahead);
}
