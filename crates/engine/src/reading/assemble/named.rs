//! What names and numbers beside a change say about it: which products are meant,
//! what a term is today.

use crate::programs::Terms;
use crate::reading::desk::Desk;
use crate::reading::lexicon;
use crate::reading::names::{Entity, Mention};
use crate::reading::numbers::Number;
use crate::reading::operations::{Op, Verb};
use crate::reading::sheet::Use;
use crate::scenario::{Lever, Parameter};

/// Whether products are named as what is added or removed. "Drop the SPIFF on
/// Product X" drops the program; "drop PX-200 from it" the product.
pub(super) fn products_beside(desk: &Desk<'_>, mentions: &[Mention], ops: &[Op]) -> bool {
    let only_down = !ops.iter().any(|o| {
        matches!(
            o.verb,
            Verb::Include
                | Verb::Add
                | Verb::Exclude
                | Verb::Remove
                | Verb::Resume
                | Verb::Restrict
                | Verb::Without
        )
    });
    // "get rid of the SPIFF on Product X": the product says which program.
    let says_which = |m: &Mention| {
        let sheet = &desk.sheet;
        let lead = (0..m.at.start).rev().find(|i| !sheet.is(*i, &["the", "our"])).unwrap_or(0);
        sheet.is(lead, &["on", "for"])
            && (lead.saturating_sub(4)..lead).any(|i| lexicon::kind(sheet.word(i)).is_some())
    };
    mentions
        .iter()
        .any(|m| m.is_product() && !says_which(m) && (!only_down || desk.sheet.word(m.at.end) == "from"))
}

/// Products named to say which program is meant.
pub(super) fn skus_named(mentions: &[Mention], runs: &[std::ops::Range<usize>]) -> Vec<usize> {
    let inside = |m: &&Mention| m.is_product() && runs.iter().any(|r| r.contains(&m.at.start));
    let products = |e: &Entity| if let Entity::Product(p) = e { Some(*p) } else { None };
    mentions.iter().filter(inside).flat_map(|m| m.entities.iter().filter_map(products)).collect()
}

/// A change of a program changes it for every product it covers.
pub(super) fn wider(desk: &mut Desk<'_>, program: usize, named: &[usize]) {
    let company = desk.context.company;
    let terms = &company.programs[program].latest().terms;
    let products = &company.catalog.products;
    let covered = || products.iter().enumerate().filter(|(_, p)| terms.covers(&p.sku, &p.family));
    if named.is_empty() || covered().all(|(i, _)| named.contains(&i)) {
        return;
    }
    let others = covered().filter(|(i, _)| !named.contains(i)).count();
    let message = format!(
        "{} also covers {others} other product{}: the change holds for all of them",
        company.programs[program].name(),
        if others == 1 { "" } else { "s" }
    );
    let field = desk.field("program");
    desk.findings.push(crate::scenario::findings::warning("covers_more", field, message, ""));
}

/// Whether a number only says which one is meant: `the $5,000 cap`.
pub(super) fn describes(desk: &Desk<'_>, number: &Number, mentions: &[Mention]) -> bool {
    let sheet = &desk.sheet;
    let after = number.at.end;
    let noun = sheet.is(after, lexicon::CAP)
        || sheet.is(after, lexicon::BUDGET)
        || sheet.is(after, lexicon::OTHER_PARAMETERS)
        || sheet.is(after, lexicon::RATE)
        || lexicon::kind(sheet.word(after)).is_some()
        || mentions.iter().any(|m| m.at.start == after);
    noun && sheet
        .is(number.at.start.wrapping_sub(1), &["the", "our", "a", "this", "current", "existing", "of"])
}

/// Words that lead what holds today.
const TODAY: &[&str] = &["at", "the", "today's", "todays", "current", "present", "existing", "same"];

/// What a number says about the term that goes must be so.
pub(super) fn as_described(desk: &mut Desk<'_>, numbers: &[Number], levers: &[Lever], terms: &Terms) -> bool {
    let parameter = levers.first().map_or(Parameter::Rate, |l| l.parameter);
    // "open it to Silver at today's $24": a list has no number, the rate has.
    let listed = crate::scenario::change::unit(terms, parameter).is_none();
    let parameter = if listed { Parameter::Rate } else { parameter };
    let now = crate::scenario::change::current(terms, parameter, None).ok().flatten();
    for number in numbers {
        if number.value != now {
            let text = desk.sheet.text(number.at.clone());
            let now = now
                .map_or_else(|| "none".to_owned(), |n| crate::scenario::change::words(n, terms, parameter));
            let message = format!("The question speaks of {text}; the rules say {now}");
            desk.fail(
                "not_the_current_value",
                desk.field("value"),
                message,
                "Leave the number out, or name the other program",
            );
            return false;
        }
        // "at today's $24"
        let start = number.at.start;
        let lead = (0..start).rev().find(|i| !desk.sheet.is(*i, TODAY)).map_or(0, |i| i + 1);
        desk.sheet.claim(lead..number.at.end, Use::Number);
    }
    true
}
