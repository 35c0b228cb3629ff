//! Drafts while the rules move: stale ones, rivals, and approved files that are imported.

use std::io::Cursor;
use std::path::Path;

use spiffcast::app::drafts::Approvals;
use spiffcast::app::drafts::port::DraftError;
use spiffcast::app::drafts::steps::{Action, Refusal};
use spiffcast::app::import;
use spiffcast::app::port::Copilot;
use spiffcast::auth::{Role, Who};
use spiffcast::history;

use super::{House, QUESTION, settings, who};

fn stale<T: std::fmt::Debug>(result: Result<T, DraftError>) -> String {
    match result.expect_err("refused") {
        DraftError::Refused(Refusal::Stale(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_change_is_imported_and_makes_the_others_stale() {
    let source = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo"), source.path());
    let data = tempfile::tempdir().expect("a folder");
    import_into(source.path(), data.path()).await;
    let house = House::of(data).await;
    let desk = &house.live;
    let (dora, finn) = (who("dora", Role::Designer), who("finn", Role::Finance));
    let answer = house.ask(QUESTION).await;
    let first = desk.make(&dora, &answer.run.id, 0).await.expect("a draft");
    let second = desk.make(&dora, &answer.run.id, 0).await.expect("another of the same");
    for id in [&first, &second] {
        desk.step(&dora, id, Action::Submit, 1, "").await.expect("submitted");
    }
    desk.step(&finn, &first, Action::Approve, 2, "").await.expect("approved");
    // Both would be version 4: the second waits until the first is in force.
    let why = stale(desk.step(&finn, &second, Action::Approve, 2, "").await);
    assert!(why.contains(&first), "{why}");

    // The zip is what an import takes, everything else kept.
    let zip = desk.archive(&Who::terminal(), &first).await.expect("an archive");
    let sent = tempfile::tempdir().expect("a folder");
    zip::ZipArchive::new(Cursor::new(zip)).expect("a zip").extract(sent.path()).expect("unpacked");
    history::complete(sent.path(), house.folder.path()).expect("completed");
    import_into(sent.path(), house.folder.path()).await;
    let house = house.again().await;
    let desk = &house.live;
    let company = Copilot::company(&*house.live);
    let program = company.program("spiff-product-x").expect("there");
    let days: Vec<String> = program.versions.iter().map(|v| v.terms.effective.end.to_string()).collect();
    assert_eq!(days[2..], ["2026-06-30", "2026-09-30", "2026-12-31"]);
    let approved = desk.draft(&Who::terminal(), &first).await.expect("a draft");
    assert!(approved.serves && approved.stale.is_none(), "{:?}", approved.stale);

    let other = desk.draft(&Who::terminal(), &second).await.expect("a draft");
    assert!(other.stale.as_deref().is_some_and(|why| why.contains("Product X SPIFF")), "{:?}", other.stale);
    let why = stale(desk.step(&finn, &second, Action::Approve, 2, "").await);
    assert!(why.contains("are others now"), "{why}");
    desk.step(&finn, &second, Action::Reject, 2, "the first one is in force").await.expect("ended");
    let again = desk.revise(&dora, &second).await.expect_err("the answer is of other rules");
    assert!(again.to_string().contains("Answer it again"), "{again}");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

async fn import_into(source: &Path, data: &Path) {
    import::import(&settings(data), "ana", source, &|_| ()).await.expect("imported");
}
