//! Documents of an answer opened again by other programs: their figures are those of
//! the forecast.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use spiffcast::answer::{Answer, ReportFormat};
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::config::Settings;
use spiffcast::state::State;

async fn answered(question: &str) -> (tempfile::TempDir, State, Answer) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    let state = State::open(settings).await.expect("the demo company");
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    let answer = state.ask(request, Progress::new()).await.expect("an answer");
    (folder, state, answer)
}

type Book = Xlsx<Cursor<Vec<u8>>>;

fn number(cell: Option<&Data>) -> f64 {
    match cell {
        Some(Data::Float(f)) => *f,
        Some(Data::Int(i)) => *i as f64,
        Some(Data::String(text)) => text.parse().expect("a number"),
        other => panic!("{other:?} is no number"),
    }
}

/// The cells of a sheet as rows.
fn rows(book: &mut Book, sheet: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(sheet).expect("a sheet").rows().map(<[Data]>::to_vec).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workbook_holds_the_figures_of_the_forecast_and_sums_that_add_up() {
    let (_folder, state, mut answer) = answered("raise the Product X SPIFF 5% for Q3").await;
    // A partner whose name is a formula stays a name.
    let forecast = answer.forecast.as_mut().expect("a forecast");
    forecast.by.partner[0].name = "=HYPERLINK(\"http://evil.test\",\"x\")".to_owned();
    let bytes = state.report(answer.clone(), ReportFormat::Xlsx).await.expect("a workbook");
    assert_eq!(
        bytes,
        state.report(answer.clone(), ReportFormat::Xlsx).await.expect("again"),
        "the same bytes"
    );
    let mut book: Book = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
    assert_eq!(
        book.sheet_names(),
        [
            "Summary",
            "By month",
            "By program",
            "By product",
            "By region",
            "By tier",
            "By partner",
            "Quantiles",
            "Assumptions"
        ]
    );
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let net = &forecast.metrics["net"];
    let summary = rows(&mut book, "Summary");
    let row = summary.iter().find(|r| r[0] == Data::String("Net margin".to_owned())).expect("net");
    let shown: Vec<f64> = (1..=5).map(|c| number(row.get(c))).collect();
    let held = [
        net.baseline.mean,
        net.options[0].mean,
        net.difference[0].mean,
        net.difference[0].p10,
        net.difference[0].p90,
    ];
    assert_eq!(shown, held.map(|v| v.expect("a figure")));

    for (sheet, held) in [("By month", &forecast.by.month), ("By partner", &forecast.by.partner)] {
        let cells = rows(&mut book, sheet);
        assert_eq!(cells.len(), held.len() + 2, "{sheet}: a head, the rows and the sum");
        let at = cells[0]
            .iter()
            .position(|c| *c == Data::String("Payout, difference".to_owned()))
            .expect("a column");
        for (line, row) in cells[1..].iter().zip(held) {
            assert_eq!(number(line.get(at)), row.metrics["payout"].difference[0].mean.expect("a figure"));
        }
        let sum: f64 = cells[1..=held.len()].iter().map(|line| number(line.get(at))).sum();
        assert!((number(cells[held.len() + 1].get(at)) - sum).abs() < 1e-6);
        let total = forecast.metrics["payout"].difference[0].mean.expect("a figure");
        assert!((sum - total).abs() < 0.02 * held.len() as f64 + 1.0, "{sheet}: {sum} against {total}");
    }
    let formulas = book.worksheet_formula("By partner").expect("formulas");
    let sums: Vec<&String> = formulas.used_cells().map(|(_, _, f)| f).collect();
    assert!(!sums.is_empty() && sums.iter().all(|f| f.starts_with("SUM(")), "{sums:?}");
    let partners = rows(&mut book, "By partner");
    assert_eq!(partners[1][1], Data::String("=HYPERLINK(\"http://evil.test\",\"x\")".to_owned()));
    let assumed: String = rows(&mut book, "Assumptions").concat().iter().map(ToString::to_string).collect();
    assert!(assumed.contains(&answer.bundle.rules) && assumed.contains("spiff-product-x v3 §"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_options_have_columns_of_their_own() {
    let (_folder, state, answer) = answered("compare the Product X SPIFF +5% with +10% in Q3").await;
    let bytes = state.report(answer.clone(), ReportFormat::Xlsx).await.expect("a workbook");
    let mut book: Book = Xlsx::new(Cursor::new(bytes)).expect("a workbook that opens");
    let cells = rows(&mut book, "By month");
    let heads: Vec<String> = cells[0].iter().map(ToString::to_string).collect();
    let options = &answer.reading.scenario.as_ref().expect("a scenario").options;
    let differences = options.iter().map(|o| format!("Net margin, difference, {}", o.label));
    for head in differences.chain(["Net margin, now".to_owned()]) {
        assert!(heads.contains(&head), "{head} in {heads:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_documents_say_what_limits_the_change() {
    let (_folder, state, answer) = answered("raise the Product X SPIFF 5% for Q3").await;
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let table = state.report(answer.clone(), ReportFormat::Csv).await.expect("a table");
    let mut table = csv::Reader::from_reader(table.as_slice());
    let rows: Vec<csv::StringRecord> =
        table.records().collect::<Result<_, _>>().expect("as wide as its head");
    let find = |place: [&str; 2], metric: &str, arm: &str| {
        let of = |r: &&csv::StringRecord| (&r[0], &r[1], &r[3], &r[4]) == (place[0], place[1], metric, arm);
        rows.iter().find(of).map(|r| r[6].parse::<f64>().expect("a number"))
    };
    assert_eq!(find(["total", ""], "net", "difference"), forecast.metrics["net"].difference[0].mean);
    let cap = &forecast.caps[0];
    assert_eq!(find(["cap", &cap.program], "probability", "baseline"), Some(cap.baseline.probability));
    let tiers = rows.iter().filter(|r| &r[0] == "tier" && &r[3] == "partners" && r[2].starts_with("tier "));
    assert_eq!(tiers.count(), 2 * forecast.tiers.len());

    let text =
        String::from_utf8(state.report(answer.clone(), ReportFormat::Markdown).await.expect("a document"))
            .expect("UTF-8");
    assert!(text.contains("## Caps and tiers on the way\n"), "{text}");
    let name = &forecast.by.program.iter().find(|r| r.key == cap.program).expect("a row").name;
    assert!(text.contains(&format!("The cap a partner of {name} binds")), "{text}");
}
