//! Words beside the question change no number: with a sentence of something else, or a
//! strange word anywhere, a question means what it means without, or is asked back
//! about; it is never another scenario.

use spiffcast_demo::random::Stream;

use super::Asked;

const CASES: usize = 1_500;

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

fn questions(asked: &Asked) -> Vec<String> {
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
    out.retain(|q| asked.scenario(q).is_some());
    out
}

#[test]
fn sentences_of_something_else_change_no_number() {
    let (mut same, mut other) = (0, Vec::new());
    for (c, asked) in Asked::both().iter().enumerate() {
        let questions = questions(asked);
        assert!(questions.len() > 20, "{}", asked.name);
        for i in 0..CASES {
            let mut stream = Stream::new(3, "beside", &[c, i]);
            let question = stream.pick(&questions).clone();
            let sentence = *stream.pick(SENTENCES);
            let joined = if stream.chance(0.5) {
                format!("{sentence} {question}")
            } else {
                format!("{question} {sentence}")
            };
            let wanted = asked.scenario(&question);
            match asked.scenario(&joined) {
                None => {}
                got if got == wanted => same += 1,
                _ => other.push(joined),
            }
        }
    }
    assert!(other.is_empty(), "{} are other scenarios:\n{}", other.len(), other.join("\n"));
    assert!(same * 10 >= 2 * CASES * 9, "only {same} of {} are read as without", 2 * CASES);
}

#[test]
fn strange_words_change_no_number() {
    let mut other = Vec::new();
    for (c, asked) in Asked::both().iter().enumerate() {
        let questions = questions(asked);
        for i in 0..CASES {
            let mut stream = Stream::new(4, "strange", &[c, i]);
            let question = stream.pick(&questions).clone();
            let strange = *stream.pick(STRANGE);
            let words: Vec<&str> = question.split(' ').collect();
            let at = stream.between(0, words.len() as i64) as usize;
            let joined = [&words[..at], &[strange], &words[at..]].concat().join(" ");
            let got = asked.scenario(&joined);
            if got.is_some() && got != asked.scenario(&question) {
                other.push(joined);
            }
        }
    }
    assert!(other.is_empty(), "{} are other scenarios:\n{}", other.len(), other.join("\n"));
}
