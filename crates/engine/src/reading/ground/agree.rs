//! Two drafts of one question: whether they say the same. Order, labels and ways to
//! write a number do not count; everything else does.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::company::Company;
use crate::finding::Finding;
use crate::scenario::findings::error;
use crate::scenario::{Audience, Draft, Goal, Intent, Lever, Operation, Sweep};

/// A draft against the reader's own of the same words.
pub(super) fn check(draft: &Draft, own: &Draft, company: &Company, found: &mut Vec<Finding>) {
    let mut differs = |same: bool, field: &str, what: &str| {
        if !same {
            let message = format!("The {what} is not the one that the question names");
            found.push(error("differs", field, message, "Ask the person which is meant"));
        }
    };
    let rules_only = matches!(own.intent, Intent::Earnings | Intent::Lookup);
    let (theirs, ours) = (levers(draft), levers(own));
    differs(draft.intent == own.intent, "intent", "intent");
    differs(rules_only || theirs.len() == ours.len(), "options", "number of options");
    let same = theirs.iter().zip(&ours).all(|(a, b)| same_levers(a, b, company));
    differs(rules_only || same, "options", "change");
    let period = own.intent != Intent::Earnings || draft.period.span() == own.period.span();
    differs(period, "period", "period");
    differs(same_sweep(draft.sweep.as_ref(), own.sweep.as_ref()), "sweep", "range");
    differs(same_goal(draft.goal.as_ref(), own.goal.as_ref()), "goal", "goal");
    differs(same_earnings(draft, own), "earnings", "partner or sale");
    let lookup = |d: &Draft| {
        d.lookup.as_ref().map(|l| {
            let mut programs = l.programs.clone();
            programs.sort_unstable();
            (programs, l.about.clone())
        })
    };
    differs(lookup(draft) == lookup(own), "lookup", "rule asked about");
}

/// The levers of each option, with the period and audience that hold for them; one
/// for each name where several are put on a list or taken off it.
fn levers(draft: &Draft) -> Vec<Vec<Lever>> {
    draft.options.iter().map(|o| o.levers.iter().flat_map(|l| apart(l, draft)).collect()).collect()
}

fn apart(lever: &Lever, draft: &Draft) -> Vec<Lever> {
    let whole = Lever {
        period: Some(lever.period.clone().unwrap_or_else(|| draft.period.clone())),
        audience: Some(sorted(lever.audience.as_ref().unwrap_or(&draft.audience))),
        ..lever.clone()
    };
    let lists = matches!(lever.operation, Operation::Add | Operation::Remove);
    match lever.value.as_deref().filter(|v| lists && v.contains(',')) {
        Some(names) => crate::scenario::lists::names(names)
            .map(|name| Lever { value: Some(name.to_owned()), ..whole.clone() })
            .collect(),
        None => vec![whole],
    }
}

/// The same levers in any order, each matched once.
fn same_levers(theirs: &[Lever], ours: &[Lever], company: &Company) -> bool {
    let mut open: Vec<&Lever> = ours.iter().collect();
    theirs.len() == ours.len()
        && theirs.iter().all(|a| match open.iter().position(|b| same_lever(a, b, company)) {
            Some(at) => {
                open.remove(at);
                true
            }
            None => false,
        })
}

fn same_lever(a: &Lever, b: &Lever, company: &Company) -> bool {
    let launch = a.operation == Operation::Launch && b.operation == Operation::Launch;
    // A proposed identifier may be another, as long as it is nobody's.
    let program = a.program == b.program || launch && company.program(&a.program).is_none();
    program
        && a.parameter == b.parameter
        && a.operation == b.operation
        && same_value(a, b)
        && number(a.tier_from.as_deref()) == number(b.tier_from.as_deref())
        && a.period.as_ref().map(|p| p.span()) == b.period.as_ref().map(|p| p.span())
        && a.audience == b.audience
        && same_terms(a.terms.as_ref(), b.terms.as_ref())
}

/// Numbers as numbers, lists of names as sets.
fn same_value(a: &Lever, b: &Lever) -> bool {
    let set = |l: &Lever| {
        let mut names: Vec<String> = crate::scenario::lists::names(l.value.as_deref().unwrap_or_default())
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names
    };
    number(a.value.as_deref()) == number(b.value.as_deref())
        || a.operation == Operation::SetTo && a.value.is_some() && b.value.is_some() && set(a) == set(b)
}

