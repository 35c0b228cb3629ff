//! Names that a spreadsheet would take for formulas, in every file that is given out.

use std::io::{Cursor, Read};
use std::sync::Arc;

use spiffcast::answer::ReportFormat;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::reports::statement;

use crate::history::World;

/// What begins a formula somewhere.
const EVIL: [&str; 6] =
    ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"http://evil.test\")", "=cmd|'/c calc'!A0"];

fn company() -> World {
    let mut world = World::new();
    let bend = |world: &mut World, file: &str, from: &str, to: &str| {
        let text = String::from_utf8(world.files[file].clone()).expect("text");
        assert!(text.contains(from), "{file} has no {from}");
        world.files.insert(file.to_owned(), text.replace(from, to).into_bytes());
    };
    bend(&mut world, "partners.csv", "Beta", "\"=HYPERLINK(\"\"http://evil.test\"\")\"");
    bend(&mut world, "partners.csv", "Alpha", "@SUM(1)");
    bend(&mut world, "partners.csv", "EMEA", "+1+1");
    bend(&mut world, "partners.csv", "Silver", "-1+1");
    bend(&mut world, "products.csv", "Product X", "=1+1");
    bend(&mut world, "transactions.csv", "T-2", "=T-2");
    bend(&mut world, "programs/spiff-x/v1.md", "name = \"X SPIFF\"", "name = \"=cmd|'/c calc'!A0\"");
    world
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err()
}

fn check_csv(what: &str, bytes: &[u8]) {
    let mut rows = 0;
    for row in csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).records() {
        rows += 1;
        for cell in &row.expect("a row") {
            assert!(!is_formula(cell), "{what}: {cell}");
        }
    }
    assert!(rows > 1, "{what} is empty");
}

/// Text stands in a workbook as text; a formula only where it is ours.
fn check_workbook(what: &str, bytes: &[u8]) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    for at in 0..archive.len() {
        let mut xml = String::new();
        archive.by_index(at).expect("a part").read_to_string(&mut xml).expect("text");
        for (at, _) in xml.match_indices("<f>") {
            let formula = xml[at + 3..].split("</f>").next().unwrap_or_default();
            let ours = ["SUM(", "SUMIF(", "SUBTOTAL("].iter().any(|own| formula.starts_with(own));
            assert!(ours && !formula.contains("evil"), "{what}: {formula}");
        }
        assert!(!xml.contains("TargetMode=\"External\""), "{what} links elsewhere");
        assert!(!xml.contains("<ddeLink"), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_that_is_given_out_computes_what_somebody_wrote() {
    let world = company();
    if let Err(error) = world.import() {
        panic!("{error}");
    }
    let live = Arc::new(crate::data::live(&world.data()).await);
    let asked = AskRequest { question: "raise spiff-x 5% for Q2 2026".to_owned(), ..AskRequest::default() };
    let answer = live.ask(asked, Progress::new()).await.expect("an answer");
    assert!(answer.forecast.is_some(), "{:?}", answer.reading);
    let csv = Copilot::report(&*live, answer.clone(), ReportFormat::Csv).await.expect("a table");
    let text = String::from_utf8_lossy(&csv).into_owned();
    let named = EVIL.iter().filter(|evil| text.contains(&evil.replace('"', "\"\""))).count();
    assert!(named >= 3, "the names are in it: {text}");
    check_csv("the table of an answer", &csv);
    let xlsx = Copilot::report(&*live, answer, ReportFormat::Xlsx).await.expect("a workbook");
    check_workbook("the workbook of an answer", &xlsx);
    for partner in ["P-1", "P-2"] {
        let told = live.statement(partner, None).await.expect("a statement");
        let ahead = live.outlook(partner, Vec::new()).await.expect("an outlook");
        check_csv("a statement", &statement::csv(&told).expect("a table"));
        check_workbook("a statement", &statement::xlsx(&told, &ahead, None).expect("a workbook"));
    }
}
