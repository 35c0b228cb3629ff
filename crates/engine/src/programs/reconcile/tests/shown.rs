//! The JSON contract and the text.

use serde_json::json;

use super::Books;
use crate::programs::reconcile::text::render;
use crate::programs::testing::{World, d, span};

fn spoilt() -> Books {
    let mut world = World::new();
    let terms = world.program("p");
    terms.override_percent = Some(d("1"));
    terms.caps.per_partner = Some(d("30"));
    terms.eligible.tiers = vec!["Gold".into()];
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X1", "2026-08-10", "2", "200");
    let mut books = Books::right(&world);
    books.pay("R1", "40").lose("R2");
    books.row("R3").period = span("2026-08-01", "2026-08-30");
    books
}

#[test]
fn the_contract() {
    let report = serde_json::to_value(spoilt().report()).expect("JSON");
    assert_eq!(report["lines"], 4);
    assert_eq!(report["share_reproduced"], 0.5);
    let first = &report["differences"][0];
    let expected = json!({
        "payout_id": "R1", "program_id": "p", "program_version": 1, "partner_id": "A", "role": "own",
        "period_start": "2026-07-01", "expected": "30.00", "recorded": "40.00", "reason": "cap_not_applied"
    });
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(&first[key], value, "{key}");
    }
    assert_eq!(report["differences"][1]["payout_id"], json!(null));
    assert_eq!(report["differences"][1]["reason"], "override_missed");
    assert_eq!(report["payouts"], json!({"expected": "56.00", "recorded": "62.00", "difference": "6.00"}));
}

#[test]
fn the_text_sums_up_and_gives_the_figures() {
    let text = render(&spoilt().report());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "4 payout lines compared as of 2026-12-31: 50.00% reproduced to the cent, 2 differences",
            "Payouts: 62.00 USD booked, 56.00 by the rules, difference 6.00",
            "",
            "cap not applied: 1",
            "  R1         p v1 A own 2026-07-01 to 2026-07-31  due 30.00  booked 40.00  +10.00",
            "             40.00 is booked and 30.00 is due. 40.00 is what comes out without the cap of a partner, 30.",
            "",
            "override missed: 1",
            "  (no row)   p v1 D override 2026-07-01 to 2026-07-31  due 4.00  booked 0.00  -4.00",
            "             4.00 is due and the parent's override is not booked.",
            "",
            "Right amount in the wrong place: 1",
            "  R3  p A  The amount is right; the row is booked for 2026-08-01 to 2026-08-30, not 2026-08-01 to 2026-08-31.",
        ]
    );
}
