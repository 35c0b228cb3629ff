//! A desk with a draft in every state, made of names that pages have to bear. Nothing is
//! done on it.

use async_trait::async_trait;
use spiffcast::app::drafts::port::{
    Change, CheckFinding, Checks, Content, DraftLine, DraftView, Edit, ImpactRow, PastCheck, Payload, Said,
    TrialCheck, VersionFile,
};
use spiffcast::app::drafts::steps::{Action, State};
use spiffcast::app::drafts::{Approvals, DraftError};
use spiffcast::auth::Who;
use spiffcast_engine::finding::Severity;
use spiffcast_engine::forecast::Quantity;
use spiffcast_engine::programs::revise::{BudgetLeft, Part};

/// What must never reach a page as it is.
pub const HTML: &str = "<b>Bold</b>";
/// A name from right to left.
pub const RIGHT_TO_LEFT: &str = "אור טכנולוגיות";

/// Drafts named after their state, and one called `bare` that holds nothing.
pub struct FullDesk;

const NO_DRAFT: DraftError = DraftError::NotFound("There is no draft of this name.");

fn name() -> String {
    format!(
        "{HTML} {RIGHT_TO_LEFT} Spiff_of_a_name_without_any_blank_that_goes_on_and_on_until_the_line_ends"
    )
}

fn line(state: State) -> DraftLine {
    let decided = matches!(state, State::Approved | State::Rejected);
    DraftLine {
        id: state.to_string(),
        title: format!("{} +5%, Q3 2026", name()),
        state,
        author: "demo-designer".to_owned(),
        created_at: "2026-07-01T09:00:00Z".to_owned(),
        decided_by: decided.then(|| format!("fin_{}", "long".repeat(15))),
        decided_at: decided.then(|| "2026-07-02T09:00:00Z".to_owned()),
    }
}

/// A version file: its number, its rate and how its first clause begins.
fn file(part: Part, version: u32, rate: &str, said: &str) -> VersionFile {
    let of = |rate: &str, version: u32, said: &str| {
        format!(
            "+++\nid = \"spiff-x\"\nversion = {version}\nname = \"X\"\nkind = \"spiff\"\ncurrency = \"USD\"\n\
             effective = {{ from = \"2026-01-01\", to = \"2026-12-31\" }}\n\
             applies_to = {{ skus = [\"PX-100\", \"SVC-10\"], families = [\"<i>X</i>\"] }}\n\
             eligible = {{ tiers = [\"Platinum\", \"{RIGHT_TO_LEFT}\"] }}\nmeasure = \"units\"\nperiod = \"month\"\n\
             rate = {{ per_unit = \"{rate}\" }}\n+++\n\n# X\n\n## 1 Pay\n\n\
             **1.1** {said} ${rate} a unit, {HTML} {RIGHT_TO_LEFT}.\n"
        )
    };
    VersionFile {
        part,
        version,
        base: 3,
        file: format!("programs/spiff-x/v{version}.md"),
        text: of(rate, version, said),
        generated: of(rate, version, "Pays"),
        before: of("40.00", 3, "Pays"),
        left: Vec::new(),
    }
}

fn content() -> Content {
    let budget = BudgetLeft {
        version: 3,
        budget: "250000".to_owned(),
        used: "147720".to_owned(),
        left: "102280".to_owned(),
    };
    let change = Change {
        program: "spiff-x".to_owned(),
        name: name(),
        base: "digest".to_owned(),
        budgets: vec![budget],
        by_forecast: true,
        files: vec![
            file(Part::Ends, 3, "40.00", "Pays"),
            file(Part::Changed, 4, "12345.67", "For these three months it pays"),
            file(Part::Resumes, 5, "40.00", "Pays"),
        ],
    };
    Content { option: name(), period: "Q3 2026".to_owned(), changes: vec![change] }
}

