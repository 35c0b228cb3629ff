//! Why to believe an answer, or how far: evidence, precedents, what was assumed,
//! what reproduces it.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Evidence, Forecast, Grade, Precedent};

use super::format;
use crate::answer::{Bundle, Citation};

/// The evidence behind the response of one product.
pub struct EvidenceLine {
    /// Name of the product.
    pub product: String,
    /// `A` to `C` or `PRIOR ONLY`.
    pub grade: &'static str,
    /// Class of the badge.
    pub class: &'static str,
    /// What the grade means.
    pub means: &'static str,
    /// How much is from its own history, and from how many changes.
    pub basis: String,
    /// The response in words.
    pub response: String,
    /// What else to know.
    pub flags: Vec<String>,
}

/// A past change and what followed.
pub struct PrecedentLine {
    /// `Product X SPIFF v2, 1 April 2025`.
    pub what: String,
    /// Program id and version, to read it.
    pub place: (String, u32),
    /// What changed.
    pub change: String,
    /// Units before, after, and the change of them.
    pub before: String,
    /// Units after.
    pub after: String,
    /// `+12%`.
    pub moved: String,
}

/// A clause that governs the answer.
pub struct RuleLine {
    /// Name of the program.
    pub program: String,
    /// `v3 §2.1`.
    pub clause: String,
    /// Program id, version and clause, to find it.
    pub place: (String, u32, String),
    /// Its words.
    pub quote: String,
}

/// Products of one grade.
pub struct EvidenceGroup {
    /// `A` to `C` or `PRIOR ONLY`.
    pub grade: &'static str,
    /// Class of the badge.
    pub class: &'static str,
    /// What the grade means.
    pub means: &'static str,
    /// Names of the products, in one line.
    pub names: String,
    /// One a product.
    pub lines: Vec<EvidenceLine>,
}

/// Products named in the line of a grade.
const NAMED_MAX: usize = 3;

/// The evidence by grade; grades and products in the order of the forecast's products.
pub fn by_grade(forecast: &Forecast, company: &Company) -> Vec<EvidenceGroup> {
    let mut grades: Vec<Grade> = Vec::new();
    for evidence in &forecast.evidence {
        if !grades.contains(&evidence.grade) {
            grades.push(evidence.grade);
        }
    }
    let group = |grade: Grade| {
        let own = forecast.evidence.iter().filter(|e| e.grade == grade);
        let lines: Vec<EvidenceLine> = own.map(|e| evidence_line(e, company)).collect();
        let first = lines.first()?;
        let mut names: Vec<String> = lines.iter().take(NAMED_MAX).map(|l| l.product.clone()).collect();
        if lines.len() > NAMED_MAX {
            names.push(format!("{} more", lines.len() - NAMED_MAX));
        }
        let (class, means) = (first.class, first.means);
        Some(EvidenceGroup { grade: grade.as_str(), class, means, names: names.join(", "), lines })
    };
    grades.into_iter().filter_map(group).collect()
}

/// One line a product.
pub fn evidence(forecast: &Forecast, company: &Company) -> Vec<EvidenceLine> {
    forecast.evidence.iter().map(|e| evidence_line(e, company)).collect()
}

fn evidence_line(e: &Evidence, company: &Company) -> EvidenceLine {
    let product = company
        .catalog
        .product(&e.sku)
        .map_or_else(|| e.sku.clone(), |ix| format!("{} ({})", company.catalog.products[ix].name, e.sku));
    let (class, means) = match e.grade {
        Grade::A => (
            "strong",
            "Strong: changes that reached some partners and left others untouched to compare with.",
        ),
        Grade::B => {
            ("fair", "Fair: there were partners to compare with, but few changes or early reactions.")
        }
        Grade::C => (
            "weak",
            "Weak: the rate changed for everyone at once, so season and change are hard to tell apart.",
        ),
        Grade::PriorOnly => {
            ("none", "None of its own: history says nothing, so look at the breakeven first.")
        }
    };
    let changes = match e.changes {
        0 => "no change seen".to_owned(),
        1 => "1 change seen".to_owned(),
        n => format!("{n} changes seen"),
    };
    let basis = format!(
        "{} of the estimate comes from its own history; {changes}.",
        format::percent(e.share_from_history)
    );
    let response = match (e.response.mean, e.response.se) {
        (Some(mean), se) => {
            // A point of list price is x = 0.01; its effect is exp(β·0.01) − 1.
            let lift = |beta: f64| (beta * 0.01).exp() - 1.0;
            let spread = se.map_or_else(String::new, |se| {
                let (low, high) = (lift(mean - 1.2816 * se), lift(mean + 1.2816 * se));
                format!(" (8 in 10: {} to {})", format::percent(low), format::percent(high))
            });
            format!(
                "One more percent of list price as incentive moves units by {}{spread}. Seen so far between {} and \
                 {} of list price.",
                format::signed(mean, format::percent(lift(mean))),
                format::percent(e.range[0]),
                format::percent(e.range[1]),
            )
        }
        (None, _) => "No response can be estimated.".to_owned(),
    };
    EvidenceLine {
        product,
        grade: e.grade.as_str(),
        class,
        means,
        basis,
        response,
        flags: e.flags.iter().map(|f| flag(f)).collect(),
    }
}

