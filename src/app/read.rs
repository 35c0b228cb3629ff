//! Who reads: the built-in reader first; where it is not certain and no choice
//! settles it, the language model too. A model's draft counts only when it passes
//! the checks and every part of it is grounded in the question or a cited clause;
//! otherwise the built-in reading stands, and the reading says so.

use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{self, Cited, Context, Provenance, Reading, Source, Status, ground};
use spiffcast_engine::scenario::{self, Draft, Intent, Scenario};
use spiffcast_engine::simulation::SimulationError;

use super::port::{AskError, AskRequest};
use crate::answer::Answer;
use crate::language::{CitedClause, LanguageError, LanguageModel, Question};
use crate::state::State;

/// A reading and, where a model made it, the model's name.
pub struct Read {
    /// The reading.
    pub reading: Reading,
    /// Name of the model that read.
    pub model: Option<String>,
}

/// The reading of the conversation's last answer, for follow-ups.
pub async fn previous(state: &State, conversation: Option<&str>) -> Result<Option<Reading>, AskError> {
    let Some(id) = conversation else { return Ok(None) };
    let json = state.store.answer(id).await.map_err(|e| AskError::Unavailable(e.to_string()))?;
    let answer: Option<Answer> = json.and_then(|text| serde_json::from_str(&text).ok());
    Ok(answer.map(|a| a.reading))
}

/// Reads a question under the policy of the settings.
pub async fn read(
    state: &State,
    request: &AskRequest,
    previous: Option<&Reading>,
    clauses: &[CitedClause],
) -> Read {
    let context = Context {
        company: state.company(),
        names: &state.names,
        answers: &request.answers,
        previous,
        partner: None,
    };
    let built_in = reading::read(&request.question, &context);
    match &state.language {
        Some(model) if wants_second_reader(&built_in) => {
            second_reader(&context, model, &request.question, clauses, built_in).await
        }
        _ => Read { reading: built_in, model: None },
    }
}

/// A certain reading stands, a choice between meanings belongs to the person, and
/// what cannot be a question at all is not sent anywhere. Words that were not
/// understood (`question`) are what a second reader is for.
fn wants_second_reader(reading: &Reading) -> bool {
    let open_choice = reading.clarifications.iter().any(|c| !c.choices.is_empty() && c.field != "question");
    let unreadable = ["empty", "too_long", "control_characters"];
    let hopeless = reading.findings.iter().any(|f| unreadable.contains(&f.code.as_str()));
    reading.status != Status::Ready && !open_choice && !hopeless
}

async fn second_reader(
    context: &Context<'_>,
    model: &LanguageModel,
    question: &str,
    clauses: &[CitedClause],
    mut built_in: Reading,
) -> Read {
    match model.read(&Question { text: question, clauses }, context.company).await {
        Ok(draft) => match accept(context, question, clauses, draft) {
            Ok(reading) => return Read { reading, model: Some(model.name().to_owned()) },
            Err(refused) => built_in.findings.push(refused),
        },
        Err(error) => built_in.findings.push(stood_in(&error)),
    }
    Read { reading: built_in, model: None }
}

/// Takes a model's draft when nothing in it is wrong or without ground.
fn accept(
    context: &Context<'_>,
    question: &str,
    clauses: &[CitedClause],
    draft: Draft,
) -> Result<Reading, Finding> {
    let cited: Vec<Cited> = clauses.iter().map(cited).collect();
    let ungrounded = ground(&draft, question, &cited, context);
    if let Some(first) = ungrounded.iter().find(|f| f.severity == Severity::Error) {
        return Err(refused(&first.message));
    }
    let checked = scenario::check(draft, context.company);
    let Some(scenario) = checked.scenario else {
        let why = checked.findings.first().map_or("it does not pass the checks", |f| f.message.as_str());
        return Err(refused(why));
    };
    let mut findings = checked.findings;
    findings.extend(ungrounded);
    let whole = Source::Question { start: 0, end: question.chars().count(), text: question.to_owned() };
    Ok(Reading {
        status: Status::Ready,
        scenario: Some((*scenario).clone()),
        reader: "llm".to_owned(),
        unused_words: Vec::new(),
        provenance: vec![Provenance { field: "scenario".to_owned(), source: whole }],
        clarifications: Vec::new(),
        findings,
    })
}

fn cited(clause: &CitedClause) -> Cited {
    Cited {
        program: clause.program.clone(),
        version: clause.version,
        clause: clause.clause.clone(),
        text: clause.text.clone(),
    }
}

fn refused(why: &str) -> Finding {
    Finding {
        severity: Severity::Info,
        code: "llm_reading_refused".to_owned(),
        field: "reader".to_owned(),
        message: format!("The language model's reading was refused: {why}"),
        hint: "The built-in reader's reading is shown.".to_owned(),
    }
}

fn stood_in(error: &LanguageError) -> Finding {
    if let LanguageError::Endpoint(source) = error {
        tracing::warn!("language model endpoint: {source}");
    }
    Finding {
        severity: Severity::Info,
        code: "llm_not_used".to_owned(),
        field: "reader".to_owned(),
        message: format!("{error}."),
        hint: "The built-in reader stood in.".to_owned(),
    }
}

/// The reading of a scenario that was handed in as data.
pub fn handed_in(scenario: &Scenario, findings: Vec<Finding>) -> Reading {
    Reading {
        status: Status::Ready,
        scenario: Some((**scenario).clone()),
        reader: "none".to_owned(),
        unused_words: Vec::new(),
        provenance: Vec::new(),
        clarifications: Vec::new(),
        findings,
    }
}

/// A reading that this version cannot answer is told as that, whatever was understood.
pub fn answerable(mut reading: Reading) -> Reading {
    let asked = reading.scenario.as_ref().map(|s| s.intent);
    if asked == Some(Intent::Earnings) && reading.status == Status::Ready {
        reading.status = Status::Unsupported;
        reading.findings.push(not_simulated(Intent::Earnings));
    }
    reading
}

/// Says that an intent is understood but not simulated.
pub fn not_simulated(intent: Intent) -> Finding {
    let (what, hint) = match intent {
        Intent::Earnings => (
            "What a partner will earn",
            "`spiffcast earnings --partner ID` says what it has earned, exactly.",
        ),
        _ => ("A question about the rules", "Ask it in words, in the browser or with `spiffcast ask`."),
    };
    Finding {
        severity: Severity::Error,
        code: "intent_not_simulated".to_owned(),
        field: "intent".to_owned(),
        message: format!("{what} is understood, but not forecast yet."),
        hint: hint.to_owned(),
    }
}

/// Says why a checked scenario could not be simulated.
pub fn cannot_simulate(error: &SimulationError) -> Finding {
    Finding {
        severity: Severity::Error,
        code: "cannot_simulate".to_owned(),
        field: "period".to_owned(),
        message: error.to_string(),
        hint: String::new(),
    }
}
