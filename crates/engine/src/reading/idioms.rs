//! Set phrases that say nothing of a change, wherever they stand: how somebody speaks
//! ("at the end of the day"), when and over what something was talked about ("over a
//! beer", "on the phone"). Taken off the sheet before anything else is looked for.

use super::sheet::{Sheet, Use};
use super::{frame, lexicon};

/// Prepositions before an occasion.
const LEADS: &[&str] =
    &["over", "at", "on", "in", "during", "after", "before", "from", "by", "via", "off", "under"];
/// Small words between the preposition and the occasion.
const BETWEEN: &[&str] = &[
    "a", "an", "the", "my", "our", "his", "her", "their", "your", "some", "another", "quick", "long", "big",
    "busy", "nice", "good", "cold", "hot", "second", "way", "whole",
];
/// Meals and drinks, ways to talk and to travel, rooms, parts of the body: nothing that a
/// program could be for.
#[rustfmt::skip]
const OCCASIONS: &[&str] = &[
    "lunch", "breakfast", "dinner", "brunch", "coffee", "coffees", "tea", "beer", "beers", "drinks", "wine",
    "cake", "pizza", "phone", "mobile", "train", "plane", "bus", "taxi", "cab", "tram", "airport", "flight",
    "road", "motorway", "hotel", "corridor", "hallway", "kitchen", "elevator", "shower", "gym", "slack", "zoom",
    "whatsapp", "whiteboard", "flipchart", "spreadsheet", "excel", "napkin", "hurry", "rush", "pressure", "agenda",
    "fence", "radar", "townhall", "huddle",
];
/// Somebody's own: "on my back", "in our view".
#[rustfmt::skip]
const OWN: &[&str] = &[
    "back", "neck", "throat", "ear", "ears", "gut", "mind", "head", "heart", "hands", "plate", "desk", "opinion",
    "view", "experience", "book", "case", "face", "shoes", "inbox", "list", "calendar", "mailbox", "feet", "toes",
];

/// Phrases that say nothing wherever they stand.
#[rustfmt::skip]
const PHRASES: &[&[&str]] = &[
    &["at", "the", "end", "of", "the", "day"], &["when", "all", "is", "said", "and", "done"],
    &["by", "the", "way"], &["of", "course"], &["no", "doubt"], &["for", "sure"], &["for", "certain"], &["after", "all"],
    &["all", "things", "considered"], &["in", "the", "end"], &["in", "the", "long", "run"], &["on", "balance"],
    &["on", "the", "whole"], &["by", "and", "large"], &["at", "first", "glance"], &["at", "first", "sight"],
    &["at", "this", "point"], &["at", "this", "stage"], &["for", "the", "time", "being"],
    &["in", "other", "words"], &["that", "is", "to", "say"], &["in", "theory"], &["in", "practice"],
    &["in", "principle"], &["in", "reality"], &["in", "fact"], &["in", "short"], &["in", "general"],
    &["in", "a", "way"], &["in", "a", "sense"], &["in", "a", "nutshell"], &["in", "a", "perfect", "world"],
    &["for", "once"], &["for", "a", "change"], &["for", "a", "start"], &["for", "starters"], &["to", "start", "with"],
    &["to", "begin", "with"], &["in", "the", "first", "place"], &["first", "off"], &["just", "in", "case"],
    &["back", "and", "forth"], &["up", "in", "the", "air"], &["in", "two", "minds"],
    &["off", "the", "top", "of", "my", "head"], &["for", "what", "it's", "worth"], &["believe", "it", "or", "not"],
    &["needless", "to", "say"], &["more", "or", "less"], &["give", "or", "take"], &["one", "way", "or", "another"],
    &["one", "way", "or", "the", "other"], &["like", "it", "or", "not"], &["sooner", "or", "later"],
    &["to", "be", "clear"], &["to", "be", "frank"], &["to", "be", "safe"], &["to", "be", "precise"],
    &["to", "my", "mind"], &["in", "my", "opinion"], &["in", "my", "book"], &["in", "my", "view"],
    &["worth", "a", "shot"], &["worth", "a", "try"], &["worth", "it"],
    &["worth", "our", "while"], &["worth", "the", "money"], &["as", "an", "experiment"], &["as", "a", "what", "-", "if"],
    &["fingers", "crossed"], &["who", "knows"], &["out", "of", "interest"], &["by", "any", "chance"],
    &["any", "good"], &["any", "better"], &["any", "worse"], &["any", "use"], &["any", "different"], &["do", "the", "trick"],
    &["move", "the", "needle"], &["moves", "the", "needle"], &["make", "a", "dent"], &["make", "a", "difference"],
    &["makes", "a", "difference"], &["make", "any", "difference"], &["make", "sense"], &["makes", "sense"],
    &["make", "more", "sense"], &["makes", "more", "sense"], &["for", "our", "money"], &["more", "bang"],
    &["bang", "for", "the", "buck"], &["bang", "for", "our", "buck"],
];

/// Takes such phrases off the sheet.
pub(super) fn claim(sheet: &mut Sheet<'_>) {
    for i in 0..sheet.len() {
        let phrase = PHRASES.iter().find(|p| sheet.follows(i, p)).map(|p| i + p.len());
        let phrase = phrase.filter(|end| sheet.word(*end) != "of");
        if let Some(end) = phrase.or_else(|| occasion(sheet, i)) {
            sheet.claim(i..end, Use::Idle);
        }
    }
}

/// "over a quick beer", "on my back": where it ends.
fn occasion(sheet: &Sheet<'_>, i: usize) -> Option<usize> {
    let noun = sheet.skip(i + 1, BETWEEN);
    let word = sheet.word(noun);
    let own = sheet.names.words.contains(word) || frame::named(sheet, noun);
    // "on the phone line", "in the head office segment": part of another name.
    let more = sheet.unknown(noun + 1)
        || sheet.is(noun + 1, lexicon::PARTNER_NOUNS)
        || sheet.is(noun + 1, &["sales", "deals", "orders", "business", "customers"]);
    let whose = sheet.is(noun - 1, &["my", "our", "his", "her", "their", "your"]);
    let idle = OCCASIONS.contains(&word) || whose && OWN.contains(&word);
    (sheet.is(i, LEADS) && idle && !own && !more).then_some(noun + 1)
}
