//! Terms that only the words around a number tell: where a tier, an accelerator or
//! a growth rebate starts.

use rust_decimal::Decimal;

use crate::programs::Terms;
use crate::reading::desk::Desk;
use crate::reading::numbers::{Given, Number};
use crate::reading::place::{Place, place};
use crate::reading::sheet::{Sheet, Use};
use crate::reading::terms;
use crate::scenario::Parameter;
use crate::scenario::change::{self, Unit};

/// `the top tier starts at 90,000`: where it starts, not what it pays.
pub(super) fn tier_starts(desk: &mut Desk<'_>, parameter: Parameter, numbers: &[Number]) -> bool {
    let sheet = &mut desk.sheet;
    // "the 2% step begins at 80,000": the percent says which step.
    let which =
        |n: &&Number| sheet.is(n.at.end, &["tier", "step", "band", "level", "bracket", "rung", "threshold"]);
    let amount = numbers.iter().filter(|n| !which(n)).all(|n| n.given != Given::Percent && !n.per_unit);
    if parameter != Parameter::TierRate || !amount {
        return false;
    }
    let words = ["start", "starts", "begin", "begins", "kick", "kicks", "kicked", "started", "began"];
    let place = (0..sheet.len()).find(|i| {
        let next = sheet.skip(i + 1, &["in"]);
        sheet.free(*i) && sheet.is(*i, &words) && sheet.is(next, &["at", "from"])
    });
    let Some(i) = place else { return false };
    let end = sheet.skip(i + 1, &["in"]);
    sheet.claim(i..end, Use::Lever);
    true
}

/// `move the 90k tier to 80k`, `the 25-unit tier moved to 20`: a plain number that is
/// nearer to where the tier starts than to what it pays, or cannot be a rate.
pub(super) fn moved_threshold(
    desk: &Desk<'_>,
    terms: &Terms,
    parameter: Parameter,
    said: &terms::Tiers,
    numbers: &[Number],
) -> bool {
    let terms::Tiers::One(from, _) = said else { return false };
    let to = numbers.iter().any(|n| place(&desk.sheet, n, &[], numbers.len() > 1).0 == Place::To);
    if parameter != Parameter::TierRate || !to || numbers.is_empty() {
        return false;
    }
    let percent = change::unit(terms, parameter) == Some(Unit::Percent);
    let pays = change::current(terms, parameter, Some(*from)).ok().flatten().unwrap_or_default();
    numbers.iter().all(|n| {
        let Some(value) = n.value else { return false };
        let nearer = (value - from).abs() < (value - pays).abs();
        match n.given {
            Given::Units => true,
            Given::Bare => (nearer && !n.per_unit) || percent && value > Decimal::ONE_HUNDRED,
            Given::Money => percent && value > Decimal::ONE_HUNDRED,
            _ => false,
        }
    })
}

