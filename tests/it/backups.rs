//! A backup and the way back, from the terminal: everything returns, nothing is replaced
//! that was not looked at, and what was there is put aside.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use spiffcast::history::{self, Place};
use spiffcast_engine::calendar::FiscalCalendar;

use crate::history::World;
use crate::running::{self, Server, done, run};

const PASSWORD: &str = "correct horse battery";

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// A folder with data, settings, a priors file and somebody.
fn full() -> (World, PathBuf, String) {
    let world = World::new();
    world.import().expect("imported");
    let data = world.data();
    fs::write(data.join("spiffcast.toml"), "company_name = \"Contoso\"\nlogo = \"logo.svg\"\n")
        .expect("written");
    fs::write(data.join("logo.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").expect("written");
    fs::write(data.join("priors.toml"), "").expect("written");
    let key = running::add("ana", "manager", PASSWORD, "ask,answers-read", &data);
    (world, data, key)
}

/// An archive with one file of it bent; `None` leaves the file out.
fn bent(archive: &Path, file: &str, bend: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(fs::read(archive).expect("read"))).expect("a zip");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("read");
        let bytes = if name.ends_with(file) { bend(bytes) } else { Some(bytes) };
        if let Some(bytes) = bytes {
            to.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
            to.write_all(&bytes).expect("written");
        }
    }
    to.finish().expect("a zip").into_inner()
}

#[test]
fn what_was_backed_up_serves_again_elsewhere_and_in_its_place() {
    let (world, data, key) = full();
    let served =
        history::load(&Place::Folder(data.clone()), FiscalCalendar::default()).expect("data").digests;
    let home = data.parent().expect("a parent");
    let file = home.join("monday.backup");
    let (id, session) = {
        let server = Server::start(&data);
        let answer = server.ask(&key, "raise the X SPIFF 5% for Q2 2026").expect("an answer");
        let answer: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let session =
            server.sign_in("ana", PASSWORD).and_then(|r| r.cookie("spiffcast_session")).expect("a session");
        assert!(done(&["backup", text(&file)], &data).contains("key of the trail"), "also while it serves");
        let told = run(&["restore", text(&file)], &data);
        assert!(told.0 == Some(1) && told.1.contains("stop the server"), "{told:?}");
        (answer["run"]["id"].as_str().expect("an id").to_owned(), session)
    };
    let mut archive = zip::ZipArchive::new(fs::File::open(&file).expect("a file")).expect("a zip");
    let names: Vec<String> = (0..archive.len())
        .map(|at| archive.by_index(at).expect("a part").name().expect("a name").into_owned())
        .collect();
    assert!(
        names.iter().any(|n| n == "logo.svg") && names.iter().any(|n| n == "spiffcast.toml"),
        "{names:?}"
    );
    assert!(!names.iter().any(|n| n.contains("audit.key") || n.contains("lock")), "{names:?}");

    // In an empty folder, with the key that was kept elsewhere.
    let new = home.join("new");
    let told = run(&["restore", text(&file)], &new);
    assert!(
        told.0 == Some(1) && told.1.contains("audit.key") && told.1.contains("SPIFFCAST_AUDIT_KEY_FILE"),
        "{told:?}"
    );
    fs::create_dir_all(&new).expect("a folder");
    fs::copy(data.join("audit.key"), new.join("audit.key")).expect("copied");
    let told = done(&["restore", text(&file)], &new);
    assert!(told.contains("serves again") && !told.contains("was there before"), "{told}");
    let digests =
        history::load(&Place::Folder(new.clone()), FiscalCalendar::default()).expect("data").digests;
    assert_eq!(digests, served);
    for name in ["spiffcast.toml", "priors.toml", "logo.svg"] {
        assert_eq!(
            fs::read(new.join(name)).expect("there"),
            fs::read(data.join(name)).expect("there"),
            "{name}"
        );
    }
    let head = format!("{}.head", text(&file));
    assert!(done(&["audit", "verify", "--head", &head], &new).contains("is among them"));
    assert!(done(&["audit", "export"], &new).contains("\"action\":\"restore\""), "the trail tells of it");
    let server = Server::start(&new);
    let bearer = format!("Bearer {key}");
    let kept = server.send("GET", &format!("/api/v1/scenarios/{id}"), &[("authorization", &bearer)], "");
    assert_eq!(kept.expect("an answer").status, 200);
    let page = server.get("/account", &format!("spiffcast_session={session}")).expect("an answer");
    assert_eq!(page.status, 303, "everybody signs in anew");
    drop(server);

    // In its place, where more was done since: only when that is said.
    done(&["user", "add", "bob", "--role", "auditor", "--one-time"], &data);
    let told = run(&["restore", text(&file)], &data);
    assert!(told.0 == Some(5) && told.1.contains("newer") && told.1.contains("--replace"), "{told:?}");
    assert!(done(&["user", "list"], &data).contains("bob"), "nothing was replaced");
    let told = done(&["restore", text(&file), "--replace"], &data);
    assert!(told.contains("replaced-"), "{told}");
    assert!(!done(&["user", "list"], &data).contains("bob"));
    let aside = fs::read_dir(&data).expect("a folder").flatten().map(|e| e.path());
    let aside = aside.into_iter().find(|p| text(p).contains("replaced-")).expect("put aside");
    assert!(aside.join("spiffcast.db").is_file() && aside.join("current.json").is_file());
    let left = fs::read_dir(&data).expect("a folder").flatten().map(|e| e.file_name());
    assert!(
        left.into_iter().all(|name| !name.to_string_lossy().starts_with("restor")),
        "nothing is left over"
    );
    drop(world);
}

