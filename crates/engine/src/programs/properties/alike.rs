//! Two histories that say the same pay the same.

use proptest::prelude::*;

use super::history::{backs, deals, give_back, of_partner, register, sell, sum, world};
use super::sample::versions;
use crate::calendar::PeriodKind;

proptest! {
    /// A line split into two lines of the same transaction, at the same price, changes
    /// nothing of any payout line. Conditions: the price a unit is the same in both
    /// parts (where the rate multiplies what is not measured, revenue follows units);
    /// the two stand where the one stood in the order of lines; it is not returned
    /// (the return would name one of the two); no `best_of`, which compares line by
    /// line after the cap of the transaction.
    #[test]
    fn splitting_a_line_changes_nothing(
        p in versions(),
        deals in deals(),
        (which, no) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        part in 0.0f64..1.0,
    ) {
        let (at, no) = (which.index(deals.len()), no.index(deals[which.index(deals.len())].items.len()));
        let item = deals[at].items[no].clone();
        let first = (f64::from(item.units) * part) as u32;
        let mut whole = world(&p, &deals);
        register(&mut whole);
        let mut less = deals.clone();
        less[at].items[no].units = first;
        let mut split = world(&p, &less);
        register(&mut split);
        // Lines are numbered 2, 4, …: the odd number after is the place right behind.
        sell(&mut split, &deals[at], &format!("T{at}/{}", 2 * no + 3), &item, item.units - first);
        prop_assert_eq!(whole.settle(), split.settle());
    }

    /// After returns every partner has what would have been due had the returned units
    /// never been sold. Conditions: no budget (it is not refilled); rates do not fall
    /// and nothing decelerates (else what is left would be due more than was paid, and
    /// nothing is paid on a return); no override (it is clawed back by percent of the
    /// returned revenue, rounded apart); tests of a line do not look at other lines
    /// (new customers, bundles: a return does not undo the sale for these); no cap of
    /// the partner's month among transactions (it leaves what it left when it was
    /// paid) nor one that two versions share (rounded on two lines); what came back
    /// was not last year's (a baseline is gross of returns).
    #[test]
    fn a_return_leaves_what_would_have_been_due(p in versions(), deals in deals(), backs in backs()) {
        let shared = p.two.is_some();
        let p = p.rising().unlimited().each(|terms| {
            terms.override_percent = None;
            terms.eligible.new_customer_only = false;
            terms.bundle.clear();
            if shared || terms.period == PeriodKind::Transaction {
                terms.caps.per_partner = None;
            }
        });
        let mut returned = world(&p, &deals);
        register(&mut returned);
        let came_back = give_back(&mut returned, &deals, &backs);
        let mut less = deals.clone();
        for (deal, item, units) in came_back {
            less[deal].items[item].units -= units;
        }
        less.iter_mut().for_each(|deal| deal.items.retain(|item| item.units > 0));
        let mut never = world(&p, &less);
        register(&mut never);
        let (returned, never) = (returned.settle(), never.settle());
        for partner in ["A", "B", "D"] {
            let (left, due) = (sum(of_partner(&returned, partner)), sum(of_partner(&never, partner)));
            prop_assert_eq!(left, due, "{:?} {:?}", returned, never);
        }
    }
}
