//! Past changes: which ones there are, what would have been said of them where the
//! truth is known, and that no history breaks the record.

use proptest::prelude::*;

use super::past_changes::past_changes;
use super::testing::{BETA, WINDOWS, company, day, line};
use super::*;
use crate::programs::terms::{Pay, ProgramKind, Rate, Terms};
use crate::response::world::Stream;
use crate::simulation::tests::world::{program, span, spiff};
use crate::simulation::{Continue, SimulationError};

fn record(company: &Company, origins: usize) -> TrackRecord {
    track_record(company, origins, 3, &|_| Continue::Yes).expect("not stopped")
}

#[test]
fn launches_changes_and_ends_are_told_and_renewals_are_none() {
    let dated = |from: &str, to: &str, dollars: i64| Terms { effective: span((from, to)), ..spiff(dollars) };
    let mut c = company(1, BETA);
    c.programs = vec![program(
        "p",
        vec![
            dated("2024-01-01", "2024-06-30", 40),
            dated("2024-07-01", "2024-12-31", 40),
            dated("2025-01-01", "2025-03-31", 50),
            dated("2025-08-01", "2025-08-31", 50),
        ],
    )];
    let found = past_changes(&c);
    let told: Vec<_> = found.iter().map(|p| (p.kind, p.on.to_string(), p.version)).collect();
    let expected = [
        (ChangeKind::Launch, "2024-01-01", 1),
        (ChangeKind::Change, "2025-01-01", 3),
        (ChangeKind::End, "2025-04-01", 3),
        (ChangeKind::Launch, "2025-08-01", 4),
        (ChangeKind::End, "2025-09-01", 4),
    ];
    assert_eq!(told, expected.map(|(kind, on, version)| (kind, on.to_owned(), version)));
    assert_eq!(found[1].words(), "rate from 40 a unit to 50 a unit");
    assert_eq!(found[2].words(), "ended, having paid 50 a unit");
    // Looked at for three months, or for as long as it lasted.
    assert_eq!(found[2].span(3), span(("2025-04-01", "2025-06-30")));
    assert_eq!(found[3].span(3), span(("2025-08-01", "2025-08-31")));
    // Without the change the old terms go on while the new ones would have held.
    let rules = crate::programs::RuleBook::of(&c.programs);
    let without = found[1].without(&rules, 3);
    let rate = |book: &crate::programs::RuleBook, on: &str| {
        book.programs[0].segment(0, day(on)).and_then(|s| s.terms.clone()).map(|t| t.rate)
    };
    let pays = |dollars: i64| Some(Rate::Flat(Pay::PerUnit(dollars.into())));
    assert_eq!(rate(&without, "2025-02-01"), pays(40));
    assert_eq!(rate(&rules, "2025-02-01"), pays(50));
    assert_eq!(rate(&without, "2024-12-31"), pays(40));
    assert_eq!(rate(&found[2].without(&rules, 3), "2025-06-30"), pays(50));
    assert_eq!(rate(&found[3].without(&rules, 3), "2025-08-15"), None, "a launch undone pays nothing");
}

#[test]
fn lifts_come_as_they_were_said_where_sales_answer_as_before() {
    let record = record(&company(3, BETA), 2);
    // Of five, four and four windows those that begin or end 18 months on or later.
    let ends = WINDOWS.iter().flat_map(|w| w.iter().flat_map(|(from, _)| [*from, from + 3]));
    let expected = ends.filter(|t| *t >= 18 && t + 3 <= 30).count();
    assert_eq!(record.events.len(), expected, "{:?}", record.left_out);
    let scores = &record.what_ifs;
    assert!(scores.signs == expected && scores.signs_right * 10 >= 8 * expected, "{scores:?}");
    let (slope, se) = (scores.slope.expect("a slope"), scores.slope_se.expect("an error"));
    assert!((slope - 1.0).abs() < 3.0 * se + 0.1 && se < 0.3, "{slope} ± {se}");
    let inside = scores.units.inside_80.expect("ranges");
    assert!(inside * 10 >= 6 * expected, "{inside} of {expected}");
    let (with, without) = (scores.units.wape.expect("a"), scores.units_without_response.wape.expect("b"));
    assert!(with < without / 2.0 && with < 0.08, "{with} with the response, {without} without");
    assert!(scores.payout.wape.expect("paid") < 0.1, "{:?}", scores.payout);
    let early = record.left_out.iter().filter(|l| l.reason.contains("18 months")).count();
    assert_eq!((early, record.left_out.len()), (15, 15));
}

