//! Whether an unused word stands apart from the change: in what leads to it, in a
//! sentence or a remark of its own; or narrows it. Moves nothing itself.

use super::clauses;
use super::lexicon;
use super::sheet::{Sheet, Use};

/// Whether an unknown word may be a verb over the change: right before its verb, or
/// before "to" and its verb ("dread raising", "loath to raise"). What it does to the
/// change is not known.
pub(crate) fn governs(sheet: &Sheet<'_>, i: usize) -> bool {
    let next =
        sheet.skip(i + 1, &["to", "on", "about", "against", "from", "of", "the", "a", "an", "any", "our"]);
    let verb = lexicon::mover(sheet.word(next)) && sheet.uses.get(next) == Some(&Use::Lever);
    let adverb = sheet.word(i).ends_with("ly");
    // "… and frumple the Edge Gateway SPIFF": an order of its own.
    let object = sheet.skip(i + 1, &["the", "our", "all", "every"]);
    let begins =
        i == 0 || sheet.is(i.wrapping_sub(1), &["and", "then", "also", "we", "i", "please", ",", "to"]);
    let order = (begins || object > i + 1) && sheet.uses.get(object) == Some(&Use::Name);
    (verb || order) && !adverb && next > i
}

/// A word of a sentence or a remark of its own in which nothing is moved and nobody
/// narrowed: "Dictating this from the car.", "what does finance have to brace for?".
pub(crate) fn stands_apart(sheet: &Sheet<'_>, i: usize) -> bool {
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
pub(crate) fn names_apart(sheet: &Sheet<'_>, i: usize) -> bool {
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

/// "why not", "why don't we", "shouldn't we", "I don't know": ways of asking.
pub(crate) fn idiom(sheet: &Sheet<'_>, i: usize) -> bool {
    let before = sheet.before(i);
    let starts = i == 0
        && matches!(sheet.word(i), "shouldn't" | "can't" | "wouldn't" | "don't" | "isn't")
        && sheet.is(i + 1, &["we", "it", "you", "i"]);
    before == "why"
        || starts
        || (matches!(before, "i" | "we" | "do") && sheet.is(i + 1, &["know", "mind", "understand", "see"]))
        || sheet.is(i + 1, &["sure", "problem"])
}
