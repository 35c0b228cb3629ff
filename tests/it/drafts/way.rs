//! From the button under an answer to files on disk that pay what the forecast's option
//! pays.

use chrono::Days;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use spiffcast::app::drafts::Approvals;
use spiffcast::app::drafts::port::{Edit, VersionFile};
use spiffcast::app::drafts::steps::Action;
use spiffcast::app::port::Copilot;
use spiffcast::auth::Role;
use spiffcast_engine::programs::revise::with_versions;
use spiffcast_engine::programs::{ProgramVersion, RuleBook, SettleOptions, front_matter, settle};
use spiffcast_engine::sales::{LineKind, SaleLine};
use spiffcast_engine::scenario;

use super::{House, QUESTION, who};

fn budget(file: &VersionFile) -> Decimal {
    let (version, _) = front_matter::parse(&file.file, &file.text).expect("a program");
    version.terms.caps.program_budget.expect("a budget")
}

const FILES: [&str; 3] =
    ["programs/spiff-product-x/v3.md", "programs/spiff-product-x/v4.md", "programs/spiff-product-x/v5.md"];

#[tokio::test(flavor = "multi_thread")]
async fn a_designer_drafts_and_finance_approves_what_the_option_pays() {
    let house = House::new().await;
    let (designer, finance) =
        (house.people.enter(Role::Designer).await, house.people.enter(Role::Finance).await);
    let empty = house.get(&designer, "/drafts").await.text();
    assert!(empty.contains("Nothing was drafted yet"), "{empty}");

    // The button stands under the answer.
    let answer = house.ask(QUESTION).await;
    let page = house.get(&designer, &format!("/answers/{}", answer.run.id)).await.text();
    assert!(page.contains("Draft this change"), "{page}");
    let made = house.form(&designer, "/drafts", &[("answer", &answer.run.id), ("option", "1")]).await;
    let id = made.draft();
    let place = format!("/drafts/{id}");

    // Terms and text beside those of today, checks, and what it accrues by month.
    let page = house.get(&designer, &place).await.text();
    for told in [
        "<ins>$42</ins> a unit",
        "<del>$40</del> a unit",
        "<ins>$42.00</ins>",
        "<del>$40.00</del>",
        "ends on 30 June 2026",
        "the terms of v3 again",
        "July 2026",
        "In all",
        "Every file parses",
        "The past stays",
        &format!("/answers/{}", answer.run.id),
        "Submit for a decision",
    ] {
        assert!(page.contains(told), "{told}\n{page}");
    }
    assert!(!page.contains("partners differ"), "the files pay what the option pays: {page}");
    assert!(!page.contains("/decide"), "its author does not decide");

    // The change has of the budget what the forecast says it may pay, the rest comes after.
    let draft = house.live.draft(&id).await.expect("a draft");
    let change = &draft.content.changes[0];
    let budgets: Vec<Decimal> = change.files.iter().map(budget).collect();
    let left: Decimal = change.budgets[0].left.parse().expect("an amount");
    let pay = &answer.forecast.as_ref().expect("a forecast").by.program;
    let pay =
        pay.iter().find(|row| row.key == "spiff-product-x").expect("its row").metrics["payout"].options[0];
    let most = Decimal::from_f64(pay.outcome_p90.expect("a range")).expect("an amount").ceil();
    assert!(change.by_forecast && budgets[1] + budgets[2] <= left, "{budgets:?} of {left}");
    // Where it may pay more than there is, the days after it keep a little.
    let scarce = budgets[1] < most && budgets[2] * Decimal::TEN < left;
    assert!(budgets[1] == most || scarce, "{budgets:?}, {most}");
    let trial = &draft.checks.trials[0];
    let cut: Decimal = trial.cut.1.parse().expect("an amount");
    assert!(cut.is_zero(), "{trial:?}");

    // The author's words; the terms stay the option's.
    let file = &draft.content.changes[0].files[1];
    assert_eq!(file.file, FILES[1]);
    let reworded = file
        .text
        .replace("works out in the car park", "works out")
        .replace("**3.1** The incentive is", "**3.1** For these three months the incentive is");
    assert_ne!(reworded, file.text);
    let typed = reworded.replace('\n', "\r\n");
    let fields = [("revision", "1"), ("file", FILES[1]), ("text", typed.as_str())];
    assert_eq!(house.form(&designer, &format!("{place}/text"), &fields).await.draft(), id);
    house.form(&designer, &format!("{place}/submit"), &[("revision", "2")]).await.draft();

    // Finance looks, speaks and approves.
    let page = house.get(&finance, &place).await.text();
    assert!(page.contains("For these three months") && page.contains(r#"value="approve""#), "{page}");
    house.form(&finance, &format!("{place}/comment"), &[("words", "Is Q4 <b>safe</b>?")]).await.draft();
    let fields = [("revision", "3"), ("decision", "approve"), ("words", "go")];
    house.form(&finance, &format!("{place}/decide"), &fields).await.draft();
    let page = house.get(&finance, &place).await.text();
    for told in ["Is Q4 &", "changes nothing that is live", "files.zip"] {
        assert!(page.contains(told), "{told}\n{page}");
    }
    let trail = house.trail(&id).await;
    let actions: Vec<&str> = trail.iter().map(|(_, action)| action.as_str()).collect();
    assert_eq!(actions, ["draft", "draft_edit", "draft_submit", "draft_comment", "draft_approve"]);
    assert_eq!(trail[0].0, trail[2].0);
    assert_ne!(trail[0].0, trail[4].0);

    // The rules that serve are as they were; the files are on disk and parse.
    let company = Copilot::company(&*house.live);
    assert_eq!(company.program("spiff-product-x").expect("there").latest().version, 3);
    let versions: Vec<ProgramVersion> = FILES
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(house.approved(&id, file)).expect("written");
            front_matter::parse(file, &text).expect("a program").0
        })
        .collect();
    assert!(versions[1].clauses.iter().any(|c| c.text.starts_with("For these three months")));

    // They pay what the forecast's option pays, on the sales of the half-year before.
    let after = with_versions(&company, versions).expect("they fit together");
    let draft = answer.reading.scenario.clone().expect("a scenario");
    let checked = scenario::check(draft, &company).scenario.expect("sound");
    let half = Days::new(184);
    let moved = |line: &SaleLine| SaleLine {
        transaction_id: format!("later-{}", line.transaction_id),
        sold_on: line.sold_on + half,
        reported_on: line.reported_on.map(|day| day + half),
        ..line.clone()
    };
    let sold = |line: &&SaleLine| line.kind == LineKind::Sale && line.sold_on + half > company.as_of;
    let extra: Vec<SaleLine> = company.lines.iter().filter(sold).map(moved).collect();
    assert!(extra.len() > 1_000, "{}", extra.len());
    let paid = |company: &spiffcast_engine::company::Company, book: &RuleBook| {
        let options = SettleOptions { program: Some("spiff-product-x"), extra: &extra, ..Default::default() };
        let lines = settle(company, book, &options).payouts.into_iter();
        // A version has its own share of the budget: what it cuts is put back.
        let mut lines: Vec<_> =
            lines.map(|p| (p.period_start, p.partner_id, p.amount + p.budget_cut)).collect();
        lines.sort();
        lines
    };
    let by_files = paid(&after, &RuleBook::of(&after.programs));
    assert_eq!(by_files, paid(&company, &scenario::rule_book(&checked, 0, &company)));
    assert_ne!(by_files, paid(&company, &RuleBook::of(&company.programs)), "and not what today's rules pay");
}

