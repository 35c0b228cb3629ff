//! Holds one figure of a clause against the terms. A figure is wrong if it is about
//! the terms and no term explains it, or if the sentence has one subject and the
//! figure is that of another. Where a sentence leaves room, the figure is let pass.

use rust_decimal::Decimal;

use super::facts::{Fact, Topic};
use super::figures::{Figure, Value};
use super::spoken::{Section, Spoken, words};

/// Everything that a figure is held against.
pub(super) struct Terms<'a> {
    /// Of this version.
    pub own: &'a [Fact],
    /// Of the other versions, for sentences that look back.
    pub other_versions: &'a [Fact],
    /// Of programs that the clause names.
    pub other_programs: &'a [Fact],
    /// The terms' currency.
    pub currency: &'a str,
}

/// What is wrong with a figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    /// What the terms have instead, in words.
    pub instead: String,
    /// Whether there can be no doubt what it is about.
    pub sure: bool,
}

/// Judges a figure; `None`: nothing to say against it.
pub(super) fn judge(
    figure: &Figure,
    spoken: &Spoken<'_>,
    section: Section,
    terms: &Terms<'_>,
) -> Option<Wrong> {
    let about = about(figure, spoken, section)?;
    if let Value::Money(_, Some(symbol)) = &figure.value
        && !means(symbol, terms.currency)
    {
        return Some(Wrong { instead: format!("the terms pay in {}", terms.currency), sure: true });
    }
    let says: Vec<&Fact> = terms.own.iter().filter(|f| f.says(&figure.value)).collect();
    if !says.is_empty() && fits(&about, &says, spoken) {
        return None;
    }
    let told = |facts: &[Fact]| facts.iter().any(|f| f.says(&figure.value));
    let elsewhere = (spoken.looks_back() && told(terms.other_versions)) || told(terms.other_programs);
    if says.is_empty() && elsewhere {
        return None;
    }
    Some(Wrong { instead: instead(&about, figure, terms.own), sure: section == Section::Terms || about.rate })
}

/// Everything that a figure may say; `None`: it is not about the terms.
pub(super) fn topics(figure: &Figure, spoken: &Spoken<'_>, section: Section) -> Option<Vec<Topic>> {
    about(figure, spoken, section).map(|about| about.allowed())
}

/// What a figure is about.
struct About {
    /// Subjects of its sentence that have figures of its kind, one list each.
    topics: Vec<Vec<Topic>>,
    /// It is written like a rate: `$40 per unit`, `2% of net revenue`.
    rate: bool,
}

impl About {
    /// Everything that the figure may say.
    fn allowed(&self) -> Vec<Topic> {
        let rate = self.rate.then_some(Topic::Rate);
        self.topics.iter().flatten().copied().chain(rate).collect()
    }
}

/// `None`: the figure is not about the terms.
fn about(figure: &Figure, spoken: &Spoken<'_>, section: Section) -> Option<About> {
    let kind = |topics: &[Topic]| -> Vec<Vec<Topic>> {
        let of_kind = spoken.topics().into_iter();
        of_kind.filter(|group| group.iter().any(|t| topics.contains(t))).collect()
    };
    let rate = rate_shaped(figure, spoken.text);
    let example = spoken.example || section == Section::Example;
    let terms = section == Section::Terms;
    let named = |topics: &[Topic]| spoken.topics().iter().flatten().any(|t| topics.contains(t));
    let money = [Topic::Budget, Topic::TransactionCap, Topic::PartnerCap, Topic::Minimum, Topic::Target];
    let (topics, relevant) = match &figure.value {
        Value::Money(amount, _) => {
            let caps = spoken.has(&[" capped at ", " cap of ", " budget of ", " budget is "]);
            (kind(&money), !amount.is_zero() && (terms || caps))
        }
        Value::Percent(percent) => {
            let round = percent.is_zero() || *percent == Decimal::ONE_HUNDRED;
            let topics = [Topic::Target, Topic::Growth, Topic::Override];
            // "100% of the pay" is a figure of speech, "100% of the target" is not.
            let meant = !round || named(&[Topic::Target]);
            (kind(&topics), meant && (terms || named(&[Topic::Override])))
        }
        Value::Units(units) => (kind(&[Topic::Minimum, Topic::Target]), *units > Decimal::ONE && terms),
        Value::Factor(_) => (kind(&[Topic::Target]), terms && named(&[Topic::Target])),
        Value::Days(_) => (vec![vec![Topic::Claims]], is_claim(figure, spoken)),
        Value::Date(..) => (vec![vec![Topic::Dates]], spoken.dates()),
    };
    // In an example only what is written like a rate must be a term.
    let relevant = if example { rate } else { relevant || rate };
    relevant.then_some(About { topics, rate })
}