fn flag(flag: &str) -> String {
    let meaning = match flag {
        "EXTRAPOLATION" => "beyond what was ever tried; the interval is widened for it",
        "LEAD NOT CLEAN" => "sales moved before the change was in force",
        "PRICE MOVED TOO" => "prices were cut or raised with the incentive; some of its effect may be theirs",
        "MAY BE TAKEN FROM OTHERS" => {
            "the history cannot tell how much is taken from partners that the change does not reach; \
             it could move the answer out of its range"
        }
        "IMPUTATION DISAGREES" => "a second estimate, from untreated months alone, says something else",
        "USER PRIOR" => "what you told in priors.toml went in",
        "FIRM INCENTIVE HARDLY KNOWN" => {
            "the history says little about incentives to the firm apart from those to its sellers"
        }
        _ => return format::capital(&flag.to_lowercase()),
    };
    format!("{}: {meaning}", format::capital(&flag.to_lowercase()))
}

/// The last changes, newest first as the forecast has them.
pub fn precedents(forecast: &Forecast, company: &Company) -> Vec<PrecedentLine> {
    forecast.precedents.iter().map(|p| precedent(p, company)).collect()
}

fn precedent(p: &Precedent, company: &Company) -> PrecedentLine {
    let share = if p.units_before > 0.0 { Some(p.units_after / p.units_before - 1.0) } else { None };
    PrecedentLine {
        what: format!("{} v{}, {}", program_name(&p.program, company), p.version, format::date(p.on)),
        place: (p.program.clone(), p.version),
        change: p.change.clone(),
        before: format::count(p.units_before),
        after: format::count(p.units_after),
        moved: share.map_or_else(|| format::NONE.to_owned(), |s| format::signed(s, format::percent(s))),
    }
}

fn program_name(id: &str, company: &Company) -> String {
    company.program(id).map_or_else(|| id.to_owned(), |p| p.name().to_owned())
}

/// The clauses cited.
pub fn rules(citations: &[Citation], company: &Company) -> Vec<RuleLine> {
    citations
        .iter()
        .map(|c| RuleLine {
            program: program_name(&c.program, company),
            clause: format!("v{} §{}", c.version, c.clause),
            place: (c.program.clone(), c.version, c.clause.clone()),
            quote: c.quote.clone(),
        })
        .collect()
}

/// Name and value of everything that reproduces the answer.
pub fn bundle(bundle: &Bundle) -> Vec<(&'static str, String)> {
    let none = || format::NONE.to_owned();
    let counted = if bundle.regions.is_empty() { "all".to_owned() } else { bundle.regions.join(", ") };
    vec![
        ("Regions counted", counted),
        ("Data", bundle.data.clone()),
        ("Rules", bundle.rules.clone()),
        ("Scenario", bundle.scenario.clone().unwrap_or_else(none)),
        ("Priors", bundle.priors.clone()),
        ("Settings", bundle.settings.clone()),
        ("Seed", bundle.seed.to_string()),
        ("Draws", format::number(bundle.draws as f64, 0)),
        ("Engine", bundle.engine.clone()),
        ("Reader", bundle.reader.clone()),
        ("Model", bundle.model.clone().unwrap_or_else(none)),
    ]
}
