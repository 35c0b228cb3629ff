//! What is refused at the desk and by the pages, each with its reason: own drafts, races,
//! other revisions, broken texts, forms without their token, answers that are no change.

use axum::http::StatusCode;
use spiffcast::app::drafts::Approvals;
use spiffcast::app::drafts::port::{DraftError, Edit};
use spiffcast::app::drafts::steps::{Action, Refusal, State};
use spiffcast::auth::{Role, Who};

use super::{House, QUESTION, who};

fn refused<T: std::fmt::Debug>(result: Result<T, DraftError>) -> Refusal {
    match result.expect_err("refused") {
        DraftError::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_their_own_and_of_two_approvers_one_wins() {
    let house = House::new().await;
    let id = house.drafted(QUESTION).await;
    let desk = &house.live;
    let (dora, finn, fay) =
        (who("dora", Role::Designer), who("finn", Role::Finance), who("fay", Role::Finance));
    let early = desk.step(&finn, &id, Action::Approve, 1, "").await;
    assert_eq!(refused(early), Refusal::NotNow(State::Draft, Action::Approve));
    desk.step(&dora, &id, Action::Submit, 1, "").await.expect("submitted");
    // The designer became somebody of finance since: it stays their own draft.
    let promoted = who("dora", Role::Finance);
    assert_eq!(refused(desk.step(&promoted, &id, Action::Approve, 2, "").await), Refusal::OwnDraft);
    assert_eq!(refused(desk.step(&promoted, &id, Action::Reject, 2, "no").await), Refusal::OwnDraft);
    assert_eq!(
        refused(desk.step(&dora, &id, Action::Approve, 2, "").await),
        Refusal::NotAllowed("drafts-decide")
    );
    assert_eq!(refused(desk.step(&finn, &id, Action::Approve, 1, "").await), Refusal::Moved);
    assert_eq!(refused(desk.step(&finn, &id, Action::Reject, 2, " ").await), Refusal::NoReason);

    let (one, other) = tokio::join!(
        desk.step(&finn, &id, Action::Approve, 2, "mine"),
        desk.step(&fay, &id, Action::Reject, 2, "no, mine"),
    );
    assert_eq!([&one, &other].iter().filter(|r| r.is_ok()).count(), 1, "{one:?} {other:?}");
    let (won, lost) = if one.is_ok() { ("finn", other) } else { ("fay", one) };
    assert!(matches!(refused(lost), Refusal::NotNow(State::Approved | State::Rejected, _)));
    let draft = desk.draft(&Who::terminal(), &id).await.expect("a draft");
    assert_eq!(draft.line.decided_by.as_deref(), Some(won));
    let decisions = house.trail(&id).await;
    let decisions = decisions.iter().filter(|(_, a)| a == "draft_approve" || a == "draft_reject").count();
    assert_eq!(decisions, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_draft_is_taken_up_again_with_the_words_of_its_author() {
    let house = House::new().await;
    let desk = &house.live;
    let (dora, finn) = (who("dora", Role::Designer), who("finn", Role::Finance));
    let id = house.drafted(QUESTION).await;
    let draft = desk.draft(&Who::terminal(), &id).await.expect("a draft");
    let file = draft.content.changes[0].files[1].clone();

    // A text that says other figures than its terms, terms that are not the option's, and
    // a budget beyond what is left are each found, and stop it.
    for (old, new, says) in [
        ("$42.00 per unit", "$43.00 per unit", "rate.per_unit 42.00"),
        ("per_unit = \"42.00\"", "per_unit = \"43.00\"", "not those of the option: rate"),
        ("program_budget = \"", "program_budget = \"9", "more than is left"),
        ("+++\nid", "++\nid", "front matter"),
    ] {
        let revision = desk.draft(&Who::terminal(), &id).await.expect("a draft").revision;
        let text = file.text.replacen(old, new, 1);
        assert_ne!(text, file.text, "{old}\n{}", file.text);
        let edit = Edit { revision, file: file.file.clone(), text };
        desk.edit(&dora, &id, edit).await.expect("kept");
        let checks = desk.draft(&Who::terminal(), &id).await.expect("a draft").checks;
        assert!(checks.findings.iter().any(|f| f.message.contains(says)), "{says}: {checks:?}");
        let submitted = desk.step(&dora, &id, Action::Submit, revision + 1, "").await;
        assert_eq!(refused(submitted), Refusal::Broken(checks.errors));
    }
    let revision = desk.draft(&Who::terminal(), &id).await.expect("a draft").revision;
    let old = Edit { revision: 1, file: file.file.clone(), text: file.text.clone() };
    assert_eq!(refused(desk.edit(&dora, &id, old.clone()).await), Refusal::Moved);
    let others = Edit { revision, ..old };
    assert_eq!(
        refused(desk.edit(&who("mia", Role::Manager), &id, others.clone()).await),
        Refusal::NotAuthor("dora".into())
    );
    let words = file.text.replace("**3.1** The", "**3.1** In these months the");
    desk.edit(&dora, &id, Edit { text: words.clone(), ..others }).await.expect("mended");

    desk.step(&dora, &id, Action::Submit, revision + 1, "").await.expect("submitted");
    desk.step(&finn, &id, Action::Reject, revision + 2, "too dear").await.expect("rejected");
    let again = desk.revise(&who("mia", Role::Manager), &id).await.expect("a new draft");
    let again = desk.draft(&Who::terminal(), &again).await.expect("a draft");
    assert_eq!((again.line.author.as_str(), again.line.state), ("mia", State::Draft));
    assert_eq!(again.revises.as_deref(), Some(id.as_str()));
    assert_eq!(again.content.changes[0].files[1].text, words);
    let first = desk.draft(&Who::terminal(), &id).await.expect("a draft");
    assert_eq!(first.line.state, State::Rejected);
    assert!(first.thread.iter().any(|said| said.words == "too dear"));
    let open = desk.revise(&dora, &again.line.id).await;
    assert_eq!(refused(open), Refusal::NotNow(State::Draft, Action::Revise));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_version_is_told_and_forms_carry_their_token() {
    let house = House::new().await;
    let designer = house.people.enter(Role::Designer).await;
    let desk = &house.live;
    let dora = who("dora", Role::Designer);
    for (question, says) in [
        ("raise the Product X SPIFF 5% for EMEA in Q3", "some partners only"),
        ("what if we had raised the Product X SPIFF 5% last quarter", "nothing that is to come"),
        ("raise the Product X SPIFF between 3% and 5% in steps of 1 for Q3", "range"),
        ("raise it", "no forecast"),
    ] {
        let answer = house.ask(question).await;
        let error = desk.make(&dora, &answer.run.id, 0).await.expect_err(question);
        assert!(error.to_string().contains(says), "{question}: {error}");
        let sent = house.form(&designer, "/drafts", &[("answer", &answer.run.id), ("option", "1")]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{question}");
        assert!(sent.text().contains(says), "{question}: the page says why");
    }
    let answer = house.ask(QUESTION).await;
    let body = format!("answer={}&option=1", answer.run.id);
    let forged = house.plain_form(&designer, "/drafts", body).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.drafts(&Who::terminal(), None).await.expect("listed"), [], "nothing was made");
    for path in ["/drafts/none", "/drafts/none/files.zip", "/drafts/none/change.json"] {
        assert_eq!(house.get(&designer, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Readers read; the form of a decision is refused to who made the draft.
    let id = desk.make(&dora, &answer.run.id, 0).await.expect("a draft");
    let auditor = house.people.enter(Role::Auditor).await;
    let page = house.get(&auditor, &format!("/drafts/{id}")).await.text();
    assert!(page.contains("<ins>$42</ins> a unit") && !page.contains("<textarea"), "{page}");
    let decided = [("revision", "1"), ("decision", "approve")];
    for role in [Role::Designer, Role::Auditor, Role::Partner, Role::Administrator] {
        let person = house.people.enter(role).await;
        let sent = house.form(&person, &format!("/drafts/{id}/decide"), &decided).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{role}");
    }
    let finance = house.people.enter(Role::Finance).await;
    let sent = house.form(&finance, &format!("/drafts/{id}/decide"), &decided).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "it was not submitted");
    assert!(sent.text().contains("cannot be approved now"), "{}", sent.text());

    // What was typed is there again, in its place, with the reason.
    desk.step(&dora, &id, Action::Submit, 1, "").await.expect("submitted");
    let wordless = [("revision", "2"), ("decision", "reject"), ("words", " ")];
    let sent = house.form(&finance, &format!("/drafts/{id}/decide"), &wordless).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = sent.text();
    assert!(page.contains("role=\"alert\"") && page.contains("Your decision"), "{page}");
    let old = [("revision", "1"), ("decision", "approve"), ("words", "As <agreed>.")];
    let sent = house.form(&finance, &format!("/drafts/{id}/decide"), &old).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "another revision was looked at");
    assert!(sent.text().contains("As &#60;agreed&#62;."), "{}", sent.text());
}
