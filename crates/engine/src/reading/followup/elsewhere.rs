//! The last scenario at another time or for other people: "same but for Q4 and only
//! EMEA".

use crate::calendar::Span;
use crate::reading::board::Board;
use crate::reading::days::range_words;
use crate::reading::operations::Verb;
use crate::reading::periods::Form;
use crate::reading::reader::Reader;
use crate::reading::sheet::Use;
use crate::reading::{Source, assemble, options, when};
use crate::scenario::{Audience, AudienceEntry, Draft, Intent, Period};

/// Another time or audience for the whole scenario.
pub(super) fn read(reader: &Reader<'_>, previous: &Draft, board: &mut Board) -> Option<Draft> {
    let (mut desk, parts) = reader.recognise_all();
    super::claim_openers(&mut desk);
    let mut draft = previous.clone();
    let everyone = desk.sheet.has(&["everyone", "everybody", "all"]);
    // "leave out the distributors": all but them.
    let out = parts.ops.iter().filter(|o| matches!(o.verb, Verb::Exclude | Verb::Remove | Verb::Down));
    let leaves: Vec<usize> = out.map(|o| o.at.start).collect();
    for i in leaves {
        desk.sheet.tokens[i].word = "excluding".to_owned();
    }
    let who = assemble::audience(&mut desk, &parts.mentions);
    let default = |source: &Source| matches!(source, Source::Default { .. });
    let named = desk.provenance.iter().any(|p| p.field == "audience" && !default(&p.source));
    desk.provenance.retain(|p| !(p.field == "audience" && default(&p.source)) || everyone);
    let period = if parts.periods.is_empty() && desk.vague.is_none() {
        None
    } else {
        match when::period(&mut desk, &parts.periods) {
            // "through March": from where it began.
            Ok(period) => {
                let until = parts.periods.iter().all(|p| p.form == Form::Until);
                let begins = until && previous.period.start <= period.end;
                Some(if begins { since(&previous.period, period) } else { period })
            }
            Err(_) => {
                board.take(desk);
                return None;
            }
        }
    };
    let Some(who) = who else {
        board.take(desk);
        return None;
    };
    let all = who == Audience::default();
    for lever in draft.options.iter_mut().flat_map(|o| &mut o.levers) {
        if period.is_some() {
            lever.period = None;
        }
        if named {
            let both = lever.audience.as_ref().filter(|_| !all).and_then(|own| narrowed(own, &who));
            lever.audience = both;
        }
    }
    for op in &parts.ops {
        desk.sheet.claim(op.at.clone(), Use::Name);
    }
    for i in 0..desk.sheet.len() {
        let words = [
            "without",
            "with",
            "for",
            "in",
            "exclude",
            "only",
            "again",
            "limit",
            "limited",
            "restrict",
            "restricted",
            "minus",
            "sans",
            "if",
            "to",
            "less",
        ];
        if desk.sheet.free(i) && desk.sheet.is(i, &words) {
            desk.sheet.claim(i..i + 1, Use::Name);
        }
    }
    if named {
        // "and without the distributors": of those it was for.
        let narrower = who.include.is_empty() && !who.exclude.is_empty();
        draft.audience = if narrower { less(&previous.audience, &who) } else { who };
    }
    if let Some(period) = period {
        draft.period = period;
        if desk.hindcast && draft.intent == Intent::Forecast {
            draft.intent = Intent::Hindcast;
        }
    }
    for option in &mut draft.options {
        *option = options::option(std::mem::take(&mut option.levers), reader);
    }
    super::keep_sources(&mut desk);
    board.take(desk);
    Some(draft)
}

/// A period that began with another one.
fn since(first: &Period, last: Period) -> Period {
    let label = range_words(Span::new(first.start, last.end));
    Period { start: first.start, label, ..last }
}

/// An audience without some more.
fn less(own: &Audience, new: &Audience) -> Audience {
    let mut out = own.clone();
    out.exclude.extend(new.exclude.iter().filter(|e| !own.exclude.contains(e)).cloned());
    out
}

/// "Gold 5%, Silver 3%", then "only EMEA": each for its own people there. `None` where
/// the new words name people of the same kind, and so take the place of the old.
fn narrowed(own: &Audience, new: &Audience) -> Option<Audience> {
    let filled = |e: &AudienceEntry| {
        [!e.tiers.is_empty(), !e.regions.is_empty(), !e.partner_types.is_empty(), !e.partners.is_empty()]
    };
    let meet = |a: &AudienceEntry, b: &AudienceEntry| filled(a).iter().zip(filled(b)).any(|(x, y)| *x && y);
    if own.include.iter().any(|a| new.include.iter().any(|b| meet(a, b))) {
        return None;
    }
    let join = |a: &AudienceEntry, b: &AudienceEntry| AudienceEntry {
        tiers: [a.tiers.clone(), b.tiers.clone()].concat(),
        regions: [a.regions.clone(), b.regions.clone()].concat(),
        partner_types: [a.partner_types.clone(), b.partner_types.clone()].concat(),
        partners: [a.partners.clone(), b.partners.clone()].concat(),
    };
    let include = match (own.include.as_slice(), new.include.as_slice()) {
        ([], there) => there.to_vec(),
        (here, []) => here.to_vec(),
        (here, there) => here.iter().flat_map(|a| there.iter().map(move |b| join(a, b))).collect(),
    };
    let mut exclude = own.exclude.clone();
    exclude.extend(new.exclude.iter().filter(|e| !own.exclude.contains(e)).cloned());
    Some(Audience { include, exclude })
}
