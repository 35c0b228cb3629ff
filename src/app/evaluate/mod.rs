//! How well a reader reads: questions with expected readings put to it one after the
//! other, scored by the engine ([`spiffcast_engine::reading::evaluate`]). Keeps nothing
//! and simulates nothing.

mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::evaluate::{self, Question, Score, Verdict, judge};
use spiffcast_engine::reading::{Names, Reading};

use super::cite;
use super::read::{self, Read, Readers, ToRead};
use crate::config::Settings;
use crate::history::{self, HistoryError, Place};
use crate::language::{LanguageModel, Usage};
use crate::retrieval;
use crate::state::{self, StartError};

pub use report::{Evaluation, Latency, NotTaken, Rates, Wrong};

/// The company that the questions are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The one that serves under the settings.
    Serving,
    /// The demo company.
    Demo,
    /// The second generated company of `data/questions`.
    Second,
}

/// Why nothing can be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// Lines of the file are no questions; all of them.
    #[error("{}", lines(.0))]
    Lines(Vec<(usize, String)>),
    /// The company cannot be loaded.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl From<HistoryError> for EvaluateError {
    fn from(error: HistoryError) -> Self {
        Self::Start(error.into())
    }
}

fn lines(lines: &[(usize, String)]) -> String {
    let all = lines.iter().map(|(line, what)| format!("line {line}: {what}"));
    all.collect::<Vec<_>>().join("\n")
}

/// The readers of the settings, over a company.
///
/// # Errors
/// Where the company or the search cannot be opened.
pub async fn readers(settings: &Settings, about: About) -> Result<Readers, EvaluateError> {
    let company = company(settings, about)?;
    // An index of its own: the folder's belongs to the company that serves from it.
    let retriever = match about {
        About::Serving => retrieval::open(&company, &settings.data_dir, settings.qdrant.as_ref()).await,
        About::Demo | About::Second => {
            retrieval::open(&company, &settings.data_dir.join("evaluate"), None).await
        }
    };
    Ok(Readers {
        names: Arc::new(Names::of(&company)),
        company: Arc::new(company),
        retriever: retriever.map_err(StartError::from)?,
        language: settings.llm.as_ref().map(LanguageModel::connect),
        policy: settings.reader,
    })
}

fn company(settings: &Settings, about: About) -> Result<Company, EvaluateError> {
    Ok(match about {
        About::Serving => state::load(settings)?.1.company,
        About::Demo => history::load(&Place::Demo, FiscalCalendar::default())?.company,
        About::Second => {
            let calendar = FiscalCalendar { first_month: spiffcast_demo::harrow::FIRST_MONTH };
            history::examine_files(spiffcast_demo::harrow::harrow(SECOND_SEED).files(), calendar)?
        }
    })
}

/// Seed of the company that `data/questions/harrow.jsonl` asks about.
const SECOND_SEED: u64 = 1;

/// Reads a file of questions: one JSON object a line, every identifier once.
///
/// # Errors
/// Every line that is none, from 1, and what is wrong with it.
pub fn questions(text: &str) -> Result<Vec<Question>, EvaluateError> {
    let (mut questions, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (i, line) in text.lines().enumerate() {
        match evaluate::parse(line) {
            Ok(parsed) => {
                for question in parsed {
                    if !seen.insert(question.id.clone()) {
                        wrong.push((i + 1, format!("the identifier {:?} was used before", question.id)));
                    }
                    questions.push(question);
                }
            }
            Err((_, what)) => wrong.push((i + 1, what)),
        }
    }
    if questions.is_empty() && wrong.is_empty() {
        wrong.push((1, "the file holds no question".to_owned()));
    }
    if wrong.is_empty() { Ok(questions) } else { Err(EvaluateError::Lines(wrong)) }
}

/// Puts every question to the readers. `done` hears how many have been.
pub async fn run(readers: &Readers, questions: &[Question], done: &dyn Fn(usize)) -> Evaluation {
    let mut made = Evaluation::of(readers);
    let (mut score, mut times) = (Score::default(), Vec::new());
    for (i, question) in questions.iter().enumerate() {
        let started = Instant::now();
        let read = answer(readers, question, &mut made.tokens).await;
        times.push(started.elapsed());
        let judged = judge(question, &read.reading);
        score.add(question, &read.reading, &judged);
        *made.read_by.entry(read.reading.reader.clone()).or_default() += 1;
        if judged.verdict != Verdict::Right {
            made.wrong.push(Wrong::of(question, &read.reading, judged.verdict));
        }
        if read.usage.requests > 0 && read.reading.reader != "llm" {
            made.not_taken.push(NotTaken::of(question, &read.reading));
        }
        done(i + 1);
    }
    made.rates = Rates::of(&score);
    made.score = score;
    made.latency_ms = Latency::of(times);
    made
}

/// Reads a question after the turns before it. The time of a question is that of all
/// its turns.
async fn answer(readers: &Readers, question: &Question, tokens: &mut crate::answer::Tokens) -> Read {
    let answers = BTreeMap::new();
    let mut previous: Option<Reading> = None;
    for turn in &question.previous {
        previous = Some(one(readers, turn, question, previous.as_ref(), &answers, tokens).await.reading);
    }
    one(readers, &question.question, question, previous.as_ref(), &answers, tokens).await
}

async fn one(
    readers: &Readers,
    words: &str,
    question: &Question,
    previous: Option<&Reading>,
    answers: &BTreeMap<String, String>,
    tokens: &mut crate::answer::Tokens,
) -> Read {
    let found = cite::retrieve(readers, words).await;
    let asked = ToRead { question: words, answers, previous, partner: question.partner.as_deref() };
    let read = read::read(readers, asked, &found).await;
    let Usage { requests, prompt_tokens, completion_tokens, .. } = read.usage;
    tokens.requests += requests;
    tokens.prompt += prompt_tokens;
    tokens.completion += completion_tokens;
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_line_is_named() {
        let good = r#"{"id": "1", "question": "?", "expect": {"status": "failed"}}"#;
        let text = format!("{good}\n\nnot JSON\n{good}\n{{\"id\": \"2\"}}");
        let EvaluateError::Lines(lines) = questions(&text).expect_err("three lines are wrong") else {
            panic!("not about lines")
        };
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(questions(good).expect("one").len(), 1);
        assert!(questions("\n").is_err());
    }
}
