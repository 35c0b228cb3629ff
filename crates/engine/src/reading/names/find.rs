//! Finds the company's names in a question, longest first.

use crate::catalog::PartnerIx;

use super::{Entity, Mention, Names};
use crate::reading::lexicon;
use crate::reading::sheet::{Sheet, Use};
use crate::reading::token::{Kind, Token};

/// Longest name in tokens.
const NAME_TOKENS_MAX: usize = 10;

/// Finds names of two words and more, longest first. Runs before periods and
/// numbers are looked for, so that `Q4 Push` or `PX-100` keep their parts.
pub(crate) fn long(sheet: &mut Sheet<'_>, names: &Names) -> Vec<Mention> {
    find(sheet, names, 2)
}

/// Finds names of a single word among what is left.
pub(crate) fn short(sheet: &mut Sheet<'_>, names: &Names) -> Vec<Mention> {
    find(sheet, names, 1)
}

fn find(sheet: &mut Sheet<'_>, names: &Names, least: usize) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        match longest(sheet, names, at, least) {
            Some(mention) => {
                at = mention.at.end;
                sheet.claim(mention.at.clone(), Use::Name);
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn longest(sheet: &Sheet<'_>, names: &Names, at: usize, least: usize) -> Option<Mention> {
    if !sheet.free(at) || sheet.tokens[at].kind == Kind::Symbol {
        return None;
    }
    let mut raw = String::new();
    // Where a misspelling may stand for several words, all of them.
    let mut spelled: Vec<String> = vec![String::new()];
    let mut best = None;
    for end in at..sheet.len().min(at + NAME_TOKENS_MAX) {
        let token = &sheet.tokens[end];
        if !sheet.free(end)
            || (token.kind == Kind::Symbol && !matches!(token.text.as_str(), "-" | "_" | "/" | "." | "&"))
        {
            break;
        }
        if token.kind == Kind::Symbol {
            continue;
        }
        let bare = token.text.to_lowercase();
        raw.push_str(bare.strip_suffix("'s").unwrap_or(&bare));
        spelled = spelled
            .iter()
            .flat_map(|s| spellings(token).map(move |w| format!("{s}{w}")))
            .take(SPELLINGS_MAX)
            .collect();
        let words = end + 1 - at;
        // Two words written as one are still a long name.
        let long = words >= least
            || (least == 2 && !lexicon::known(&spelled[0]) && token.text.chars().any(|c| c.is_ascii_digit()));
        if !long {
            continue;
        }
        let mut entities: Vec<Entity> = names.of_run(&raw).to_vec();
        if entities.is_empty() {
            entities = spelled.iter().flat_map(|s| names.of_run(s)).cloned().collect();
            entities.dedup();
        }
        // "Kelvin Valves" are all of that line, though one of them ends with an S.
        if let Some(line) =
            raw.strip_suffix('s').filter(|_| words > 1 && bare.len() > 3 && !entities.is_empty())
        {
            for entity in names.of_run(line) {
                if !entities.contains(entity) {
                    entities.push(entity.clone());
                }
            }
        }
        if !entities.is_empty() && (words > 1 || lonely(sheet, at)) {
            best = Some(Mention { at: at..end + 1, entities });
        }
    }
    best
}

/// Most readings of a run of misspelled words.
const SPELLINGS_MAX: usize = 8;

fn spellings(token: &Token) -> impl Iterator<Item = &str> {
    std::iter::once(token.word.as_str()).chain(token.alternatives.iter().map(String::as_str))
}

/// Whether a single word may be taken for a name: a word of the language only
/// where it is written like a name.
fn lonely(sheet: &Sheet<'_>, at: usize) -> bool {
    let word = sheet.word(at);
    let works = [
        lexicon::UP,
        lexicon::DOWN,
        lexicon::SET,
        lexicon::BE,
        lexicon::STOP,
        lexicon::RESUME,
        lexicon::PERIOD,
    ]
    .iter()
    .chain(&[
        lexicon::NEGATION,
        lexicon::CONDITION,
        lexicon::COMPARE,
        lexicon::OTHER,
        lexicon::METRIC,
        lexicon::UNITS,
    ])
    .any(|list| list.contains(&word));
    !(works || lexicon::filler(word)) || sheet.tokens[at].name_like
}

/// Partners by a part of their name, among words nobody else knew.
pub(crate) fn partners(sheet: &mut Sheet<'_>, names: &Names) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        let mut end = at;
        let mut fits: Option<Vec<PartnerIx>> = None;
        while end < sheet.len() && sheet.free(end) && sheet.is_word(end) && (sheet.unknown(end) || end > at) {
            let mut named: Vec<PartnerIx> =
                spellings(&sheet.tokens[end]).flat_map(|w| names.partners_with(w)).copied().collect();
            named.sort_unstable();
            named.dedup();
            let both: Vec<PartnerIx> = match &fits {
                None => named.clone(),
                Some(before) => before.iter().copied().filter(|p| named.contains(p)).collect(),
            };
            if both.is_empty() {
                break;
            }
            fits = Some(both);
            end += 1;
        }
        if let Some(partners) = fits {
            sheet.claim(at..end, Use::Name);
            found
                .push(Mention { at: at..end, entities: partners.into_iter().map(Entity::Partner).collect() });
            at = end;
        } else {
            at += 1;
        }
    }
    found
}
