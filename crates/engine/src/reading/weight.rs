//! How much an unused word weighs: nothing, so that it falls away; little, so that it
//! is listed; or so much that the reading must ask.

use super::apart::{governs, idiom, names_apart, narrows, stands_apart};
use super::sheet::{Sheet, Use};
use super::token::Kind;
use super::{lexicon, outcome};

/// What an unused word does to the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    None,
    Light,
    Heavy,
}

const LINKS: &[&str] = &[
    "by", "to", "at", "of", "on", "for", "in", "with", "and", "but", "about", "into", "per", "just", "also",
    "even", "far", "product", "products", "my", "around", "from", "only", "line", "same", "new", "provider",
    "service", "back", "out", "onto", "across",
];

/// How much a word weighs that nothing used.
pub(crate) fn weight(sheet: &Sheet<'_>, i: usize) -> Weight {
    let word = sheet.word(i);
    let token = &sheet.tokens[i];
    if token.kind == Kind::Symbol {
        return if matches!(word, "<" | ">" | "≥" | "≤" | "^" | "*" | "~" | "≈" | "$" | "€" | "£" | "%")
        {
            Weight::Heavy
        } else {
            Weight::None
        };
    }
    if token.kind == Kind::Number {
        return Weight::Heavy;
    }
    // "Is this a good idea?", "What costs us this?"
    let noun = sheet.unknown(i + 1) || sheet.is(i + 1, lexicon::PERIOD);
    if matches!(word, "this" | "these" | "those") && !noun {
        return Weight::None;
    }
    // "wherever …": for whom it holds.
    if word == "wherever" {
        return Weight::Heavy;
    }
    // "set it to $50 again": as it once was. "half again" is a factor.
    if word == "again" && !sheet.is(i.wrapping_sub(1), &["half", "much", "as"]) {
        return Weight::None;
    }
    // "everyone else": than whom?
    if word == "else" && sheet.is(i.wrapping_sub(1), lexicon::EVERYONE) {
        return Weight::Heavy;
    }
    // "in the same month": that of what stands before it.
    if sheet.is(i, &["month", "quarter", "period", "year", "time", "week"]) && sheet.before(i) == "same" {
        return Weight::None;
    }
    // "too hard", "so very easy": what somebody thinks of it.
    if sheet.unknown(i)
        && sheet.is(i.wrapping_sub(1), &["too", "so", "very", "how", "pretty", "quite", "really"])
    {
        return Weight::None;
    }
    // "the Edge Gateway one", "this one"; "2% flat"; "is smarter", "would be brave".
    let pointed =
        i > 0 && (sheet.uses[i - 1] == Use::Name || sheet.is(i - 1, &["this", "that", "which", "other"]));
    let flat = word == "flat" && i > 0 && sheet.uses[i - 1] == Use::Number;
    let judged = sheet.unknown(i)
        && sheet.is(i.wrapping_sub(1), &["is", "be", "are", "seems", "looks", "sounds", "feels"]);
    if word == "one" && pointed || flat || judged && !token.name_like {
        return Weight::None;
    }
    let keeps = sheet.is(i, &["keep", "keeps"]) && sheet.word(i + 1).ends_with("ing")
        || word.ends_with("ing") && sheet.is(i.wrapping_sub(1), &["keep", "keeps", "kept"]);
    if keeps && sheet.free(i) {
        return Weight::None;
    }
    // "under the Product X SPIFF", "which of these", "would it be higher"
    let name = sheet.skip(i + 1, &["the", "our"]);
    let under =
        matches!(word, "under" | "via" | "using" | "through") && sheet.uses.get(name) == Some(&Use::Name);
    let these = word == "of" && sheet.is(i + 1, &["these", "those", "them", "the", "this", "that"]) && i < 3;
    let been = matches!(word, "higher" | "lower" | "bigger" | "better" | "worse")
        && sheet.is(i.wrapping_sub(1), &["be", "been", "get", "is", "are"]);
    if under || these || been {
        return Weight::None;
    }
    if unit_alone(sheet, i) || better_alone(sheet, i) || sold_of(sheet, i) {
        return Weight::None;
    }
    if word == "off" && sheet.is(i.wrapping_sub(1), &["pay", "pays", "paid"]) {
        return Weight::None;
    }
    if word == "new" && sheet.is(i + 1, lexicon::PARTNER_NOUNS) {
        return Weight::Heavy;
    }
    if matches!(word, "let" | "had" | "has" | "have")
        || (word == "every" && sheet.is(i + 1, &["unit", "one"]))
    {
        return Weight::None;
    }
    if lexicon::NEGATION.contains(&word) {
        return if idiom(sheet, i) { Weight::None } else { Weight::Heavy };
    }
    // "everyone save Silver" leaves somebody out; "what does it save" does not.
    let saves = word == "save" && (i.saturating_sub(3)..i).any(|k| sheet.is(k, lexicon::EVERYONE));
    if (lexicon::filler(word) && !saves) || (word == "may" && !token.name_like) {
        return Weight::None;
    }
    if outcome::inside(sheet, i) {
        return if sheet.unknown(i) { Weight::Light } else { Weight::None };
    }
    if dangling(sheet, i) {
        return Weight::Heavy;
    }
    if matches!(word, "partners" | "partner" | "accounts" | "sell") && !(i > 0 && sheet.unknown(i - 1)) {
        return Weight::None;
    }
    let bought = [
        "much", "any", "many", "sell", "sold", "buy", "sells", "move", "cost", "costs", "even", "do", "push",
    ];
    if matches!(word, "break" | "even" | "breaks" | "breakeven") {
        return Weight::None;
    }
    // "How many more partners would earn if …": what comes of it.
    if word == "earn" && sheet.is(i.wrapping_sub(1), &["would", "will"]) {
        return Weight::None;
    }
    // "in the Nordics first"
    if word == "first" && i > 0 && sheet.uses[i - 1] == Use::Name && sheet.is(i + 1, &["", ",", ".", "?"]) {
        return Weight::Light;
    }
    // "tell me what we would lose", "one more scenario"
    let weighed = sheet.is(i, &["lose", "save", "gain", "miss"])
        && sheet.is(i.wrapping_sub(1), &["would", "we", "do", "could", "might"]);
    let another =
        word == "more" && sheet.is(i + 1, &["scenario", "question", "thing", "idea", "case", "run"]);
    if weighed || another {
        return Weight::None;
    }
    // "bring more partners into the program": an outcome without a figure.
    let counted = sheet.is(i + 1, lexicon::METRIC)
        || sheet.is(i + 1, lexicon::PARTNER_NOUNS)
        || sheet.is(i + 1, &["deals", "customers", "business", "people", "orders"]);
    let bare = i > 0 && !matches!(sheet.uses[i - 1], Use::Number) && !sheet.is(i - 1, &["for", "to", "only"]);
    if (lexicon::MORE.contains(&word) || lexicon::LESS.contains(&word)) && counted && bare {
        return Weight::None;
    }
    if word == "more" && bought.contains(&sheet.before(i)) {
        return Weight::None;
    }
    if matches!(word, "only" | "just") {
        // "only" next to something that was used restricts it; that was seen.
        return Weight::None;
    }
    // "Account managers say …"
    if lexicon::PARTNER_NOUNS.contains(&word) && sheet.is(i + 1, &["manager", "managers", "team", "teams"]) {
        return Weight::None;
    }
    let outcome = lexicon::METRIC.contains(&word)
        || matches!(word, "increase" | "change" | "changes" | "growth" | "uplift" | "lift");
    if outcome || LINKS.contains(&word) || lexicon::SET.contains(&word) || lexicon::BE.contains(&word) {
        return Weight::None;
    }
    if lexicon::RATE.contains(&word) || word == "tier" || word == "unit" || word == "cent" {
        return Weight::None;
    }
    if matches!(
        word,
        "this"
            | "years"
            | "year"
            | "weeks"
            | "days"
            | "day"
            | "week"
            | "months"
            | "from"
            | "about"
            | "over"
            | "before"
            | "after"
    ) && stands_apart(sheet, i)
    {
        return Weight::Light;
    }
    if lexicon::known(word) && !only_common(word) {
        return Weight::Heavy;
    }
    if governs(sheet, i) {
        return Weight::Heavy;
    }
    if stands_apart(sheet, i) {
        return Weight::Light;
    }
    // "EMEA is struggling. Raise it by 5%": for EMEA, or for everyone?
    if sheet.unknown(i) && names_apart(sheet, i) {
        return Weight::Heavy;
    }
    if narrows(sheet, i) || shapes(sheet, i) { Weight::Heavy } else { Weight::Light }
}

