//! The desk of drafts: the port, answered with the data that serves. Every change goes
//! through [`steps`] inside the transaction that keeps it with its audit row.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Metrics, Quantity, Row};
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::scenario;

use super::port::{
    Approvals, Checks, Content, DraftError, DraftLine, DraftView, Edit, ImpactRow, Payload, Said,
};
use super::steps::{self, Action, Facts, Refusal, State as Stage};
use super::{checks, files, make};
use crate::answer::Answer;
use crate::app::keep;
use crate::app::live::Live;
use crate::app::port::Copilot;
use crate::auth::{Permission, Who};
use crate::state::State;
use crate::store::{DraftRow, DraftStep};

/// Most drafts in the list.
const LISTED_MAX: u32 = 500;
/// Longest text that may be said about a draft, in characters.
const WORDS_MAX: usize = 2_000;
/// Longest text of a file, in bytes.
const TEXT_BYTES_MAX: usize = 100_000;

type Result<T> = std::result::Result<T, DraftError>;

#[async_trait]
impl Approvals for Live {
    async fn drafts(&self, who: &Who, state: Option<Stage>) -> Result<Vec<DraftLine>> {
        let now = self.of(who);
        let rows = now.store.drafts(state.map(Stage::as_str), now.regions(), LISTED_MAX).await?;
        rows.iter().map(line).collect()
    }

    async fn draft(&self, who: &Who, id: &str) -> Result<DraftView> {
        // What the checks say is said of the partners that this one knows.
        let state = self.of(who);
        let row = row(&state, id).await?;
        let content = content_of(&row)?;
        let answer = Copilot::answer(&state, &row.answer).await?;
        let answer =
            answer.ok_or_else(|| DraftError::Internal("the answer of a draft is gone".to_owned()))?;
        let thread = state.store.draft_events(id).await?.into_iter();
        let thread = thread.map(|e| Said { at: e.at, who: e.who, what: e.what, words: e.words }).collect();
        // Another draft may have said the same; only what was approved is in force by itself.
        let serves = row.state == Stage::Approved.as_str() && serves(state.company(), &content);
        let option = usize::try_from(row.option).unwrap_or_default();
        let looked = looked_at(&state, &content, answer.clone(), option).await?;
        let written_to = match row.state.as_str() {
            "approved" => write(&state, &row, &content),
            _ => None,
        };
        Ok(DraftView {
            line: line(&row)?,
            answer: row.answer,
            option,
            revision: row.revision,
            revises: row.revises,
            stale: looked.stale.filter(|_| !serves),
            checks: looked.checks,
            serves,
            impact: impact(&answer, make::arm(&answer, option)),
            regions: answer.bundle.regions.clone(),
            currency: state.company().catalog.currency.clone(),
            answer_is_stale: answer.bundle.rules != state.digests.rules
                || answer.bundle.data != state.digests.data,
            content,
            thread,
            written_to,
        })
    }

    async fn make(&self, who: &Who, answer: &str, option: usize) -> Result<String> {
        // What is left of budgets is known with everybody.
        let state = self.now();
        let answer = Copilot::answer(&self.of(who), answer).await?;
        let answer = answer.ok_or(DraftError::NotFound("There is no answer of this name."))?;
        let content = made(&state, &answer, option).await?;
        keep_draft(&state, who, &answer.run.id, option, content, None).await
    }

    async fn edit(&self, who: &Who, id: &str, edit: Edit) -> Result<()> {
        let text = edit.text.replace("\r\n", "\n");
        let text = format!("{}\n", text.trim_end());
        if text.len() > TEXT_BYTES_MAX {
            return Err(DraftError::Unfit(vec![format!("A text may hold {} kB.", TEXT_BYTES_MAX / 1000)]));
        }
        row(&self.of(who), id).await?;
        let store = self.now().store;
        let at = keep::now();
        let decide = |row: &DraftRow, _: &[String]| -> Result<DraftStep> {
            let to = next(row, Action::Edit, who, edit.revision, "", None, 0)?;
            let mut content = content_of(row)?;
            let mut all = content.changes.iter_mut().flat_map(|c| &mut c.files);
            let file = all.find(|f| f.file == edit.file);
            file.ok_or(DraftError::NotFound("The draft has no such file."))?.text = text.clone();
            let detail =
                json!({ "file": edit.file, "sha256": make::sha256(&text), "revision": row.revision + 1 });
            let content = Some(written(&content)?);
            Ok(DraftStep { content, ..kept(to, Action::Edit, edit.file.clone(), &detail) })
        };
        ended(store.step_draft(id, (&at, &who.login), decide).await?).map(|_| ())
    }

