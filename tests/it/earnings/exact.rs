//! Statement, what-if and distances against the calculator over everybody.

use rust_decimal::{Decimal, RoundingStrategy};
use spiffcast_engine::earnings::extra::PricedSale;
use spiffcast_engine::earnings::rules::readable;
use spiffcast_engine::earnings::standing::{MarkKind, Standing};
use spiffcast_engine::earnings::why::why;
use spiffcast_engine::earnings::{OwnBooks, statement, what_if};
use spiffcast_engine::programs::Program;
use spiffcast_engine::sales::{LineKind, PayoutRole};
use spiffcast_engine::scenario::ExtraSale;

use super::{by_program, chosen, company, is_fund, of, with_sales};

fn books(partner: usize) -> OwnBooks {
    OwnBooks::open(company(), &company().catalog.partners[partner].id).expect("its books")
}

fn extra(sku: &str, units: &str, on: &str) -> ExtraSale {
    ExtraSale { sku: sku.to_owned(), units: units.to_owned(), on: on.to_owned() }
}

#[test]
fn a_statement_is_what_the_calculator_and_the_payouts_table_say() {
    for partner in chosen() {
        let told = statement(&books(partner), None);
        let (mut due, mut clawed) = (Decimal::ZERO, Decimal::ZERO);
        for line in of(partner).into_iter().filter(|p| !is_fund(&p.program_id)) {
            due += line.amount;
            clawed += if line.role == PayoutRole::Clawback { line.amount } else { Decimal::ZERO };
        }
        assert_eq!((told.totals.due, told.totals.clawed_back), (due, clawed), "{}", told.partner);
        for program in &told.programs {
            let lines = of(partner).into_iter().filter(|p| p.program_id == program.program);
            assert_eq!(program.amounts.due, lines.map(|p| p.amount).sum::<Decimal>(), "{}", program.program);
        }
        let recorded = |status: &str| -> Decimal {
            let of_status = company().payouts.iter().filter(|p| p.partner == partner && p.status == status);
            let of_status = of_status.filter(|p| !is_fund(&p.program_id));
            let amount = |p: &spiffcast_engine::sales::RecordedPayout| match status {
                "paid" => p.paid.unwrap_or(p.accrued),
                _ => p.accrued,
            };
            of_status.map(amount).sum()
        };
        let t = told.totals;
        assert_eq!(
            [t.accrued, t.approved, t.paid, t.withheld],
            ["accrued", "approved", "paid", "withheld"].map(recorded),
            "{}",
            told.partner
        );
        let quarter = of(partner).into_iter().filter(|p| told.current.span.contains(p.period_end));
        let quarter = quarter.filter(|p| !is_fund(&p.program_id));
        assert_eq!(told.current.due, quarter.map(|p| p.amount).sum::<Decimal>());
    }
}

#[test]
fn own_books_of_many_partners_settle_as_the_whole_company_does() {
    for ix in (0..company().catalog.partners.len()).step_by(12).chain(chosen()) {
        let (partner, all) = (&company().catalog.partners[ix], of(ix));
        // A parent's clawbacks hold those of its overrides, whose sales it does not see.
        let parent = all.iter().any(|p| p.role == PayoutRole::Override);
        let own = |role: PayoutRole| role == PayoutRole::Own || !parent && role == PayoutRole::Clawback;
        let key = |p: &spiffcast_engine::programs::PayoutLine| {
            let place = (p.program_id.clone(), p.program_version, p.period_start, p.transaction_id.clone());
            (place, p.role, p.amount)
        };
        let mut whole: Vec<_> = all.iter().filter(|p| own(p.role)).map(|p| key(p)).collect();
        let settled = books(ix).settle(&[]);
        let mut scoped: Vec<_> = settled.iter().filter(|p| own(p.role)).map(key).collect();
        whole.sort();
        scoped.sort();
        assert_eq!(scoped, whole, "{}", partner.id);
    }
}

#[test]
fn a_what_if_is_what_the_same_sales_really_made_would_pay() {
    let asked = [
        vec![extra("PX-100", "20", "2026-08")],
        vec![
            extra("PX-100", "3", "2026-07"),
            extra("EG-200", "70", "2026-09"),
            extra("SVC-20", "80", "2026-12"),
        ],
        vec![extra("PY-200", "2.5", "2027-02")],
    ];
    for partner in chosen() {
        let books = books(partner);
        let before = by_program(company(), partner);
        for extra in &asked {
            let told = what_if(&books, extra);
            let after = by_program(&with_sales(partner, &told.sales), partner);
            let (mut more, mut funds) = (Decimal::ZERO, Decimal::ZERO);
            for (program, after) in &after {
                let really = *after - before.get(program).copied().unwrap_or_default();
                let gain = told.programs.iter().find(|g| g.program == *program);
                assert_eq!(gain.map(|g| g.more).unwrap_or_default(), really, "{program} for {extra:?}");
                if is_fund(program) { funds += really } else { more += really }
            }
            assert_eq!((told.more, told.fund_more), (more, funds), "{extra:?}");
        }
    }
}

