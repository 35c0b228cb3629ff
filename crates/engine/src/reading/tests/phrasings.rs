//! Questions and what they must be read as, written before the reader was tuned
//! to them. Expected: `program parameter operation value [@tier]`, levers joined
//! by ` & `, then `; period` unless it is Q3 2026, then `; audience` unless it is
//! everyone. Or `ask FIELD` (last part of the path), `unsupported CODE`,
//! `failed CODE`.

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

pub(super) const PERIODS: &[(&str, &str)] = &[
    ("raise the Product X SPIFF 5%", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X SPIFF 5% in the third quarter", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X SPIFF 5% in the 3rd quarter of 2026", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X SPIFF 5% in Q3 2026", "spiff-product-x rate increase_by_percent 5"),
    ("in Q4, raise the Product X SPIFF 5%", "spiff-product-x rate increase_by_percent 5; Q4 2026"),
    ("raise the Product X SPIFF 5% this quarter", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X SPIFF 5% next month", "spiff-product-x rate increase_by_percent 5; August 2026"),
    ("raise the Product X SPIFF 5% this month", "spiff-product-x rate increase_by_percent 5; July 2026"),
    (
        "raise the Product X SPIFF 5% in September",
        "spiff-product-x rate increase_by_percent 5; September 2026",
    ),
    (
        "raise the Product X SPIFF 5% from 15 July",
        "spiff-product-x rate increase_by_percent 5; 15 July 2026 to 30 September 2026",
    ),
    (
        "raise the Product X SPIFF 5% from July 15 to August 31",
        "spiff-product-x rate increase_by_percent 5; 15 July 2026 to 31 August 2026",
    ),
    (
        "raise the Product X SPIFF 5% starting August 1st",
        "spiff-product-x rate increase_by_percent 5; 1 August 2026 to 30 September 2026",
    ),
    (
        "raise the Product X SPIFF 5% until the end of August",
        "spiff-product-x rate increase_by_percent 5; 1 July 2026 to 31 August 2026",
    ),
    (
        "raise the Product X SPIFF 5% between July and October",
        "spiff-product-x rate increase_by_percent 5; July to October 2026",
    ),
    (
        "raise the Product X SPIFF 5% Jul-Sep",
        "spiff-product-x rate increase_by_percent 5; July to September 2026",
    ),
    (
        "raise the Product X SPIFF 5% in July and August",
        "spiff-product-x rate increase_by_percent 5; July to August 2026",
    ),
    (
        "raise the Product X SPIFF 5% for the rest of the year",
        "spiff-product-x rate increase_by_percent 5; 1 July 2026 to 31 December 2026",
    ),
    (
        "raise the Product X SPIFF 5% in the second half",
        "spiff-product-x rate increase_by_percent 5; H2 2026",
    ),
    ("raise the Product X SPIFF 5% this year", "spiff-product-x rate increase_by_percent 5; 2026"),
    (
        "raise the volume rebate top tier by 1 point in FY27",
        "rebate-volume tier_rate increase_by_points 1 @200000; 2027",
    ),
    (
        "raise the volume rebate top tier by 1 point in 2027",
        "rebate-volume tier_rate increase_by_points 1 @200000; 2027",
    ),
    (
        "raise the volume rebate top tier by 1 point next year",
        "rebate-volume tier_rate increase_by_points 1 @200000; 2027",
    ),
    (
        "raise the volume rebate top tier by 1 point in Q1",
        "rebate-volume tier_rate increase_by_points 1 @200000; Q1 2027",
    ),
    (
        "raise the volume rebate top tier by 1 point in H1",
        "rebate-volume tier_rate increase_by_points 1 @200000; H1 2027",
    ),
    (
        "raise the Product X SPIFF 5% in Q3 and Q4",
        "spiff-product-x rate increase_by_percent 5; Q3 2026 to Q4 2026",
    ),
    (
        "raise the Product X SPIFF 5% for the next 3 months",
        "spiff-product-x rate increase_by_percent 5; 1 July 2026 to 30 September 2026",
    ),
    (
        "raise the Product X SPIFF 5% from 2026-08-01 to 2026-08-15",
        "spiff-product-x rate increase_by_percent 5; 1 August 2026 to 15 August 2026",
    ),
    ("raise the Product X SPIFF 5% in Q1", "ask active"),
    ("raise the Nova Launch SPIFF to $30", "ask active"),
    ("raise the Product X SPIFF 5% in Q1 2026", "ask period"),
    (
        "what if we had raised the Product X SPIFF 5% last quarter?",
        "hindcast: spiff-product-x rate increase_by_percent 5; Q2 2026",
    ),
    (
        "what would have happened had we raised the Product X SPIFF 5% in Q1",
        "hindcast: spiff-product-x rate increase_by_percent 5; Q1 2026",
    ),
];

pub(super) const AUDIENCES: &[(&str, &str)] = &[
    (
        "raise the Product X SPIFF 5% for gold partners",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Gold partners",
    ),
    (
        "raise the Product X SPIFF 5% in EMEA",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; partners in EMEA",
    ),
    (
        "raise the Product X SPIFF 5% for EMEA in Q4",
        "spiff-product-x rate increase_by_percent 5; Q4 2026; partners in EMEA",
    ),
    (
        "raise the Product X SPIFF 5% for resellers only",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; resellers",
    ),
    (
        "raise the Product X SPIFF 5% for Gold and Platinum resellers in EMEA",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Gold or Platinum resellers in EMEA",
    ),
    (
        "raise the Product X SPIFF 5% for Bluebird",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Bluebird Systems",
    ),
    (
        "raise the Product X SPIFF 5% for Acme Distribution",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Acme Distribution",
    ),
    (
        "raise the Product X SPIFF 5% for P-0042",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Fabrikam",
    ),
    ("raise the Product X SPIFF 5% for Acme", "ask audience"),
    ("raise the Product X SPIFF 5% for everyone", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X SPIFF 5% for all partners", "spiff-product-x rate increase_by_percent 5"),
    (
        "raise the Product X SPIFF 5% for everyone except Gold in EMEA",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; everyone except Gold partners in EMEA",
    ),
    (
        "raise the Product X SPIFF 5% excluding distributors",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; everyone except distributors",
    ),
    (
        "raise the Product X SPIFF 5% but not for Gold",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; everyone except Gold partners",
    ),
    (
        "raise the Product X SPIFF 5% in EMEA but not for Acme Cloud Services",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; partners in EMEA except Acme Cloud Services",
    ),
    (
        "raise the Product X SPIFF 5% for non-distributors",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; everyone except distributors",
    ),
    (
        "raise the Product X SPIFF 5% for gold in EMEA and platinum in AMER",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Gold partners in EMEA and Platinum partners in AMER",
    ),
    ("raise the Product X SPIFF 5% for Gold and EMEA", "ask include"),
    ("raise the Product X SPIFF 5% for healthcare partners", "ask question"),
    ("raise the Product X SPIFF 5% in Germany", "ask question"),
    (
        "for managed service providers, raise the Product X SPIFF by $2",
        "spiff-product-x rate increase_by_amount 2; Q3 2026; MSPs",
    ),
];

pub(super) const DOUBTS: &[(&str, &str)] = &[
    ("raise the cloud commission by 5%", "ask operation"),
    ("cut the referral commission 1%", "ask operation"),
    ("raise the override of the referral commission by 1%", "ask operation"),
    ("raise the Product X SPIFF by 5", "ask value"),
    ("raise the cloud commission by 5", "ask value"),
    ("raise the Product X SPIFF cap by 500", "ask value"),
    ("raise the volume rebate by 0.5 points", "ask tier_from"),
    ("lower the volume rebate threshold by 10%", "ask tier_from"),
    ("raise the SPIFF 5%", "ask program"),
    ("raise the rebate to 3%", "ask program"),
    ("raise the rate by 10%", "ask program"),
    ("change the Product X SPIFF by 5%", "ask operation"),
    ("Product X SPIFF 5%", "ask operation"),
    ("raise the Product X SPIFF to $35", "ask operation"),
    ("cut the Product X SPIFF to $45", "ask operation"),
    ("raise the Product X SPIFF from $38 to $45", "ask value"),
    ("raise the Product X SPIFF", "ask value"),
    ("raise the Product X SPIFF to 5%", "ask operation"),
    ("don't raise the Product X SPIFF 5%", "ask question"),
    ("raise the Product X SPIFF 5% if sales drop", "unsupported condition"),
    ("raise the Product X SPIFF 5% when units exceed 100", "unsupported condition"),
    (
        "raise the Product X SPIFF 5% and the cloud commission to 5%",
        "spiff-product-x rate increase_by_percent 5 & commission-cloud rate set_to 5",
    ),
    (
        "raise the Product X SPIFF 5% and cut the cap to $4000",
        "spiff-product-x rate increase_by_percent 5 & spiff-product-x cap_per_partner set_to 4000",
    ),
    ("raise the Product X and Nova Launch SPIFF 5%", "ask active"),
    (
        "compare a Product X SPIFF of $42 with $45",
        "compare: spiff-product-x rate set_to 42 | spiff-product-x rate set_to 45",
    ),
    (
        "raise the Product X SPIFF 5% or 10%?",
        "compare: spiff-product-x rate increase_by_percent 5 | spiff-product-x rate increase_by_percent 10",
    ),
    (
        "Product X SPIFF +5% vs +10%",
        "compare: spiff-product-x rate increase_by_percent 5 | spiff-product-x rate increase_by_percent 10",
    ),
    (
        "raise the Product X SPIFF in Q3 against Q4 by 5%",
        "compare: spiff-product-x rate increase_by_percent 5 in Q3 2026 | spiff-product-x rate increase_by_percent 5 in Q4 2026; 1 July 2026 to 31 December 2026",
    ),
    (
        "raise the Product X SPIFF between 3% and 8% in steps of 1",
        "sweep: spiff-product-x rate increase_by_percent - from 3 to 8 by 1",
    ),
    (
        "raise the Product X SPIFF by 5-10%",
        "sweep: spiff-product-x rate increase_by_percent - from 5 to 10 by 1",
    ),
    (
        "what Product X SPIFF rate gets us 10% more units?",
        "goal_seek: spiff-product-x rate set_to - so that units at_least 10",
    ),
    (
        "how high can the Product X SPIFF go and keep payout under $60,000",
        "goal_seek: spiff-product-x rate set_to - so that payout at_most 60000",
    ),
    (
        "at what rate does the Product X SPIFF break even?",
        "goal_seek: spiff-product-x rate set_to - so that net break_even -",
    ),
    ("how much will I earn this quarter?", "ask partner"),
    ("what if I sell 20 more Product X?", "ask partner"),
    ("who is eligible for the Product X SPIFF?", "lookup: eligibility of spiff-product-x"),
    ("what is the cap on the cloud commission?", "lookup: caps of commission-cloud"),
    ("and for EMEA only?", "unsupported follow_up"),
    ("what about 10%?", "unsupported follow_up"),
    ("launch a new $30 SPIFF on Product Y", "new-spiff-on-product-y program launch -"),
];

pub(super) const BAD: &[(&str, &str)] = &[
    ("", "failed empty_question"),
    ("   \n ", "failed empty_question"),
    ("raise the \u{0}Product X SPIFF 5%", "failed control_characters"),
    ("raise the \u{202e}Product X SPIFF 5%", "failed control_characters"),
    ("hello there", "failed no_change"),
    ("tell me about the weather", "failed no_change"),
    ("asdf qwer zxcv", "failed no_change"),
    ("raise the Product Q SPIFF 5%", "failed unknown_program"),
    ("raise the Zenith SPIFF 5% for Q3", "failed unknown_program"),
    ("raise the Product Y SPIFF 5%", "failed unknown_program"),
    ("raise the Product X SPIFF by -5%", "failed negative_value"),
    ("set the Product X SPIFF to -5%", "failed negative_value"),
    ("raise the Product X SPIFF 5000%", "failed rate_out_of_bounds"),
    ("raise the Product X SPIFF to $1e300", "failed value_out_of_bounds"),
    ("raise the Product X SPIFF 1e300%", "failed value_out_of_bounds"),
    ("cut the cloud commission by $5", "failed operation_does_not_fit"),
    ("raise the Product X SPIFF by 5 points", "failed operation_does_not_fit"),
    ("raise the Product X SPIFF to €45", "failed other_currency"),
    ("raise the Product X SPIFF by 4,5%", "ask value"),
    ("raise the attainment rebate cap by 10%", "failed parameter_absent"),
    ("raise the price of Product X by 5%", "unsupported not_a_lever"),
];

pub(super) const VARIED: &[(&str, &str)] = &[
    (
        "hey, could you please tell me what happens if we raise the Product X SPIFF by 5% in Q3? thanks!",
        "spiff-product-x rate increase_by_percent 5",
    ),
    (
        "My boss wants to know: Product X SPIFF up 5% in Q3, what would that do to margin?",
        "spiff-product-x rate increase_by_percent 5",
    ),
    (
        "How much would payout increase if we raised the Product X SPIFF by 5%?",
        "spiff-product-x rate increase_by_percent 5",
    ),
    (
        "What's the increase in revenue if the Product X SPIFF goes up 10%?",
        "spiff-product-x rate increase_by_percent 10",
    ),
    ("will sales drop if we cut the Product X SPIFF by 20%", "spiff-product-x rate decrease_by_percent 20"),
    ("rasie the Product X SPIF 5%", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Prodct X SPIFF by 5 percnt in Q3", "spiff-product-x rate increase_by_percent 5"),
    ("RAISE THE PRODUCT X SPIFF 5% FOR Q3", "spiff-product-x rate increase_by_percent 5"),
    ("raise the product-x spiff 5%", "spiff-product-x rate increase_by_percent 5"),
    ("raise ProductX spiff 5%", "spiff-product-x rate increase_by_percent 5"),
    ("raise the Product X's SPIFF rate by 5%", "spiff-product-x rate increase_by_percent 5"),
    (
        "suppose we increase the rate of the Product X SPIFF by ten percent",
        "spiff-product-x rate increase_by_percent 10",
    ),
    (
        "we are thinking about increasing the Product X SPIFF to $44 per unit",
        "spiff-product-x rate set_to 44",
    ),
    ("why don't we raise the Product X SPIFF by 5%?", "spiff-product-x rate increase_by_percent 5"),
    ("simulate Product X SPIFF at forty-five dollars", "spiff-product-x rate set_to 45"),
    (
        "raise the Product X SPIFF by twelve and a half percent",
        "spiff-product-x rate increase_by_percent 12.5",
    ),
    ("raise the Product X SPIFF payout by 5%", "spiff-product-x rate increase_by_percent 5"),
    ("for Q3: Product X SPIFF = $45", "spiff-product-x rate set_to 45"),
    (
        "if the Product X SPIFF rises by 5% in Q3, what is the uptake?",
        "spiff-product-x rate increase_by_percent 5",
    ),
    ("raise spiff for product x in q3 by 5 %", "spiff-product-x rate increase_by_percent 5"),
    ("Increase the SPIFF for Product X by USD 5", "spiff-product-x rate increase_by_amount 5"),
    (
        "What is the impact of raising the Product X SPIFF 5% in Q3 on revenue and margin?",
        "spiff-product-x rate increase_by_percent 5",
    ),
    ("increase commission on Cloud Vault by half a percentage point", "ask program"),
    ("cloud commission up a point", "commission-cloud rate increase_by_points 1"),
    (
        "What does removing the $5,000 cap on the Product X SPIFF do?",
        "spiff-product-x cap_per_partner remove -",
    ),
    ("pause the $40 Product X SPIFF", "spiff-product-x active pause -"),
    ("Product X SPIFF: 40 → 46", "spiff-product-x rate set_to 46"),
    ("undo the 5% raise of the Product X SPIFF", "ask question"),
    ("raise the Product X SPIFF 5% by Q4", "ask question"),
    ("what if we ended the Product X SPIFF on 31 August", "ask period"),
    (
        "introduce a cap of $3000 per partner on the volume rebate",
        "rebate-volume cap_per_partner set_to 3000",
    ),
    ("add a minimum of 5 units to the Product X SPIFF", "spiff-product-x minimum set_to 5"),
    (
        "raise the Product X SPIFF by 5% through year end",
        "spiff-product-x rate increase_by_percent 5; 1 July 2026 to 31 December 2026",
    ),
    (
        "raise the Product X SPIFF 5% from August to the end of the year",
        "spiff-product-x rate increase_by_percent 5; 1 August 2026 to 31 December 2026",
    ),
    (
        "raise the Product X SPIFF 5% across EMEA and APAC next quarter",
        "spiff-product-x rate increase_by_percent 5; Q4 2026; partners in EMEA or APAC",
    ),
    ("raise the Product X SPIFF by (5%)", "spiff-product-x rate increase_by_percent 5"),
    ("gradually raise the Product X SPIFF to $50", "ask question"),
    (
        "raise the Product X SPIFF 5% for Gold partners not in EMEA",
        "spiff-product-x rate increase_by_percent 5; Q3 2026; Gold partners except partners in EMEA",
    ),
];
