//! More sold is not less paid, and everything at the tier reached is not less than
//! each part at its own.

use proptest::prelude::*;

use super::history::{deals, of_partner, register, sum, world};
use super::sample::versions;
use crate::programs::terms::{Rate, TierMode};

proptest! {
    /// A partner that sells more units of a line, at the same price, is not paid less
    /// in all. Conditions: rates do not fall from tier to tier and no multiplier is
    /// below 1 (what is pushed up must not earn less there); nothing stacks (a line
    /// might change its program) and there is no budget (others share it); no
    /// returns; the line is nobody's baseline for growth, so not of last year. Two
    /// versions in one period have no cap on the partner: what the first takes from
    /// the second is rounded on two lines, which may cost a cent. Minimums, growth,
    /// caps and every test of a line may stay.
    #[test]
    fn more_units_are_not_paid_less(
        p in versions(),
        deals in deals(),
        (which, no, more) in (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1u32..40),
    ) {
        let mut p = p.rising().unlimited();
        if p.two.is_some() {
            p = p.each(|terms| terms.caps.per_partner = None);
        }
        let (mut deals, at) = (deals.clone(), which.index(deals.len()));
        deals[at].year = 2026;
        let mut grown = deals.clone();
        no.get_mut(&mut grown[at].items).units += more;
        let partner = ["A", "B", "D"][deals[at].partner];
        let (mut less, mut more) = (world(&p, &deals), world(&p, &grown));
        register(&mut less);
        register(&mut more);
        let (less, more) = (less.settle(), more.settle());
        prop_assert!(sum(of_partner(&less, partner)) <= sum(of_partner(&more, partner)), "{:?} {:?}", less, more);
    }

    /// The same tiers pay no partner more when they are marginal than when they are
    /// retroactive. Conditions: rates do not fall from tier to tier; no budget (others
    /// share it); one version (two round a cap that they share on two lines). All
    /// else may stay, decelerators too: every part of a line has the better rate.
    #[test]
    fn marginal_is_not_more_than_retroactive(p in versions(), deals in deals()) {
        let decelerates = p.one.accelerator;
        let p = p.alone().rising().unlimited().each(|terms| terms.accelerator = decelerates);
        let paid = |mode: TierMode| {
            let p = p.clone().each(|terms| {
                if let Rate::Tiered { mode: of_rate, .. } = &mut terms.rate {
                    *of_rate = mode;
                }
            });
            let mut world = world(&p, &deals);
            register(&mut world);
            world.settle()
        };
        let (marginal, retroactive) = (paid(TierMode::Marginal), paid(TierMode::Retroactive));
        for partner in ["A", "B", "D"] {
            prop_assert!(sum(of_partner(&marginal, partner)) <= sum(of_partner(&retroactive, partner)));
        }
    }
}
