//! Questions about the rules: the clause is quoted with its program, version and number,
//! from the version in force on the days asked about; and where no rule speaks of what
//! was asked, the answer says so.

use std::sync::OnceLock;

use spiffcast::answer::Answer;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::config::Settings;
use spiffcast::history::{self, Place};
use spiffcast::retrieval::{self, Audience, Kind, Query, SHARE_MIN};
use spiffcast::state::State;
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::company::Company;
use tempfile::TempDir;

fn company() -> &'static Company {
    static COMPANY: OnceLock<Company> = OnceLock::new();
    COMPANY.get_or_init(|| {
        history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company
    })
}

async fn ask(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clause_is_quoted_with_its_place_once() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    let state = State::open(settings).await.expect("the demo company");

    let answer = ask(&state, "What is the cap of the Product X SPIFF?").await;
    let first = answer.citations.first().expect("a citation");
    assert_eq!((first.program.as_str(), first.version, first.clause.as_str()), ("spiff-product-x", 3, "4.1"));
    let summary = answer.summary.expect("a summary");
    let all = format!("{}\n{}", summary.headline, summary.text);
    assert!(summary.headline.starts_with("Product X SPIFF, version 3"), "{all}");
    assert!(all.contains("§4.1") && all.contains(&format!("“{}”", first.quote)), "{all}");
    assert_eq!(all.matches("Product X SPIFF, version 3").count(), 1, "{all}");
    assert_eq!(all.matches("§4.1").count(), 1, "{all}");

    // A program that has ended answers with its last version, and says when that was.
    let answer = ask(&state, "What is the cap of the Support Plan SPIFF?").await;
    assert_eq!(
        answer.citations.first().map(|c| (c.program.as_str(), c.version)),
        Some(("spiff-services", 3))
    );
    let summary = answer.summary.expect("a summary");
    let all = format!("{}\n{}", summary.headline, summary.text);
    assert!(all.contains("in force 1 June – 31 August 2025"), "{all}");

    let answer = ask(&state, "Does the Product X SPIFF cover travel expenses?").await;
    let headline = answer.summary.expect("an answer").headline;
    assert_eq!(headline, "The rules do not say.");
    assert!(answer.citations.is_empty());
}

const ELSEWHERE: [&str; 20] = [
    "What is the dress code at the annual partner conference?",
    "How many vacation days do partner managers get?",
    "Does the Product X SPIFF cover travel expenses?",
    "What does the cafeteria serve on Fridays?",
    "Who won the football world cup?",
    "What is the warranty period of a pump under the Product Y Sprint?",
    "Does the volume rebate say anything about hotel rooms?",
    "How do I reset my password?",
    "What is the tax treatment of SPIFF income for individual employees in France?",
    "Which parking spaces are reserved for Platinum partners?",
    "What is the weather in EMEA tomorrow?",
    "Who is the chief executive of the company?",
    "Does the marketing fund require a logo on the brochure?",
    "What's the interest rate on late invoices?",
    "Is there a dental plan for resellers?",
    "What color is the Edge Gateway?",
    "How do I install the Product X firmware?",
    "Can I bring my dog to the onboarding workshop?",
    "What is the phone number of support?",
    "When is the office closed for the holidays?",
];

/// The threshold parts questions about the rules from others: at least 95% of the judged
/// ones are above it, at least 80% of those about other things below.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_rule_speaks_of_is_told_from_what_one_does() {
    let folder = TempDir::new().expect("a folder");
    let index = retrieval::open(company(), folder.path(), None).await.expect("an index");
    let mut best = Vec::new();
    let judged = include_str!("../../data/questions/retrieval-demo.jsonl").lines().map(|line| {
        let read: serde_json::Value = serde_json::from_str(line).expect("a judgement");
        (read["question"].as_str().expect("a question").to_owned(), read["on"].as_str().map(str::to_owned))
    });
    let elsewhere = ELSEWHERE.iter().map(|q| ((*q).to_owned(), None));
    for (text, on) in judged.chain(elsewhere) {
        let on = on.map_or(company().today(), |day| day.parse().expect("a day"));
        let query = Query {
            text: text.clone(),
            kinds: vec![Kind::Clause],
            in_force_on: Some(Span::new(on, on)),
            limit: 3,
            ..Query::default()
        };
        let hits = index.search(&query).await.expect("hits");
        best.push((text, hits.iter().map(|h| h.share).fold(0.0, f32::max)));
    }
    let (rules, others) = best.split_at(best.len() - ELSEWHERE.len());
    let above = rules.iter().filter(|(_, share)| *share >= SHARE_MIN).count();
    let below = others.iter().filter(|(_, share)| *share < SHARE_MIN).count();
    eprintln!("{above} of {} above, {below} of {} below", rules.len(), others.len());
    assert!(above * 100 >= rules.len() * 95, "{above} of {}", rules.len());
    assert!(below * 100 >= others.len() * 80, "{below} of {}: {others:#?}", others.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_some_partners_leaves_out_what_they_cannot_take_part_in() {
    let folder = TempDir::new().expect("a folder");
    let index = retrieval::open(company(), folder.path(), None).await.expect("an index");
    let today = company().today();
    let everyone = Query {
        text: "growth rebate and cloud pilot caps".to_owned(),
        kinds: vec![Kind::Clause],
        in_force_on: Some(Span::new(today, today)),
        limit: 200,
        ..Query::default()
    };
    let programs = async |query: &Query| -> Vec<String> {
        let mut found: Vec<String> =
            index.search(query).await.expect("hits").into_iter().filter_map(|h| h.program).collect();
        found.sort();
        found.dedup();
        found
    };
    let all = programs(&everyone).await;
    assert!(all.contains(&"growth-emea-apac".to_owned()) && all.contains(&"spiff-cloud-pilot".to_owned()));
    let regions = vec!["AMER".to_owned()];
    let amer = Query { audience: Audience { regions, ..Audience::default() }, ..everyone };
    let theirs = programs(&amer).await;
    assert!(!theirs.contains(&"growth-emea-apac".to_owned()), "{theirs:?}");
    assert!(theirs.contains(&"spiff-cloud-pilot".to_owned()), "{theirs:?}");
    assert!(theirs.contains(&"rebate-volume".to_owned()), "open to every region: {theirs:?}");
}