/// A text as the number it is, or as itself.
fn number(text: Option<&str>) -> Option<Result<Decimal, String>> {
    text.map(|t| t.trim().parse::<Decimal>().map(|n| n.normalize()).map_err(|_| t.trim().to_owned()))
}

/// Keys of a launch that the reader fills with a named default.
const DEFAULTED: &[&str] = &["measure", "period", "growth"];
const NAMES: &[&str] = &["name", "id"];

/// Terms of a new program: the same keys with the same values; defaults may be left
/// out, nothing may be added.
fn same_terms(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (Some(Value::Object(a)), Some(Value::Object(b))) = (a, b) else { return a.is_none() == b.is_none() };
    let keys = |m: &Map<String, Value>| -> Vec<String> {
        m.iter().filter(|(k, v)| !NAMES.contains(&k.as_str()) && !empty(v)).map(|(k, _)| k.clone()).collect()
    };
    let known = keys(a).iter().all(|k| b.contains_key(k));
    let held = keys(b).iter().all(|k| match a.get(k) {
        Some(value) => alike(value, &b[k]),
        None => DEFAULTED.contains(&k.as_str()),
    });
    known && held
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(empty),
        _ => false,
    }
}

fn alike(a: &Value, b: &Value) -> bool {
    let text = |v: &Value| match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    };
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let all: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            all.into_iter().all(|k| {
                let (a, b) = (a.get(k).unwrap_or(&Value::Null), b.get(k).unwrap_or(&Value::Null));
                empty(a) && empty(b) || alike(a, b)
            })
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| alike(x, y)))
        }
        _ => match (text(a), text(b)) {
            (Some(a), Some(b)) => number(Some(&a)) == number(Some(&b)),
            _ => a == b,
        },
    }
}

fn same_sweep(a: Option<&Sweep>, b: Option<&Sweep>) -> bool {
    let plain = |s: &Sweep| (s.option, s.lever, [&s.from, &s.to, &s.step].map(|t| number(Some(t.as_str()))));
    a.map(plain) == b.map(plain)
}

fn same_goal(a: Option<&Goal>, b: Option<&Goal>) -> bool {
    let plain = |g: &Goal| {
        let mut conditions: Vec<String> = g
            .subject_to
            .iter()
            .map(|c| format!("{} {} {:?}", c.metric, c.direction, number(Some(c.value.as_str()))))
            .collect();
        conditions.sort_unstable();
        let value = number(g.value.as_deref());
        let relative = g.relative.as_deref().unwrap_or("absolute").to_owned();
        let relative = value.as_ref().map(|_| relative);
        let sure = number(g.confidence.as_deref());
        (g.option, g.lever, g.metric.clone(), g.direction.clone(), value, relative, conditions, sure)
    };
    a.map(plain) == b.map(plain)
}

fn same_earnings(a: &Draft, b: &Draft) -> bool {
    let plain = |d: &Draft| {
        d.earnings.as_ref().map(|e| {
            let sale =
                |x: &crate::scenario::ExtraSale| format!("{} {:?} {}", x.sku, number(Some(&x.units)), x.on);
            let mut extra: Vec<String> = e.extra.iter().map(sale).collect();
            extra.sort_unstable();
            (e.partner.clone(), extra)
        })
    };
    plain(a) == plain(b)
}

/// An audience in an order of its own, for comparing.
pub(super) fn sorted(audience: &Audience) -> Audience {
    let mut out = audience.clone();
    for entry in out.include.iter_mut().chain(&mut out.exclude) {
        for list in [&mut entry.tiers, &mut entry.regions, &mut entry.partner_types, &mut entry.partners] {
            list.sort_unstable();
            list.dedup();
        }
    }
    let key = |e: &crate::scenario::AudienceEntry| {
        (e.tiers.clone(), e.regions.clone(), e.partner_types.clone(), e.partners.clone())
    };
    out.include.sort_by_key(key);
    out.exclude.sort_by_key(key);
    out
}