#[test]
fn an_event_holds_what_was_sold_and_what_the_rules_paid() {
    let company = company(3, BETA);
    let record = record(&company, 0);
    let event = record.events.iter().find(|e| e.program == "spiff-2" && e.version == 4).expect("the window");
    assert_eq!((event.kind, event.on), (ChangeKind::Launch, day("2025-12-01")));
    assert_eq!((event.known_to, &event.months), (day("2025-11-30"), &["2025-12".into(), "2026-02".into()]));
    let within = span(("2025-12-01", "2026-02-28"));
    let gold = |l: &&crate::sales::SaleLine| {
        l.partner.is_multiple_of(2) && l.product == 1 && within.contains(l.sold_on)
    };
    let units: f64 = company.lines.iter().filter(gold).map(|l| crate::simulation::number(l.units)).sum();
    assert_eq!(event.units.actual, units);
    assert_eq!(event.payout.actual, 90.0 * units);
    assert!((event.lift.mean - ((BETA * 0.09).exp() - 1.0)).abs() < 0.1, "{:?}", event.lift);
    assert_eq!(event.change, "began, paying 90 a unit");
    let end = record.events.iter().find(|e| e.kind == ChangeKind::End).expect("an end");
    assert!(end.lift.mean < -0.1 && end.payout.mean == 0.0 && end.payout.actual == 0.0, "{end:?}");
}

#[test]
fn sales_that_do_not_answer_give_no_lift() {
    let record = record(&company(5, 0.0), 0);
    let most = record.events.iter().map(|e| e.lift.mean.abs()).fold(0.0, f64::max);
    assert!(most < 0.12, "{most}");
    // What never followed cannot have a slope that claims to know.
    let slope = record.what_ifs.slope.expect("a slope");
    let se = record.what_ifs.slope_se.expect("an error");
    assert!((slope - 1.0).abs() < 4.0 * se || se > 0.3, "{slope} ± {se}");
}

#[test]
fn the_line_of_an_answer_is_of_its_kind_where_there_are_enough() {
    let mut record = record(&company(3, BETA), 0);
    let all = record.line(&[ProgramKind::Spiff]).expect("a line");
    assert_eq!(all.events, record.events.len());
    assert_eq!(
        all.coverage_80,
        record.what_ifs.units.coverage_80().map(|c| (c * 1e4).round() / 1e4).expect("c")
    );
    record.events[0].program_kind = ProgramKind::Rebate;
    // One rebate does not speak for rebates.
    assert_eq!(record.line(&[ProgramKind::Rebate]), record.line(&[ProgramKind::Growth]));
    assert_eq!(record.line(&[ProgramKind::Spiff]).expect("a line").events, all.events - 1);
    record.events.clear();
    assert_eq!(record.line(&[ProgramKind::Spiff]), None);
}

#[test]
fn it_stops_when_told_and_says_how_far_it_is() {
    let company = company(3, BETA);
    let stopped = track_record(&company, 2, 3, &|_| Continue::Stop);
    assert_eq!(stopped, Err(SimulationError::Stopped));
    let heard = std::sync::Mutex::new(Vec::new());
    let hear = |done: f64| {
        heard.lock().expect("a lock").push(done);
        Continue::Yes
    };
    track_record(&company, 1, 1, &hear).expect("not stopped");
    let heard = heard.into_inner().expect("a lock");
    assert!(heard.iter().all(|d| (0.0..=1.0).contains(d)) && heard.last() == Some(&1.0), "{heard:?}");
}

#[test]
fn the_record_has_the_same_bytes_with_any_number_of_threads() {
    let company = company(7, BETA);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        serde_json::to_string(&pool.install(|| record(&company, 2))).expect("JSON")
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn origins_apart_do_not_overlap() {
    let first = Month(2024 * 12);
    let plan = Plan::apart(first, first.plus(29), 4, 3);
    assert_eq!(plan.origins, [17, 20, 23, 26].map(|m| first.plus(m)));
    assert_eq!(Plan::apart(first, first.plus(29), 9, 3).origins.len(), 4, "18 months stay before the first");
    assert!(Plan::apart(first, first.plus(12), 4, 3).origins.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn no_history_gives_a_record_that_is_no_number(
        seed in any::<u64>(),
        busy in 0.0..0.6f64,
        outlier in prop::sample::select(vec![1.0, 1000.0]),
        price in prop::sample::select(vec![0i64, 1000]),
    ) {
        let mut c = company(seed, BETA);
        let mut random = Stream(seed);
        c.lines.retain(|_| random.uniform() < busy);
        for product in &mut c.catalog.products {
            product.prices[0].list_price = price.into();
        }
        c.lines.insert(0, line(1, 0, day("2024-01-01"), outlier));
        let found = record(&c, 1);
        // JSON has no word for what is no number: it would come back as something else.
        let json = serde_json::to_string(&found).expect("JSON");
        let back = serde_json::from_str::<TrackRecord>(&json).expect("a record");
        prop_assert_eq!((back.what_ifs, back.events), (found.what_ifs, found.events));
    }
}
