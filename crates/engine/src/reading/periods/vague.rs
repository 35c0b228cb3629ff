//! Times that name no days: "over the holidays", "in fall", "sometime soon". What
//! they mean is asked.

use std::ops::Range;

use crate::reading::sheet::{Sheet, Use};

const PHRASES: &[&[&str]] = &[
    &["holiday", "season"],
    &["holidays"],
    &["christmas"],
    &["xmas"],
    &["easter"],
    &["thanksgiving"],
    &["black", "friday"],
    &["back", "to", "school"],
    &["turn", "of", "the", "year"],
    &["summer"],
    &["winter"],
    &["autumn"],
    &["sometime", "soon"],
    &["some", "time", "soon"],
    &["some", "time"],
    &["sometime"],
    &["a", "while"],
    &["soon"],
    &["eventually"],
    &["new", "year"],
    &["carnival"],
    &["ramadan"],
    &["diwali"],
    &["next", "monday"],
    &["kickoff"],
    &["peak", "season"],
    &["coming", "weeks"],
    &["coming", "months"],
    &["few", "weeks"],
    &["few", "months"],
    &["couple", "of", "weeks"],
    &["couple", "of", "months"],
    &["several", "weeks"],
    &["several", "months"],
];
/// Words that are a time only behind one of these.
const SEASONS: &[&str] = &["fall", "spring", "mid"];
const LEADS: &[&str] = &[
    "over", "in", "around", "for", "during", "until", "till", "by", "before", "after", "from", "the", "a",
    "this", "next", "late", "early", "about", "at", "starting", "through", "coming",
];

/// Finds such a time and takes it off the sheet.
pub(crate) fn find(sheet: &mut Sheet<'_>) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut i = 0;
    while i < sheet.len() {
        let Some(at) = at(sheet, i) else {
            i += 1;
            continue;
        };
        i = at.end;
        sheet.claim(at.clone(), Use::Period);
        found = Some(found.map_or(at.clone(), |f| f.start..at.end));
    }
    found
}

/// "Q5", "H3": no part of any year.
fn impossible(word: &str) -> bool {
    let number = |t: &str| t.parse::<u32>().ok().filter(|_| t.len() == 1);
    word.strip_prefix('q').and_then(number).is_some_and(|n| n == 0 || n > 4)
        || word.strip_prefix('h').and_then(number).is_some_and(|n| n == 0 || n > 2)
}

/// "31 February", "April 31st": no day of any year.
fn no_day(sheet: &Sheet<'_>, i: usize) -> Option<usize> {
    let month = |k: usize| {
        let word = sheet.word(k);
        let found = word.len() >= 3 && sheet.is_word(k) && !matches!(word, "may" | "mar");
        found
            .then(|| crate::calendar::MONTHS.iter().position(|m| m.to_lowercase().starts_with(word)))
            .flatten()
    };
    let day = |k: usize| sheet.word(k).parse::<u32>().ok().filter(|d| sheet.is_number(k) && *d <= 31);
    let most = |m: usize| match m {
        1 => 29,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    };
    let suffix = |k: usize| usize::from(sheet.is(k, &["st", "nd", "rd", "th"]));
    let (d, m, end) = if let Some(d) = day(i) {
        let k = sheet.skip(i + 1 + suffix(i + 1), &["of"]);
        (d, month(k)?, k + 1)
    } else {
        let m = month(i)?;
        (day(i + 1)?, m, i + 2 + suffix(i + 2))
    };
    (d > most(m)).then_some(end - i)
}

fn at(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    let led = i > 0 && sheet.is(i - 1, LEADS);
    let phrase = PHRASES.iter().find(|p| sheet.follows(i, p)).map(|p| p.len());
    let season = (led && sheet.is(i, SEASONS) && !sheet.is_number(i + 1)).then_some(1);
    let length = phrase.or(season).or(impossible(sheet.word(i)).then_some(1)).or_else(|| no_day(sheet, i))?;
    let mut end = i + length;
    if sheet.word(i) == "mid" {
        end = sheet.skip(end, &["-"]);
        end += usize::from(sheet.is_word(end) && sheet.free(end));
    }
    if sheet.follows(end, &["or", "so"]) {
        end += 2;
    }
    let mut start = i;
    while start > 0 && sheet.is(start - 1, LEADS) && sheet.free(start - 1) {
        start -= 1;
    }
    (start..end).all(|k| sheet.free(k)).then_some(start..end)
}