/// "at what euro amount", "in dollars": a unit of no number.
fn unit_alone(sheet: &Sheet<'_>, i: usize) -> bool {
    const COINS: &[&str] =
        &["dollar", "dollars", "euro", "euros", "usd", "eur", "bucks", "percent", "percentage", "points"];
    let left = |k: usize| sheet.is_number(k) && sheet.free(k) || sheet.unknown(k);
    sheet.is(i, COINS) && !left(i + 1) && !left(i.wrapping_sub(1))
}

/// "would it do any better at 9%": what comes of it, where nothing is set against it.
fn better_alone(sheet: &Sheet<'_>, i: usize) -> bool {
    const AGAINST: &[&str] =
        &["or", "than", "vs", "versus", "against", "compared", "which", "if", "when", "where", "get", "gets"];
    const BEHIND: &[&str] = &[".", ",", "?", "!", "at", "with", "if", "in", "on", "when", "under", "by"];
    let ends = i + 1 == sheet.len() || sheet.is(i + 1, BEHIND);
    sheet.is(i, &["better", "worse"]) && ends && !sheet.has(AGAINST)
}

/// "every Health Check 40 sold by resellers": a sale of what is named.
fn sold_of(sheet: &Sheet<'_>, i: usize) -> bool {
    let named = |k: usize| matches!(sheet.uses.get(k), Some(Use::Name | Use::Number));
    sheet.is(i, &["sold", "sell", "sells", "shipped", "moved"]) && i > 0 && named(i - 1)
}

