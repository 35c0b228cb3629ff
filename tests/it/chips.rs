//! Every field of a reading is a chip: what it offers, what a changed one asks for, and
//! that a refused one is shown again where it was typed, without a script.

use std::sync::Arc;

use axum::http::StatusCode;
use scraper::{ElementRef, Html, Selector};
use spiffcast::answer::Answer;
use spiffcast::app::port::Copilot;
use spiffcast::config::Settings;
use spiffcast::state::State;
use spiffcast_engine::scenario::{Draft, Operation, Parameter};

use crate::answer_pages::{Desk, all};
use crate::browser::{Browser, ENTER, skipped};

/// The fields of the form of the chip whose form has a field of this name, as a browser
/// would send them.
fn form(page: &Html, name: &str) -> Vec<(String, String)> {
    let select = |css: &str| Selector::parse(css).expect("a selector");
    let holds = |form: &ElementRef<'_>| form.select(&select(&format!("[name='{name}']"))).next().is_some();
    let form = page.select(&select("form[data-correct]")).find(holds);
    let form = form.unwrap_or_else(|| panic!("a chip with {name}"));
    let value = |e: ElementRef<'_>| e.value().attr("value").unwrap_or_default().to_owned();
    let mut fields = Vec::new();
    for field in form.select(&select("input[name], select[name]")) {
        let attribute = |name| field.value().attr(name);
        let ticked = attribute("type") != Some("checkbox") || attribute("checked").is_some();
        let sent = match field.value().name() {
            "select" => field.select(&select("option[selected]")).next().map(value),
            _ => ticked.then(|| value(field)),
        };
        fields.extend(sent.map(|sent| (attribute("name").unwrap_or_default().to_owned(), sent)));
    }
    fields
}

