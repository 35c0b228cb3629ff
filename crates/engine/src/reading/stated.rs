//! Every figure that the rules of a program hold. A figure of a question that is one of
//! them may only say what holds today. Reads no sentence.

use rust_decimal::Decimal;

use super::lexicon;
use super::sheet::Sheet;
use crate::programs::Terms;
use crate::programs::terms::Rate;

/// The figures of all programs whose names hold all of these words that are names; none
/// where no word is one.
pub(crate) fn values(sheet: &Sheet<'_>, words: &[&str]) -> Vec<Decimal> {
    let own: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| lexicon::kind(w).is_none() && sheet.names.programs.iter().any(|p| p.strong.contains(*w)))
        .collect();
    if own.is_empty() {
        return Vec::new();
    }
    let programs = sheet.company.programs.iter().zip(&sheet.names.programs);
    programs
        .filter(|(_, names)| own.iter().all(|w| names.strong.contains(*w)))
        .flat_map(|(program, _)| program.versions.iter().flat_map(|v| figures(&v.terms)))
        .collect()
}

fn figures(terms: &Terms) -> Vec<Decimal> {
    let rates = match &terms.rate {
        Rate::Flat(pay) => vec![pay.value()],
        Rate::Tiered { tiers, .. } => tiers.iter().flat_map(|t| [t.from, t.pay.value()]).collect(),
    };
    let caps = [terms.caps.per_partner, terms.caps.per_transaction, terms.caps.program_budget];
    let others = [terms.minimum, terms.target, terms.override_percent];
    rates.into_iter().chain(caps.into_iter().chain(others).flatten()).collect()
}

/// A number as written, in digits or as one small word.
pub(crate) fn figure(sheet: &Sheet<'_>, i: usize) -> Option<Decimal> {
    const WORDS: &[&str] =
        &["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let scale = if sheet.word(i + 1) == "k" { Decimal::ONE_THOUSAND } else { Decimal::ONE };
    let digits = sheet.word(i).replace(',', "").parse::<Decimal>().ok();
    let word = || WORDS.iter().position(|w| *w == sheet.word(i)).map(|n| Decimal::from(n + 1));
    digits.map(|v| v * scale).or_else(word)
}
