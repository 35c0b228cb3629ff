//! What the user knows besides the history: beliefs and experiments, as one more
//! estimate with its standard error (FORECASTING.md §2). Reads text that the caller
//! brings; reads no files. docs/PRIORS.md shows the format.

use serde::{Deserialize, Serialize};
use toml::{Spanned, Table, Value};

use crate::catalog::{Catalog, ProductIx};
use crate::finding::SourceFinding;

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorKind {
    /// Measured.
    Experiment,
    /// Believed.
    Belief,
}

/// One entry, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserPrior {
    /// Products it speaks of; `None`: the mean of all.
    pub products: Option<Vec<ProductIx>>,
    /// Log units per 1.0 of effective incentive, in the month itself.
    pub response: f64,
    /// Its standard error as given.
    pub se: f64,
    /// By how much `se` was widened because others contradict it; 1: not at all.
    pub widened: f64,
    /// Who says so.
    pub source: String,
    /// Experiment or belief.
    pub kind: PriorKind,
}

/// The checked entries of a `priors.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Priors {
    /// In the order of the file.
    pub entries: Vec<UserPrior>,
}

/// Entries this many standard errors apart contradict each other.
const CONTRADICTION: f64 = 3.0;
/// A response beyond this says that a point of incentive multiplies sales by e.
const RESPONSE_MAX: f64 = 100.0;
/// A point of incentive: 1% of list price.
const POINT: f64 = 0.01;

impl Priors {
    /// Reads a `priors.toml`. All findings at once; entries with an error are left out,
    /// those that contradict one another are widened and named in a warning.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> (Self, Vec<SourceFinding>) {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            #[serde(default)]
            prior: Vec<Spanned<Table>>,
        }
        let line_of = |at: usize| text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        let parsed: File = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(problem) => {
                let line = problem.span().map(|span| line_of(span.start));
                let message = format!("{}; expected a list of [[prior]] entries", problem.message());
                return (Self::default(), vec![SourceFinding::error(file, line, message)]);
            }
        };
        let mut found = Vec::new();
        let mut entries = Vec::new();
        let mut lines = Vec::new();
        for entry in &parsed.prior {
            let line = line_of(entry.span().start);
            let mut reader = Reader { file, line, entry: entry.get_ref(), found: &mut found };
            if let Some(prior) = reader.prior(catalog) {
                entries.push(prior);
                lines.push(line);
            }
        }
        widen(file, &mut entries, &lines, &mut found);
        (Self { entries }, found)
    }

    /// What is said of a product: estimate and variance of all entries together.
    pub(super) fn of_product(&self, product: ProductIx) -> Option<(f64, f64)> {
        let names = |p: &&UserPrior| p.products.as_ref().is_some_and(|ps| ps.contains(&product));
        combined(self.entries.iter().filter(names))
    }

    /// What is said of the mean of all products.
    pub(super) fn of_all(&self) -> Option<(f64, f64)> {
        combined(self.entries.iter().filter(|p| p.products.is_none()))
    }
}

impl UserPrior {
    fn variance(&self) -> f64 {
        (self.se * self.widened).powi(2)
    }