/// The same with some fields filled in otherwise, as the body of a form.
fn filled(mut fields: Vec<(String, String)>, changes: &[(&str, &str)]) -> String {
    for (name, value) in changes {
        let field = fields.iter_mut().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name}"));
        field.1 = (*value).to_owned();
    }
    let pairs = fields.iter().map(|(n, v)| format!("{}={}", escaped(n), escaped(v)));
    pairs.collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl Desk {
    /// Corrects the chip that has a field of the first name; the scenario that comes of it.
    async fn corrected(&self, answer: &Answer, changes: &[(&str, &str)]) -> (Answer, Draft) {
        let (_, page) = self.page(answer, "").await;
        let (status, place, text) = self.post(&filled(form(&page, changes[0].0), changes)).await;
        assert_eq!(
            status,
            StatusCode::SEE_OTHER,
            "{changes:?}: {:?}",
            all(&Html::parse_document(&text), ".problem")
        );
        let id = place.trim_start_matches("/answers/").trim_end_matches("#moved");
        let after = self.state.answer(id).await.expect("read").expect("kept");
        let scenario = after.reading.scenario.clone().expect("a scenario");
        (after, scenario)
    }

    /// The problem that the page shows in the chip that has a field of the first name, and
    /// what stands there then.
    async fn refused(&self, answer: &Answer, changes: &[(&str, &str)]) -> String {
        let (_, page) = self.page(answer, "").await;
        let (status, _, text) = self.post(&filled(form(&page, changes[0].0), changes)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
        let page = Html::parse_document(&text);
        assert_eq!(all(&page, "details.correct[open]").len(), 1, "the chip is open, and no other");
        for (name, typed) in changes {
            let kept = form(&page, name).into_iter().find(|(n, _)| n == name).map(|(_, v)| v);
            assert_eq!(kept.as_deref(), Some(*typed), "{name} keeps what was typed");
        }
        assert_eq!(all(&page, ".keys-row").len(), 1, "the answer is still there");
        all(&page, "details.correct[open] .problem:not([hidden])").concat()
    }
}

/// Of a page, the names of fields that are no chip.
fn bare(page: &Html) -> Vec<String> {
    let select = |css: &str| Selector::parse(css).expect("a selector");
    let chips = select("details.correct, a.chip");
    let fields = select(".field");
    let without = page.select(&fields).filter(|field| field.select(&chips).next().is_none());
    without
        .map(|field| {
            field.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_every_sort_of_question_is_a_chip() {
    let desk = Desk::open().await;
    for question in [
        "raise the Product X SPIFF 5% for Gold partners in EMEA and Silver partners in APAC in Q3",
        "raise the Product X SPIFF between 3% and 8% in steps of 1 for Q3",
        "raise the Product X SPIFF between 3% and 8% for Q3",
        "what Product X SPIFF maximizes net in Q4 while payout stays below $200,000",
        "launch a $30 SPIFF on PX-200 in Q4 capped at $2,000 a partner",
        "what if we pause the Product X SPIFF next quarter",
        "open the Product X SPIFF to Silver partners in Q3",
        "raise the Product X SPIFF 5%, or the referral commission by 1 point, for Q3",
    ] {
        let answer = desk.ask(question).await;
        let (_, page) = desk.page(&answer, "").await;
        assert!(all(&page, ".field").len() >= 4, "{question}");
        assert_eq!(bare(&page), [""; 0], "{question}");
        assert!(!all(&page, ".field").concat().contains("not settled"), "{question}");
        let (after, _) = desk.corrected(&answer, &[("set.period", "Q4 2026")]).await;
        let (_, page) = desk.page(&after, "").await;
        assert_eq!(bare(&page), [""; 0], "{question}, corrected");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_and_a_goal_are_corrected_in_place() {
    let desk = Desk::open().await;
    let answer = desk.ask("raise the Product X SPIFF between 3% and 8% in steps of 1 for Q3").await;
    let said = desk.refused(&answer, &[("range.from", "9"), ("range.to", "4")]).await;
    assert!(said.contains("The range ends at 4 and starts at 9"), "{said}");
    let (after, draft) = desk.corrected(&answer, &[("range.to", "6.5"), ("range.step", "0.5")]).await;
    let range = draft.sweep.expect("a range");
    assert_eq!([&*range.from, &range.to, &range.step], ["3", "6.5", "0.5"]);
    assert_eq!(after.forecast.expect("a forecast").sweep.expect("a curve").len(), 8);
    assert_eq!(draft.options[0].label, "Product X SPIFF 3 to 6.5");

    let answer = desk.ask("what Product X SPIFF gets us to 10% more units in Q4?").await;
    let said = desk.refused(&answer, &[("goal.confidence", "120")]).await;
    assert!(said.contains("does not lie between 0 and 1"), "{said}");
    let changes = [("goal.value", "4"), ("goal.confidence", "80"), ("goal.0.value", "250000")];
    let (after, draft) = desk.corrected(&answer, &changes).await;
    let goal = draft.goal.expect("a goal");
    assert_eq!((goal.value.as_deref(), goal.confidence.as_deref()), (Some("4"), Some("0.8")));
    assert_eq!((goal.relative.as_deref(), goal.subject_to.len()), (Some("percent"), 1));
    assert_eq!((&*goal.subject_to[0].metric, &*goal.subject_to[0].value), ("payout", "250000"));
    let (_, page) = desk.page(&after, "").await;
    let told = all(&page, ".field").concat();
    assert!(
        told.contains("Units at least 4 percent, while payout at most 250000, in 80% of draws"),
        "{told}"
    );
    // Without an amount a condition is gone, and what is sought for most has none.
    let changes = [("goal.direction", "maximize"), ("goal.metric", "net"), ("goal.0.value", "")];
    let (_, draft) = desk.corrected(&after, &changes).await;
    let goal = draft.goal.expect("a goal");
    assert_eq!((goal.value, goal.relative, goal.subject_to.len()), (None, None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_tiers_and_new_programs_are_corrected_in_place() {
    let desk = Desk::open().await;
    let answer = desk.ask("launch a $30 SPIFF on PX-200 in Q4 capped at $2,000 a partner").await;
    let rate = "new.s.options[0].levers[0].terms|rate.per_unit";
    let cap = "new.s.options[0].levers[0].terms|caps.per_partner";
    let said = desk.refused(&answer, &[(rate, "much")]).await;
    assert!(!said.is_empty());
    let skus = "new.l.options[0].levers[0].terms|applies_to.skus";
    let (_, draft) = desk.corrected(&answer, &[(rate, "35"), (cap, ""), (skus, "PX-200; PX-100")]).await;
    let terms = draft.options[0].levers[0].terms.as_ref().expect("terms");
    assert_eq!((&terms["rate"]["per_unit"], terms.get("caps")), (&"35".into(), None));
    assert_eq!(terms["applies_to"]["skus"], serde_json::json!(["PX-200", "PX-100"]));

    // A rate by tiers has none of its own: the checks say so, the next chip offers them.
    let answer = desk.ask("raise the Product X SPIFF 5% for Q3").await;
    let said = desk.refused(&answer, &[("set.options[0].levers[0].program", "Edge Unit Rebate")]).await;
    assert!(said.contains("pays by tiers"), "{said}");
    let answer = desk.ask("raise the minimum of the Edge Unit Rebate to 10 units for Q3").await;
    let term = "term.options[0].levers[0].parameter";
    let (after, draft) = desk.corrected(&answer, &[(term, "tier_threshold@25")]).await;
    let lever = &draft.options[0].levers[0];
    assert_eq!((lever.parameter, lever.tier_from.as_deref()), (Parameter::TierThreshold, Some("25")));
    let said = desk.refused(&after, &[("set.options[0].levers[0].value", "60")]).await;
    assert!(!said.is_empty(), "two tiers from 60");
    let (after, draft) = desk.corrected(&after, &[(term, "tier_rate@25")]).await;
    assert_eq!(draft.options[0].levers[0].parameter, Parameter::TierRate);
    let (_, draft) = desk.corrected(&after, &[("set.options[0].levers[0].tier_from", "60")]).await;
    assert_eq!(draft.options[0].levers[0].tier_from.as_deref(), Some("60"));

    let answer = desk.ask("what if we pause the Product X SPIFF next quarter").await;
    let (_, draft) = desk.corrected(&answer, &[("set.options[0].levers[0].value", "true")]).await;
    let lever = &draft.options[0].levers[0];
    assert_eq!((lever.operation, lever.value.as_deref()), (Operation::SetTo, Some("true")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_refused_and_corrected_in_a_browser_with_scripts_and_without() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    let state = State::open(settings).await.expect("the demo company");
    let browser = Browser::open(Arc::new(state)).await;
    browser.look(390, "dark").await;
    browser.go("/").await;
    let question = "raise the Product X SPIFF between 3% and 8% in steps of 1 for Q3";
    browser.wait("#question").await.send_keys(&format!("{question}{ENTER}")).await.expect("keys");
    browser.wait(".answer h1").await;
    let here = browser.path().await;
    let opened = "document.querySelector('[name=\"range.to\"]').closest('details').open = true";
    for scripts in [true, false] {
        browser
            .devtools("Emulation.setScriptExecutionDisabled", serde_json::json!({ "value": !scripts }))
            .await;
        browser.go(&here).await;
        browser.run(opened).await;
        let end = browser.wait("[name='range.to']").await;
        end.clear().await.expect("cleared");
        end.send_keys(&format!("2{ENTER}")).await.expect("keys");
        let told = browser.wait("details[open] .problem:not([hidden])").await.text().await.expect("words");
        assert!(told.contains("The range ends at 2 and starts at 3"), "{told}");
        let end = browser.wait("[name='range.to']").await;
        assert_eq!(end.prop("value").await.expect("a value").as_deref(), Some("2"), "what was typed stays");
        if scripts {
            browser.pictures("refused-range").await;
            browser.look(390, "dark").await;
        }
        end.clear().await.expect("cleared");
        end.send_keys(&format!("6{ENTER}")).await.expect("keys");
        browser.wait("#moved").await;
        let said = browser.wait(".fields").await.text().await.expect("text");
        assert!(said.contains("3 to 6 in steps of 1"), "{said}");
    }
    browser.close().await;
}