#[tokio::test(flavor = "multi_thread")]
async fn approved_files_are_written_again_where_they_are_gone() {
    let house = House::new().await;
    let id = house.drafted(QUESTION).await;
    let (dora, finn) = (who("dora", Role::Designer), who("finn", Role::Finance));
    house.live.step(&dora, &id, Action::Submit, 1, "").await.expect("submitted");
    assert!(house.live.payload(&id).await.is_err(), "nothing is handed out before");
    house.live.step(&finn, &id, Action::Approve, 2, "").await.expect("approved");
    let file = house.approved(&id, FILES[1]);
    let text = std::fs::read(&file).expect("written");
    // As if the process had died between the decision and the file, or while it wrote.
    std::fs::remove_file(&file).expect("gone");
    std::fs::write(file.with_file_name(".new-half"), "+++").expect("half of one");
    house.live.write_approved().await.expect("looked after");
    assert_eq!(std::fs::read(&file).expect("back"), text);
    let first = house.live.payload(&id).await.expect("a payload");
    assert_eq!(house.live.payload(&id).await.expect("again"), first, "the same whenever it is asked for");
    assert_eq!(first.versions[1].markdown.as_bytes(), text);
    let edit = Edit { revision: 3, file: FILES[1].to_owned(), text: "other".to_owned() };
    assert!(house.live.edit(&dora, &id, edit).await.is_err(), "what was approved stays");
}
