//! How people speak at work: words beside the change, short forms, what stays as it is.

/// Ordinary words and set phrases change nothing and are mended to nothing.
pub(in crate::reading::tests) const SPEECH: &[(&str, &str)] = &[
    ("At the end of the day, what does the Product X SPIFF at $45 bring?", "spiff-product-x rate set_to 45"),
    ("Talked about it over a quick coffee: Product X SPIFF to $45", "spiff-product-x rate set_to 45"),
    (
        "This is on my plate since the huddle. Raise the Cloud Commission to 5%",
        "commission-cloud rate set_to 5",
    ),
    ("At present the Product X SPIFF pays $40, try $43", "spiff-product-x rate set_to 43"),
    ("Pay $43 instead on the Product X SPIFF", "spiff-product-x rate set_to 43"),
    ("would the Cloud Commission do any better at 5%?", "commission-cloud rate set_to 5"),
    ("Had a coffee with the field team. Product X SPIFF at $45", "spiff-product-x rate set_to 45"),
    ("pause the Product X SPIFF instead", "ask question"),
    ("Product X SPIFF at $45 for our better partners", "ask question"),
    ("Product X SPIFF at $45 over the phone sales", "ask question"),
    ("raise the Product X SPIFF 5% on the mobile desk segment", "ask question"),
];

/// Short forms and other words for a kind of program.
pub(in crate::reading::tests) const SHORT: &[(&str, &str)] = &[
    ("cld commission to 5%", "commission-cloud rate set_to 5"),
    ("referral kickback to 9%", "commission-referral rate set_to 9"),
    ("the referral bounty at 9% in Q4", "commission-referral rate set_to 9; Q4 2026"),
    ("kickback to 9%", "ask program"),
    ("xq spiff to $45", "failed unknown_program"),
];

/// What a change leaves as it is, and for whom one of two changes is.
pub(in crate::reading::tests) const APART: &[(&str, &str)] = &[
    (
        "The Product X SPIFF remains unchanged for everybody, only EMEA gets $45",
        "spiff-product-x rate set_to 45; Q3 2026; partners in EMEA",
    ),
    (
        "the Product X SPIFF stays as it is everywhere except APAC, which goes to $45",
        "spiff-product-x rate set_to 45; Q3 2026; partners in APAC",
    ),
    ("For Platinum lower the Product X SPIFF by $3. Raise the Cloud Commission by 1 point.", "ask audience"),
    (
        "Product X SPIFF at $45 for all partners except those in EMEA",
        "spiff-product-x rate set_to 45; Q3 2026; everyone except partners in EMEA",
    ),
    (
        "Product X SPIFF at $45 for anybody who isn't in APAC",
        "spiff-product-x rate set_to 45; Q3 2026; everyone except partners in APAC",
    ),
    ("give diamond partners $45 on the Product X SPIFF", "ask audience"),
];

/// Figures and times in more words.
pub(in crate::reading::tests) const FIGURES: &[(&str, &str)] = &[
    ("take a whole point off the Cloud Commission", "commission-cloud rate decrease_by_points 1"),
    (
        "the Referral Commission up two full percentage points",
        "commission-referral rate increase_by_points 2",
    ),
    ("an additional dollar on the Product X SPIFF", "spiff-product-x rate increase_by_amount 1"),
    (
        "Product X SPIFF at $45 from October on, until the end of November",
        "spiff-product-x rate set_to 45; October to November 2026",
    ),
    (
        "Product X SPIFF 41 vs 43 vs 47",
        "compare: spiff-product-x rate set_to 41 | spiff-product-x rate set_to 43 | spiff-product-x rate set_to 47",
    ),
    (
        "px spiff $41 / $43 / $47",
        "compare: spiff-product-x rate set_to 41 | spiff-product-x rate set_to 43 | spiff-product-x rate set_to 47",
    ),
    (
        "raise the Product X SPIFF 5% vs 10%",
        "compare: spiff-product-x rate increase_by_percent 5 | spiff-product-x rate increase_by_percent 10",
    ),
    ("raise the Product X SPIFF by $2 on 3/4", "ask value"),
    (
        "Which is better: the Product X SPIFF at $45, or opening it to Silver at today's $40?",
        "compare: spiff-product-x rate set_to 45 | spiff-product-x eligible_tiers add Silver",
    ),
    (
        "Which is better: the Product X SPIFF at $45, or opening it to Silver at today's $39?",
        "failed not_the_current_value",
    ),
];

/// Goals and ranges.
pub(in crate::reading::tests) const GOALS: &[(&str, &str)] = &[
    ("what Product X SPIFF rate sells 5% more units without going over $45?", "ask goal"),
    ("what Product X SPIFF rate sells 5% more units at no more than $45 per unit?", "ask goal"),
    (
        "at what dollar amount does the Product X SPIFF break even?",
        "goal_seek: spiff-product-x rate set_to - so that net break_even -",
    ),
    (
        "what Product X SPIFF rate sells the most units and doesn't cost over $60,000",
        "goal_seek: spiff-product-x rate set_to - so that units maximize - and payout at_most 60000",
    ),
    (
        "which Product X SPIFF rate ships the most with payouts under $60,000",
        "goal_seek: spiff-product-x rate set_to - so that units maximize - and payout at_most 60000",
    ),
    (
        "plot the Product X SPIFF from $38 to $44 step 2",
        "sweep: spiff-product-x rate set_to - from 38 to 44 by 2",
    ),
];

/// The rules, and terms that are to come.
pub(in crate::reading::tests) const RULES: &[(&str, &str)] = &[
    ("does the Cloud Commission need a new customer or not?", "lookup: eligibility of commission-cloud"),
    ("do repeat customers get the Cloud Commission?", "lookup: eligibility of commission-cloud"),
    (
        "the Partner Development Fund for Platinum only, how much do we save?",
        "mdf-core eligible_tiers set_to Platinum",
    ),
    ("we want a minimum on the Cloud Commission", "ask value"),
];