    fn speaks_with(&self, other: &Self) -> bool {
        match (&self.products, &other.products) {
            (Some(a), Some(b)) => a.iter().any(|p| b.contains(p)),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

fn combined<'a>(entries: impl Iterator<Item = &'a UserPrior>) -> Option<(f64, f64)> {
    let (weight, sum) = entries.fold((0.0, 0.0), |(w, s), p| {
        let own = 1.0 / p.variance();
        (w + own, s + own * p.response)
    });
    (weight > 0.0).then(|| (sum / weight, 1.0 / weight))
}

/// Entries about the same products that exclude each other are widened until they lie
/// one standard error of their difference apart: nobody is believed over the other.
fn widen(file: &str, entries: &mut [UserPrior], lines: &[usize], found: &mut Vec<SourceFinding>) {
    for b in 1..entries.len() {
        for a in 0..b {
            let (one, two) = (&entries[a], &entries[b]);
            let error = one.se.hypot(two.se);
            let apart = (one.response - two.response).abs() / error;
            if !one.speaks_with(two) || apart <= CONTRADICTION {
                continue;
            }
            found.push(SourceFinding::warning(
                file,
                Some(lines[b]),
                format!(
                    "\"{}\" (line {}, response {:.2}) and \"{}\" (line {}, response {:.2}) contradict each other: \
                     {apart:.1} standard errors apart. Both are used with {apart:.1} times their standard error; \
                     take one out, or widen them, to say what you believe",
                    one.source, lines[a], one.response, two.source, lines[b], two.response
                ),
            ));
            for entry in [a, b] {
                entries[entry].widened = entries[entry].widened.max(apart);
            }
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    line: usize,
    entry: &'a Table,
    found: &'a mut Vec<SourceFinding>,
}

const KEYS: [&str; 8] = ["products", "families", "all", "lift_per_point", "response", "se", "source", "kind"];

impl Reader<'_> {
    fn prior(&mut self, catalog: &Catalog) -> Option<UserPrior> {
        for key in self.entry.keys().filter(|k| !KEYS.contains(&k.as_str())) {
            let message = format!("unknown key; expected one of {}", KEYS.join(", "));
            self.found.push(SourceFinding::error(self.file, Some(self.line), message).at(key.as_str(), ""));
        }
        let unknown = self.entry.keys().any(|k| !KEYS.contains(&k.as_str()));
        let products = self.products(catalog);
        let response = self.response();
        let source = self.source();
        let kind = self.kind();
        if unknown {
            return None;
        }
        let (response, se) = response?;
        Some(UserPrior { products: products?, response, se, widened: 1.0, source: source?, kind: kind? })
    }

    fn error(&mut self, key: &str, message: &str) {
        let value = self.entry.get(key).map(|v| v.to_string()).unwrap_or_default();
        self.found.push(SourceFinding::error(self.file, Some(self.line), message).at(key, value));
    }

    /// `Some(None)`: all products.
    #[expect(clippy::option_option, reason = "outside: readable; inside: all or some")]
    fn products(&mut self, catalog: &Catalog) -> Option<Option<Vec<ProductIx>>> {
        let given = ["products", "families", "all"].map(|k| self.entry.contains_key(k));
        if given.iter().filter(|g| **g).count() != 1 {
            self.error("products", "name products, or families, or say all = true: exactly one of them");
            return None;
        }
        if given[2] {
            let all = self.entry.get("all") == Some(&Value::Boolean(true));
            if !all {
                self.error("all", "expected all = true");
            }
            return all.then_some(None);
        }
        let key = if given[0] { "products" } else { "families" };
        let names = self.entry.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        if names.is_empty() {
            self.error(key, "expected a list of names that is not empty");
            return None;
        }
        let mut known = true;
        let mut out: Vec<ProductIx> = Vec::new();
        for name in &names {
            let text = name.as_str().unwrap_or_default();
            let found = catalog.products.iter().enumerate().filter(|(_, p)| match key {
                "products" => p.sku == text,
                _ => p.family == text,
            });
            let before = out.len();
            out.extend(found.map(|(ix, _)| ix));
            if out.len() == before {
                known = false;
                let what = if given[0] { "no product has this SKU" } else { "no product is of this family" };
                let finding = SourceFinding::error(self.file, Some(self.line), what);
                self.found.push(finding.at(key, name.to_string()));
            }
        }
        out.sort_unstable();
        out.dedup();
        known.then_some(Some(out))
    }

    /// Response and standard error in log units per 1.0 of incentive.
    fn response(&mut self) -> Option<(f64, f64)> {
        let se = self.number("se");
        if self.entry.contains_key("response") == self.entry.contains_key("lift_per_point") {
            self.error("response", "give response or lift_per_point: exactly one of them");
            return None;
        }
        let is_lift = self.entry.contains_key("lift_per_point");
        let key = if is_lift { "lift_per_point" } else { "response" };
        let value = self.number(key);
        let (value, se) = (value?, se?);
        if is_lift && value <= -1.0 {
            self.error(key, "sales cannot fall by all or more; 0.02 means 2% more units a point");
            return None;
        }
        let (response, se) =
            if is_lift { (value.ln_1p() / POINT, se / (1.0 + value) / POINT) } else { (value, se) };
        if se <= 0.0 || !se.is_finite() {
            self.error("se", "expected a standard error above 0, in the unit of the estimate");
            return None;
        }
        if response.abs() > RESPONSE_MAX {
            self.error(
                key,
                "too strong to be meant: a point of incentive would multiply sales by 2.7 or more",
            );
            return None;
        }
        Some((response, se))
    }

    fn number(&mut self, key: &str) -> Option<f64> {
        let value = match self.entry.get(key) {
            Some(Value::Float(v)) => Some(*v),
            Some(Value::Integer(v)) => Some(*v as f64),
            _ => None,
        };
        let value = value.filter(|v| v.is_finite());
        if value.is_none() {
            self.error(key, "expected a number");
        }
        value
    }

    fn source(&mut self) -> Option<String> {
        let text = self.entry.get("source").and_then(Value::as_str).map(str::trim).unwrap_or_default();
        if text.is_empty() {
            self.error("source", "say who knows this, and from where");
            return None;
        }
        Some(text.to_owned())
    }

    fn kind(&mut self) -> Option<PriorKind> {
        let kind = match self.entry.get("kind").and_then(Value::as_str) {
            Some("experiment") => Some(PriorKind::Experiment),
            Some("belief") => Some(PriorKind::Belief),
            _ => None,
        };
        if kind.is_none() {
            self.error("kind", "expected \"experiment\" or \"belief\"");
        }
        kind
    }
}