    async fn step(&self, who: &Who, id: &str, action: Action, seen: i64, words: &str) -> Result<()> {
        if words.chars().count() > WORDS_MAX {
            return Err(DraftError::Unfit(vec![format!(
                "At most {WORDS_MAX} characters can be said at once."
            )]));
        }
        if matches!(action, Action::Edit | Action::Revise) {
            return Err(DraftError::Internal("another way leads there".to_owned()));
        }
        row(&self.of(who), id).await?;
        let state = self.now();
        let (mut stale, mut broken, mut checked) = (None, 0, None);
        if matches!(action, Action::Submit | Action::Approve) {
            let row = row(&state, id).await?;
            let answer = Copilot::answer(&state, &row.answer).await?;
            let answer =
                answer.ok_or_else(|| DraftError::Internal("the answer of a draft is gone".to_owned()))?;
            let option = usize::try_from(row.option).unwrap_or_default();
            let looked = looked_at(&state, &content_of(&row)?, answer, option).await?;
            (stale, broken, checked) = (looked.stale, looked.checks.errors, Some(row.revision));
        }
        let at = keep::now();
        let decide = |row: &DraftRow, rivals: &[String]| -> Result<DraftStep> {
            // What was checked is what is decided on.
            let seen = if checked.is_some_and(|revision| revision != row.revision) { -1 } else { seen };
            let stale = stale.or_else(|| rivals.first().map(|id| rival(id)));
            let to = next(row, action, who, seen, words, stale.as_deref(), broken)?;
            let detail = json!({
                "title": row.title, "author": row.author, "revision": row.revision, "words": words,
                "files": digests(&content_of(row)?),
            });
            Ok(kept(to, action, words.trim().to_owned(), &detail))
        };
        let row = ended(state.store.step_draft(id, (&at, &who.login), decide).await?)?;
        if row.state == Stage::Approved.as_str() {
            write(&state, &row, &content_of(&row)?);
        }
        Ok(())
    }

    async fn revise(&self, who: &Who, id: &str) -> Result<String> {
        let state = self.now();
        let row = row(&self.of(who), id).await?;
        next(&row, Action::Revise, who, row.revision, "", None, 0)?;
        let option = usize::try_from(row.option).unwrap_or_default();
        let answer = Copilot::answer(&state, &row.answer).await?;
        let answer =
            answer.ok_or_else(|| DraftError::Internal("the answer of a draft is gone".to_owned()))?;
        let mut content = made(&state, &answer, option).await?;
        // The author's words stay where they were said of the same terms.
        let before = content_of(&row)?;
        for file in content.changes.iter_mut().flat_map(|c| &mut c.files) {
            let same = before.changes.iter().flat_map(|c| &c.files).find(|f| f.generated == file.generated);
            if let Some(same) = same {
                file.text.clone_from(&same.text);
            }
        }
        keep_draft(&state, who, &row.answer, option, content, Some(row.id)).await
    }

    async fn archive(&self, who: &Who, id: &str) -> Result<Vec<u8>> {
        let state = self.of(who);
        let (row, content) = approved(&state, id).await?;
        write(&state, &row, &content);
        files::archive(&content)
    }

    async fn payload(&self, who: &Who, id: &str) -> Result<Payload> {
        let state = self.of(who);
        let (row, content) = approved(&state, id).await?;
        write(&state, &row, &content);
        files::payload(&row, &content)
    }
}

impl Live {
    /// What serves, as somebody may know it.
    fn of(&self, who: &Who) -> State {
        self.now().on_behalf_of(Arc::new(who.clone()))
    }

    /// Writes the files of approved drafts that are not in their place: a process may
    /// have died between the decision and the files.
    ///
    /// # Errors
    /// Where the drafts cannot be read.
    pub async fn write_approved(&self) -> Result<()> {
        let state = self.now();
        for listed in state.store.drafts(Some(Stage::Approved.as_str()), None, LISTED_MAX).await? {
            let (row, content) = approved(&state, &listed.id).await?;
            write(&state, &row, &content);
        }
        Ok(())
    }
}