/// Adverbs and days that make a change another one, whatever the reader knows of them:
/// "gradually", "on Mondays".
const SHAPING: &[&str] = &[
    "gradually",
    "progressively",
    "incrementally",
    "stepwise",
    "alternately",
    "alternating",
    "respectively",
    "conditionally",
    "selectively",
    "proportionally",
    "temporarily",
    "randomly",
    "optionally",
    "twofold",
    "threefold",
    "tenfold",
    "compounded",
    "compounding",
    "biweekly",
    "weekdays",
    "weekday",
    "weekend",
    "weekends",
    "holiday",
    "holidays",
    "mornings",
    "evenings",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "renewal",
    "renewals",
    "upsell",
    "upsells",
    "online",
    "offline",
];

/// An unknown word that gives the change another shape: beside "only", right behind a
/// number whose unit it may be, or a word for days and steps.
fn shapes(sheet: &Sheet<'_>, i: usize) -> bool {
    let only = |k: usize| sheet.is(k, &["only", "just", "solely", "exclusively", "every", "each"]);
    let unit = i > 0 && sheet.uses[i - 1] == Use::Number && !sheet.tokens[i - 1].text.ends_with(['.', ',']);
    let noun = unit && !sheet.word(i).ends_with("ly") && !sheet.word(i).ends_with("ing");
    // "the partner named …", "so-called …": somebody or something of its own.
    let named = (i.saturating_sub(2)..i).any(|k| sheet.is(k, &["named", "called"]))
        || sheet.is(i, &["named", "called"]) && sheet.is(i.wrapping_sub(1), lexicon::PARTNER_NOUNS);
    // "temporarily … in January": the period says how long.
    let bounded = sheet.word(i) == "temporarily" && sheet.uses.contains(&Use::Period);
    only(i + 1) || only(i.wrapping_sub(1)) || noun || named || SHAPING.contains(&sheet.word(i)) && !bounded
}

