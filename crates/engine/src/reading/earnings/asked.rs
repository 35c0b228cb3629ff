//! Whether a question asks what a partner earns, or is to earn, and not for a change of a
//! program or what the rules say.

use crate::reading::names::{Entity, Mention};
use crate::reading::numbers::Given;
use crate::reading::reader::Reader;
use crate::reading::sheet::Use;
use crate::reading::splitting::Survey;

use super::{AHEAD, EARN, SELL};

/// Words of a question about the rules, whoever asks.
const RULES: &[&str] = &[
    "eligible",
    "eligibility",
    "qualify",
    "qualifies",
    "claim",
    "claims",
    "report",
    "reported",
    "rule",
    "rules",
    "allowed",
    "count",
    "counts",
    "apply",
    "applies",
    "cap",
    "caps",
    "capped",
    "limit",
    "return",
    "returns",
    "returned",
    "registration",
    "register",
    "margin",
    "who",
    "which",
    "when",
    "deadline",
    "budget",
    "others",
    "other",
];

/// Whether the question is about what a partner earns.
pub(crate) fn is_earnings(reader: &Reader<'_>, survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let partner = |i: usize| {
        survey.parts.mentions.iter().any(|m| m.at.contains(&i) && m.has(|e| matches!(e, Entity::Partner(_))))
    };
    // Who signs in as a partner says "we" of it; a manager does not.
    let ours = reader.context.partner.is_some();
    let me = |i: usize| {
        sheet.uses[i] != Use::Idle && sheet.is(i, &["i", "i'll", "i'd", "i'm", "my"])
            || ours && sheet.is(i, &["we", "we'll", "we'd", "our", "us"])
    };
    let near = |i: usize, words: &[&str], reach: usize| {
        (i + 1..(i + reach).min(sheet.len())).any(|k| sheet.is(k, words))
    };
    let own = (0..sheet.len())
        .any(|i| me(i) && (near(i, EARN, 5) || near(i, SELL, 5) || near(i, &["far", "next"], 4)));
    let far =
        (0..sheet.len()).any(|i| sheet.follows(i, &["how", "far"]) && near(i + 1, &["am", "are", "is"], 7));
    let far = far
        && (ours
            || (0..sheet.len())
                .any(|i| sheet.follows(i, &["how", "far"]) && sheet.is(i + 2, &["am", "are", "is"])));
    let theirs = (0..sheet.len()).any(|i| {
        partner(i)
            && !sheet.has(&["could", "cannot", "can't"])
            && near(i, &["earn", "earns", "make", "makes", "earning", "earnings"], 6)
    });
    // "Could I see what raising it makes?": a change of a program is no outlook.
    let changes = survey.parts.ops.iter().any(|o| {
        use crate::reading::operations::Verb as V;
        matches!(o.verb, V::Up | V::Down | V::Stop | V::Times(_) | V::Require | V::Exclude)
            && !sheet.is(o.at.start, SELL)
    });
    // Who signs in as a partner and sells more of a product asks what that brings.
    let product = survey.parts.mentions.iter().any(Mention::is_product);
    let rules = sheet.has(RULES) && survey.parts.numbers.is_empty();
    let sells = ours && product && sheet.has(SELL) && !rules;
    // "What would one more CL-40 deal be worth for me?"
    let worth = ours
        && sheet.has(&["worth", "deal", "order", "unit", "units"])
        && sheet.has(&["me", "us", "i", "my", "we"])
        && survey.parts.mentions.iter().any(Mention::is_product);
    // "Expected earnings of ours", "where do we stand?": whoever signs in as a partner asks of itself.
    let mine =
        ours && (0..sheet.len()).any(|i| me(i) || sheet.is(i, &["i", "we", "ours", "me", "us", "mine"]));
    let sells = sells || mine && product && !survey.parts.numbers.is_empty() && !sheet.has(RULES);
    let asks_rules =
        sheet.is(0, &["when", "which", "who"]) || sheet.has(&["per"]) && survey.parts.numbers.is_empty();
    // "I need the Sell-Out Bonus at €14": an amount of a program's.
    let amount = survey.parts.numbers.iter().any(|n| !matches!(n.given, Given::Bare | Given::Units));
    // "Do they count for the Edge SPIFF?"
    let of_rules = survey.parts.numbers.is_empty()
        && (0..sheet.len()).any(|i| {
            (i == 0 || sheet.is(i - 1, &[".", "?", "!", ",", ";", "-"]))
                && sheet.is(i, &["do", "does", "is", "are", "can"])
                && (i..i + 8).any(|k| sheet.is(k, RULES))
        });
    // "If a customer sends pumps back, …", "Can I get it for a customer who …"
    let customers = survey.parts.numbers.is_empty()
        && sheet.has(&["customer", "customers", "buyer"])
        && (sheet.has(&["back", "returned", "returns"]) || sheet.is(0, &["can", "may", "do"]));
    if customers {
        return false;
    }
    let own = own && !asks_rules && !of_rules && (ours || !amount);
    let ahead = mine && !asks_rules && sheet.has(AHEAD) && !sheet.has(RULES);
    // "Expected payout for HF-107 this quarter?"
    let outlook = (0..sheet.len()).any(partner)
        && survey.parts.numbers.is_empty()
        && sheet.has(&["expected", "projected", "outlook", "forecast", "heading", "track"])
        && sheet.has(&["earnings", "payout", "payouts", "earn", "earned", "track", "heading", "outlook"]);
    // "I want 50 partners earning on it": how many are to.
    let how_many = (1..sheet.len()).any(|i| {
        sheet.is(i, &["partners", "resellers", "accounts"])
            && sheet.is(i + 1, &["earn", "earning", "earned"])
            && sheet.uses[i - 1] == Use::Number
    });
    // "How do I get 10% more units?": what a manager is after.
    let how_many = how_many
        || !ours
            && (0..sheet.len()).any(|i| {
                sheet.word(i) == "how"
                    && sheet.is(i + 1, &["do", "can", "could", "would"])
                    && sheet.word(i + 2) == "i"
                    && sheet.is(i + 3, &["get", "reach", "achieve", "win", "gain"])
            })
            && !survey.parts.numbers.is_empty();
    let margin = sheet.has(&["margin", "margins"]);
    !margin && (own && !how_many || far || theirs || sells || worth || ahead || outlook) && !changes
}
