//! `kill -9` while somebody approves a draft: it waits for its decision as before, or it
//! was approved by one, with its row in the trail and its files whole after the next start.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use spiffcast::auth::token;
use spiffcast::store::{DraftRow, Store};
use spiffcast_engine::programs::front_matter;

use super::killed::{Dice, kill_by_id, trials};
use super::{PASSWORD, QUESTION, rows};
use crate::history::World;
use crate::running::{self, Reply, Server};

/// A folder with a draft that waits, and the session of somebody who may decide.
struct Waiting {
    data: PathBuf,
    draft: String,
    session: String,
}

impl Waiting {
    fn new(world: &World) -> Self {
        world.import().expect("imported");
        let data = world.data();
        let key = running::add("dora", "designer", PASSWORD, "ask,drafts-write", &data);
        running::add("finn", "finance", PASSWORD, "drafts-read", &data);
        let server = Server::start(&data);
        let asked = whole(server.ask(&key, QUESTION));
        let answer = asked["run"]["id"].as_str().expect("an answer").to_owned();
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = json!({ "answer": answer, "option": 0 }).to_string();
        let made = whole(server.send("POST", "/api/v1/drafts", &headers, &body));
        let draft = made["id"].as_str().expect("a draft").to_owned();
        let place = format!("/api/v1/drafts/{draft}/submit");
        let sent = whole(server.send("POST", &place, &headers, &json!({ "revision": 1 }).to_string()));
        assert_eq!(sent["state"], "submitted");
        let entered = server.sign_in("finn", PASSWORD).expect("an answer");
        let session = entered.cookie("spiffcast_session").expect("a session");
        Self { data, draft, session }
    }

    /// The same in another folder.
    fn copy(&self, to: &Path) -> Self {
        copy(&self.data, to);
        Self { data: to.to_owned(), draft: self.draft.clone(), session: self.session.clone() }
    }

    fn approve(&self, server: &Server) -> Option<Reply> {
        let cookie = format!("spiffcast_session={}", self.session);
        let form = token::form_token(&self.session);
        let headers =
            [("cookie", cookie.as_str()), ("x-form-token", &form), ("content-type", "application/json")];
        let body = json!({ "decision": "approve", "revision": 2 }).to_string();
        server.send("POST", &format!("/api/v1/drafts/{}/decision", self.draft), &headers, &body)
    }

    /// What is on disk of the approved draft: path and text.
    fn files(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.data.join("approved").join(&self.draft)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if !name.starts_with(".new-") {
                    let text = fs::read_to_string(&path).expect("text");
                    found.push((name, text));
                }
            }
        }
        found.sort();
        found
    }
}

fn whole(reply: Option<Reply>) -> Value {
    let reply = reply.expect("an answer");
    assert_eq!(reply.status, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).expect("JSON")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).expect("copied");
        }
    }
}

async fn draft(store: &Store, id: &str) -> DraftRow {
    store.draft(id).await.expect("read").expect("there")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_somebody_approves_has_decided_wholly_or_not_at_all() {
    let world = World::new();
    let waiting = Waiting::new(&world);
    let copies = tempfile::tempdir().expect("a folder");
    // How long an approval takes, and what it leaves.
    let calm = waiting.copy(&copies.path().join("calm"));
    let server = Server::start(&calm.data);
    let begun = Instant::now();
    assert_eq!(whole(calm.approve(&server))["state"], "approved");
    let takes = begun.elapsed();
    drop(server);
    let written = calm.files();
    let parsed = written.iter().filter(|(name, text)| front_matter::parse(name, text).is_ok()).count();
    assert!(written.len() > 1 && parsed == written.len() - 1, "versions and the payload: {written:?}");

    let (mut dice, mut decided, mut told) = (Dice::new(), 0, 0);
    let trials = trials(4);
    for trial in 0..trials {
        let one = waiting.copy(&copies.path().join(trial.to_string()));
        let head = Store::open(&one.data).await.expect("opened").audit_head().await.expect("a head");
        let mut server = Server::start(&one.data);
        let after = takes.mul_f64(1.2 * dice.roll());
        let answered = std::thread::scope(|scope| {
            let (one, server) = (&one, &server);
            let asking = scope.spawn(move || one.approve(server));
            std::thread::sleep(after);
            kill_by_id(server);
            asking.join().expect("no panic")
        });
        server.kill();
        let acknowledged = answered.is_some_and(|reply| reply.status == 200);

        let store = Store::open(&one.data).await.expect("it opens again");
        assert_eq!(store.verify_audit(Some(&head)).await.expect("walked").broken, None, "trial {trial}");
        let row = draft(&store, &one.draft).await;
        let approved = row.state == "approved";
        assert!(approved || row.state == "submitted" && row.decided_by.is_none(), "trial {trial}: {row:?}");
        assert!(approved || !acknowledged, "trial {trial}: it was said to be approved");
        assert_eq!(rows(&store, "draft_approve").await.len(), usize::from(approved), "trial {trial}");
        let thread = store.draft_events(&one.draft).await.expect("read");
        assert_eq!(
            thread.iter().filter(|e| e.what == "approved").count(),
            usize::from(approved),
            "{thread:?}"
        );
        assert!(approved || one.files().is_empty(), "trial {trial}: files of what nobody approved");

        // The next start mends the files, and the decision is open or closed as it was.
        let server = Server::start(&one.data);
        let again = one.approve(&server).expect("an answer");
        assert_eq!(again.status, if approved { 409 } else { 200 }, "trial {trial}: {}", again.body);
        drop(server);
        let names = |files: &[(String, String)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
        let versions = |files: Vec<(String, String)>| {
            files.into_iter().filter(|(name, _)| name.ends_with(".md")).collect::<Vec<_>>()
        };
        assert_eq!(names(&one.files()), names(&written), "trial {trial}");
        assert_eq!(versions(one.files()), versions(written.clone()), "trial {trial}");
        assert_eq!(rows(&store, "draft_approve").await.len(), 1, "trial {trial}: decided once");
        decided += usize::from(approved);
        told += usize::from(acknowledged);
        drop(store);
        fs::remove_dir_all(&one.data).expect("removed");
    }
    eprintln!("{trials} approvals killed: {decided} had been decided, {told} of them were told so");
}