/// Whether the figure may stand where it stands: terms of the sentence's subject, or
/// of any subject where there is none or more than one.
fn fits(about: &About, says: &[&Fact], spoken: &Spoken<'_>) -> bool {
    let subjects = about.topics.len() + usize::from(about.rate);
    let allowed = about.allowed();
    let by_rate =
        |f: &Fact| matches!(f.topic, Topic::Rate | Topic::Threshold) && spoken.rates() && !about.rate;
    subjects != 1 || says.iter().any(|f| allowed.contains(&f.topic) || by_rate(f))
}

/// The terms that the figure should have been one of.
fn instead(about: &About, figure: &Figure, own: &[Fact]) -> String {
    let allowed = about.allowed();
    let kind: Vec<&Fact> = own.iter().filter(|f| f.comparable(&figure.value)).collect();
    let mut meant: Vec<&Fact> = kind.iter().copied().filter(|f| allowed.contains(&f.topic)).collect();
    if meant.is_empty() && allowed.is_empty() {
        meant = kind;
    }
    if meant.is_empty() {
        return "the terms have no such figure".to_owned();
    }
    let shown: Vec<String> = meant.iter().map(|f| f.shown()).collect();
    format!("the terms have {}", shown.join(", "))
}

/// Whether a sign or code on paper may stand for a currency.
fn means(written: &str, currency: &str) -> bool {
    match written {
        "$" => currency.ends_with('D') || currency == "MXN",
        "¥" => matches!(currency, "JPY" | "CNY"),
        code => code == currency,
    }
}

/// `$40.00 per unit`, `2% of net revenue`.
fn rate_shaped(figure: &Figure, text: &str) -> bool {
    let end = (figure.at.end..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let after = words(text[end..].split([',', '.', ':']).next().unwrap_or_default());
    let begins = |any: &[&str]| any.iter().any(|phrase| after.starts_with(phrase));
    match figure.value {
        Value::Money(..) => {
            begins(&[" per unit ", " per qualifying unit ", " a unit ", " each unit ", " every unit "])
                || [" for", " on"].iter().any(|by| {
                    [" each", " every"].iter().any(|all| {
                        [" unit ", " qualifying unit "]
                            .iter()
                            .any(|unit| after.starts_with(&format!("{by}{all}{unit}")))
                    })
                })
        }
        Value::Percent(_) => begins(&[
            " of net revenue ",
            " of the net revenue ",
            " of qualifying net revenue ",
            " on net revenue ",
            " of revenue ",
            " on every qualifying ",
            " for qualifying sales ",
        ]),
        _ => false,
    }
}

/// Whether a number of days is the deadline for reports: the nearest word before it
/// that says what happens within those days, else the nearest after it.
fn is_claim(figure: &Figure, spoken: &Spoken<'_>) -> bool {
    let sense = |word: &str| {
        let begins = |any: &[&str]| any.iter().any(|w| word.starts_with(w));
        if begins(&["report", "claim", "submi", "late"]) {
            Some(true)
        } else if begins(&[
            "pay", "paid", "settl", "invoic", "disput", "appeal", "expir", "valid", "approv", "return",
            "notice", "regist", "object", "notif", "deliver",
        ]) {
            Some(false)
        } else {
            None
        }
    };
    let text = spoken.text;
    let before = words(&text[..figure.at.start]);
    let after = words(&text[figure.at.end..]);
    let nearest = before.split_whitespace().rev().find_map(sense);
    nearest.or_else(|| after.split_whitespace().find_map(sense)).unwrap_or(false)
}