/// What was found out about a draft under the rules that serve.
struct Looked {
    checks: Checks,
    stale: Option<String>,
}

/// Off the threads that serve: it settles the whole company several times.
async fn looked_at(state: &State, content: &Content, answer: Answer, option: usize) -> Result<Looked> {
    let (state, content) = (state.clone(), content.clone());
    let work = move || {
        let company = state.company();
        let stale = stale(company, &content);
        let book = match &stale {
            None => {
                make::scenario(company, &answer, option).ok().map(|s| scenario::rule_book(&s, 0, company))
            }
            Some(_) => None,
        };
        Looked { checks: checks::checks(company, &content, book.as_ref()), stale }
    };
    tokio::task::spawn_blocking(work).await.map_err(broke_off)
}

async fn made(state: &State, answer: &Answer, option: usize) -> Result<Content> {
    let (state, answer) = (state.clone(), answer.clone());
    tokio::task::spawn_blocking(move || make::content(&state, &answer, option)).await.map_err(broke_off)?
}

fn broke_off(error: tokio::task::JoinError) -> DraftError {
    DraftError::Internal(format!("the work on a draft broke off: {error}"))
}

async fn keep_draft(
    state: &State,
    who: &Who,
    answer: &str,
    option: usize,
    content: Content,
    revises: Option<String>,
) -> Result<String> {
    if !who.may(Permission::DraftsWrite) {
        return Err(Refusal::NotAllowed("drafts-write").into());
    }
    let row = DraftRow {
        id: uuid::Uuid::now_v7().to_string(),
        created_at: keep::now(),
        author: who.login.clone(),
        answer: answer.to_owned(),
        option: i64::try_from(option).unwrap_or_default(),
        title: format!("{}, {}", content.option, content.period),
        state: Stage::Draft.as_str().to_owned(),
        revision: 1,
        content: written(&content)?,
        revises,
        decided_by: None,
        decided_at: None,
    };
    let programs: Vec<(String, String)> =
        content.changes.iter().map(|c| (c.program.clone(), c.base.clone())).collect();
    let detail = json!({
        "title": row.title, "answer": answer, "option": option, "revises": row.revises,
        "files": digests(&content),
    });
    state.store.add_draft(&row, &programs, "", &detail.to_string()).await?;
    Ok(row.id)
}

/// The state after a step of somebody.
fn next(
    row: &DraftRow,
    action: Action,
    who: &Who,
    seen: i64,
    words: &str,
    stale: Option<&str>,
    broken: usize,
) -> Result<Stage> {
    let facts = Facts {
        author: &row.author,
        who: &who.login,
        may_write: who.may(Permission::DraftsWrite),
        may_decide: who.may(Permission::DraftsDecide),
        revision: row.revision,
        seen,
        stale,
        broken,
        words,
    };
    Ok(steps::step(stage(row)?, action, &facts)?)
}

/// What the store is told to keep of a step.
fn kept(to: Stage, action: Action, words: String, detail: &serde_json::Value) -> DraftStep {
    let (what, named) = match action {
        Action::Edit => ("edited", "draft_edit"),
        Action::Submit => ("submitted", "draft_submit"),
        Action::Withdraw => ("withdrawn", "draft_withdraw"),
        Action::Approve => ("approved", "draft_approve"),
        Action::Reject => ("rejected", "draft_reject"),
        Action::Revise => ("revised", "draft_revise"),
        Action::Comment => ("comment", "draft_comment"),
    };
    DraftStep {
        state: to.as_str(),
        content: None,
        decides: action.decides(),
        changes: action != Action::Comment,
        what,
        words,
        action: named,
        detail: detail.to_string(),
    }
}

fn ended(done: Option<Result<DraftRow>>) -> Result<DraftRow> {
    done.unwrap_or(Err(NO_DRAFT))
}

const NO_DRAFT: DraftError = DraftError::NotFound("There is no draft of this name.");

