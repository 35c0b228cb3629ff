//! Wordings over the demo company, written apart from the reader: each is read
//! right or asked about. `ask:FIELD` expects a clarification about the field,
//! `no:` an unsupported or failed reading, never a wrong scenario.

use std::collections::BTreeMap;

use spiffcast::config::Settings;
use spiffcast::history::{self, Place};
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::{Context, Names, Reading, Status, read};

/// question | program parameter operation value | start end — or `ask:field`, or `no:`.
const WORDINGS: &str = "\
bump the Edge Gateway SPIFF by 10% in Q4 | spiff-edge rate increase_by_percent 10 | 2026-10-01 2026-12-31
Could we cut the Product X SPIFF to $35 next quarter? | spiff-product-x rate set_to 35 | 2026-10-01 2026-12-31
what if the Product Y Sprint paid 30 dollars a unit in August and September | spiff-product-y rate set_to 30 | 2026-08-01 2026-09-30
double the product x spiff for this quarter | spiff-product-x rate multiply_by 2 | 2026-07-01 2026-09-30
add $5 to the Product X SPIFF for July | spiff-product-x rate increase_by_amount 5 | 2026-07-01 2026-07-31
trim the Edge Gateway SPIFF by four dollars from 15 July to 30 September | spiff-edge rate decrease_by_amount 4 | 2026-07-15 2026-09-30
pause the Partner Marketing Fund in Q4 | mdf-partner-fund active pause - | 2026-10-01 2026-12-31
lift the Cloud Pilot SPIFF by 2 percentage points in Q3 | spiff-cloud-pilot rate increase_by_points 2 | 2026-07-01 2026-09-30
set the Referral Commission to 2% for Q3 | commission-referral rate set_to 2 | 2026-07-01 2026-09-30
raise the cap per partner of the Product X SPIFF to $6,000 in Q3 | spiff-product-x cap_per_partner set_to 6000 | 2026-07-01 2026-09-30
increase the Product X SPIFF budget by $50,000 in H2 | spiff-product-x program_budget increase_by_amount 50000 | 2026-07-01 2026-12-31
open the Edge Gateway SPIFF to Silver in Q4 | spiff-edge eligible_tiers add Silver | 2026-10-01 2026-12-31
raise the Product X SPIFF five percent in Q3 2026 | spiff-product-x rate increase_by_percent 5 | 2026-07-01 2026-09-30
rase the Prodct X SPIF 5% for Q3 | spiff-product-x rate increase_by_percent 5 | 2026-07-01 2026-09-30
raise the Product X SPIFF 5% | spiff-product-x rate increase_by_percent 5 | 2026-07-01 2026-09-30
increase the Referral Commission by 5% in Q3 | ask:operation
raise the Product X SPIFF by 5 in Q3 | ask:
raise the Quarterly Volume Rebate by half a point in Q3 | ask:
raise the Support Plan SPIFF to $20 in Q3 | ask:active
raise the SPIFF 5% in Q3 | ask:program
raise the Product Z SPIFF 5% in Q3 | ask:program
don't raise the Product X SPIFF in Q3 | ask:
what if we had raised the Product X SPIFF 5% last quarter | spiff-product-x rate increase_by_percent 5 | 2026-04-01 2026-06-30
make everything better | no:
raise the Product X SPIFF 5% for Q3 unless Acme objects | ask:
Which partners qualify for the Edge Gateway SPIFF? |  | 2026-07-01 2026-09-30
compare a 5% and a 10% raise of the Product X SPIFF in Q3 | spiff-product-x rate increase_by_percent 5 + spiff-product-x rate increase_by_percent 10 | 2026-07-01 2026-09-30
";

fn company() -> Company {
    let settings = Settings::load(None, |_| None).expect("defaults");
    history::load(&Place::Demo, settings.calendar).expect("the demo company").company
}

fn told(reading: &Reading) -> String {
    let Some(draft) = &reading.scenario else { return format!("{:?}", reading.status) };
    let levers: Vec<String> = draft
        .options
        .iter()
        .flat_map(|o| &o.levers)
        .map(|l| {
            format!(
                "{} {} {} {}",
                l.program,
                word(&l.parameter),
                word(&l.operation),
                l.value.as_deref().unwrap_or("-")
            )
        })
        .collect();
    format!("{} | {} {}", levers.join(" + "), draft.period.start, draft.period.end)
}

/// The JSON word of an enum.
fn word(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).expect("plain data");
    json.as_str().expect("a word").to_owned()
}

#[test]
fn every_wording_is_read_right_or_asked_about() {
    let company = company();
    let answers = BTreeMap::new();
    let names = Names::of(&company);
    let context =
        Context { company: &company, names: &names, answers: &answers, previous: None, partner: None };
    let mut wrong = Vec::new();
    for line in WORDINGS.lines() {
        let (question, expected) = line.split_once(" | ").expect("question | expectation");
        let reading = read(question, &context);
        let fields = || reading.clarifications.iter().map(|c| c.field.as_str()).collect::<Vec<_>>().join(" ");
        let right = if let Some(field) = expected.strip_prefix("ask:") {
            // A question back, or a plain "no" that invents nothing.
            match reading.status {
                Status::NeedsClarification => fields().contains(field),
                Status::Failed | Status::Unsupported => true,
                Status::Ready => false,
            }
        } else if expected.starts_with("no:") {
            matches!(reading.status, Status::Unsupported | Status::Failed | Status::NeedsClarification)
        } else {
            reading.status == Status::Ready && told(&reading) == expected
        };
        if !right {
            wrong.push(format!(
                "{question}\n  expected {expected}\n  got {:?} {} asks [{}] unused {:?} findings {:?}",
                reading.status,
                told(&reading),
                fields(),
                reading.unused_words,
                reading.findings.iter().map(|f| &f.message).collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), WORDINGS.lines().count(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_on_the_first_page_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    let state = spiffcast::state::State::open(settings).await.expect("the demo company");
    let answers = BTreeMap::new();
    let context = Context {
        company: state.company(),
        names: state.names(),
        answers: &answers,
        previous: None,
        partner: None,
    };
    let examples = spiffcast::app::port::Copilot::examples(&state);
    assert_eq!(examples.len(), 5);
    assert_eq!(examples[0], "raise the Product X SPIFF 5% for Q3");
    for question in examples {
        let reading = read(&question, &context);
        assert_eq!(
            reading.status,
            Status::Ready,
            "{question}: {:?} {:?}",
            reading.clarifications,
            reading.findings
        );
    }
}