/// The standing of a program once the sales were really made.
fn standing_after(partner: usize, sale: &PricedSale, before: &Standing) -> Standing {
    let sold = with_sales(partner, std::slice::from_ref(sale));
    let id = &company().catalog.partners[partner].id;
    let after = statement(&OwnBooks::open(&sold, id).expect("its books"), None).standings;
    after.into_iter().find(|s| s.program == before.program).expect("it still runs")
}

#[test]
fn a_distance_is_reached_by_exactly_that_much_and_not_by_one_unit_less() {
    let mut proved = std::collections::BTreeSet::new();
    for partner in chosen().into_iter().filter(|p| company().catalog.partners[*p].active) {
        let books = books(partner);
        let before = by_program(company(), partner);
        for standing in statement(&books, None).standings {
            for (at, mark) in standing.marks.iter().enumerate() {
                let Some(closing) = &mark.closing else { continue };
                if !proved.insert((standing.program.clone(), mark.kind)) {
                    continue;
                }
                let ask = |units: Decimal| {
                    what_if(&books, &[extra(&closing.sku, &units.to_string(), &closing.month)])
                        .sales
                        .remove(0)
                };
                let exactly = ask(closing.units);
                assert_eq!(exactly.net_revenue, closing.net_revenue);
                let reached = standing_after(partner, &exactly, &standing);
                assert!(reached.marks[at].reached, "{} {mark:?}", standing.program);
                if closing.units > Decimal::ONE {
                    let short = standing_after(partner, &ask(closing.units - Decimal::ONE), &standing);
                    assert!(!short.marks[at].reached, "{} {mark:?}", standing.program);
                }
                let after = by_program(&with_sales(partner, &[exactly]), partner);
                let more =
                    after[&standing.program] - before.get(&standing.program).copied().unwrap_or_default();
                assert_eq!(closing.program_pays, more, "{}", standing.program);
            }
        }
    }
    let kinds: std::collections::BTreeSet<MarkKind> = proved.iter().map(|(_, kind)| *kind).collect();
    assert!(kinds.contains(&MarkKind::Tier) && kinds.contains(&MarkKind::Cap), "{proved:?}");
    assert!(kinds.contains(&MarkKind::Target) && kinds.contains(&MarkKind::Minimum), "{proved:?}");
}

#[test]
fn why_names_every_program_and_pays_what_the_lines_say() {
    let partner = company().catalog.partner("P-0042").expect("P-0042");
    let books = books(partner);
    let own = company().lines.iter().filter(|l| l.partner == partner && l.kind == LineKind::Sale);
    for line in own.rev().take(12) {
        let told = why(&books, &line.transaction_id).expect("its own sale");
        let says = &told.lines[0].programs;
        // Every program that it may read of: what is for others only is not there.
        let may = |p: &&Program| p.versions.iter().any(|v| readable(&books, &p.id, v.version).is_some());
        assert_eq!(says.len(), company().programs.iter().filter(may).count());
        assert!(says.len() > 5);
        for s in says {
            assert_eq!(s.counted, s.pay.is_some(), "{s:?}");
            assert!(s.counted || s.reason.is_some(), "a program that does not count says why: {s:?}");
            // Programs that pay by transaction: the line's pay is the payout line's.
            let of_sale = of(partner).into_iter().filter(|p| p.role == PayoutRole::Own);
            let mut of_sale = of_sale.filter(|p| {
                p.program_id == s.program && p.transaction_id.as_deref() == Some(&line.transaction_id)
            });
            let alone = |p: &&spiffcast_engine::programs::PayoutLine| {
                told.lines.len() == 1 && p.cap_cut.is_zero() && p.budget_cut.is_zero()
            };
            if let Some(payout) = of_sale.next().filter(alone) {
                let half_up = RoundingStrategy::MidpointAwayFromZero;
                let pay = s.pay.map(|pay| pay.round_dp_with_strategy(2, half_up));
                assert_eq!(pay, Some(payout.amount), "{s:?}");
            }
        }
    }
    assert!(why(&books, "no such sale").is_none());
    let other = company().lines.iter().find(|l| l.partner != partner).expect("another's");
    assert!(why(&books, &other.transaction_id).is_none(), "another's sale is not there");
}
