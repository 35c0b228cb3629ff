//! When and for whom.

pub(in crate::reading::tests) const PERIODS: &[(&str, &str)] = &[
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

pub(in crate::reading::tests) const AUDIENCES: &[(&str, &str)] = &[
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
