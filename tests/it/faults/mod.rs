//! What goes wrong around it: the process killed at any moment, a disk that is full, a
//! database that somebody else holds, several who open a new folder at once. Nothing may
//! be half done, and what served goes on serving.

mod approved;
mod disk;
mod killed;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use spiffcast::app::import;
use spiffcast::config::Settings;
use spiffcast::store::{Filter, SealedRow, Store};
use sqlx::{Connection, Executor};

use crate::history::World;
use crate::running::{self, Server, done};

const PASSWORD: &str = "correct horse battery";
/// About the program of [`World`], whose data end with March.
const QUESTION: &str = "raise the X SPIFF 5% for Q2 2026";

/// The files of a world, to be imported by the binary.
fn source(folder: &Path, name: &str, bend: impl Fn(&mut World)) -> PathBuf {
    let mut world = World::new();
    bend(&mut world);
    for (file, bytes) in &world.files {
        let path = folder.join(name).join(file);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    folder.join(name)
}

fn settings(data: &Path) -> Settings {
    Settings::load(Some(data.to_owned()), |_| None).expect("settings")
}

/// Rows of one action, newest first.
async fn rows(store: &Store, action: &str) -> Vec<SealedRow> {
    let filter = Filter { action: action.to_owned(), limit: 10_000, ..Filter::default() };
    store.audit_rows(&filter).await.expect("rows")
}

#[tokio::test]
async fn an_import_whose_row_was_never_written_gets_it_at_the_next_start() {
    let world = World::new();
    let imported = world.import().expect("as if killed right after the pointer moved");
    let data = world.data();
    let store = Store::open(&data).await.expect("opened");
    assert!(rows(&store, "import").await.is_empty());
    {
        let server = Server::start(&data);
        assert_eq!(server.get("/healthz", "").expect("an answer").status, 200);
    }
    let told = rows(&store, "import").await;
    assert_eq!((told.len(), told[0].who.as_str()), (1, "ana"), "by whom it was");
    assert_eq!(told[0].subject, imported.digests.data);
    assert_eq!(import::record_moves(&settings(&data), &store).await.expect("looked"), 0, "and never twice");

    // A step back that was killed is told by the next import, together with its own row.
    let other = source(data.parent().expect("a parent"), "other", |world| {
        let text = String::from_utf8(world.files["partners.csv"].clone()).expect("text");
        world.files.insert("partners.csv".to_owned(), text.replace("Beta", "Gamma").into_bytes());
    });
    done(&["import", other.to_str().expect("text")], &data);
    spiffcast::history::back(&data, "bob").expect("back");
    done(&["import", other.to_str().expect("text")], &data);
    let back = rows(&store, "back").await;
    assert_eq!((back.len(), back[0].who.as_str()), (1, "bob"));
    assert_eq!(rows(&store, "import").await.len(), 3);
    assert!(done(&["audit", "verify"], &data).contains("all as they were written"));
}

#[test]
fn many_may_open_a_new_folder_at_once() {
    for _ in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("new");
        let started: Vec<_> = (0..8)
            .map(|n| {
                let mut command = running::spiffcast();
                command.args([
                    "user",
                    "add",
                    &format!("user-{n}"),
                    "--role",
                    "auditor",
                    "--one-time",
                    "--data",
                ]);
                command.arg(&data).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
                command.spawn().expect("the binary runs")
            })
            .collect();
        for child in started {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(done(&["audit", "verify"], &data).starts_with("8 rows"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_somebody_else_holds_is_said_and_reading_goes_on() {
    let world = World::new();
    world.import().expect("imported");
    let data = world.data();
    let key = running::add("ana", "manager", PASSWORD, "ask", &data);
    let server = Server::start(&data);
    let entered = server.sign_in("ana", PASSWORD).expect("an answer");
    let cookie = format!("spiffcast_session={}", entered.cookie("spiffcast_session").expect("a session"));
    let address = format!("sqlite://{}", data.join("spiffcast.db").display());
    let mut other = sqlx::SqliteConnection::connect(&address).await.expect("connected");
    other.execute("BEGIN IMMEDIATE").await.expect("held");

    let server = std::sync::Arc::new(server);
    let (at, bearer) = (std::sync::Arc::clone(&server), key.clone());
    let asking = std::thread::spawn(move || at.ask(&bearer, QUESTION).expect("an answer"));
    let at = std::sync::Arc::clone(&server);
    let entering = std::thread::spawn(move || at.sign_in("ana", PASSWORD).expect("an answer"));
    // Others wait to write; whoever reads does not wait for them.
    std::thread::sleep(Duration::from_secs(2));
    let begun = Instant::now();
    for path in ["/", "/account", "/scenarios", "/healthz"] {
        assert_eq!(server.get(path, &cookie).expect("an answer").status, 200, "{path}");
    }
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    for reply in [asking, entering].map(|thread| thread.join().expect("no panic")) {
        assert_eq!(reply.status, 503, "{}", reply.body);
        assert!(!reply.body.contains("SQLITE") && !reply.body.contains("spiffcast.db"), "{}", reply.body);
    }

    other.execute("ROLLBACK").await.expect("let go");
    assert_eq!(server.ask(&key, QUESTION).expect("an answer").status, 200);
    assert_eq!(server.sign_in("ana", PASSWORD).expect("an answer").status, 303);
    assert!(done(&["audit", "verify"], &data).contains("all as they were written"));
}