/// A preposition that gives the number or the period behind it another meaning,
/// and was not read with it.
fn dangling(sheet: &Sheet<'_>, i: usize) -> bool {
    if !sheet
        .is(i, &["to", "by", "at", "from", "until", "till", "through", "between", "of", "than", "instead"])
    {
        return false;
    }
    // "wants to pay $30": no measure, the verb's own.
    if sheet.word(i) == "to" && (lexicon::mover(sheet.word(i + 1)) || sheet.is(i + 1, lexicon::BE)) {
        return false;
    }
    // "what does an extra €2 do to net margin"
    if sheet.word(i) == "to" && sheet.is(i.wrapping_sub(1), &["do", "does", "did", "done", "doing"]) {
        return false;
    }
    // "what happens to units"
    if sheet.is(i.wrapping_sub(1), &["happen", "happens", "happened", "happening"]) {
        return false;
    }
    // "too thin to matter": a verb of its own.
    let article = ["a", "an", "the", "our", "its", "around", "about", "like", "just", "this", "that", "all"];
    if sheet.word(i) == "to" && lexicon::filler(sheet.word(i + 1)) && !sheet.is(i + 1, &article) {
        return false;
    }
    if sheet.word(i) == "by" && sheet.uses.get(i + 1) == Some(&Use::Period) {
        return true;
    }
    // "there is talk of paying $45"
    if sheet.word(i) == "of" && (sheet.is(i + 1, &["a", "an"]) || sheet.word(i + 1).ends_with("ing")) {
        return false;
    }
    let mut next = i + 1;
    while next < sheet.len() && sheet.free(next) {
        next += 1;
    }
    next > i + 1 && matches!(sheet.uses.get(next), Some(Use::Number | Use::Period))
}

/// Words listed only so that they are not taken for a misspelling.
pub(crate) fn only_common(word: &str) -> bool {
    lexicon::COMMON.contains(&word) && !lexicon::working(word)
}

/// What levels of partners are called, whether or not a company has them.
#[rustfmt::skip]
const LEVELS: &[&str] = &[
    "gold", "silver", "bronze", "platinum", "diamond", "titanium", "elite", "premier", "preferred", "premium",
    "certified", "authorised", "authorized",
];

/// A word that looks like a name, behind "for" or "give", before a noun for partners
/// or beside another such word.
pub(crate) fn stranger(sheet: &Sheet<'_>, i: usize) -> bool {
    let name = |k: usize| {
        let nobody = sheet.unknown(k) || sheet.free(k) && only_common(sheet.word(k));
        // "gold partners", where no level is called so.
        let level = sheet.is(k, LEVELS) && sheet.is(k + 1, lexicon::PARTNER_NOUNS);
        nobody && (sheet.tokens[k].name_like || level)
    };
    if !name(i) {
        return false;
    }
    let mut first = i;
    while first > 0 && name(first - 1) {
        first -= 1;
    }
    let mut last = i;
    while name(last + 1) {
        last += 1;
    }
    let lead = (0..first).rev().find(|k| !sheet.is(*k, &["the", "our", "all"]));
    let led = lead.is_some_and(|k| {
        sheet.is(
            k,
            &[
                "for", "give", "gives", "giving", "to", "only", "just", "except", "at", "pay", "pays",
                "paying", "offer", "let",
            ],
        )
    });
    // "the partners in Cornwall"
    let place = lead.is_some_and(|k| {
        sheet.is(k, &["in", "from", "around", "near", "of"])
            && k > 0
            && sheet.is(k - 1, lexicon::PARTNER_NOUNS)
    });
    led || place || sheet.is(last + 1, lexicon::PARTNER_NOUNS)
}