fn checks(errors: usize) -> Checks {
    let finding = |severity, message: &str| CheckFinding {
        severity,
        file: "programs/spiff-x/v4.md".to_owned(),
        line: Some(32),
        message: message.to_owned(),
        hint: format!("Look at {}.", name()),
    };
    let mut findings = vec![finding(Severity::Warning, "the text says <i>otherwise</i>")];
    if errors > 0 {
        findings.insert(0, finding(Severity::Error, &format!("{} is no term", name())));
    }
    Checks {
        errors,
        findings,
        past: Some(PastCheck { lines: 1_367, moved: errors }),
        trials: vec![TrialCheck {
            program: "spiff-x".to_owned(),
            sales: 4_757,
            by_option: "79632".to_owned(),
            by_files: "51140.13".to_owned(),
            partners: 212,
            differ: 212,
            cut: ("0".to_owned(), "28492".to_owned()),
        }],
    }
}

fn impact() -> Vec<ImpactRow> {
    let of = |mean: f64| Quantity {
        mean: Some(mean),
        p10: Some(mean * 0.8),
        p90: Some(mean * 1.2),
        ..Quantity::default()
    };
    let row = |month: &str, scale: f64| ImpactRow {
        month: month.to_owned(),
        baseline: of(58_313_000.0 * scale),
        option: of(60_083_000.0 * scale),
        difference: of(1_770_000.0 * scale),
        funds: (month == "all").then(|| [of(33_747.0), of(33_807.0), of(60.0)]),
    };
    vec![row("2026-07", 1.0), row("2026-08", -0.1), row("all", 0.9)]
}

fn thread() -> Vec<Said> {
    let said = |what: &str, words: &str| Said {
        at: "2026-07-01T09:00:00Z".to_owned(),
        who: "demo-designer".to_owned(),
        what: what.to_owned(),
        words: words.to_owned(),
    };
    vec![
        said("drafted", ""),
        said("edited", "programs/spiff-x/v4.md"),
        said("comment", &format!("{}\n\nAnd more.", name())),
    ]
}

fn view(state: State) -> DraftView {
    DraftView {
        line: line(state),
        answer: "0198-0001".to_owned(),
        option: 0,
        revision: 2,
        revises: (state == State::Rejected).then(|| "earlier".to_owned()),
        content: content(),
        checks: checks(usize::from(state == State::Withdrawn)),
        stale: (state == State::Withdrawn).then(|| "the rules of it are others now".to_owned()),
        serves: false,
        impact: impact(),
        currency: "USD".to_owned(),
        answer_is_stale: state == State::Rejected,
        thread: thread(),
        regions: if state == State::Submitted { vec![name().to_owned()] } else { Vec::new() },
        written_to: (state == State::Approved).then(|| format!("approved/{}", "0".repeat(36))),
    }
}

#[async_trait]
impl Approvals for FullDesk {
    async fn drafts(&self, _: &Who, state: Option<State>) -> Result<Vec<DraftLine>, DraftError> {
        Ok(State::ALL.into_iter().filter(|s| state.is_none_or(|wanted| wanted == *s)).map(line).collect())
    }

    async fn draft(&self, _: &Who, id: &str) -> Result<DraftView, DraftError> {
        if id == "bare" {
            let content = Content { changes: Vec::new(), ..content() };
            let bare = DraftView { content, checks: Checks::default(), ..view(State::Draft) };
            return Ok(DraftView { impact: Vec::new(), thread: Vec::new(), ..bare });
        }
        id.parse().map(view).map_err(|_| NO_DRAFT)
    }

    async fn make(&self, _: &Who, _: &str, _: usize) -> Result<String, DraftError> {
        Err(NO_DRAFT)
    }

    async fn edit(&self, _: &Who, _: &str, _: Edit) -> Result<(), DraftError> {
        Err(NO_DRAFT)
    }

    async fn step(&self, _: &Who, _: &str, _: Action, _: i64, _: &str) -> Result<(), DraftError> {
        Err(NO_DRAFT)
    }

    async fn revise(&self, _: &Who, _: &str) -> Result<String, DraftError> {
        Err(NO_DRAFT)
    }

    async fn archive(&self, _: &Who, _: &str) -> Result<Vec<u8>, DraftError> {
        Err(NO_DRAFT)
    }

    async fn payload(&self, _: &Who, _: &str) -> Result<Payload, DraftError> {
        Err(NO_DRAFT)
    }
}
