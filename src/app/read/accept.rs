//! Whether a model's draft may be taken: nothing in it is wrong, everything is grounded
//! in the question or a cited clause, and nothing of it is the model's own wording.

use spiffcast_engine::company::Company;
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{Cited, Context, Provenance, Reading, Source, Status, ground};
use spiffcast_engine::scenario::{self, Draft, Lever, Operation};

use super::{differ, note};
use crate::language::CitedClause;

/// A draft that passed, and what was found besides.
pub struct Accepted {
    /// The checked scenario as a draft.
    pub draft: Draft,
    /// Warnings and notes.
    pub findings: Vec<Finding>,
}

/// Takes a draft, or says everything that is wrong with it.
///
/// # Errors
/// What is wrong, in sentences, for the model and for people.
pub fn accept(
    context: &Context<'_>,
    question: &str,
    clauses: &[CitedClause],
    own: &Reading,
    draft: Draft,
) -> Result<Accepted, Vec<String>> {
    let launches = |l: &Lever| l.terms.is_some() || l.operation == Operation::Launch;
    if draft.options.iter().flat_map(|o| &o.levers).any(launches) {
        return Err(vec!["options: New programs are not read by a language model".to_owned()]);
    }
    let company = context.company;
    let draft = named(draft, own, company);
    let cited: Vec<Cited> = clauses.iter().filter(|c| is_named(c, question)).map(cited).collect();
    // What the built-in reader read for certain, word by word, is grounded by that.
    let certain =
        own.status == Status::Ready && own.scenario.as_ref().is_some_and(|s| differ::same(s, &draft));
    let ungrounded = if certain { Vec::new() } else { ground(&draft, question, &cited, context) };
    let wrong = sentences(&ungrounded);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let checked = scenario::check(draft, company);
    let Some(scenario) = checked.scenario else { return Err(sentences(&checked.findings)) };
    let mut findings = checked.findings;
    findings.extend(ungrounded);
    Ok(Accepted { draft: (*scenario).clone(), findings })
}

/// The errors among findings, as sentences; what to do about them comes along.
fn sentences(findings: &[Finding]) -> Vec<String> {
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|f| format!("{}: {}", f.field, f.said())).collect()
}

/// What is wrong with a draft, for people: about which parts, in our words alone. The
/// model's own may hold anything.
pub fn for_people(wrong: &[String]) -> String {
    let mut parts: Vec<&str> = wrong.iter().map(|sentence| part(sentence)).collect();
    parts.sort_unstable();
    parts.dedup();
    format!("it is not what the question says of the {}", parts.join(" and the "))
}

/// The part of a draft that a sentence of [`sentences`] is about.
fn part(sentence: &str) -> &'static str {
    let path = sentence.split(':').next().unwrap_or_default();
    match path.rsplit('.').next().unwrap_or_default() {
        "program" => "program",
        "value" => "value",
        "operation" => "direction or unit",
        "period" => "period",
        "audience" => "audience",
        "tier_from" => "tier",
        "parameter" => "term",
        "intent" => "kind of question",
        _ => "change",
    }
}

/// Whether a question names a clause by its number: `§3.1`, `clause 3.1`. Only then may
/// its numbers be meant; what was merely retrieved proves nothing.
fn is_named(clause: &CitedClause, question: &str) -> bool {
    let words: Vec<&str> = question.split_whitespace().collect();
    let number = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit()) == clause.clause;
    words.iter().enumerate().any(|(i, word)| {
        let before = i.checked_sub(1).map_or("", |i| words[i]).to_lowercase();
        number(word) && (word.starts_with('§') || matches!(before.as_str(), "§" | "clause" | "section"))
    })
}

/// The draft under our own names: a model's wording is shown nowhere.
fn named(mut draft: Draft, own: &Reading, company: &Company) -> Draft {
    let known = own.scenario.iter().flat_map(|s| {
        let levers = s.options.iter().flat_map(|o| &o.levers).filter_map(|l| l.period.as_ref());
        std::iter::once(&s.period).chain(levers)
    });
    let known: Vec<_> = known.map(|p| (p.span(), p.label.clone())).collect();
    let levers = draft.options.iter_mut().flat_map(|o| &mut o.levers);
    for period in std::iter::once(&mut draft.period).chain(levers.filter_map(|l| l.period.as_mut())) {
        let span = period.span();
        let ours = known.iter().find(|(days, _)| *days == span).map(|(_, label)| label.clone());
        period.label = ours.unwrap_or_else(|| format!("{} to {}", period.start, period.end));
    }
    for option in &mut draft.options {
        let levers = option.levers.iter().map(|l| scenario::label(l, company));
        option.label = levers.collect::<Vec<_>>().join(", ");
    }
    draft
}

/// The reading that a model's draft makes: with the places in the question that the
/// built-in reader found for the same values, and the words that only the model took in.
pub fn reading(accepted: Accepted, own: &Reading, question: &str) -> Reading {
    let Accepted { draft, mut findings } = accepted;
    let whole = Source::Question { start: 0, end: question.chars().count(), text: question.to_owned() };
    let mut provenance = vec![Provenance { field: "scenario".to_owned(), source: whole }];
    provenance.extend(differ::agreed(own, &draft));
    if !own.unused_words.is_empty() {
        let words = own.unused_words.join("”, “");
        let message = format!("Only the language model took these words in: “{words}”.");
        findings.push(note("llm_words", message, "Look whether it read them as you meant them."));
    }
    Reading {
        status: Status::Ready,
        scenario: Some(draft),
        reader: "llm".to_owned(),
        unused_words: Vec::new(),
        provenance,
        clarifications: Vec::new(),
        findings,
        chosen: own.chosen.clone(),
    }
}

fn cited(clause: &CitedClause) -> Cited {
    Cited {
        program: clause.program.clone(),
        version: clause.version,
        clause: clause.clause.clone(),
        text: clause.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_counts_only_where_the_question_names_it() {
        let clause =
            CitedClause { program: "p".into(), version: 1, clause: "3.1".into(), text: String::new() };
        assert!(is_named(&clause, "set it to what §3.1 says"));
        assert!(is_named(&clause, "as in clause 3.1, please"));
        assert!(!is_named(&clause, "set it to 3.1") && !is_named(&clause, "as in clause 3.2"));
    }

    #[test]
    fn people_are_told_which_part_is_wrong_and_nothing_of_the_models_words() {
        let wrong =
            ["options[0].levers[0].program: The program \"evil\" is not in the question. Ask".to_owned()];
        let said = for_people(&wrong);
        assert!(said.contains("the program") && !said.contains("evil"), "{said}");
    }
}
