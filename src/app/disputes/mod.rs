//! Disputes: a partner says what is wrong with a line of its statement, finance answers
//! and closes. A partner finds its own alone, others' look as if they were not there; the
//! line is looked up in the partner's own books, never taken from the form. Every step
//! leaves its row in the trail in the transaction that makes it. `known` is the company as
//! who asks may know it: whoever is limited to regions finds those of its partners.

mod machine;

use chrono::{NaiveDate, SecondsFormat};
use serde_json::json;
use sha2::{Digest, Sha256};
use spiffcast_engine::company::Company;

use super::identity::Clock;
use super::port::{AskError, Copilot};
use crate::auth::{Permission, Who};
use crate::store::{AuditRow, DisputeRow, DisputeWords, Moved, Store, StoreError};

pub use machine::{Act, State};

/// Disputes of a partner that are not closed, at most.
pub const OPEN_MAX: i64 = 20;
/// Entries in a thread, at most.
pub const THREAD_MAX: i64 = 50;
/// Characters of one entry, at most.
pub const WORDS_MAX: usize = 2_000;
/// Disputes on a page.
pub const PAGE: i64 = 50;

/// Why it was not done; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DisputeError {
    /// What was sent does not do.
    #[error("{0}")]
    Unfit(String),
    /// Another was first, or there are too many.
    #[error("{0}")]
    Refused(String),
    /// There is none of that name for this one.
    #[error("there is no such dispute")]
    NotFound,
    /// The books of the partner cannot be read.
    #[error(transparent)]
    Books(#[from] AskError),
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, DisputeError>;

/// What a dispute is about: a transaction, under one program or all, or a program's line
/// of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Program; empty with a transaction for all.
    pub program: String,
    /// Transaction; empty for a line of a period.
    pub transaction: String,
    /// Days of the line, where there is no transaction.
    pub period: Option<(NaiveDate, NaiveDate)>,
}

/// A dispute as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Identifier.
    pub id: String,
    /// Partner.
    pub partner: String,
    /// What it is about.
    pub about: About,
    /// What the line came to when it was opened, such as `120.00`; empty: not counted.
    pub due: String,
    /// Where it stands.
    pub state: State,
    /// RFC 3339, UTC.
    pub opened_at: String,
    /// RFC 3339, UTC.
    pub moved_at: String,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// RFC 3339, UTC.
    pub at: String,
    /// Login.
    pub who: String,
    /// What was done with it; none for the opening.
    pub act: Option<Act>,
    /// The words.
    pub said: String,
}

/// The disputes of a data folder. Cheap to clone.
#[derive(Clone)]
pub struct Disputes {
    store: Store,
    clock: Clock,
}

