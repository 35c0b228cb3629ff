//! Questions and what they must be read as, written before the reader was tuned
//! to them. Expected: `program parameter operation value [@tier]`, levers joined
//! by ` & `, then `; period` unless it is Q3 2026, then `; audience` unless it is
//! everyone. Or `ask FIELD` (last part of the path), `unsupported CODE`,
//! `failed CODE`.

mod doubts;
mod spoken;
mod times;

pub(super) use doubts::{BAD, DOUBTS, VARIED};
pub(super) use spoken::{APART, FIGURES, GOALS, RULES, SHORT, SPEECH};
pub(super) use times::{AUDIENCES, PERIODS};

pub(super) const RATES: &[(&str, &str)] = &[
    ("raise the Product X SPIFF 5% for Q3", "spiff-product-x rate increase_by_percent 5"),
    ("Raise the Product X SPIFF by 5% in Q3.", "spiff-product-x rate increase_by_percent 5"),
    (
        "What happens if we raise the Product X SPIFF by 5 percent in Q3?",
        "spiff-product-x rate increase_by_percent 5",
    ),
    (
        "what would happen to revenue if we bumped the product x spiff by five percent next quarter",
        "spiff-product-x rate increase_by_percent 5; Q4 2026",
    ),
    ("increase Product X SPIFF 5 pct this quarter", "spiff-product-x rate increase_by_percent 5"),
    ("lift the spiff on Product X by 10%", "spiff-product-x rate increase_by_percent 10"),
    (
        "Can we up the Product X incentive 7.5% in Q4?",
        "spiff-product-x rate increase_by_percent 7.5; Q4 2026",
    ),
    ("boost spiff-product-x by 12%", "spiff-product-x rate increase_by_percent 12"),
    ("hike the PX spiff 5%", "spiff-product-x rate increase_by_percent 5"),
    ("Product X SPIFF +5%", "spiff-product-x rate increase_by_percent 5"),
    ("Product X SPIFF -5%", "spiff-product-x rate decrease_by_percent 5"),
    ("cut the Product X SPIFF by 10%", "spiff-product-x rate decrease_by_percent 10"),
    (
        "lower Product X SPIFF 10 percent in August",
        "spiff-product-x rate decrease_by_percent 10; August 2026",
    ),
    ("trim the Product X SPIFF by a quarter", "spiff-product-x rate decrease_by_percent 25"),
    ("reduce the Product X SPIFF by a third", "spiff-product-x rate decrease_by_percent 33.3333"),
    (
        "drop the Product X SPIFF by 15% from July to September",
        "spiff-product-x rate decrease_by_percent 15; July to September 2026",
    ),
    ("a 5% increase in the Product X SPIFF", "spiff-product-x rate increase_by_percent 5"),
    ("What does a 10% cut to the Product X SPIFF cost us?", "spiff-product-x rate decrease_by_percent 10"),
    ("make the Product X SPIFF 5% higher", "spiff-product-x rate increase_by_percent 5"),
    ("pay 5% more on the Product X SPIFF", "spiff-product-x rate increase_by_percent 5"),
    ("take 5% off the Product X SPIFF", "spiff-product-x rate decrease_by_percent 5"),
    (
        "what if the Product X SPIFF were 20% lower in H2",
        "spiff-product-x rate decrease_by_percent 20; H2 2026",
    ),
    ("raise the Product X SPIFF by $5", "spiff-product-x rate increase_by_amount 5"),
    ("raise the Product X SPIFF by 5 dollars per unit", "spiff-product-x rate increase_by_amount 5"),
    (
        "raise the Product X SPIFF by $2.50 a unit in Q4",
        "spiff-product-x rate increase_by_amount 2.5; Q4 2026",
    ),
    ("add $5 to the Product X SPIFF", "spiff-product-x rate increase_by_amount 5"),
    ("add another $5 per unit to the Product X SPIFF", "spiff-product-x rate increase_by_amount 5"),
    ("knock $3 off the Product X SPIFF", "spiff-product-x rate decrease_by_amount 3"),
    ("$5 more per unit on the Product X SPIFF", "spiff-product-x rate increase_by_amount 5"),
    ("raise the Product X SPIFF to $45", "spiff-product-x rate set_to 45"),
    ("set the Product X SPIFF to 45", "spiff-product-x rate set_to 45"),
    ("Product X SPIFF at $45", "spiff-product-x rate set_to 45"),
    ("Product X SPIFF → 45", "spiff-product-x rate set_to 45"),
    ("Product X SPIFF -> $45 per unit", "spiff-product-x rate set_to 45"),
    ("make it 45 per unit for the Product X SPIFF", "spiff-product-x rate set_to 45"),
    ("make the Product X SPIFF $45", "spiff-product-x rate set_to 45"),
    ("what if the Product X SPIFF was $45 per unit?", "spiff-product-x rate set_to 45"),
    ("What if we paid $45 per unit on the Product X SPIFF?", "spiff-product-x rate set_to 45"),
    ("pay $45 instead of $40 on the Product X SPIFF", "spiff-product-x rate set_to 45"),
    ("raise the Product X SPIFF from $40 to $45", "spiff-product-x rate set_to 45"),
    ("move the $40 Product X SPIFF to $44", "spiff-product-x rate set_to 44"),
    (
        "cut the Product X SPIFF to $35 from 1 August",
        "spiff-product-x rate set_to 35; 1 August 2026 to 30 September 2026",
    ),
    ("double the Product X SPIFF", "spiff-product-x rate multiply_by 2"),
    ("what if we doubled the SPIFF on Product X in Q4", "spiff-product-x rate multiply_by 2; Q4 2026"),
    ("halve the Product X SPIFF", "spiff-product-x rate multiply_by 0.5"),
    ("cut the Product X SPIFF in half", "spiff-product-x rate multiply_by 0.5"),
    ("cut the Product X SPIFF by half", "spiff-product-x rate decrease_by_percent 50"),
    ("triple the Product X SPIFF for August", "spiff-product-x rate multiply_by 3; August 2026"),
    ("1.5x the Product X SPIFF", "spiff-product-x rate multiply_by 1.5"),
    ("pay 1.5 times the Product X SPIFF", "spiff-product-x rate multiply_by 1.5"),
    ("raise the Product X SPIFF by half again", "spiff-product-x rate multiply_by 1.5"),
    ("raise the referral commission to 9%", "commission-referral rate set_to 9"),
    ("raise the cloud commission by 0.5 points", "commission-cloud rate increase_by_points 0.5"),
    ("raise the cloud commission by 50 basis points", "commission-cloud rate increase_by_points 0.5"),
    ("cut the Cloud Commission 1pp", "commission-cloud rate decrease_by_points 1"),
    (
        "raise cloud commission by one percentage point in Q4",
        "commission-cloud rate increase_by_points 1; Q4 2026",
    ),
    ("raise the cloud commission by 5% relative", "commission-cloud rate increase_by_percent 5"),
    ("make the cloud commission 5% higher than today's 4.5%", "commission-cloud rate increase_by_percent 5"),
    ("increase the cloud commission from 4.5% to 5%", "commission-cloud rate set_to 5"),
    ("double the cloud commission", "commission-cloud rate multiply_by 2"),
    ("set mdf accrual to 1.5%", "mdf-core rate set_to 1.5"),
    ("raise the development fund rate to 1.25%", "mdf-core rate set_to 1.25"),
    ("raise the growth bonus to 4%", "growth-emea rate set_to 4"),
    ("raise the top tier of the volume rebate to 5%", "rebate-volume tier_rate set_to 5 @200000"),
    (
        "raise the 50k tier rate of the Volume Rebate by half a point",
        "rebate-volume tier_rate increase_by_points 0.5 @50000",
    ),
    ("set the second tier of the volume rebate to 3.5%", "rebate-volume tier_rate set_to 3.5 @50000"),
    ("volume rebate: pay 2.5% in the lowest tier", "rebate-volume tier_rate set_to 2.5 @0"),
    (
        "raise all tiers of the volume rebate by 0.5 points",
        "rebate-volume tier_rate increase_by_points 0.5 @0 & rebate-volume tier_rate increase_by_points 0.5 @50000 & rebate-volume tier_rate increase_by_points 0.5 @200000",
    ),
    ("raise the 3% tier of the volume rebate to 3.25%", "rebate-volume tier_rate set_to 3.25 @50000"),
];

