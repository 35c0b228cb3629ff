//! Trials as a table and as JSON. Computes coverage and tests; judges no single case.

use serde_json::{Value, json};

use super::stats::{binomial_test, mean_test};
use super::{Estimate, Judged};

const BINS: usize = 10;

/// One quantity over all trials.
pub struct Row {
    /// What.
    pub name: String,
    /// Trials.
    pub cases: usize,
    /// Share inside the 90% and the 80% intervals, with the probability of a share as far
    /// off if the intervals are right.
    pub inside: [(f64, f64); 2],
    /// Mean and standard deviation of the standardised errors, and the probability of
    /// such a mean if it is 0.
    pub error: [f64; 3],
    /// Trials by place of the truth.
    pub places: [usize; BINS],
}

impl Row {
    /// Sums up a quantity.
    pub fn of(name: &str, estimates: &[Estimate]) -> Self {
        let n = estimates.len();
        let inside = [0.9, 0.8].map(|p| {
            let k = estimates.iter().filter(|e| e.inside(p)).count();
            (k as f64 / n as f64, binomial_test(k, n, p))
        });
        let mut places = [0; BINS];
        for e in estimates {
            places[((e.place * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        let errors: Vec<f64> = estimates.iter().map(Estimate::z).collect();
        Self { name: name.to_owned(), cases: n, inside, error: mean_test(&errors), places }
    }

    fn line(&self) -> String {
        let [(c90, p90), (c80, p80)] = self.inside;
        let [mean, sd, p] = self.error;
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        format!(
            "| {} | {} | {c90:.3} | {p90:.3} | {c80:.3} | {p80:.3} | {mean:+.3} | {p:.3} | {sd:.2} | {} |",
            self.name,
            self.cases,
            places.join(" ")
        )
    }

    fn json(&self) -> Value {
        json!({
            "quantity": self.name,
            "cases": self.cases,
            "coverage_90": self.inside[0].0, "coverage_90_p": self.inside[0].1,
            "coverage_80": self.inside[1].0, "coverage_80_p": self.inside[1].1,
            "error_mean": self.error[0], "error_sd": self.error[1], "error_mean_p": self.error[2],
            "places": self.places,
        })
    }
}

/// Every quantity of a run.
pub fn rows(trials: &[Judged]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |name: &str, estimates: Vec<Estimate>| {
        if estimates.len() > 1 {
            rows.push(Row::of(name, &estimates));
        }
    };
    for (i, name) in ["change in units", "change in payout", "change in net"].iter().enumerate() {
        add(name, trials.iter().map(|t| t.change[i]).collect());
    }
    add("change in margin", trials.iter().map(|t| t.margin).collect());
    for (lag, name) in ["β, lag 0", "β, lag 1", "β, lag 2"].iter().enumerate() {
        add(name, trials.iter().filter_map(|t| Some(t.beta?.0[lag])).collect());
    }
    for grade in ["A", "B", "C", "PRIOR ONLY"] {
        let of_grade = trials.iter().filter_map(|t| t.beta).filter(|b| b.1 == grade);
        add(&format!("β, lag 0, grade {grade}"), of_grade.map(|b| b.0[0]).collect());
    }
    add("expected sales", trials.iter().map(|t| t.expected).collect());
    let mut programs: Vec<&str> = trials.iter().map(|t| t.asked.0.as_str()).collect();
    programs.sort_unstable();
    programs.dedup();
    for program in programs {
        let of = trials.iter().filter(|t| t.asked.0 == program);
        add(&format!("change in units, {program}"), of.map(|t| t.change[0]).collect());
    }
    rows
}

/// The table, in Markdown.
pub fn table(trials: &[Judged]) -> String {
    let mut text = String::from(
        "| quantity | companies | inside 90% | p | inside 80% | p | mean error, sd | p | sd of errors | place of the truth, by tenths |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows(trials) {
        text += &row.line();
        text.push('\n');
    }
    let inside = trials.iter().filter(|t| t.outcome_inside).count();
    let n = trials.len();
    text += &format!(
        "\noutcome of the quarter inside 80%: {:.3} (p {:.3}); sign of the change in units right: {} of {n}\n",
        inside as f64 / n as f64,
        binomial_test(inside, n, 0.8),
        trials.iter().filter(|t| t.sign_is_right()).count(),
    );
    text += &response_errors(trials);
    text
}

/// Root mean square errors of the response of products with an estimate of their own.
pub fn root_mean_squares(trials: &[Judged]) -> [f64; 4] {
    let all: Vec<[f64; 4]> = trials.iter().flat_map(|t| &t.products).map(|p| p.missed).collect();
    std::array::from_fn(|i| {
        libm::sqrt(all.iter().map(|m| m[i] * m[i]).sum::<f64>() / all.len().max(1) as f64)
    })
}

fn response_errors(trials: &[Judged]) -> String {
    let [shrunk, own, pooled, naive] = root_mean_squares(trials);
    let z: Vec<f64> = trials.iter().flat_map(|t| &t.products).map(|p| p.naive_z).collect();
    let rejected = z.iter().filter(|z| z.abs() > 1.645).count();
    format!(
        "RMSE of β over {} products: shrunk {shrunk:.3}, own {own:.3}, pooled {pooled:.3}, naive {naive:.3} \
         (rejected at 90%: {:.2})\n",
        z.len(),
        rejected as f64 / z.len().max(1) as f64
    )
}

/// Everything, one object.
pub fn json(trials: &[Judged]) -> Value {
    let estimate = |e: &Estimate| json!({"truth": e.truth, "mean": e.mean, "sd": e.sd, "place": e.place});
    let trial = |t: &Judged| {
        json!({
            "seed": t.seed, "size": t.size, "program": t.asked.0, "rate": t.asked.1,
            "beta": t.beta.map(|(lags, grade)| json!({"grade": grade, "lags": lags.iter().map(estimate).collect::<Vec<_>>()})),
            "units": estimate(&t.change[0]), "payout": estimate(&t.change[1]), "net": estimate(&t.change[2]),
            "margin": estimate(&t.margin), "payout_error": t.payout_error,
            "expected": estimate(&t.expected), "outcome_inside": t.outcome_inside, "flags": t.flags,
        })
    };
    json!({
        "rows": rows(trials).iter().map(Row::json).collect::<Vec<_>>(),
        "response_rmse": root_mean_squares(trials),
        "trials": trials.iter().map(trial).collect::<Vec<_>>(),
    })
}

/// Flags that say something about a world, and not that this is so everywhere.
const TELLING: [&str; 8] = [
    "EXTRAPOLATION",
    "LEAD NOT CLEAN",
    "ALL ELIGIBLE AT ONCE",
    "NO USABLE CONTROLS",
    "TIMING NOT CHECKED",
    "FIT NOT SETTLED",
    "IMPUTATION DISAGREES",
    "PRICE MOVED TOO",
];

/// Flag that says something about the world in which business is taken from others, and
/// about no other.
const TELLING_OF_TAKEN: &str = "MAY BE TAKEN FROM OTHERS";

impl Judged {
    /// Whether a flag warns of what a world does.
    pub fn is_flagged(&self, departure: crate::Departure) -> bool {
        let of_taken = departure == crate::Departure::TakenFromOthers;
        let tells =
            |f: &String| TELLING.iter().any(|t| f.starts_with(t)) || of_taken && f == TELLING_OF_TAKEN;
        self.flags.iter().any(tells)
    }

    /// The test of a world that is not assumed: the interval covers, or a flag fires.
    pub fn is_honest(&self, departure: crate::Departure) -> bool {
        self.change[0].inside(0.9) || self.is_flagged(departure)
    }
}

/// What a world that is not assumed came to.
pub fn departure_line(departure: crate::Departure, trials: &[Judged]) -> String {
    let count = |f: &dyn Fn(&Judged) -> bool| trials.iter().filter(|t| f(t)).count();
    format!(
        "| {} | {} | {} | {} | {} | {} | {:+.2} |",
        departure.as_str(),
        trials.len(),
        count(&Judged::sign_is_right),
        count(&|t| t.change[0].inside(0.9)),
        count(&|t| t.is_flagged(departure)),
        count(&|t| t.is_honest(departure)),
        mean_test(&trials.iter().map(|t| t.change[0].z()).collect::<Vec<_>>())[0],
    )
}
