//! PDFs of answers opened again by poppler: their figures are those of the forecast,
//! names come out as they are, and the same answer gives the same bytes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use spiffcast::answer::{Answer, ReportFormat};
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::config::Settings;
use spiffcast::reports::format;
use spiffcast::state::State;
use spiffcast_engine::scenario::Draft;

const PROMISE: &str = "Draft recommendation, not a commitment";

/// Whether poppler can be asked; says so where it cannot.
fn poppler() -> bool {
    let there = Command::new("pdfinfo").arg("-v").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "poppler-utils is not installed");
        eprintln!("NOTICE: poppler-utils is not installed; PDFs are not opened again.");
    }
    there
}

async fn company(set: &str) -> (tempfile::TempDir, State) {
    let folder = tempfile::tempdir().expect("a folder");
    let logo = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" fill="#0b3d5c"/></svg>"##;
    std::fs::write(folder.path().join("logo.svg"), logo).expect("written");
    std::fs::write(folder.path().join("spiffcast.toml"), set).expect("written");
    let mut settings = Settings::load(Some(folder.path().to_owned()), |_| None).expect("settings");
    // The demo company serves, as where no folder is named.
    settings.data_dir_named = false;
    (folder, State::open(settings).await.expect("the demo company"))
}

async fn answered(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

/// Where documents of the tests are left to be looked at.
fn shelf() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/documents");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Writes the document and gives its path; says how long it took.
async fn pdf(state: &State, answer: &Answer, name: &str) -> PathBuf {
    let started = Instant::now();
    let bytes = state.report(answer.clone(), ReportFormat::Pdf).await.expect("a document");
    eprintln!("{name}.pdf: {} kB in {:.2?} (dev build)", bytes.len() / 1000, started.elapsed());
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let path = shelf().join(format!("{name}.pdf"));
    std::fs::write(&path, bytes).expect("written");
    path
}

fn run(program: &str, arguments: &[&str], path: &Path) -> String {
    let out = Command::new(program).args(arguments).arg(path).arg("-").output().expect("poppler");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(out.stderr.is_empty(), "{program}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("UTF-8")
}

/// The text of a document, page by page.
fn pages(path: &Path) -> Vec<String> {
    let text = run("pdftotext", &["-layout"], path);
    text.split('\u{c}').filter(|page| !page.trim().is_empty()).map(ToOwned::to_owned).collect()
}

/// The text in reading order with single blanks.
fn text(path: &Path) -> String {
    run("pdftotext", &[], path).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn info(path: &Path, field: &str) -> String {
    let out = Command::new("pdfinfo").arg(path).output().expect("poppler");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.map_or_else(String::new, |value| value.trim().to_owned())
}

/// Every page says what it is not and which it is.
fn assert_framed(pages: &[String]) {
    for (i, page) in pages.iter().enumerate() {
        assert!(page.contains(PROMISE), "page {}: {page}", i + 1);
        assert!(page.contains(&format!("Page {} of {}", i + 1, pages.len())), "page {}: {page}", i + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_holds_the_figures_of_the_forecast_and_is_the_same_twice() {
    let (_folder, state) =
        company("draws = 2000\ncompany_name = \"Contoso Ltd\"\nlogo = \"logo.svg\"\n").await;
    let answer = answered(&state, "raise the Product X SPIFF 5% for Q3").await;
    let started = Instant::now();
    let workbook = state.report(answer.clone(), ReportFormat::Xlsx).await.expect("a workbook");
    eprintln!("one.xlsx: {} kB in {:.2?} (dev build)", workbook.len() / 1000, started.elapsed());
    let first = state.report(answer.clone(), ReportFormat::Pdf).await.expect("a document");
    let again = state.report(answer.clone(), ReportFormat::Pdf).await.expect("again");
    assert!(first == again, "the same bytes");
    if !poppler() {
        return;
    }
    let path = pdf(&state, &answer, "one").await;
    let pages = pages(&path);
    assert_framed(&pages);
    assert!(pages[0].contains("Contoso Ltd"), "{}", pages[0]);
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let text = text(&path);
    let money = |v: Option<f64>| format::money(v.expect("a figure"), "USD");
    for key in ["net", "payout", "revenue", "margin"] {
        let metric = &forecast.metrics[key];
        let difference = metric.difference[0];
        for figure in [metric.baseline.mean, metric.options[0].mean, difference.mean, difference.p10] {
            assert!(text.contains(&money(figure)), "{key}: {} in {text}", money(figure));
        }
    }
    for row in &forecast.by.month {
        let net = money(row.metrics["net"].difference[0].mean);
        assert!(text.contains(&net), "{}: {net}", row.key);
    }
    let widest = &forecast.tornado[0].assumption;
    for words in [&answer.bundle.data, &answer.bundle.rules, &answer.citations[0].quote, widest] {
        assert!(text.contains(words.as_str()), "{words} in {text}");
    }
    assert!(text.contains("8 in 10 chance that"), "the interval in words");
    assert_eq!(info(&path, "Title"), "raise the Product X SPIFF 5% for Q3");
    assert_eq!(info(&path, "Tagged"), "yes");
    assert_eq!(info(&path, "Author"), "Contoso Ltd");
    let created = Command::new("pdfinfo").args(["-isodates"]).arg(&path).output().expect("poppler");
    let created = String::from_utf8_lossy(&created.stdout).into_owned();
    assert!(created.contains(&answer.run.created_at[..19]), "the answer's time: {created}");
    let raw = std::fs::read(&path).expect("readable");
    let raw = String::from_utf8_lossy(&raw);
    assert!(raw.contains("pdfaid:part") && raw.contains("pdfuaid:part"), "archive copy, for screen readers");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_never_markup_and_come_out_in_their_script() {
    if !poppler() {
        return;
    }
    let (_folder, state) = company("draws = 200\n").await;
    let mut answer = answered(&state, "raise the Product X SPIFF 5% for Q3").await;
    let names = [
        "#panic(\"x\") *bold* $x^2$ [box] \\ `raw` <label> @ref",
        "= Heading // comment /* more */",
        "東京電機株式会社",
        "서울전자",
        "Łódź & Søn <b>GmbH</b>",
    ];
    let arabic = "مؤسسة الشرق";
    let forecast = answer.forecast.as_mut().expect("a forecast");
    for (row, name) in forecast.by.program.iter_mut().zip(names) {
        row.name = name.to_owned();
    }
    for (row, name) in forecast.by.partner.iter_mut().zip(names.iter().chain([&arabic])) {
        row.name = (*name).to_owned();
        for q in row.metrics.values_mut().flat_map(|m| &mut m.difference) {
            q.mean = Some(1e6);
        }
    }
    forecast.approximations.push(arabic.to_owned());
    forecast.approximations.push(format!("smile 🙂🙂 and {}", "w".repeat(300)));
    answer.run.question = Some("#include \"/etc/passwd\" $ * _ raise it".to_owned());
    answer.summary.as_mut().expect("a summary").headline = "*net* #sys.version [up] $5 to $6".to_owned();
    let path = pdf(&state, &answer, "hostile").await;
    let (text, pages) = (text(&path), pages(&path));
    assert_framed(&pages);
    for name in
        names.iter().chain(&["#include \"/etc/passwd\" $ * _ raise it", "*net* #sys.version [up] $5 to $6"])
    {
        assert!(text.contains(name), "{name} in {text}");
    }
    // Right to left: poppler gives letters in reading order, marks of direction aside.
    let plain: String = text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}')).collect();
    assert!(plain.contains("مؤسسة"), "{plain}");
    assert!(text.contains("smile […] and www"), "a letter that no font has is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn options_ranges_and_goals_have_documents_of_their_own() {
    if !poppler() {
        return;
    }
    let (_folder, state) = company("draws = 200\n").await;
    let labels = |i: usize| match i {
        2 => "A very long label that somebody has typed to say exactly which of the many variants of the \
              Product X SPIFF this one is, and why"
            .to_owned(),
        _ => format!("Product X SPIFF +{}%", 3 * i + 2),
    };
    let mut draft: Draft =
        answered(&state, "raise the Product X SPIFF 5% for Q3").await.reading.scenario.expect("a draft");
    let first = draft.options[0].clone();
    draft.intent = spiffcast_engine::scenario::Intent::Compare;
    draft.options = (0..8)
        .map(|i| {
            let mut option = first.clone();
            option.label = labels(i);
            option.levers[0].value = Some((3 * i + 2).to_string());
            option
        })
        .collect();
    let eight = state.simulate(draft, Progress::new()).await.expect("eight options");
    let path = pdf(&state, &eight, "eight").await;
    let (text_of, pages_of) = (text(&path), pages(&path));
    assert_framed(&pages_of);
    let forecast = eight.forecast.as_ref().expect("a forecast");
    for (i, q) in forecast.metrics["net"].difference.iter().enumerate() {
        let net = format::money(q.mean.expect("a mean"), "USD");
        assert!(text_of.contains(&net), "option {}: {net}", i + 1);
        assert!(text_of.contains(&labels(i)[..40.min(labels(i).len())]), "{}", labels(i));
    }
    assert!(text_of.contains("Which is better"));

    let sweep =
        answered(&state, "what if we raise the Product X SPIFF between 0% and 20% in steps of 5 for Q3")
            .await;
    let path = pdf(&state, &sweep, "sweep").await;
    let text_of_sweep = text(&path);
    assert_framed(&pages(&path));
    for point in sweep.forecast.as_ref().and_then(|f| f.sweep.as_ref()).expect("a sweep") {
        let net = format::money(point.metrics["net"].difference[0].mean.expect("a mean"), "USD");
        assert!(text_of_sweep.contains(&net), "at {}: {net} in {text_of_sweep}", point.value);
    }

    let goal = answered(&state, "what Product X SPIFF rate keeps payout under 60000 in Q3").await;
    let path = pdf(&state, &goal, "goal").await;
    assert_framed(&pages(&path));
    let message = &goal.forecast.as_ref().and_then(|f| f.goal.as_ref()).expect("a goal").message;
    assert!(text(&path).contains(message.as_str()), "{message}");
}
