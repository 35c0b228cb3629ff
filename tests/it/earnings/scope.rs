//! What another partner does cannot be seen: statements, what-ifs and reasons stay byte
//! for byte when others' sales, deals and payouts change after the snapshot.

use rust_decimal::Decimal;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::why;
use spiffcast_engine::earnings::{OwnBooks, Published, statement, what_if};
use spiffcast_engine::scenario::ExtraSale;

use super::{chosen, company};

/// Everything another partner could change: more and other sales, new customers of
/// everybody's, other names, payouts, deals and targets.
pub(super) fn shaken(partner: usize) -> Company {
    let mut company = company().clone();
    for line in company.lines.iter_mut().filter(|l| l.partner != partner) {
        line.units *= Decimal::from(7);
        line.net_revenue *= Decimal::from(7);
        line.customer_id = Some("C-canary".to_owned());
    }
    company.payouts.retain(|p| p.partner == partner);
    company.registrations.retain(|r| r.partner == partner);
    company.targets.retain(|t| t.partner == partner);
    for (ix, other) in company.catalog.partners.iter_mut().enumerate().filter(|(ix, _)| *ix != partner) {
        other.name = format!("Canary {ix}");
        other.parent = None;
    }
    company
}

fn everything(books: &OwnBooks) -> String {
    let told = statement(books, None);
    let extra = ExtraSale { sku: "PX-100".to_owned(), units: "20".to_owned(), on: "2026-08".to_owned() };
    let asked = what_if(books, &[extra]);
    let sales = told.programs.iter().flat_map(|p| &p.lines).filter_map(|l| l.transaction_id.as_deref());
    let reasons: Vec<_> = sales.take(5).map(|id| why(books, id)).collect();
    serde_json::to_string(&(told, asked, reasons)).expect("JSON")
}

#[test]
fn what_others_do_after_the_snapshot_changes_no_byte() {
    for partner in chosen() {
        let id = &company().catalog.partners[partner].id;
        let published = Published::of(company(), id).expect("a snapshot");
        let before = everything(&OwnBooks::of(company(), &published).expect("its books"));
        let after = everything(&OwnBooks::of(&shaken(partner), &published).expect("its books"));
        assert_eq!(before, after, "{id}");
    }
}

#[test]
fn own_books_name_no_other_partner_no_cost_and_no_budget() {
    for partner in chosen() {
        let books = OwnBooks::open(company(), &company().catalog.partners[partner].id).expect("its books");
        let all = format!("{books:?}");
        for (ix, other) in company().catalog.partners.iter().enumerate().filter(|(ix, _)| *ix != partner) {
            assert!(!all.contains(&format!("{:?}", other.id)), "{ix} shows");
            assert!(!all.contains(&format!("{:?}", other.name)), "{ix} shows");
        }
        assert!(!all.contains("program_budget: Some"), "a budget shows");
        assert!(!all.contains("unit_cost: 4"), "a cost shows");
        let foreign = company().lines.iter().filter(|l| l.partner != partner).take(300);
        for line in foreign {
            assert!(!all.contains(&format!("{:?}", line.transaction_id)), "{} shows", line.transaction_id);
        }
    }
}
