//! From extra revenue to net: what goods cost, what is paid on sales that come anyway,
//! what is paid on sales that the change brings, and what months after the period give
//! back. Every step is a mean of the forecast, so that they add up to its net.

use spiffcast_engine::forecast::{Forecast, Row};

use super::{Exhibit, mean, with_interval};
use crate::reports::charts::{self, Step, StepKind};
use crate::reports::format;

/// Money; below this a sum of months and a total are the same.
const CENT: f64 = 0.5;
/// Money; a change below this in every step is none.
const NOTHING: f64 = 0.005;

/// The steps of an option; `None` where the forecast lacks one of them.
pub fn waterfall(forecast: &Forecast, option: usize) -> Option<Exhibit> {
    let (net, interval) = with_interval(forecast.metrics.get("net")?.difference.get(option)?)?;
    let steps = steps(forecast, option, net, interval)?;
    if steps.iter().all(|step| step.value.abs() < NOTHING) {
        return None;
    }
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let chart = charts::waterfall(&steps, &forecast.currency)?;
    let mechanical = mean(&forecast.cost_split.get(option)?.mechanical)?;
    let after = steps.iter().find(|s| s.name == PULLED).map(|s| s.value);
    let within = if after.is_some() { " in the period" } else { "" };
    let mut lead = format!("{} of revenue{within} becomes {} net", money(steps[0].value), money(net));
    if mechanical > NOTHING {
        let paid = format::money(mechanical, &forecast.currency);
        lead.push_str(&format!(". {paid} is paid on sales that come anyway"));
    }
    if let Some(after) = after {
        lead.push_str(&format!("; the months after the period change it by {}", money(after)));
    }
    lead.push('.');
    // The words of an answer count the months after; here both are told.
    let whole = |key: &str| forecast.metrics.get(key)?.difference.get(option).and_then(mean);
    let behavioural = mean(&forecast.cost_split.get(option)?.behavioural);
    if let (Some(_), Some(revenue), Some(brought)) = (after, whole("revenue"), behavioural) {
        lead.push_str(&format!(
            " With the months after in every step, as the words above have it, it is {} of revenue, and {} is paid on \
             sales that the change brings.",
            money(revenue),
            format::money(brought, &forecast.currency)
        ));
    }
    Some(Exhibit {
        id: "waterfall",
        title: "From revenue to net margin".to_owned(),
        lead,
        chart,
        head: vec!["Step", "Expected"],
        rows: steps.iter().map(|s| vec![s.name.clone(), money(s.value)]).collect(),
    })
}

const PULLED: &str = "Months after (pull-forward)";

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
    let within_words = if apart.is_some() { ", in the period" } else { "" };
    let step =
        |name: &str, value: f64, kind: StepKind| Step { name: name.to_owned(), value, kind, interval: None };
    let mut steps = vec![
        step(
            &format!("{}{within_words}", if revenue < 0.0 { "Revenue lost" } else { "Extra revenue" }),
            revenue,
            StepKind::Total,
        ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use spiffcast_engine::forecast::{CostSplit, Metric, Metrics, Quantity};

    fn metric(mean: f64) -> Metric {
        let q = Quantity { mean: Some(mean), ..Quantity::default() };
        Metric { baseline: q, options: vec![q], difference: vec![q] }
    }

    fn metrics(revenue: f64, payout: f64, net: f64) -> Metrics {
        let all = [("revenue", revenue), ("payout", payout), ("net", net)];
        all.into_iter().map(|(key, mean)| (key.to_owned(), metric(mean))).collect()
    }

    /// 1,000 of revenue and 100 net in July, of which October gives 300 and 90 back.
    fn forecast() -> Forecast {
        let mut forecast = Forecast { currency: "USD".to_owned(), ..Forecast::default() };
        forecast.horizon.start = "2026-07-01".parse().expect("a day");
        forecast.horizon.end = "2026-07-31".parse().expect("a day");
        forecast.metrics = metrics(700.0, 190.0, 10.0);
        forecast.gross_of_pull_forward.net = metric(100.0);
        forecast.gross_of_pull_forward.payout = metric(200.0);
        let q = |mean: f64| Quantity { mean: Some(mean), ..Quantity::default() };
        forecast.cost_split = vec![CostSplit { mechanical: q(150.0), behavioural: q(40.0) }];
        let row = |key: &str, metrics| Row { key: key.to_owned(), name: key.to_owned(), metrics };
        forecast.by.month = vec![
            row("2026-07", metrics(1000.0, 200.0, 100.0)),
            row("2026-10", metrics(-300.0, -10.0, -90.0)),
        ];
        forecast
    }

    fn values(forecast: &Forecast) -> Vec<f64> {
        steps(forecast, 0, 10.0, (0.0, 20.0)).expect("steps").iter().map(|s| s.value).collect()
    }

    #[test]
    fn the_steps_add_up_and_what_comes_back_stands_apart() {
        let all = values(&forecast());
        assert_eq!(all, vec![1000.0, -700.0, -150.0, -50.0, -90.0, 10.0]);
        assert_eq!(all[..5].iter().sum::<f64>(), all[5]);
        let lead = waterfall(&forecast(), 0).expect("an exhibit").lead;
        assert!(lead.contains("+$1,000 of revenue in the period becomes +$10 net. $150 is paid"), "{lead}");
        assert!(
            lead.contains("it is +$700 of revenue, and $40 is paid on sales that the change brings."),
            "{lead}"
        );
    }

    #[test]
    fn a_period_inside_a_month_keeps_the_tail_in_every_step() {
        let mut forecast = forecast();
        forecast.horizon.start = "2026-07-15".parse().expect("a day");
        let all = values(&forecast);
        assert_eq!(all, vec![700.0, -500.0, -150.0, -40.0, 10.0]);
        assert_eq!(all[..4].iter().sum::<f64>(), all[4]);
    }
}