impl Disputes {
    /// Those of a database that is open.
    pub(super) fn of(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Opens one; its identifier.
    ///
    /// # Errors
    /// Where the line is not this partner's, the words do not do, the line is disputed
    /// already, or the partner has [`OPEN_MAX`].
    pub async fn open(&self, who: &Who, copilot: &dyn Copilot, about: About, said: &str) -> Result<String> {
        let partner = own_partner(who)?;
        let said = words(said)?;
        let due = due(copilot, &partner, &about).await?;
        let (id, at) = (uuid::Uuid::now_v7().to_string(), self.at());
        let day = |of: fn(&(NaiveDate, NaiveDate)) -> NaiveDate| {
            about.period.as_ref().map(|period| of(period).to_string()).unwrap_or_default()
        };
        let dispute = DisputeRow {
            id: id.clone(),
            partner,
            program: about.program.clone(),
            transaction_id: about.transaction.clone(),
            period_start: day(|p| p.0),
            period_end: day(|p| p.1),
            due,
            state: State::Open.as_str().to_owned(),
            opened_at: at.clone(),
            moved_at: at.clone(),
        };
        let entry = DisputeWords { at: at.clone(), who: who.login.clone(), act: "open".to_owned(), said };
        let detail = detail(&dispute, State::Open, &entry.said);
        let row =
            AuditRow { at: &at, who: &who.login, action: "dispute_opened", subject: &id, detail: &detail };
        match self.store.open_dispute(&dispute, &entry, OPEN_MAX, &row).await? {
            Moved::Done => Ok(id),
            Moved::Full => Err(DisputeError::Refused(format!(
                "{OPEN_MAX} disputes are open already; wait until some are closed"
            ))),
            Moved::Late => {
                Err(DisputeError::Refused("This line is disputed already; say more there".to_owned()))
            }
        }
    }

    /// Does something with one.
    ///
    /// # Errors
    /// Where there is no such dispute for this one, it is closed, or the words do not do.
    pub async fn act(&self, who: &Who, known: &Company, id: &str, act: Act, said: &str) -> Result<()> {
        let row = self.row(who, known, id).await?;
        if !who.may(act.needs()) {
            return Err(DisputeError::NotFound);
        }
        let said = words(said)?;
        let from = state(&row);
        let to = from.after(act).map_err(|_| {
            DisputeError::Refused(
                "This dispute is closed; open another if something is still wrong".to_owned(),
            )
        })?;
        let (at, act_word) = (self.at(), act.as_str().to_owned());
        let entry = DisputeWords { at: at.clone(), who: who.login.clone(), act: act_word, said };
        let detail = detail(&row, to, &entry.said);
        let trail = AuditRow { at: &at, who: &who.login, action: act.trail(), subject: id, detail: &detail };
        let states = (from.as_str(), to.as_str());
        match self.store.move_dispute(id, states, &entry, THREAD_MAX, &trail).await? {
            Moved::Done => Ok(()),
            Moved::Full => Err(DisputeError::Refused(format!(
                "The thread has {THREAD_MAX} entries; close it and open another"
            ))),
            Moved::Late => Err(DisputeError::Refused(
                "Somebody else was first: load the page again and look at what was said".to_owned(),
            )),
        }
    }

    /// One with what was said in it.
    ///
    /// # Errors
    /// [`DisputeError::NotFound`] for others' too.
    pub async fn one(&self, who: &Who, known: &Company, id: &str) -> Result<(Dispute, Vec<Entry>)> {
        let row = self.row(who, known, id).await?;
        let said = self.store.dispute_words(id).await?;
        let entry = |w: DisputeWords| Entry { at: w.at, who: w.who, act: Act::of(&w.act), said: w.said };
        Ok((dispute(row), said.into_iter().map(entry).collect()))
    }

    /// A page of them, the last moved first, and how many there are: a partner's own,
    /// others' all or of the one named.
    pub async fn list(
        &self,
        who: &Who,
        known: &Company,
        partner: &str,
        state: Option<State>,
        page: i64,
    ) -> Result<(Vec<Dispute>, i64)> {
        let of = if who.may(Permission::DisputesRead) { partner.to_owned() } else { own_partner(who)? };
        let state = state.map_or("", State::as_str);
        let ids = || known.catalog.partners.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
        let among = who.limited_to().map(|_| ids());
        let (rows, all) =
            self.store.disputes(&of, state, among.as_deref(), (page.clamp(0, 10_000), PAGE)).await?;
        Ok((rows.into_iter().map(dispute).collect(), all))
    }

    async fn row(&self, who: &Who, known: &Company, id: &str) -> Result<DisputeRow> {
        // Who may not read all of them is given rows of their own alone.
        let own = if who.may(Permission::DisputesRead) { None } else { Some(own_partner(who)?) };
        let row = self.store.dispute(id, own.as_deref()).await?.ok_or(DisputeError::NotFound)?;
        let known = who.limited_to().is_none() || known.catalog.partner(&row.partner).is_some();
        if own.is_some() || known { Ok(row) } else { Err(DisputeError::NotFound) }
    }

    fn at(&self) -> String {
        (self.clock)().to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

fn own_partner(who: &Who) -> Result<String> {
    who.partner.clone().filter(|_| who.may(Permission::DisputesOwn)).ok_or(DisputeError::NotFound)
}

fn words(said: &str) -> Result<String> {
    let said = said.replace("\r\n", "\n").trim().to_owned();
    let length = said.chars().count();
    if said.is_empty() {
        return Err(DisputeError::Unfit(
            "Say in a few words what is wrong, or what the answer is".to_owned(),
        ));
    }
    if length > WORDS_MAX {
        let message = format!("{length} characters are too many; at most {WORDS_MAX}");
        return Err(DisputeError::Unfit(message));
    }
    if said.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(DisputeError::Unfit(
            "The text holds characters that cannot be shown; type it anew".to_owned(),
        ));
    }
    Ok(said)
}

/// What the line comes to in the partner's own books; empty where it does not count.
async fn due(copilot: &dyn Copilot, partner: &str, about: &About) -> Result<String> {
    let unfit = || DisputeError::Unfit("There is no such line in your statement".to_owned());
    if !about.transaction.is_empty() {
        let sale = match copilot.why(partner, &about.transaction).await {
            Err(AskError::NotFound) => return Err(unfit()),
            found => found?,
        };
        let says = sale.lines.iter().flat_map(|line| &line.programs);
        if about.program.is_empty() {
            return Ok(String::new());
        }
        let mut says = says.filter(|s| s.program == about.program).peekable();
        says.peek().ok_or_else(unfit)?;
        let pays: Vec<_> = says.filter_map(|s| s.pay).collect();
        let sum: rust_decimal::Decimal = pays.iter().copied().sum();
        return Ok(if pays.is_empty() { String::new() } else { sum.round_dp(2).to_string() });
    }
    let Some((start, end)) = about.period else { return Err(unfit()) };
    let statement = copilot.statement(partner, None).await?;
    let program = statement.programs.iter().find(|p| p.program == about.program).ok_or_else(unfit)?;
    let mut lines =
        program.lines.iter().filter(|l| (l.period_start, l.period_end) == (start, end)).peekable();
    lines.peek().ok_or_else(unfit)?;
    let due: rust_decimal::Decimal = lines.map(|line| line.amounts.due).sum();
    Ok(due.to_string())
}

/// What the trail keeps: what it is about, where it led, and the digest of the words,
/// which are kept beside it.
fn detail(row: &DisputeRow, to: State, said: &str) -> String {
    json!({
        "partner": row.partner,
        "program": row.program,
        "transaction": row.transaction_id,
        "period": [row.period_start, row.period_end],
        "state": to.as_str(),
        "words": format!("sha256:{:x}", Sha256::digest(said)),
    })
    .to_string()
}

fn state(row: &DisputeRow) -> State {
    // The database holds no other word.
    State::of(&row.state).unwrap_or(State::Rejected)
}

fn dispute(row: DisputeRow) -> Dispute {
    let day = |text: &str| text.parse().ok();
    Dispute {
        state: state(&row),
        about: About {
            period: day(&row.period_start).zip(day(&row.period_end)),
            program: row.program,
            transaction: row.transaction_id,
        },
        id: row.id,
        partner: row.partner,
        due: row.due,
        opened_at: row.opened_at,
        moved_at: row.moved_at,
    }
}