pub(super) const PARAMETERS: &[(&str, &str)] = &[
    ("raise the Product X SPIFF cap to $6,000", "spiff-product-x cap_per_partner set_to 6000"),
    (
        "raise the cap per partner on the Product X SPIFF by 10%",
        "spiff-product-x cap_per_partner increase_by_percent 10",
    ),
    ("cap the Product X SPIFF at $4k per partner", "spiff-product-x cap_per_partner set_to 4000"),
    (
        "lower the partner cap of the Product X SPIFF by $500",
        "spiff-product-x cap_per_partner decrease_by_amount 500",
    ),
    ("limit the Product X SPIFF to $3,000 per partner", "spiff-product-x cap_per_partner set_to 3000"),
    ("remove the cap on the Product X SPIFF", "spiff-product-x cap_per_partner remove -"),
    ("Product X SPIFF without the cap", "spiff-product-x cap_per_partner remove -"),
    ("double the per-partner cap of the Product X SPIFF", "spiff-product-x cap_per_partner multiply_by 2"),
    ("raise the cloud commission per-deal cap to $2,500", "commission-cloud cap_per_transaction set_to 2500"),
    (
        "raise the transaction cap on cloud commission by a fifth",
        "commission-cloud cap_per_transaction increase_by_percent 20",
    ),
    ("raise the cloud commission cap to $2,500", "ask parameter"),
    ("increase the Product X SPIFF budget to $300k", "spiff-product-x program_budget set_to 300000"),
    ("cut the budget of the Product X SPIFF by 20%", "spiff-product-x program_budget decrease_by_percent 20"),
    ("add $50,000 to the Product X SPIFF budget", "spiff-product-x program_budget increase_by_amount 50000"),
    ("raise the minimum of the attainment rebate to 15 units", "rebate-attainment minimum set_to 15"),
    ("lower the attainment rebate minimum by 2 units", "rebate-attainment minimum decrease_by_amount 2"),
    ("drop the minimum from the attainment rebate", "rebate-attainment minimum remove -"),
    ("raise the attainment rebate target by 10%", "rebate-attainment target increase_by_percent 10"),
    ("set the quota of the attainment rebate to 120", "rebate-attainment target set_to 120"),
    ("raise the attainment rebate accelerator to 2x", "rebate-attainment accelerator_multiplier set_to 2"),
    (
        "set the accelerator of the attainment rebate to 1.75",
        "rebate-attainment accelerator_multiplier set_to 1.75",
    ),
    (
        "let the attainment rebate accelerator kick in at 110%",
        "rebate-attainment accelerator_above set_to 110",
    ),
    ("lower the growth threshold of the EMEA growth bonus to 3%", "growth-emea growth_above set_to 3"),
    (
        "raise the growth hurdle of the growth bonus by 2 points",
        "growth-emea growth_above increase_by_points 2",
    ),
    ("raise the override on the referral commission to 1.5%", "commission-referral override set_to 1.5"),
    (
        "lower the 50k threshold of the volume rebate to 40k",
        "rebate-volume tier_threshold set_to 40000 @50000",
    ),
    (
        "move the volume rebate threshold from $50,000 to $60,000",
        "rebate-volume tier_threshold set_to 60000 @50000",
    ),
    (
        "lower the top threshold of the volume rebate by 10%",
        "rebate-volume tier_threshold decrease_by_percent 10 @200000",
    ),
    ("make the volume rebate marginal", "rebate-volume rate_mode set_to marginal"),
    ("switch the volume rebate from retroactive to marginal", "rebate-volume rate_mode set_to marginal"),
    ("open the Product X SPIFF to Silver", "spiff-product-x eligible_tiers add Silver"),
    ("make Silver partners eligible for the Product X SPIFF", "spiff-product-x eligible_tiers add Silver"),
    (
        "extend the Product X SPIFF to Silver and Registered partners",
        "spiff-product-x eligible_tiers add Silver & spiff-product-x eligible_tiers add Registered",
    ),
    ("include Silver in the Product X SPIFF in Q4", "spiff-product-x eligible_tiers add Silver; Q4 2026"),
    ("exclude Gold from the Product X SPIFF", "spiff-product-x eligible_tiers remove Gold"),
    ("remove Gold from the Product X SPIFF", "spiff-product-x eligible_tiers remove Gold"),
    ("restrict the volume rebate to Platinum", "rebate-volume eligible_tiers set_to Platinum"),
    ("open the EMEA Growth Bonus to APAC", "growth-emea eligible_regions add APAC"),
    (
        "make distributors eligible for the referral commission",
        "commission-referral eligible_partner_types add distributor",
    ),
    (
        "drop the deal registration requirement from the referral commission",
        "commission-referral deal_registration set_to not_required",
    ),
    (
        "require deal registration for the cloud commission",
        "commission-cloud deal_registration set_to required",
    ),
    ("limit the cloud commission to new customers", "commission-cloud new_customer_only set_to true"),
    ("add PY-100 to the Product X SPIFF", "spiff-product-x products add PY-100"),
    ("include Product Y in the Product X SPIFF", "spiff-product-x products add PY-100"),
    ("remove PX-200 from the Product X SPIFF", "spiff-product-x products remove PX-200"),
    ("pause the Product X SPIFF", "spiff-product-x active pause -"),
    ("pause the Product X SPIFF in August", "spiff-product-x active pause -; August 2026"),
    ("what if we stopped the volume rebate next quarter?", "rebate-volume active pause -; Q4 2026"),
    (
        "suspend the cloud commission for Silver partners",
        "commission-cloud active pause -; Q3 2026; Silver partners",
    ),
    ("what would Q3 look like without the Product X SPIFF?", "spiff-product-x active pause -"),
    ("kill the EMEA growth bonus in Q4", "growth-emea active pause -; Q4 2026"),
    (
        "extend the Nova Launch SPIFF through September",
        "spiff-nova active set_to true; 1 July 2026 to 30 September 2026",
    ),
    ("renew the Nova Launch SPIFF for Q3", "spiff-nova active set_to true"),
];