/// `the growth rebate kicks in above 8% growth`.
pub(super) fn growth_starts(
    desk: &mut Desk<'_>,
    parameter: Parameter,
    terms: &Terms,
    numbers: &[Number],
) -> bool {
    let flat = matches!(parameter, Parameter::Rate | Parameter::TierRate) && terms.growth.is_some();
    let sheet = &mut desk.sheet;
    // "Growth of 5% should be enough", "need only 5% growth": what is asked of partners.
    let kicks = sheet.has(&["kick", "kicks", "starts", "start", "begins", "above", "over"]);
    let twice = (0..sheet.len()).filter(|i| sheet.word(*i) == "growth").count() > 1;
    let asked = numbers.iter().find_map(|n| {
        let before = sheet.word(n.at.start.wrapping_sub(2)) == "growth"
            && sheet.is(n.at.start.wrapping_sub(1), &["of", "above", "over", "from", "beyond"]);
        let growth = if before { n.at.start - 2 } else { n.at.end };
        let wants = ["need", "needs", "needed", "enough", "suffice", "suffices", "required", "show", "only"];
        // "growth above 3% instead of 5%"
        let above = before && !sheet.is(n.at.start - 1, &["of", "from"]);
        let wanted = (0..sheet.len()).find(|i| sheet.is(*i, &wants));
        let word = if above { n.at.start - 2 } else { wanted? };
        let said = sheet.word(growth) == "growth" && (twice || sheet.free(growth));
        said.then_some((growth, word, before))
    });
    if let Some((growth, word, before)) = asked.filter(|(.., before)| flat && (*before || !kicks)) {
        sheet.claim(growth..growth + 1 + usize::from(before), Use::Lever);
        sheet.claim(word..word + 1, Use::Lever);
        for word in ["only", "enough", "just", "required", "show", "to", "must"] {
            if let Some(i) = sheet.find_free(&[word]) {
                sheet.claim(i..i + 1, Use::Lever);
            }
        }
        let number =
            numbers.iter().find(|n| n.at.end == growth || n.at.start == growth + 2).map(|n| n.at.start);
        if let Some(i) = number
            .and_then(|i| i.checked_sub(1))
            .filter(|i| sheet.is(*i, &["of", "only", "above", "over", "beyond"]))
        {
            sheet.tokens[i].word = "at".to_owned();
            sheet.uses[i] = Use::Free;
        }
        return true;
    }
    let near = |sheet: &Sheet<'_>, n: &Number| sheet.word(n.at.end) == "growth";
    let Some(number) = numbers.iter().find(|n| near(sheet, n)).filter(|_| flat) else { return false };
    let words = [
        "kick", "kicks", "kicking", "kicked", "start", "starts", "started", "starting", "begin", "begins",
        "began", "above", "from", "over",
    ];
    let Some(i) = (0..sheet.len()).find(|i| sheet.free(*i) && sheet.is(*i, &words)) else { return false };
    let end = sheet.skip(i + 1, &["in", "above", "from"]);
    sheet.claim(i..end.max(i + 1), Use::Lever);
    sheet.claim(number.at.end..number.at.end + 1, Use::Lever);
    true
}

/// `the accelerator kicks in at 110%`.
pub(super) fn kicks_in(desk: &mut Desk<'_>, parameter: Parameter, numbers: &[Number]) -> bool {
    let sheet = &mut desk.sheet;
    let kick = (0..sheet.len()).find(|i| {
        sheet.free(*i)
            && sheet.is(
                *i,
                &[
                    "kick", "kicks", "kicking", "kicked", "starts", "start", "started", "begins", "began",
                    "above",
                ],
            )
    });
    // "accelerator from 120% of target"
    let from = numbers.iter().find_map(|n| {
        let of = sheet.word(n.at.end) == "of"
            && sheet.is(n.at.end + 1, &["target", "quota", "attainment", "plan"]);
        let lead = n.at.start.checked_sub(1).filter(|i| sheet.is(*i, &["from", "above", "at", "over"]));
        lead.filter(|i| of && sheet.free(*i) && sheet.is(*i, &["from", "above", "over"]))
    });
    if let Some(i) = from.filter(|_| parameter == Parameter::AcceleratorMultiplier && kick.is_none()) {
        let end = numbers[0].at.end;
        sheet.claim(end..end + 2, Use::Lever);
        sheet.tokens[i].word = "at".to_owned();
        return true;
    }
    let Some(i) = kick.filter(|_| parameter == Parameter::AcceleratorMultiplier && !numbers.is_empty())
    else {
        return false;
    };
    let end = i + 1 + usize::from(sheet.word(i + 1) == "in");
    sheet.claim(i..end, Use::Lever);
    // "kick in above 110%", "only start from 120%"
    if sheet.is(end, &["above", "from", "over", "beyond"]) {
        sheet.tokens[end].word = "at".to_owned();
    }
    if let Some(k) = sheet.find_free(&["only"]) {
        sheet.claim(k..k + 1, Use::Lever);
    }
    let of = (end..sheet.len())
        .find(|k| sheet.word(*k) == "of" && sheet.is(k + 1, &["target", "quota", "attainment", "plan"]));
    if let Some(k) = of {
        sheet.claim(k..k + 2, Use::Lever);
    }
    if let Some(k) = sheet.find_free(&["attainment", "achievement"]) {
        sheet.claim(k..k + 1, Use::Lever);
    }
    if let Some(k) = sheet.find_free(&["let", "have"]) {
        sheet.claim(k..k + 1, Use::Lever);
    }
    true
}
