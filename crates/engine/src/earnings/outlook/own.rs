//! What is known of one partner's sales: its own levels, learned in the light of what
//! the snapshot says of its markets. No sale of anybody else goes in.

use std::sync::Arc;

use crate::baseline::Fitted;
use crate::calendar::Month;
use crate::model::{Model, exposure, usual_net_prices};
use crate::panel::Panel;
use crate::programs::cells::LineMemory;
use crate::programs::incentive::{Cells, predicted_volume};
use crate::simulation::market::Incentive;

use super::super::books::{OWN, OwnBooks};
use super::super::shared::Shared;

/// A model of this partner alone.
pub(super) fn model(books: &OwnBooks, shared: &Shared) -> Model {
    let company = books.company();
    let panel = Panel::of_lines(company.lines.iter().filter(|l| l.partner == OWN), company.as_of);
    let lines = Arc::new(LineMemory::default());
    let cells = Cells {
        company,
        panel: &panel,
        first: panel.first_month,
        months: panel.months,
        expected: &predicted_volume(&panel),
        net_price: &usual_net_prices(company, &panel),
    };
    let found = cells.incentives(books.rules(), &lines);
    let response = shared.response.clone();
    let told_apart = response.products.iter().any(|p| p.diagnostics.firm.is_some());
    let incentive = Incentive::of(found, told_apart);
    let exposure = exposure(&panel, &response, &incentive);
    let reported: (Month, &[f64]) = (shared.usable_through, &shared.reported_share);
    let who = books.partner();
    let place = (who.region.as_str(), who.tier_on(company.as_of));
    let baseline = Fitted::of_own(&shared.baseline, company, &panel, &exposure, reported, place);
    Model {
        company: Arc::new(company.clone()),
        panel,
        incentive,
        response,
        usable_through: shared.usable_through,
        reported_share: shared.reported_share.clone(),
        exposure,
        baseline,
        lines,
    }
}
