//! From extra revenue to net: what goods cost, what is paid on sales that come anyway,
//! what is paid on sales that the change brings, and what months after the period give
//! back. Every step is a mean of the forecast, so that they add up to its net.

use spiffcast_engine::forecast::{Forecast, Row};

use super::{Exhibit, mean, with_interval};
use crate::reports::charts::{self, Step, StepKind};
use crate::reports::format;

/// Money; below this a sum of months and a total are the same.
const CENT: f64 = 0.5;

/// The steps of an option; `None` where the forecast lacks one of them.
pub fn waterfall(forecast: &Forecast, option: usize) -> Option<Exhibit> {
    let (net, interval) = with_interval(forecast.metrics.get("net")?.difference.get(option)?)?;
    let steps = steps(forecast, option, net, interval)?;
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let chart = charts::waterfall(&steps, &forecast.currency)?;
    let mechanical = mean(&forecast.cost_split.get(option)?.mechanical)?;
    let mut lead = format!(
        "{} in the period becomes {} net. {} of it goes to sales that come anyway",
        money(steps[0].value),
        money(net),
        format::money(-mechanical, &forecast.currency).trim_start_matches('−'),
    );
    if mechanical <= 0.0 {
        lead = format!("{} in the period becomes {} net", money(steps[0].value), money(net));
    }
    if let Some(after) = steps.iter().find(|s| s.name == PULLED).map(|s| s.value) {
        lead.push_str(&format!("; the months after the period change it by {}", money(after)));
    }
    lead.push('.');
    Some(Exhibit {
        id: "waterfall",
        title: "From extra revenue to net margin".to_owned(),
        lead,
        chart,
        head: vec!["Step", "Expected"],
        rows: steps.iter().map(|s| vec![s.name.clone(), money(s.value)]).collect(),
    })
}

const PULLED: &str = "Months after the period (pull-forward)";

fn steps(forecast: &Forecast, option: usize, net: f64, interval: (f64, f64)) -> Option<Vec<Step>> {
    let total = |key: &str| forecast.metrics.get(key)?.difference.get(option).and_then(mean);
    let split = forecast.cost_split.get(option)?;
    let mechanical = mean(&split.mechanical)?;
    let gross = &forecast.gross_of_pull_forward;
    let gross_net = gross.net.difference.get(option).and_then(mean);
    let gross_payout = gross.payout.difference.get(option).and_then(mean);
    let within = |key: &str| months_within(forecast, key, option);
    // Revenue within the period is known by month; where the months do not add up to
    // the period (it begins or ends inside one), the tail stays in every step.
    let apart = match (gross_net, gross_payout, within("net"), within("revenue")) {
        (Some(n), Some(p), Some(sum), Some(revenue)) if (n - sum).abs() <= CENT + 1e-3 * n.abs() => {
            Some((n, p, revenue))
        }
        _ => None,
    };
    let (period_net, payout, revenue) =
        apart.map_or_else(|| Some((net, total("payout")?, total("revenue")?)), Some)?;
    let margin = period_net + payout;
    let step =
        |name: &str, value: f64, kind: StepKind| Step { name: name.to_owned(), value, kind, interval: None };
    let mut steps = vec![
        step("Extra revenue", revenue, StepKind::Total),
        step("Cost of the goods", margin - revenue, StepKind::Part),
        step("Paid on sales that come anyway", -mechanical, StepKind::Part),
        step("Paid on sales the change brings", mechanical - payout, StepKind::Part),
    ];
    if apart.is_some() {
        steps.push(step(PULLED, net - period_net, StepKind::Part));
    }
    steps.push(Step { interval: Some(interval), ..step("Net margin", net, StepKind::Result) });
    Some(steps)
}

/// The sum of a metric's differences over the months of the period; `None` where the
/// period begins or ends inside a month.
fn months_within(forecast: &Forecast, key: &str, option: usize) -> Option<f64> {
    let (start, end) = (forecast.horizon.start, forecast.horizon.end);
    let next = end.succ_opt()?;
    if start.format("%d").to_string() != "01" || next.format("%d").to_string() != "01" {
        return None;
    }
    let last = end.format("%Y-%m").to_string();
    let rows: Vec<&Row> = forecast.by.month.iter().filter(|row| row.key <= last).collect();
    rows.iter().map(|row| row.metrics.get(key)?.difference.get(option).and_then(mean)).sum()
}
