//! What was not used. Words without weight fall away; the others are listed; those
//! that would change the meaning make the reading ask before it goes on.

use std::collections::BTreeMap;

use super::clauses;
use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::{Kind, Token};

/// What became of the words of a question, by where they stand in it. A word that
/// was read in any part of it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    left: BTreeMap<usize, Left>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    /// As written.
    text: String,
    /// Lower case, spelled as it was taken for.
    word: String,
    weight: Weight,
    /// Written like a name where somebody could be named.
    stranger: bool,
}

impl Coverage {
    /// Adds what a sheet made of its tokens.
    pub fn add(&mut self, sheet: &Sheet<'_>) {
        self.add_part(sheet, 0..sheet.len());
    }

    /// Adds what a sheet made of some of its tokens.
    pub fn add_part(&mut self, sheet: &Sheet<'_>, at: std::ops::Range<usize>) {
        for i in at {
            let token = &sheet.tokens[i];
            let weight = if sheet.uses[i] == Use::Free { weight(sheet, i) } else { Weight::None };
            let stranger = stranger(sheet, i);
            let left = Left { text: token.text.clone(), word: token.word.clone(), weight, stranger };
            self.left
                .entry(token.start)
                .and_modify(|before| before.weight = before.weight.min(weight))
                .or_insert(left);
        }
    }

    /// Words that a sheet used were read, whatever else left them over.
    pub fn settle(&mut self, sheet: &Sheet<'_>) {
        for i in (0..sheet.len()).filter(|i| sheet.uses[*i] != Use::Free) {
            let token = &sheet.tokens[i];
            let (text, word) = (token.text.clone(), token.word.clone());
            let read = Left { text, word, weight: Weight::None, stranger: false };
            self.left.insert(token.start, read);
        }
    }

    /// Sentences beside the question: their figures and names are listed as not used.
    pub fn left_aside(&mut self, tokens: &[Token]) {
        for token in tokens {
            let counts =
                token.kind == Kind::Number || token.kind == Kind::Word && !lexicon::filler(&token.word);
            let weight = if counts { Weight::Light } else { Weight::None };
            let left = Left { text: token.text.clone(), word: token.word.clone(), weight, stranger: false };
            self.left.entry(token.start).or_insert(left);
        }
    }

    /// Leaves out what stands at or behind a place: words that are not the question's.
    pub fn forget(&mut self, from: usize) {
        self.left.retain(|start, _| *start < from);
    }

    /// All words that carry weight and were not used.
    pub fn words(&self) -> Vec<String> {
        self.of(Weight::Light)
    }

    /// Those of them that would change the meaning.
    pub fn heavy(&self) -> Vec<String> {
        self.of(Weight::Heavy)
    }

    /// Whether all that would change the meaning are names of somebody unknown.
    pub fn only_strangers(&self) -> bool {
        let mut heavy = self.left.values().filter(|l| l.weight == Weight::Heavy).peekable();
        let noun = |l: &Left| lexicon::PARTNER_NOUNS.contains(&l.word.as_str());
        self.left.values().any(|l| l.weight == Weight::Heavy && l.stranger)
            && heavy.all(|l| l.stranger || noun(l))
    }

    /// Words that the language itself does not know.
    pub fn unknown(&self) -> Vec<String> {
        let strange = |l: &&Left| l.weight > Weight::None && !lexicon::known(&l.word);
        self.left.values().filter(strange).map(|l| l.text.clone()).collect()
    }

    fn of(&self, least: Weight) -> Vec<String> {
        self.left.values().filter(|l| l.weight >= least).map(|l| l.text.clone()).collect()
    }
}

