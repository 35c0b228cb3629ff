//! Questions about the rules: which clauses answer them, and the answer, quoted with its
//! place in the words that people agreed to. Adds nothing of its own; where no clause
//! speaks of what was asked, it says so.

use chrono::NaiveDate;
use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::{OwnBooks, rules};
use spiffcast_engine::programs::{Program, ProgramVersion};
use spiffcast_engine::scenario::{self, Lookup, Scenario};

use crate::answer::Citation;
use crate::reports::format;
use crate::retrieval::{Audience, Hit, Kind, Query, SHARE_MIN};
use crate::state::State;

/// Clauses quoted, a program.
const CLAUSES_QUOTED: usize = 3;
/// Clauses looked at for a partner, a program: some of them are not for it.
const CLAUSES_LOOKED_AT: usize = 12;

/// The clauses that answer a question about the rules: of the named programs where there
/// are any, in the version in force when the question's period begins. A program that
/// has none then answers with the version nearest to it.
///
/// A partner's question is answered from the rules in its own books: others' programs and
/// clauses about shared funds are not there.
pub async fn clauses(
    state: &State,
    scenario: &Scenario,
    question: &str,
    own: Option<&OwnBooks>,
) -> Vec<Citation> {
    let Some(lookup) = &scenario.lookup else { return Vec::new() };
    let company = state.company();
    let Some(books) = own else { return of_everybody(state, company, scenario, lookup, question).await };
    let readable = rules::in_words(books);
    let named = |p: &&Program| lookup.programs.is_empty() || lookup.programs.contains(&p.id);
    let days = days_asked(scenario.period.start, scenario.period.end, company.today());
    let least = if lookup.about == "other" || lookup.programs.is_empty() { SHARE_MIN } else { 0.0 };
    let mut found: Vec<Hit> = Vec::new();
    for program in readable.programs.iter().filter(named) {
        let days = nearest(&program.versions, days).unwrap_or(days);
        let query = Query { limit: CLAUSES_LOOKED_AT, ..query(question, Some(&program.id), days) };
        found.extend(search(state, &query).await.into_iter().filter_map(|hit| own_words(books, hit)));
    }
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut citations = quoted(found, least);
    citations.truncate(CLAUSES_QUOTED);
    citations
}

/// The hit as the partner reads the clause.
fn own_words(books: &OwnBooks, hit: Hit) -> Option<Hit> {
    let (program, version, clause) = (hit.program.as_deref()?, hit.version?, hit.clause.as_deref()?);
    let text = rules::told(books, program, version, clause)?.to_owned();
    Some(Hit { text, ..hit })
}

async fn of_everybody(
    state: &State,
    company: &Company,
    scenario: &Scenario,
    lookup: &Lookup,
    question: &str,
) -> Vec<Citation> {
    let days = days_asked(scenario.period.start, scenario.period.end, company.today());
    if lookup.programs.is_empty() {
        let anyone = query(question, None, days);
        let theirs = Query { audience: audience(&scenario.audience), ..anyone.clone() };
        let found = relevant(state, &theirs, SHARE_MIN).await;
        return match found.is_empty() && theirs != anyone {
            true => relevant(state, &anyone, SHARE_MIN).await,
            false => found,
        };
    }
    // A topic that the reading found is one that every program has a rule for, whichever
    // words the question has besides.
    let least = if lookup.about == "other" { SHARE_MIN } else { 0.0 };
    let mut citations = Vec::new();
    for program in &lookup.programs {
        let versions = company.program(program).map_or(&[][..], |p| &p.versions);
        let days = nearest(versions, days).unwrap_or(days);
        citations.extend(relevant(state, &query(question, Some(program), days), least).await);
    }
    citations
}

/// The days whose rules are asked about: those of a period that is over, else the first
/// day of it that is not.
pub(super) fn days_asked(start: NaiveDate, end: NaiveDate, today: NaiveDate) -> Span {
    if end < today { Span::new(start, end) } else { Span::new(start.max(today), start.max(today)) }
}

