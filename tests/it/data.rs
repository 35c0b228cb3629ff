//! Data brought in while the server is at work: as files, as a zip, as workbooks, in
//! part; what is wrong with it; and the way back.

use std::io::{Cursor, Write};
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use spiffcast::app::data::{DataReport, Intake, LastImport};
use spiffcast::app::live::Live;
use spiffcast::app::port::{Copilot, Progress};
use spiffcast::auth::Who;
use spiffcast::config::Settings;
use spiffcast::state::State;

use crate::history::World;

pub(crate) async fn live(folder: &Path) -> Live {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    settings.backtest_in_background = false;
    Live::new(State::open(settings).await.expect("a company"))
}

/// Transactions with three things wrong.
pub(crate) const BAD: &str = "transaction_id,sold_on,partner_id,sku,units,net_revenue,currency\n\
                              T-1,2026-02-31,P-2,PX-100,1,400,USD\nT-2,2026-02-10,P-9,PX-100,one,400,USD\n";

/// What a form with these files does.
async fn send(live: &Live, files: &[(&str, Vec<u8>)], keep: bool) -> DataReport {
    let mut upload = live.upload().expect("a place");
    for (name, bytes) in files {
        let (mut file, path) = upload.file(name).expect("a name").expect("wanted");
        file.write_all(bytes).expect("written");
        upload.finish(name, &path).expect("finished");
    }
    live.import(&Who::terminal(), upload, keep, Progress::new()).await.expect("looked at");
    live.data(&Who::terminal()).await.expect("a report")
}

pub(crate) fn zipped(world: &World) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in &world.files {
        zip.start_file(format!("export/{name}"), zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

/// Transactions as people keep them in a spreadsheet: real dates, real numbers.
fn transactions() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["transaction_id", "sold_on", "partner_id", "sku", "units", "net_revenue", "currency"];
    for (at, name) in head.into_iter().enumerate() {
        sheet.write_string(0, at as u16, name).expect("written");
    }
    let day = Format::new().set_num_format("d mmm yyyy");
    for row in 1..=12_u32 {
        sheet.write_string(row, 0, format!("T-{row}")).expect("written");
        let on =
            ExcelDateTime::from_ymd(2026, u8::try_from(row.div_ceil(3)).expect("a month"), 9).expect("a day");
        sheet.write_with_format(row, 1, &on, &day).expect("written");
        for (at, text) in [(2, "P-2"), (3, "PX-100"), (6, "USD")] {
            sheet.write_string(row, at, text).expect("written");
        }
        sheet.write_number(row, 4, f64::from(row)).expect("written");
        sheet.write_number(row, 5, 480.1 * f64::from(row)).expect("written");
    }
    book.save_to_buffer().expect("a workbook")
}

#[tokio::test(flavor = "multi_thread")]
async fn data_comes_in_while_the_server_runs_and_the_data_before_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path()).await;
    let demo = live.data(&Who::terminal()).await.expect("a report");
    assert!(demo.demo && !demo.has_previous && demo.months.len() >= 36, "{:?}", demo.counts);

    let first = send(&live, &[("everything.zip", zipped(&World::new()))], false).await;
    assert!(
        !first.demo && matches!(first.last, Some(LastImport::Done { unchanged: false, .. })),
        "{:?}",
        first.last
    );
    assert_eq!((first.counts[0], first.counts[3]), (("partners", 2), ("transaction lines", 4)));
    assert_eq!(Copilot::company(&live).as_of.to_string(), "2026-03-31", "questions go to it at once");

    // A table alone: the rest stays as it is.
    let second = send(&live, &[("transactions.xlsx", transactions())], true).await;
    assert_eq!((second.counts[2], second.counts[3]), (("programs", 1), ("transaction lines", 12)));
    assert_eq!(second.as_of.to_string(), "2026-04-09");
    let line = Copilot::company(&live).lines[2].clone();
    assert_eq!((line.units.to_string(), line.net_revenue.to_string()), ("3".to_owned(), "1440.3".to_owned()));

    live.back(&Who::terminal()).await.expect("there is one");
    let before = live.data(&Who::terminal()).await.expect("a report");
    assert_eq!((before.tables, before.as_of), (first.tables, first.as_of));
    live.back(&Who::terminal()).await.expect("and forth");
    assert_eq!(live.data(&Who::terminal()).await.expect("a report").tables, second.tables);
    assert_eq!(
        std::fs::read_dir(folder.path().join("uploads")).expect("there").count(),
        0,
        "nothing is left behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_wrong_change_nothing_and_say_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path()).await;
    let before = send(&live, &[("everything.zip", zipped(&World::new()))], false).await;
    let after = send(&live, &[("transactions.csv", BAD.as_bytes().to_vec())], true).await;
    let Some(LastImport::Rejected { findings, errors, .. }) = &after.last else { panic!("{:?}", after.last) };
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(*errors, 3, "{told:?}");
    assert!(told.iter().any(|t| t.contains("transactions.csv:2") && t.contains("2026-02-31")), "{told:?}");
    assert!(told.iter().any(|t| t.contains("transactions.csv:3") && t.contains("P-9")), "{told:?}");
    assert_eq!((after.tables, after.as_of), (before.tables, before.as_of));

    // Without the rest the same table is a set of its own, and lacks much.
    let alone = send(&live, &[("transactions.csv", BAD.as_bytes().to_vec())], false).await;
    assert!(
        matches!(&alone.last, Some(LastImport::Rejected { findings, .. })
            if findings.iter().any(|f| f.message.contains("the table is missing"))),
        "{:?}",
        alone.last
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_from_the_terminal_waits_its_turn() {
    let world = World::new();
    world.import().expect("imported");
    let live = live(&world.data()).await;
    let lock = std::fs::File::create(world.data().join("import.lock")).expect("a lock");
    lock.lock().expect("held");
    let mut upload = live.upload().expect("a place");
    let (mut file, path) = upload.file("all.zip").expect("a name").expect("wanted");
    file.write_all(&zipped(&world)).expect("written");
    upload.finish("all.zip", &path).expect("finished");
    let error = live.import(&Who::terminal(), upload, false, Progress::new()).await.expect_err("busy");
    assert!(error.to_string().contains("another import is running"), "{error}");
}
