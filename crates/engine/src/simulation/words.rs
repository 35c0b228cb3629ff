//! What was approximated or assumed, in words: every answer carries these.

use super::Request;
use super::prepare::Prepared;
use super::reach::Reach;
use super::stage::Stage;
use crate::response::{Shift, ShiftSource};

/// Approximations and assumptions of a forecast, each once, in a fixed order.
pub fn approximations(request: &Request, prepared: &Prepared, stage: &Stage, thinned: usize) -> Vec<String> {
    let mut out = prepared.window.approximations();
    for rules in &prepared.rules {
        for note in rules.approximations() {
            if !out.contains(&note) {
                out.push(note);
            }
        }
    }
    let names: Vec<&str> = stage.programs.iter().map(|p| p.name.as_str()).collect();
    if request.arms().any(|a| a.programs.len() > names.len()) {
        out.push(format!(
            "Payouts are those of the programs whose pay the change can move ({}); every other program pays the \
             same either way.",
            names.join(", ")
        ));
    }
    if stage.programs.iter().any(|p| p.budgeted && p.changed) {
        out.push(
            "Spending a budget sooner counts as a cost of the period, not as a saving once it is gone; sellers are \
             taken to go on as before when it is."
                .to_owned(),
        );
    }
    let catalog = &request.model.company.catalog;
    let unknown: Vec<&str> = catalog
        .products
        .iter()
        .enumerate()
        .filter(|(p, _)| prepared.reach.covered[*p] && request.model.response.products[*p].lags.is_none())
        .map(|(_, product)| product.sku.as_str())
        .collect();
    if !unknown.is_empty() {
        out.push(format!(
            "History does not say how sales of {} answer an incentive: no response is assumed, so the figures \
             hold the cost on sales as they are; the breakeven lift says what the change must bring.",
            unknown.join(", ")
        ));
    }
    if !request.model.tells_firm_apart() {
        out.push(
            "Incentives to sellers and to firms are taken to work alike: the history cannot tell them apart."
                .to_owned(),
        );
    }
    if others_sell(request, &prepared.reach) {
        out.push(shift(&request.model.response.shift));
    }
    if prepared.market.cut {
        out.push(
            "Some effects were held to what a tenfold change of sales allows; take the size of the figures with care."
                .to_owned(),
        );
    }
    if stage.smooth {
        out.push(
            "Sales are played as smooth amounts, not as whole units: a quick look. What is expected to be sold is \
             the same; payouts and single outcomes are as good where partners sell some thirty units of a product a \
             month and more, else rough."
                .to_owned(),
        );
    }
    out.push(
        "Margin is after expected returns; payouts are before clawbacks for them. A total counts the period, and \
         what a change moves in the two months after it."
            .to_owned(),
    );
    out.push(
        "Partners start selling a product they never sold only in history, not in the forecast; sales won are \
         not taken from other partners."
            .to_owned(),
    );
    if !stage.counts_all {
        out.push(
            "Figures count some partners alone: sales by who sells, pay by who is paid. Everybody is played, \
             because budgets and markets are shared; what the response and the evidence say was learned from all."
                .to_owned(),
        );
    }
    if stage.programs.iter().any(|p| p.budgeted) {
        out.push(
            "Partners outside of the question draw on shared budgets with their expected sales.".to_owned(),
        );
    }
    let (window, usable) = (&prepared.window, request.model.usable_through);
    if window.known > 0 && window.month(window.known - 1) > usable {
        out.push(format!("Sales after {} are those reported so far.", usable.last_day()));
    }
    if differs_before(request, prepared) {
        out.push("A change that acts before the period is simulated from its start, but counted from the period's.".to_owned());
    }
    if thinned > 1 {
        out.push(format!("Figures by partner rest on one in {thinned} of the draws."));
    }
    out
}

/// Whether an option's own changes begin before the period does.
fn differs_before(request: &Request, prepared: &Prepared) -> bool {
    let first = prepared.window.first.first_day();
    let start = crate::calendar::Month::of(prepared.window.period.start).first_day();
    let changed = request.options.iter().flat_map(|o| &o.rules.programs).flat_map(|p| &p.segments);
    changed.filter(|s| s.changed).any(|s| s.span.start < start && s.span.end >= first && first < start)
}

/// Whether a partner that the change does not reach has sold a product it covers.
pub fn others_sell(request: &Request, reach: &Reach) -> bool {
    let model = request.model;
    model.panel.series.iter().any(|(partner, product)| {
        reach.covered[*product]
            && model.company.catalog.partners[*partner].active
            && reach.partners.binary_search(partner).is_err()
    })
}

/// What is assumed to be taken from partners that the change does not reach. It is told
/// and its bounds are in the tornado; the figures themselves count it as new.
fn shift(shift: &Shift) -> String {
    let [low, high] = shift.bar.map(|share| format!("{:.0}%", share * 100.0));
    match shift.source {
        ShiftSource::Data => format!(
            "What the change adds is counted as new. The history suggests that {:.0}% of such gains were taken from \
             partners of the same region that were not reached (between {low} and {high}); what that costs is \
             among the things the net depends on.",
            shift.share * 100.0
        ),
        ShiftSource::Assumed => format!(
            "What the change adds is counted as new, not as taken from partners it does not reach: the history \
             cannot tell. What it would cost if up to {high} were is among the things the net depends on."
        ),
    }
}
