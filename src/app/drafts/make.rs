//! From an option of an answer to the files of a draft: the option's levers over the rules
//! that serve, written as versions. Keeps nothing.

use sha2::{Digest, Sha256};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::Program;
use spiffcast_engine::programs::revise::{self, Revised};
use spiffcast_engine::reading::Status;
use spiffcast_engine::scenario::{self, Draft, Intent, Scenario};

use super::port::{Change, Content, DraftError, VersionFile};
use super::share;
use crate::answer::Answer;
use crate::app::keep;
use crate::history::{self, Place};
use crate::reports::format;
use crate::state::State;

/// What a draft of an option holds, under the rules that serve.
///
/// # Errors
/// Where the answer is no forecast of a change to come, was made from other rules, or
/// says what versions cannot say.
pub fn content(state: &State, answer: &Answer, option: usize) -> Result<Content, DraftError> {
    if answer.bundle.rules != state.digests.rules {
        return unfit(
            "The rules changed since this was answered. Answer it again, and draft from that answer.",
        );
    }
    let company = state.company();
    let scenario = scenario(company, answer, option)?;
    let book = scenario::rule_book(&scenario, 0, company);
    let revised = revise::revise(company, &book)
        .map_err(|why| DraftError::Unfit(why.iter().map(|w| format::capital(&w.to_string())).collect()))?;
    let arm = arm(answer, option);
    let write = |mut of: Revised| {
        let by_forecast = answer.forecast.as_ref().is_some_and(|f| share::by_forecast(&mut of, f, arm));
        change(state, company, &of).map(|change| Change { by_forecast, ..change })
    };
    let changes = revised.into_iter().map(write).collect::<Result<_, _>>()?;
    let label = scenario.options.first().map(|o| o.label.clone()).unwrap_or_default();
    Ok(Content { option: label, period: scenario.period.label.clone(), changes })
}

/// The scenario of one option alone, checked under the rules that serve.
pub fn scenario(company: &Company, answer: &Answer, option: usize) -> Result<Scenario, DraftError> {
    let draft = single(answer, option)?;
    let checked = scenario::check(draft, company);
    checked.scenario.ok_or(DraftError::Findings(checked.findings))
}

/// The draft of one option alone, with the value found where one was looked for.
fn single(answer: &Answer, option: usize) -> Result<Draft, DraftError> {
    let read = answer.reading.scenario.as_ref().filter(|_| answer.reading.status == Status::Ready);
    let (Some(read), Some(forecast)) = (read, answer.forecast.as_ref()) else {
        return unfit("This answer holds no forecast: there is nothing to draft from.");
    };
    let mut draft = read.clone();
    match read.intent {
        Intent::Forecast | Intent::Compare => {}
        Intent::GoalSeek => {
            let found = forecast.goal.as_ref().and_then(|goal| goal.value.clone());
            let (Some(goal), Some(value)) = (read.goal.as_ref(), found) else {
                return unfit("No value reaches the goal: there is nothing to draft from.");
            };
            if goal.option != option {
                return unfit("The value was looked for in another option. Draft that one.");
            }
            let lever = draft.options.get_mut(option).and_then(|o| o.levers.get_mut(goal.lever));
            if let Some(lever) = lever {
                lever.value = Some(value);
            }
        }
        Intent::Sweep => {
            return unfit("This answer tries a range. Ask for the value you want, and draft from that.");
        }
        Intent::Hindcast | Intent::Earnings | Intent::Lookup => {
            return unfit("This answer changes nothing that is to come: there is nothing to draft from.");
        }
    }
    if option >= draft.options.len() {
        return Err(DraftError::NotFound("This answer has no such option."));
    }
    draft.options = vec![draft.options.swap_remove(option)];
    if read.intent == Intent::GoalSeek
        && let Some(option) = draft.options.first_mut()
    {
        option.label = format!("{} (the value found)", option.label);
    }
    Ok(Draft { intent: Intent::Forecast, sweep: None, goal: None, ..draft })
}

/// Which arm of the forecast is the option's.
pub fn arm(answer: &Answer, option: usize) -> usize {
    let compared = answer.reading.scenario.as_ref().is_some_and(|d| d.intent == Intent::Compare);
    if compared { option } else { 0 }
}

fn change(state: &State, company: &Company, of: &Revised) -> Result<Change, DraftError> {
    let program = company.program(&of.program).ok_or_else(|| gone(&of.program))?;
    let place = match state.demo {
        true => Place::Demo,
        false => Place::Folder(state.settings.data_dir.clone()),
    };
    let mut files = Vec::new();
    for revision in &of.revisions {
        let base = program.versions.iter().find(|v| v.version == revision.base);
        let base = base.ok_or_else(|| gone(&of.program))?;
        let text = history::program_text(&place, &base.file)
            .map_err(|e| DraftError::Unavailable(format!("{} cannot be read: {e}", base.file)))?
            // Another import may have come between.
            .filter(|text| sha256(text) == base.digest)
            .ok_or_else(|| DraftError::Unavailable(format!("{} is being replaced; try again", base.file)))?;
        let made = revise::file_of(revision, base, &text)
            .ok_or_else(|| DraftError::Internal(format!("{} cannot be written anew", base.file)))?;
        files.push(VersionFile {
            part: revision.part,
            version: revision.version,
            base: revision.base,
            file: format!("programs/{}/v{}.md", of.program, revision.version),
            generated: made.text.clone(),
            text: made.text,
            before: text.replace("\r\n", "\n"),
            left: made.left,
        });
    }
    Ok(Change {
        program: of.program.clone(),
        name: program.name().to_owned(),
        base: base_of(program),
        budgets: of.budgets.clone(),
        by_forecast: false,
        files,
    })
}

/// A digest over the versions of a program: another one, and a draft is stale.
pub fn base_of(program: &Program) -> String {
    let versions: Vec<(u32, &str)> =
        program.versions.iter().map(|v| (v.version, v.digest.as_str())).collect();
    keep::digest(&versions)
}

/// SHA-256 of a text, hexadecimal.
pub fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

fn gone(program: &str) -> DraftError {
    DraftError::Internal(format!("the versions of {program} are gone"))
}

fn unfit<T>(why: &str) -> Result<T, DraftError> {
    Err(DraftError::Unfit(vec![why.to_owned()]))
}