/// The days of the version nearest to some days, where none is in force on them: the
/// last one before, else the first one after.
fn nearest(versions: &[ProgramVersion], days: Span) -> Option<Span> {
    let all = || versions.iter().map(|v| v.terms.effective);
    if all().any(|span| span.intersection(&days).is_some()) {
        return None;
    }
    let before = all().filter(|span| span.end < days.start).max_by_key(|span| span.end);
    before.or_else(|| all().min_by_key(|span| span.start))
}

fn query(question: &str, program: Option<&String>, days: Span) -> Query {
    Query {
        text: question.to_owned(),
        kinds: vec![Kind::Clause],
        programs: program.cloned().into_iter().collect(),
        in_force_on: Some(days),
        limit: CLAUSES_QUOTED,
        ..Query::default()
    }
}

/// One group of partners by what they are; several groups, exceptions and single
/// partners are not something that a program names.
fn audience(asked: &scenario::Audience) -> Audience {
    match asked.include.as_slice() {
        [one] => Audience {
            tiers: one.tiers.clone(),
            regions: one.regions.clone(),
            partner_types: one.partner_types.clone(),
        },
        _ => Audience::default(),
    }
}

/// The clauses found that speak of what was asked.
async fn relevant(state: &State, query: &Query, least: f32) -> Vec<Citation> {
    quoted(search(state, query).await, least)
}

/// A failed search finds none.
async fn search(state: &State, query: &Query) -> Vec<Hit> {
    state.retriever.search(query).await.unwrap_or_else(|error| {
        tracing::warn!("search failed: {error}");
        Vec::new()
    })
}

fn quoted(hits: Vec<Hit>, least: f32) -> Vec<Citation> {
    let best = hits.iter().map(|hit| hit.share).fold(0.0, f32::max);
    if best < least {
        return Vec::new();
    }
    // Beside the best, what speaks of half as much.
    hits.into_iter().filter(|hit| hit.share * 2.0 >= best).filter_map(cited).collect()
}

fn cited(hit: Hit) -> Option<Citation> {
    Some(Citation { program: hit.program?, version: hit.version?, clause: hit.clause?, quote: hit.text })
}

/// Headline and text. The place of a clause stands once: what all have in common in the
/// headline, the rest before each quote.
pub fn tell(citations: &[Citation], company: &Company) -> (String, String) {
    let Some(first) = citations.first() else {
        let text = "No clause in force speaks of that.".to_owned();
        return ("The rules do not say.".to_owned(), text);
    };
    let quote = |c: &Citation| format!("“{}”", c.quote);
    let same = citations.iter().all(|c| (&c.program, c.version) == (&first.program, first.version));
    if let [only] = citations {
        return (format!("{}, §{} says:", place(only, company), only.clause), quote(only));
    }
    let (headline, told): (String, Vec<String>) = if same {
        let told = citations.iter().map(|c| format!("§{}: {}", c.clause, quote(c)));
        (format!("{} says:", place(first, company)), told.collect())
    } else {
        let told = citations.iter().map(|c| format!("{}, §{}: {}", place(c, company), c.clause, quote(c)));
        ("The rules say:".to_owned(), told.collect())
    };
    (headline, told.join("\n\n"))
}

/// Program and version; its days where it is not in force today.
fn place(citation: &Citation, company: &Company) -> String {
    let program = company.program(&citation.program);
    let name = program.map_or(citation.program.as_str(), |p| p.name());
    let version = program.and_then(|p| p.versions.iter().find(|v| v.version == citation.version));
    let days = version.map(|v| v.terms.effective).filter(|span| !span.contains(company.today()));
    let days =
        days.map_or_else(String::new, |span| format!(" (in force {})", format::span(span.start, span.end)));
    format!("{name}, version {}{days}", citation.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_past_is_asked_as_it_was_and_the_rest_from_today() {
        let today = day("2026-07-01");
        let asked = |start, end| days_asked(day(start), day(end), today);
        let q3 = Span::new(day("2025-07-01"), day("2025-09-30"));
        assert_eq!(asked("2025-07-01", "2025-09-30"), q3);
        assert_eq!(asked("2026-01-01", "2026-12-31"), Span::new(today, today));
        assert_eq!(asked("2026-10-01", "2026-12-31").start, day("2026-10-01"));
    }
}