/// A word that looks like a name, behind "for" or "give", before a noun for partners
/// or beside another such word.
fn stranger(sheet: &Sheet<'_>, i: usize) -> bool {
    let name = |k: usize| {
        let nobody = sheet.unknown(k) || sheet.free(k) && only_common(sheet.word(k));
        nobody && sheet.tokens[k].name_like
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
    led || sheet.is(last + 1, lexicon::PARTNER_NOUNS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    None,
    Light,
    Heavy,
}

const LINKS: &[&str] = &[
    "by", "to", "at", "of", "on", "for", "in", "with", "and", "but", "about", "into", "per", "just", "also",
    "even", "far", "product", "products", "my", "around", "from", "only", "line", "same", "new", "provider",
    "service", "back", "out", "onto", "across",
];

fn weight(sheet: &Sheet<'_>, i: usize) -> Weight {
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
    let under = word == "under" && sheet.uses.get(name) == Some(&Use::Name);
    let these = word == "of" && sheet.is(i + 1, &["these", "those", "them", "the", "this", "that"]) && i < 3;
    let been = matches!(word, "higher" | "lower" | "bigger" | "better" | "worse")
        && sheet.is(i.wrapping_sub(1), &["be", "been", "get", "is", "are"]);
    if under || these || been {
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
    if lexicon::filler(word) || (word == "may" && !token.name_like) {
        return Weight::None;
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
    if stands_apart(sheet, i) {
        return Weight::Light;
    }
    // "EMEA is struggling. Raise it by 5%": for EMEA, or for everyone?
    if sheet.unknown(i) && names_apart(sheet, i) {
        return Weight::Heavy;
    }
    if narrows(sheet, i) || !framing(sheet, i) { Weight::Heavy } else { Weight::Light }
}

/// "why not", "why don't we", "shouldn't we", "I don't know": ways of asking.
fn idiom(sheet: &Sheet<'_>, i: usize) -> bool {
    let before = sheet.before(i);
    let starts = i == 0
        && matches!(sheet.word(i), "shouldn't" | "can't" | "wouldn't" | "don't" | "isn't")
        && sheet.is(i + 1, &["we", "it", "you", "i"]);
    before == "why"
        || starts
        || (matches!(before, "i" | "we" | "do") && sheet.is(i + 1, &["know", "mind", "understand", "see"]))
        || sheet.is(i + 1, &["sure", "problem"])
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
    // "too thin to matter": a verb of its own.
    let article = ["a", "an", "the", "our", "its", "around", "about", "like", "just", "this", "that", "all"];
    if sheet.word(i) == "to" && lexicon::filler(sheet.word(i + 1)) && !sheet.is(i + 1, &article) {
        return false;
    }
    if sheet.word(i) == "by" && sheet.uses.get(i + 1) == Some(&Use::Period) {
        return true;
    }
    if sheet.word(i) == "of" && sheet.is(i + 1, &["a", "an"]) {
        return false;
    }
    let mut next = i + 1;
    while next < sheet.len() && sheet.free(next) {
        next += 1;
    }
    next > i + 1 && matches!(sheet.uses.get(next), Some(Use::Number | Use::Period))
}

/// Words listed only so that they are not taken for a misspelling.
fn only_common(word: &str) -> bool {
    lexicon::COMMON.contains(&word) && !lexicon::working(word)
}

/// Whether an unknown word stands in what leads to the question or follows it
/// ("my uncle asks whether …", "…? It is urgent"), apart from the change itself.
fn framing(sheet: &Sheet<'_>, i: usize) -> bool {
    let lever = |k: &usize| matches!(sheet.uses[*k], Use::Name | Use::Number | Use::Lever | Use::Period);
    let (Some(first), Some(last)) = ((0..sheet.len()).find(lever), (0..sheet.len()).rfind(lever)) else {
        return false;
    };
    let marks = |mut places: std::ops::Range<usize>| {
        places.any(|k| sheet.is(k, &["if", "whether", "that", ":", "?", ".", "!", ";"]))
    };
    (i < first && marks(i..first)) || (i > last && marks(last..i)) || leads_in(sheet, i) || remarks(sheet, i)
}

/// A word of a sentence or a remark of its own in which nothing is moved and nobody
/// narrowed: "Dictating this from the car.", "what does finance have to brace for?".
fn stands_apart(sheet: &Sheet<'_>, i: usize) -> bool {
    let sentence = clauses::sentence(sheet, i);
    let moved = |at: &std::ops::Range<usize>| {
        at.clone().any(|k| matches!(sheet.uses[k], Use::Number | Use::Lever | Use::Period))
    };
    let turned = |at: &std::ops::Range<usize>| {
        at.clone().any(|k| {
            clauses::turns(sheet.word(k)) && !idiom(sheet, k)
                || sheet.is(k, &["only", "who", "which", "whose", "ones", "those", "if", "just"])
                || lexicon::mover(sheet.word(k)) && sheet.uses[k] == Use::Free
        })
    };
    let whole = sentence.len() < sheet.len() && !moved(&sentence) && !turned(&sentence);
    let prose = clauses::speaks(sheet, &sentence)
        || sentence.clone().any(|k| sheet.word(k).len() > 5 && sheet.word(k).ends_with("ing"));
    let fragment = sheet.is(
        sentence.start,
        &["for", "in", "only", "not", "except", "at", "to", "with", "on", "per", "within"],
    );
    let named = sentence.clone().any(|k| sheet.uses[k] == Use::Name);
    if whole && prose && !fragment && !(named && names_apart(sheet, i)) && sentence.len() >= 3 {
        return true;
    }
    remarks(sheet, i) && !sheet.is(i + 1, lexicon::PARTNER_NOUNS) && !sheet.tokens[i].name_like
}

/// Whether the sentence of a word names somebody and moves nothing, while another one
/// makes the change and does not speak of "them".
fn names_apart(sheet: &Sheet<'_>, i: usize) -> bool {
    let sentence = clauses::sentence(sheet, i);
    let here = |k: &usize| sentence.contains(k);
    let people = |k: usize| {
        sheet.uses[k] == Use::Name
            && lexicon::kind(sheet.word(k)).is_none()
            && !sheet.is(k, &["the", "our", "and", "or", ",", "&"])
    };
    let named =
        sentence.clone().any(people) && !sentence.clone().any(|k| lexicon::kind(sheet.word(k)).is_some());
    let moved = sentence.clone().any(|k| matches!(sheet.uses[k], Use::Number | Use::Lever | Use::Period));
    let elsewhere = (0..sheet.len()).any(|k| !here(&k) && matches!(sheet.uses[k], Use::Number | Use::Lever));
    let them = (0..sheet.len()).any(|k| !here(&k) && sheet.is(k, &["they", "them", "their", "there"]));
    named && !moved && elsewhere && !them
}

fn used(sheet: &Sheet<'_>, i: usize) -> bool {
    matches!(sheet.uses.get(i), Some(Use::Name | Use::Number | Use::Lever | Use::Period))
}

/// "We're toying with the idea of …", "Karen insists we test …": somebody speaks before
/// the change is said. A verb right before the change would govern it.
fn leads_in(sheet: &Sheet<'_>, i: usize) -> bool {
    let sentence = clauses::sentence(sheet, i);
    let Some(first) = sentence.clone().find(|k| used(sheet, *k)) else { return false };
    let governs = i + 1 == first;
    let turned = (sentence.start..first).any(|k| clauses::turns(sheet.word(k)) && !idiom(sheet, k));
    i < first && !governs && !turned && clauses::speaks(sheet, &(sentence.start..first))
}

/// ", how'd margin look", "- my gut says yes": a clause of its own behind the change.
fn remarks(sheet: &Sheet<'_>, i: usize) -> bool {
    let start = (0..i).rev().find(|k| clauses::ends(sheet, *k) || sheet.word(*k) == ",").map_or(0, |k| k + 1);
    let end =
        (i..sheet.len()).find(|k| clauses::ends(sheet, *k) || sheet.word(*k) == ",").unwrap_or(sheet.len());
    let whole = start..end;
    let plain = whole.clone().all(|k| !used(sheet, k) && !clauses::turns(sheet.word(k)));
    let reason = (start..=i).rev().find(|k| clauses::reason_at(sheet, *k));
    let because = reason.is_some_and(|r| (r..end).all(|k| !used(sheet, k)));
    let first = sheet.skip(start, &["and", "so", "but"]);
    let relative = sheet.is(first, &["who", "which", "that", "those", "ones", "whose", "where"]);
    because
        || start > 0 && plain && !relative && (clauses::asks(sheet, &whole) || clauses::speaks(sheet, &whole))
}

/// Whether an unknown word narrows something: it looks like a name, has digits,
/// stands behind a preposition or before a noun for partners.
pub(crate) fn narrows(sheet: &Sheet<'_>, i: usize) -> bool {
    let token = &sheet.tokens[i];
    if token.text.chars().any(|c| c.is_ascii_digit()) {
        return true;
    }
    // "Karen insists we …", "discussed with Tom": who said so, not for whom it is.
    let said = leads_in(sheet, i) && !sheet.is(i + 1, lexicon::PARTNER_NOUNS);
    if said {
        let lead = (0..i).rev().find(|k| !sheet.is(*k, &["the", "our", "my", "a"])).unwrap_or(i);
        return sheet.is(lead, &["for", "in", "among", "only", "except", "at", "within", "excluding"]);
    }
    if token.name_like {
        return true;
    }
    let mut k = i;
    while k > 0
        && (sheet.is(k - 1, &["the", "our", "a", "an", "all", "any", "-"])
            || (sheet.free(k - 1) && sheet.unknown(k - 1)))
    {
        k -= 1;
    }
    let led = k > 0
        && sheet.is(
            k - 1,
            &[
                "for",
                "in",
                "to",
                "on",
                "among",
                "at",
                "except",
                "only",
                "from",
                "by",
                "within",
                "through",
                "with",
                "after",
                "before",
                "during",
                "of",
                "and",
                "not",
                "without",
                "non",
                "excluding",
                "until",
                "under",
                "over",
                "via",
                "across",
            ],
        );
    let noun = sheet.is(i + 1, lexicon::PARTNER_NOUNS)
        || sheet.is(
            i + 1,
            &["customers", "customer", "deals", "deal", "sales", "orders", "products", "only", "units"],
        );
    led || noun
}