/// A draft that who asks may read: one of an answer that they may.
async fn row(state: &State, id: &str) -> Result<DraftRow> {
    let row = state.store.draft(id).await?.ok_or(NO_DRAFT)?;
    if state.regions().is_some() && Copilot::answer(state, &row.answer).await?.is_none() {
        return Err(NO_DRAFT);
    }
    Ok(row)
}

async fn approved(state: &State, id: &str) -> Result<(DraftRow, Content)> {
    let row = row(state, id).await?;
    let content = content_of(&row)?;
    if row.state == Stage::Approved.as_str() {
        return Ok((row, content));
    }
    Err(DraftError::NotFound("The draft is not approved: it has no files yet."))
}

/// Puts the files in their place. Where that fails they stay in the database, and the
/// next look at the draft tries again.
fn write(state: &State, row: &DraftRow, content: &Content) -> Option<String> {
    let payload = files::payload(row, content).ok()?;
    match files::write(&state.settings.data_dir, content, &payload) {
        Ok(place) => Some(place),
        Err(error) => {
            tracing::error!(draft = %row.id, %error, "the files of an approved draft could not be written");
            None
        }
    }
}

fn stage(row: &DraftRow) -> Result<Stage> {
    row.state.parse().map_err(|e: steps::NoState| DraftError::Internal(e.to_string()))
}

fn content_of(row: &DraftRow) -> Result<Content> {
    serde_json::from_str(&row.content)
        .map_err(|e| DraftError::Internal(format!("a kept draft cannot be read: {e}")))
}

fn written(content: &Content) -> Result<String> {
    serde_json::to_string(content).map_err(|e| DraftError::Internal(e.to_string()))
}

fn digests(content: &Content) -> BTreeMap<&str, String> {
    let files = content.changes.iter().flat_map(|c| &c.files);
    files.map(|file| (file.file.as_str(), make::sha256(&file.text))).collect()
}

fn line(row: &DraftRow) -> Result<DraftLine> {
    Ok(DraftLine {
        id: row.id.clone(),
        title: row.title.clone(),
        state: stage(row)?,
        author: row.author.clone(),
        created_at: row.created_at.clone(),
        decided_by: row.decided_by.clone(),
        decided_at: row.decided_at.clone(),
    })
}

/// Why a draft does not fit the rules of today.
fn stale(company: &Company, content: &Content) -> Option<String> {
    let moved = content.changes.iter().find(|change| {
        company.program(&change.program).map(make::base_of).as_deref() != Some(change.base.as_str())
    })?;
    Some(format!(
        "the rules of {} are others now than those it was made from. Answer the question again and draft from that answer",
        moved.name
    ))
}

fn rival(id: &str) -> String {
    format!(
        "another draft that was made from the same rules was approved ({id}). Its files have to be imported first; then answer again and draft from that answer"
    )
}

/// Whether the rules that serve hold all files of a draft.
fn serves(company: &Company, content: &Content) -> bool {
    let holds = |program: &str, number: u32, digest: &str| {
        let versions = company.program(program).map_or(&[][..], |p| p.versions.as_slice());
        let same = |v: &ProgramVersion| v.version == number && v.digest == digest;
        versions.iter().any(same)
    };
    content
        .changes
        .iter()
        .all(|change| change.files.iter().all(|f| holds(&change.program, f.version, &make::sha256(&f.text))))
}

/// What an option accrues by month, and in all.
fn impact(answer: &Answer, arm: usize) -> Vec<ImpactRow> {
    let Some(forecast) = &answer.forecast else { return Vec::new() };
    let of = |metrics: &Metrics, name: &str| -> Option<[Quantity; 3]> {
        let metric = metrics.get(name)?;
        Some([metric.baseline, *metric.options.get(arm)?, *metric.difference.get(arm)?])
    };
    let row = |month: &str, metrics: &Metrics| {
        let [baseline, option, difference] = of(metrics, "payout")?;
        let any = |q: &Quantity| q.mean.is_some_and(|mean| mean != 0.0);
        let funds = of(metrics, "fund_accrual").filter(|funds| funds.iter().any(any));
        Some(ImpactRow { month: month.to_owned(), baseline, option, difference, funds })
    };
    let months = forecast.by.month.iter().filter_map(|r: &Row| row(&r.key, &r.metrics));
    months.chain(row("all", &forecast.metrics)).collect()
}
