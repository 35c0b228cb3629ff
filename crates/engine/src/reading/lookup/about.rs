//! What of the rules a question is about: returns, caps, how long, who is eligible, the rate.

use crate::reading::lexicon;
use crate::reading::names::Mention;
use crate::reading::sheet::{Sheet, Use};
use crate::reading::splitting::Survey;

pub(super) const RETURNS: &[&str] =
    &["return", "returns", "returned", "clawback", "clawbacks", "clawed", "refund", "refunds", "claw"];

pub(super) const DURATION: &[&str] = &[
    "when", "until", "till", "expire", "expires", "expiry", "ends", "end", "ended", "starts", "start",
    "started", "began", "begin", "dates", "period", "valid", "running",
];

pub(super) const ELIGIBLE: &[&str] = &[
    "eligible",
    "eligibility",
    "qualify",
    "qualifies",
    "qualifying",
    "who",
    "part",
    "count",
    "counts",
    "cover",
    "covers",
    "covered",
    "apply",
    "applies",
    "included",
    "excluded",
    "participate",
    "join",
    "registration",
    "registered",
    "ineligible",
    "open",
];

pub(super) const RATES: &[&str] = &[
    "pay",
    "pays",
    "paid",
    "rate",
    "rates",
    "tier",
    "tiers",
    "worth",
    "percentage",
    "accelerator",
    "calculated",
    "calculate",
    "earn",
    "get",
    "receive",
    "thresholds",
    "threshold",
    "target",
    "minimum",
    "bands",
];

/// Words of a claim and its time.
pub(super) fn claims(sheet: &Sheet<'_>) -> bool {
    let words = ["claim", "claims", "claimed", "report", "reported", "submitted", "deadline"];
    (0..sheet.len()).any(|i| sheet.is(i, &words) && sheet.uses[i] != Use::Name)
}

pub(super) fn about(survey: &Survey<'_>) -> &'static str {
    let sheet = &survey.sheet;
    let free = |words: &[&str]| (0..sheet.len()).any(|i| sheet.is(i, words) && sheet.uses[i] != Use::Name);
    let claims = claims(sheet);
    // "the most a partner can get"
    let most = (0..sheet.len()).any(|i| {
        sheet.is(i, &["most", "maximum", "max"])
            && (i + 1..i + 7).any(|k| sheet.is(k, &["get", "earn", "receive", "make", "paid", "pay", "pays"]))
    });
    let back = (0..sheet.len()).any(|i| {
        sheet
            .is(i, &["send", "sends", "sent", "sending", "give", "gives", "bring", "brings", "take", "takes"])
            && (i + 1..i + 5).any(|k| sheet.word(k) == "back")
    });
    let back = back && sheet.has(&["customer", "customers", "goods", "buyer", "client"]);
    if free(RETURNS) || back || comes_back(survey) {
        "returns"
    } else if free(lexicon::CAP) || free(lexicon::BUDGET) || most {
        "caps"
    } else if claims {
        "other"
    } else if free(DURATION) || (0..sheet.len()).any(|i| sheet.follows(i, &["how", "long"])) {
        "period"
    } else if free(ELIGIBLE) || who_gets(sheet) || customers(sheet) {
        "eligibility"
    } else if free(RATES) || (0..sheet.len()).any(|i| sheet.follows(i, &["how", "much"])) {
        "rate"
    } else {
        "other"
    }
}

/// "does it need a new customer": which sales count.
fn customers(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        sheet.is(i, &["new", "existing", "repeat"])
            && sheet.is(i + 1, &["customer", "customers"])
            && sheet.uses[i + 1] != Use::Name
    })
}

/// "which tiers get the rebate": who takes part.
fn who_gets(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        sheet.is(i, &["which", "what"])
            && (sheet.is(i + 1, lexicon::PARTNER_NOUNS)
                || sheet.is(i + 1, &["resellers", "distributors", "types"]))
            && (i + 2..i + 5).any(|k| sheet.is(k, &["get", "gets", "earn", "receive", "benefit"]))
    })
}

/// "when the autoclave comes back", "if a unit is brought back": what was sold, and no
/// program.
fn comes_back(survey: &Survey<'_>) -> bool {
    const GOODS: &[&str] = &[
        "goods", "unit", "units", "sale", "sales", "order", "orders", "machine", "item", "items", "product",
        "stuff",
    ];
    let sheet = &survey.sheet;
    let verbs = ["come", "comes", "came", "coming", "brought", "sent", "handed", "shipped", "goes", "go"];
    (1..sheet.len()).any(|i| {
        let verb = (i.saturating_sub(3)..i).rev().find(|k| sheet.is(*k, &verbs));
        let Some(verb) = verb.filter(|_| sheet.word(i) == "back") else { return false };
        let aux =
            ["is", "are", "was", "were", "being", "later", "does", "will", "ever", "would", "gets", "get"];
        let Some(subject) = (0..verb).rev().find(|k| !sheet.is(*k, &aux)) else { return false };
        let product = |m: &Mention| m.at.contains(&subject) && m.is_product() && m.program().is_none();
        let part = lexicon::kind(sheet.word(subject)).is_none()
            && !sheet.names.products_with(sheet.word(subject)).is_empty();
        sheet.is(subject, GOODS) || part || survey.parts.mentions.iter().any(product)
    })
}
