//! The same said in other words gives the same scenario; units and signs survive;
//! every choice offered completes the reading it was offered for.

use proptest::prelude::*;

use crate::reading::{Names, Status, read};
use crate::scenario::sample::company;
use crate::scenario::{Draft, Operation};

use super::{Context, read_now};

const UP: &[&str] = &["raise", "increase", "bump", "lift", "boost", "hike", "push up", "sweeten"];
const AMOUNTS: &[&str] =
    &["by 5%", "5%", "by five percent", "5 percent", "by 5 pct", "by 5.0%", "by five per cent"];
const PROGRAMS: &[&str] =
    &["the Product X SPIFF", "spiff-product-x", "the SPIFF on Product X", "the product x spiff rate"];
const TIMES: &[&str] = &[
    "in Q3",
    "for Q3 2026",
    "in the third quarter",
    "from July to September 2026",
    "this quarter",
    "in Jul-Sep",
    "over the next three months",
    "through the end of September",
];
const PEOPLE: &[&str] = &[
    "for Gold partners in EMEA",
    "for gold in EMEA",
    "for EMEA Gold partners",
    "for EMEA partners of Gold tier",
];
/// What may stand around a question without a part in it.
const FRAMES: &[(&str, &str)] = &[
    ("", ""),
    ("what if we ", "?"),
    ("Could you please ", ""),
    ("Hi there, my boss keeps asking: should we ", "? Thanks!"),
    ("Partners love it. Can we ", "? Where would we land?"),
    ("I was wondering whether we should ", ", what would that do to margin?"),
    ("Sorry to bother you again. Suppose we ", " - is it worth it?"),
];

fn scenario(question: &str) -> Option<Draft> {
    let reading = read_now(question, &[]);
    reading.scenario.filter(|_| reading.status == Status::Ready)
}

/// A scenario without the names of its period.
fn bare(mut draft: Draft) -> Draft {
    draft.period.label.clear();
    draft
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn other_words_give_the_same_scenario(
        verb in prop::sample::select(UP), amount in prop::sample::select(AMOUNTS), program in prop::sample::select(PROGRAMS),
        time in prop::sample::select(TIMES), who in prop::sample::select(PEOPLE), order in 0usize..3,
        frame in prop::sample::select(FRAMES),
    ) {
        let core = match order {
            0 => format!("{verb} {program} {amount} {who} {time}"),
            1 => format!("{verb} {program} {amount} {time} {who}"),
            _ => format!("{verb} {program} {who} {amount} {time}"),
        };
        let question = format!("{}{core}{}", frame.0, frame.1);
        let wanted = scenario("raise the Product X SPIFF 5% for Gold partners in EMEA in Q3").expect("a scenario");
        let got = scenario(&question);
        prop_assert!(got.is_some(), "{}", question);
        prop_assert_eq!(got.map(bare), Some(bare(wanted)), "{}", question);
    }

    #[test]
    fn units_and_signs_survive(n in 1u32..20, up in any::<bool>(), money in any::<bool>(), sign in any::<bool>()) {
        let amount = if money { format!("${n}") } else { format!("{n}%") };
        let question = if sign {
            format!("Product X SPIFF {}{amount} in Q3", if up { "+" } else { "-" })
        } else {
            format!("{} the Product X SPIFF by {amount} in Q3", if up { "raise" } else { "cut" })
        };
        let draft = scenario(&question);
        prop_assert!(draft.is_some(), "{}", question);
        let lever = draft.expect("checked").options[0].levers[0].clone();
        let wanted = match (up, money) {
            (true, true) => Operation::IncreaseByAmount,
            (false, true) => Operation::DecreaseByAmount,
            (true, false) => Operation::IncreaseByPercent,
            (false, false) => Operation::DecreaseByPercent,
        };
        prop_assert_eq!((lever.operation, lever.value), (wanted, Some(n.to_string())), "{}", question);
    }

    #[test]
    fn levers_keep_their_own_numbers(a in 1u32..9, b in 10u32..19) {
        let question = format!("raise the Product X SPIFF by {a}% for Gold and by {b}% for Platinum in Q3");
        let draft = scenario(&question);
        prop_assert!(draft.is_some(), "{}", question);
        let levers = draft.expect("checked").options[0].levers.clone();
        let said: Vec<_> = levers
            .iter()
            .map(|l| (l.value.clone(), l.audience.as_ref().map(|w| w.include[0].tiers.clone())))
            .collect();
        let wanted = |n: u32, tier: &str| (Some(n.to_string()), Some(vec![tier.to_owned()]));
        prop_assert_eq!(said, vec![wanted(a, "Gold"), wanted(b, "Platinum")]);
    }
}

#[test]
fn every_choice_completes_the_reading_or_leads_on() {
    let questions = [
        "raise the cloud commission by 5%",
        "raise the Product X SPIFF by 5",
        "raise the SPIFF 5%",
        "raise the volume rebate by 0.5 points",
        "raise the Product X SPIFF 5% in Q1 2026",
        "raise the Nova Launch SPIFF to $30",
        "raise the Product X SPIFF 5% for Acme",
        "raise the Product X SPIFF 5% for Gold and cut the referral commission by 1 point",
    ];
    for question in questions {
        let reading = read_now(question, &[]);
        assert_eq!(reading.status, Status::NeedsClarification, "{question}");
        assert_eq!(reading.clarifications.len(), 1, "{question}: one at a time");
        let open = &reading.clarifications[0];
        assert!(open.choices.len() >= 2, "{question}");
        for choice in &open.choices {
            let next = read_now(question, &[(&open.field, &choice.id)]);
            let asked_again = next.clarifications.first().is_some_and(|c| c.field == open.field);
            assert!(!asked_again, "{question}: {} {}", open.field, choice.id);
            if next.status == Status::Ready {
                let draft = serde_json::to_value(&next.scenario).expect("serialises");
                assert_eq!(choice.patch, draft, "{question}: {}", choice.id);
            }
        }
    }
}

#[test]
fn a_partner_learns_about_itself_only() {
    let (company, answers) = (company(), std::collections::BTreeMap::new());
    let ask = |question: &str| {
        read(
            question,
            &Context {
                company: &company,
                names: &Names::of(&company),
                answers: &answers,
                previous: None,
                partner: Some("P-0003"),
            },
        )
    };
    let own = ask("how much will I earn in Q3?").scenario.and_then(|d| d.earnings).expect("an outlook");
    assert_eq!(own.partner, "P-0003");
    assert_eq!(ask("how much will Fabrikam earn in Q3?").status, Status::Unsupported);
    assert_eq!(ask("how much will Bluebird Systems earn in Q3?").status, Status::Ready);
}
