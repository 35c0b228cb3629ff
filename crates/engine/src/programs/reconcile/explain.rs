//! Finds the reason of one difference: what the books alone show first, then the
//! hypotheses by replay. Says what was found in one sentence with its figures.

use rust_decimal::Decimal;

use crate::company::Company;
use crate::programs::cite::{self, Cited, Topic, cite};
use crate::programs::money;
use crate::sales::PayoutRole;

use super::bench::{Bench, Case};
use super::books::version_of;
use super::excerpt::Library;
use super::hypotheses::{self, Explanation, doubled, unbooked, wrong_sign};
use super::report::{DifferenceReason as Why, in_full};

/// Differences looked into by replay; the rest are counted and listed.
const EXAMINED_MAX: usize = 5_000;

/// A row next to its line, as the books show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booked<'a> {
    pub case: Case<'a>,
    /// Whether there is a row at all.
    pub booked: bool,
    /// What other rows already hold for the same line.
    pub already: Decimal,
    /// Another row of the same line with the same amount.
    pub twin: Option<&'a str>,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Verdict {
    pub why: Why,
    pub detail: String,
    pub clause: Option<Cited>,
    pub transactions: Vec<String>,
    pub also_fits: Vec<Why>,
}

/// Explains differences; looks up the company once, and only if there are any.
pub(super) struct Explainer<'a> {
    company: &'a Company,
    digits: u32,
    library: Option<Library<'a>>,
    examined: usize,
}

impl<'a> Explainer<'a> {
    pub fn new(company: &'a Company, digits: u32) -> Self {
        Self { company, digits, library: None, examined: 0 }
    }

    /// The reason of a difference.
    pub fn explain(&mut self, of: &Booked<'_>) -> Verdict {
        let case = &of.case;
        let amount = |amount| in_full(amount, self.digits);
        if !of.booked {
            let what = match case.key.role {
                PayoutRole::Own => "no row is booked",
                PayoutRole::Override => "the parent's override is not booked",
                PayoutRole::Clawback => "what was paid for returned goods is not taken back",
            };
            let topic = match case.key.role {
                PayoutRole::Own => cite::RATE,
                PayoutRole::Override => cite::OVERRIDE,
                PayoutRole::Clawback => cite::RETURNS,
            };
            let detail = format!("{} is due and {what}.", amount(case.expected));
            return self.verdict(of, unbooked(case.key.role), detail, topic);
        }
        if wrong_sign(case) {
            let detail = format!(
                "{} is due and {} is booked: the sign is wrong.",
                amount(case.expected),
                amount(case.recorded)
            );
            return self.verdict(of, Why::WrongSign, detail, topic_of_role(case.key.role));
        }
        self.examined += 1;
        if self.examined > EXAMINED_MAX {
            let detail =
                format!("{} Not looked into: more than {EXAMINED_MAX} lines differ.", self.figures(of));
            return self.verdict(of, Why::NotExamined, detail, topic_of_role(case.key.role));
        }
        let replayed = self.replay(of);
        let fit = replayed.as_deref().unwrap_or_default();
        match (of.twin, fit.is_empty()) {
            (Some(twin), _) => self.twice(of, twin, fit),
            (None, false) => self.explained(of, fit),
            (None, true) => self.unexplained(of, replayed.is_some()),
        }
    }

    /// What fits; `None` where the line cannot be paid apart from the whole company.
    fn replay(&mut self, of: &Booked<'_>) -> Option<Vec<(Why, Explanation)>> {
        let company = self.company;
        let library = self.library.get_or_insert_with(|| Library::new(company));
        let id = company.programs[of.case.key.program].id.as_str();
        let mut bench = Bench::new(library, id, of.case, self.digits);
        bench.sound.then(|| hypotheses::by_replay(&mut bench))
    }

    fn twice(&self, of: &Booked<'_>, twin: &str, fit: &[(Why, Explanation)]) -> Verdict {
        let detail = format!("{} The same amount is booked as {twin} already.", self.figures(of));
        let also_fits = fit.iter().map(|(why, _)| *why).collect();
        Verdict { also_fits, ..self.verdict(of, Why::PaidTwice, detail, topic_of_role(of.case.key.role)) }
    }

    fn explained(&self, of: &Booked<'_>, fit: &[(Why, Explanation)]) -> Verdict {
        let (why, found) = &fit[0];
        let recorded = in_full(of.case.recorded, self.digits);
        let detail = format!("{} {recorded} is what comes out {}.", self.figures(of), found.cause);
        let program = &self.company.programs[of.case.key.program];
        let version = version_of(program, found.version.unwrap_or(of.case.key.version));
        Verdict {
            why: *why,
            detail,
            clause: cite(version, found.topic),
            transactions: found.transactions.clone(),
            also_fits: fit[1..].iter().map(|(why, _)| *why).collect(),
        }
    }

    fn unexplained(&self, of: &Booked<'_>, replayed: bool) -> Verdict {
        let topic = topic_of_role(of.case.key.role);
        let figures = self.figures(of);
        if doubled(&of.case) {
            let detail = format!("{figures} It is twice what is due.");
            return self.verdict(of, Why::PaidTwice, detail, topic);
        }
        let why = if of.case.expected.is_zero() { Why::Surplus } else { Why::Unknown };
        let reason = of.case.due.and_then(|due| due.reason.as_ref()).filter(|_| why == Why::Surplus);
        let reason = reason.map(|r| format!(" Nothing is due: `{r}`.")).unwrap_or_default();
        let tried = if replayed {
            "No other reading of the rules gives the booked amount."
        } else {
            "It hangs on what others were paid from the budget, and was not tried under other rules."
        };
        let detail = format!("{figures}{reason} {tried}");
        self.verdict(of, why, detail, topic)
    }

    /// What is booked against what is due.
    fn figures(&self, of: &Booked<'_>) -> String {
        let amount = |amount| in_full(amount, self.digits);
        let Case { expected, recorded, .. } = of.case;
        if of.already.is_zero() {
            return format!("{} is booked and {} is due.", amount(recorded), amount(expected));
        }
        let (row, already) = (amount(money::sub(recorded, of.already)), amount(of.already));
        format!("{row} is booked on top of {already}, and {} is due.", amount(expected))
    }

    fn verdict(&self, of: &Booked<'_>, why: Why, detail: String, topic: Topic) -> Verdict {
        let key = &of.case.key;
        let version = version_of(&self.company.programs[key.program], key.version);
        Verdict { why, detail, clause: cite(version, topic), transactions: Vec::new(), also_fits: Vec::new() }
    }
}

fn topic_of_role(role: PayoutRole) -> Topic {
    match role {
        PayoutRole::Own => cite::RATE,
        PayoutRole::Override => cite::OVERRIDE,
        PayoutRole::Clawback => cite::RETURNS,
    }
}
