//! Words beside the question change no number: with a sentence of something else, or a
//! strange word anywhere, a question means what it means without, or is asked back
//! about; it is never another scenario.

use std::sync::atomic::{AtomicUsize, Ordering};

use spiffcast_demo::random::Stream;
use spiffcast_engine::scenario::Draft;

use super::{Asked, wrong};

const CASES: usize = 400;

/// Sentences of something else; most have figures or times of their own.
const SENTENCES: &[&str] = &[
    "We have 40 reps on this.",
    "We lost 3 deals last week to a competitor.",
    "Revenue was down 12% last quarter.",
    "Our market share is 20%.",
    "I have 5 minutes before the board meeting.",
    "In our 3pm call Dave said we should look at it.",
    "My target is 2 million.",
    "It's raining here and I need coffee.",
    "Competitors pays 12% to its people.",
    "We sold 120 units last month, which is great.",
    "Slide 7 of the deck has the details.",
    "Our CFO wants to save 50k.",
    "Honestly I have no idea.",
    "There are 40 people waiting for an answer.",
    "Thanks in advance!",
    "The team met yesterday and agreed.",
    "Sales fell by 8 percent in May.",
    "I've been doing this for 20 years.",
    "Budget is tight.",
    "Sorry, this is my 3rd mail today.",
    "Margins dropped 3 points in the first half.",
    "The weather is awful in Boston.",
];
/// Words that nobody knows, of every length, and words of everyday.
const STRANGE: &[&str] = &[
    "blorp",
    "frabjous",
    "kitchen",
    "umbrella",
    "penguin",
    "quark",
    "zeppelin",
    "marmalade",
    "trombone",
    "velvet",
    "hospital",
    "wednesday",
    "tuesdays",
    "renewal",
    "greenfield",
    "banana",
    "honestly",
    "somehow",
    "please",
    "everyday",
    "lighthouse",
    "orchestra",
    "snow",
];

/// Questions with the scenarios they are read as.
fn questions(asked: &Asked) -> Vec<(String, Draft)> {
    let mut out = Vec::new();
    let money = if asked.company.catalog.currency == "EUR" { "€" } else { "$" };
    let tiers: Vec<String> = asked.company.catalog.tiers().iter().map(|t| (*t).to_owned()).collect();
    let regions: Vec<String> = asked.company.catalog.regions().iter().map(|r| (*r).to_owned()).collect();
    for (_, name, unit) in asked.flat_programs() {
        let size = if unit == super::Unit::Money { format!("{money}2") } else { "1 point".to_owned() };
        out.push(format!("Raise the {name} by {size} in Q4."));
        out.push(format!(
            "What if we cut the {name} by {size} for {} partners in {} in Q4?",
            tiers[0], regions[0]
        ));
        out.push(format!("Pause the {name} in Q4."));
        out.push(format!("Double the {name} for {} in Q4.", regions[regions.len() - 1]));
    }
    out.into_iter().filter_map(|q| asked.scenario(&q).map(|draft| (q, draft))).collect()
}

#[test]
fn sentences_of_something_else_change_no_number() {
    for (c, asked) in Asked::both().iter().enumerate() {
        let questions = questions(asked);
        assert!(questions.len() > 20, "{}", asked.name);
        let same = AtomicUsize::new(0);
        let other = wrong(CASES, |i| {
            let mut stream = Stream::new(3, "beside", &[c, i]);
            let (question, wanted) = stream.pick(&questions).clone();
            let sentence = *stream.pick(SENTENCES);
            let joined = if stream.chance(0.5) {
                format!("{sentence} {question}")
            } else {
                format!("{question} {sentence}")
            };
            match asked.scenario(&joined) {
                None => None,
                Some(got) if got == wanted => {
                    same.fetch_add(1, Ordering::Relaxed);
                    None
                }
                Some(_) => Some(joined),
            }
        });
        assert!(other.is_empty(), "{} are other scenarios:\n{}", other.len(), other.join("\n"));
        let same = same.into_inner();
        assert!(same * 10 >= CASES * 9, "{}: only {same} of {CASES} are read as without", asked.name);
    }
}

#[test]
fn strange_words_change_no_number() {
    for (c, asked) in Asked::both().iter().enumerate() {
        let questions = questions(asked);
        let other = wrong(CASES, |i| {
            let mut stream = Stream::new(4, "strange", &[c, i]);
            let (question, wanted) = stream.pick(&questions).clone();
            let strange = *stream.pick(STRANGE);
            let words: Vec<&str> = question.split(' ').collect();
            let at = stream.between(0, words.len() as i64) as usize;
            let joined = [&words[..at], &[strange], &words[at..]].concat().join(" ");
            asked.scenario(&joined).filter(|got| *got != wanted).map(|_| joined)
        });
        assert!(other.is_empty(), "{} are other scenarios:\n{}", other.len(), other.join("\n"));
    }
}