#[test]
fn what_is_not_whole_or_not_as_it_was_written_replaces_nothing() {
    let (_world, data, _) = full();
    let home = data.parent().expect("a parent");
    let good = home.join("good.backup");
    done(&["backup", text(&good)], &data);
    done(&["user", "add", "bob", "--role", "auditor", "--one-time"], &data);
    let before = fs::read(data.join("current.json")).expect("the pointer");
    let swap = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| {
            let text: Vec<u8> = bytes;
            let at: Vec<usize> = text
                .windows(from.len())
                .enumerate()
                .filter(|(_, w)| *w == from.as_bytes())
                .map(|(at, _)| at)
                .collect();
            assert!(!at.is_empty(), "{from}");
            let mut text = text;
            for at in at {
                text[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
            Some(text)
        }
    };
    let whole = fs::read(&good).expect("read");
    let mut evil = zip::ZipWriter::new(Cursor::new(Vec::new()));
    evil.start_file("../../escaped", zip::write::SimpleFileOptions::default()).expect("begun");
    let evil = evil.finish().expect("a zip").into_inner();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("no archive", b"SQLite format 3".to_vec(), "no archive"),
        ("cut off", whole[..whole.len() / 2].to_vec(), "no archive"),
        ("a row of the trail", bent(&good, "spiffcast.db", swap("user_added", "user_aided")), "Row "),
        ("no database", bent(&good, "spiffcast.db", |_| None), "no database"),
        (
            "a table",
            bent(&good, "partners.parquet", |mut b| {
                b[9] ^= 1;
                Some(b)
            }),
            "changed after it was imported",
        ),
        ("a table that is gone", bent(&good, "partners.parquet", |_| None), "cannot read the file"),
        ("a name that leads out", evil, "does not belong"),
        (
            "a layout to come",
            bent(&good, "backup.json", swap("\"format\": 1", "\"format\": 9")),
            "does not know",
        ),
    ];
    for (what, bytes, said) in cases {
        let file = home.join("bad.backup");
        fs::write(&file, bytes).expect("written");
        let (code, told) = run(&["restore", text(&file), "--replace"], &data);
        assert!(code != Some(0) && told.contains(said), "{what}: {told}");
        assert_eq!(fs::read(data.join("current.json")).expect("the pointer"), before, "{what}");
        assert!(done(&["user", "list"], &data).contains("bob"), "{what}");
        assert!(!home.join("escaped").exists() && !data.join("restoring.json").exists());
        let left = fs::read_dir(&data).expect("a folder").flatten();
        let left: Vec<_> = left.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        assert!(!left.iter().any(|name| name.starts_with("restored-")), "{what}: {left:?}");
    }

    // Another key is another trail.
    let other = home.join("other");
    done(&["user", "add", "eve", "--role", "auditor", "--one-time"], &other);
    let (code, told) = run(&["restore", text(&good), "--replace"], &other);
    assert!(code == Some(5) && told.contains("another key"), "{told}");
    assert!(done(&["user", "list"], &other).contains("eve"));

    // A database that cannot be read any more is what backups are for.
    fs::write(data.join("spiffcast.db"), b"not a database at all, but long enough to be looked at")
        .expect("written");
    for log in ["spiffcast.db-wal", "spiffcast.db-shm"] {
        let _ = fs::remove_file(data.join(log));
    }
    let (code, told) = run(&["restore", text(&good)], &data);
    assert!(code == Some(5) && told.contains("cannot be read") && told.contains("--replace"), "{told}");
    done(&["restore", text(&good), "--replace"], &data);
    assert!(done(&["audit", "verify"], &data).contains("all as they were written"));
}
