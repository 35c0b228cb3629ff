//! Questions that change the last scenario: what they change, what they keep, and
//! where each part came from.

use std::collections::BTreeMap;

use crate::reading::{Context, Names, Reading, Source, Status, read};
use crate::scenario::sample::company;

use super::words;

/// The readings of a conversation.
fn talk(turns: &[&str]) -> Vec<Reading> {
    let (company, answers) = (company(), BTreeMap::new());
    let names = Names::of(&company);
    let mut out: Vec<Reading> = Vec::new();
    for turn in turns {
        let context = Context {
            company: &company,
            names: &names,
            answers: &answers,
            previous: out.last(),
            partner: None,
        };
        out.push(read(turn, &context));
    }
    out
}

fn last(turns: &[&str]) -> String {
    talk(turns).last().map(words).expect("a turn")
}

const BY_TIER: &str = "raise the Product X SPIFF by 5% for Gold and by 3% for Silver in Q3";
const TWO: &str = "raise the Product X SPIFF by 5% and cap it at $2,000 per partner in Q3";

#[test]
fn one_change_is_followed_up() {
    let first = "raise the Product X SPIFF 5% for Q3";
    for (then, wanted) in [
        ("and for EMEA only?", "spiff-product-x rate increase_by_percent 5; Q3 2026; partners in EMEA"),
        ("what about 10%?", "spiff-product-x rate increase_by_percent 10"),
        ("how about $45", "spiff-product-x rate set_to 45"),
        (
            "same but for Q4 and only EMEA",
            "spiff-product-x rate increase_by_percent 5; Q4 2026; partners in EMEA",
        ),
        (
            "drop the cap",
            "spiff-product-x rate increase_by_percent 5 & spiff-product-x cap_per_partner remove -",
        ),
        (
            "and Silver 2%, Gold 4%",
            "spiff-product-x rate increase_by_percent 2 for Silver partners \
             & spiff-product-x rate increase_by_percent 4 for Gold partners",
        ),
    ] {
        assert_eq!(last(&[first, then]), wanted, "{then}");
    }
}

#[test]
fn several_changes_are_followed_up() {
    let gold = "spiff-product-x rate increase_by_percent 5 for Gold partners";
    for (then, wanted) in [
        (
            "without the Gold part",
            "spiff-product-x rate increase_by_percent 3 for Silver partners".to_owned(),
        ),
        ("drop the second one", gold.to_owned()),
        ("forget Silver", gold.to_owned()),
        (
            "make it 7% for Silver",
            format!("{gold} & spiff-product-x rate increase_by_percent 7 for Silver partners"),
        ),
        (
            "and Silver 2%, Platinum 4%",
            format!(
                "{gold} & spiff-product-x rate increase_by_percent 2 for Silver partners \
                 & spiff-product-x rate increase_by_percent 4 for Platinum partners"
            ),
        ),
        // Which of the two?
        ("what about 10%?", "ask options".to_owned()),
    ] {
        assert_eq!(last(&[BY_TIER, then]), wanted, "{then}");
    }
    let there = last(&[BY_TIER, "and only in EMEA"]);
    assert!(there.contains("Gold partners in EMEA") && there.contains("Silver partners in EMEA"), "{there}");
    // The change of the cap, or the cap itself?
    assert_eq!(last(&[TWO, "drop the cap"]), "ask options");
}

#[test]
fn every_part_names_the_turn_it_came_from() {
    let turns = talk(&["raise the Product X SPIFF 5% for Q3", "and for EMEA only?", "what about 10%?"]);
    let third = &turns[2];
    assert_eq!(third.status, Status::Ready);
    let source = |field: &str| third.provenance.iter().find(|p| p.field == field).map(|p| p.source.clone());
    let turn = |turn| Some(Source::Conversation { turn });
    assert_eq!(source("options[0].levers[0].program"), turn(1));
    assert_eq!(source("period"), turn(1));
    assert_eq!(source("audience"), turn(2));
    assert_eq!(source("options"), turn(2), "what the turn goes on from");
    assert!(matches!(source("options[0].levers[0].value"), Some(Source::Question { .. })));
}

/// What was chosen once is not asked again in the conversation: with other figures, and
/// turns later; where other choices are open it is, and in another conversation too.
#[test]
fn a_choice_holds_for_the_conversation() {
    let (company, none) = (company(), BTreeMap::new());
    let names = Names::of(&company);
    let asks = |question: &str, answers: &BTreeMap<String, String>, previous: Option<&Reading>| {
        read(question, &Context { company: &company, names: &names, answers, previous, partner: None })
    };
    let first = "raise the cloud commission by 1% in Q3";
    let open = asks(first, &none, None);
    assert_eq!(open.status, Status::NeedsClarification, "{open:?}");
    let field = open.clarifications[0].field.clone();
    let choice = open.clarifications[0].choices[1].id.clone();
    let answers = BTreeMap::from([(field.clone(), choice.clone())]);
    let chosen = asks(first, &answers, None);
    assert_eq!(chosen.status, Status::Ready);
    assert_eq!(chosen.chosen[0].choice, choice);

    let then = "raise the cloud commission by 2% in Q4";
    let again = asks(then, &none, Some(&chosen));
    assert_eq!(again.status, Status::Ready, "{again:?}");
    let fresh = asks(then, &BTreeMap::from([(field.clone(), choice)]), None);
    assert_eq!(again.scenario, fresh.scenario);
    assert!(again.findings.iter().any(|f| f.code == "chosen_before"), "it is said");
    let settled = again.provenance.iter().find(|p| p.field == field).map(|p| &p.source);
    assert_eq!(settled, Some(&Source::Conversation { turn: 1 }));
    let later = asks("raise the cloud commission by 3% in Q4", &none, Some(&again));
    assert_eq!(later.status, Status::Ready, "two turns later");

    assert_eq!(asks(then, &none, None).status, Status::NeedsClarification, "another conversation");
    let other = asks("raise the commission 1% for Acme", &none, Some(&chosen));
    assert_eq!(other.status, Status::NeedsClarification, "another question: {other:?}");
}
