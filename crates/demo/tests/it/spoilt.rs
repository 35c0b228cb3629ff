//! Drafts spoilt plausibly in one thing, as a language model might: number, sign,
//! points for percent, program, term, tier, period, audience, intent, range, goal.

use chrono::{Days, Months};
use rust_decimal::Decimal;
use spiffcast_engine::company::Company;
use spiffcast_engine::scenario::{
    Audience, AudienceEntry, Draft, Intent, Lever, Operation as O, Parameter as P, Period,
};

/// What was spoilt, and the draft.
pub type Spoilt = (&'static str, Draft);

/// Every way to spoil a draft that applies to it.
pub fn of(draft: &Draft, company: &Company) -> Vec<Spoilt> {
    let mut out = Vec::new();
    for (o, option) in draft.options.iter().enumerate() {
        for (l, lever) in option.levers.iter().enumerate() {
            for (what, bad) in levers(lever, draft, company) {
                let mut spoilt = draft.clone();
                spoilt.options[o].levers[l] = bad;
                out.push((what, spoilt));
            }
            let mut fewer = draft.clone();
            fewer.options[o].levers.remove(l);
            out.push(("a lever left out", fewer));
            let mut more = draft.clone();
            more.options[o].levers.push(other_program(lever, company));
            out.push(("a lever too many", more));
        }
    }
    if draft.options.len() > 1 {
        out.push(("an option left out", with(draft, |d| drop(d.options.pop()))));
        out.push(("options swapped", with(draft, |d| d.options.swap(0, 1))));
    }
    wholes(draft, company, &mut out);
    parts(draft, company, &mut out);
    out.retain(|(_, bad)| bad != draft);
    out
}

fn with(draft: &Draft, spoil: impl Fn(&mut Draft)) -> Draft {
    let mut bad = draft.clone();
    spoil(&mut bad);
    bad
}

fn scaled(text: &str, by: Decimal) -> Option<String> {
    Some((text.parse::<Decimal>().ok()? * by).normalize().to_string())
}

fn levers(lever: &Lever, draft: &Draft, company: &Company) -> Vec<(&'static str, Lever)> {
    let mut out = vec![("program", other_program(lever, company))];
    let mut set = |what, spoil: &dyn Fn(&mut Lever)| {
        let mut bad = lever.clone();
        spoil(&mut bad);
        out.push((what, bad));
    };
    if let Some(value) = lever.value.as_deref() {
        for (what, by) in
            [("ten times", Decimal::TEN), ("a tenth", Decimal::new(1, 1)), ("double", Decimal::TWO)]
        {
            if let Some(other) = scaled(value, by).filter(|v| v.parse::<Decimal>().ok() != value.parse().ok())
            {
                set(what, &|l| l.value = Some(other.clone()));
            }
        }
        if let Ok(number) = value.parse::<Decimal>() {
            set("one more", &|l| l.value = Some((number + Decimal::ONE).to_string()));
        } else {
            set("another name", &|l| l.value = Some("Zorp".to_owned()));
        }
    }
    let others: &[O] = match lever.operation {
        O::IncreaseByPercent => &[O::DecreaseByPercent, O::IncreaseByPoints, O::SetTo, O::IncreaseByAmount],
        O::DecreaseByPercent => &[O::IncreaseByPercent, O::DecreaseByPoints, O::SetTo, O::DecreaseByAmount],
        O::IncreaseByPoints => &[O::DecreaseByPoints, O::IncreaseByPercent, O::SetTo],
        O::DecreaseByPoints => &[O::IncreaseByPoints, O::DecreaseByPercent, O::SetTo],
        O::IncreaseByAmount => &[O::DecreaseByAmount, O::IncreaseByPercent, O::SetTo],
        O::DecreaseByAmount => &[O::IncreaseByAmount, O::DecreaseByPercent, O::SetTo],
        O::SetTo => &[O::IncreaseByAmount, O::IncreaseByPercent, O::IncreaseByPoints],
        O::MultiplyBy => &[O::IncreaseByPercent, O::SetTo],
        O::Add => &[O::Remove, O::SetTo],
        O::Remove => &[O::Add],
        O::Pause => &[O::SetTo],
        O::Launch => &[],
    };
    for operation in others {
        set("operation", &|l| l.operation = *operation);
    }
    for parameter in [P::Rate, P::CapPerPartner, P::CapPerTransaction, P::ProgramBudget, P::Minimum] {
        if parameter != lever.parameter {
            set("term", &|l| l.parameter = parameter);
        }
    }
    match lever.tier_from {
        Some(_) => {
            set("another tier", &|l| l.tier_from = Some("123".to_owned()));
            set("no tier", &|l| l.tier_from = None);
        }
        None => set("a tier", &|l| l.tier_from = Some("0".to_owned())),
    }
    let period = lever.period.as_ref().unwrap_or(&draft.period);
    for other in periods(period) {
        set("a lever's period", &|l| l.period = Some(other.clone()));
    }
    let who = lever.audience.as_ref().unwrap_or(&draft.audience);
    for other in audiences(who, company) {
        set("a lever's audience", &|l| l.audience = Some(other.clone()));
    }
    if let Some(terms) = &lever.terms {
        for (key, value) in [("minimum", "5"), ("target", "10")] {
            let mut more = terms.clone();
            more[key] = value.into();
            set("a term too many", &|l| l.terms = Some(more.clone()));
        }
        for rate in [serde_json::json!({"per_unit": "99"}), serde_json::json!({"percent": "9.9"})] {
            let mut other = terms.clone();
            other["rate"] = rate;
            set("what a new program pays", &|l| l.terms = Some(other.clone()));
        }
        set("no terms", &|l| l.terms = None);
    }
    out
}

fn other_program(lever: &Lever, company: &Company) -> Lever {
    let at = company.programs.iter().position(|p| p.id == lever.program).map_or(0, |i| i + 1);
    Lever { program: company.programs[at % company.programs.len()].id.clone(), ..lever.clone() }
}

fn periods(period: &Period) -> Vec<Period> {
    let moved = |start, end| Period { start, end, label: period.label.clone() };
    vec![
        moved(period.start + Months::new(3), period.end + Months::new(3)),
        moved(period.start + Months::new(12), period.end + Months::new(12)),
        moved(period.start, period.end + Months::new(1)),
        moved(period.start + Days::new(1), period.end),
    ]
}

fn audiences(who: &Audience, company: &Company) -> Vec<Audience> {
    let catalog = &company.catalog;
    let tier = |t: &str| AudienceEntry { tiers: vec![t.to_owned()], ..AudienceEntry::default() };
    let region = |r: &str| AudienceEntry { regions: vec![r.to_owned()], ..AudienceEntry::default() };
    let mut out = vec![
        Audience { include: vec![tier(catalog.tiers()[0])], exclude: vec![] },
        Audience { include: vec![region(catalog.regions()[0])], exclude: vec![] },
        Audience { include: who.include.clone(), exclude: vec![tier(catalog.tiers()[1])] },
        Audience { include: who.exclude.clone(), exclude: who.include.clone() },
        Audience::default(),
    ];
    if let Some(first) = who.include.first() {
        let mut wider = first.clone();
        wider.tiers.clear();
        let mut narrower = first.clone();
        narrower.regions = vec![catalog.regions()[1].to_owned()];
        out.extend([wider, narrower].map(|e| Audience { include: vec![e], exclude: who.exclude.clone() }));
    }
    out.retain(|a| a != who && a.include.iter().chain(&a.exclude).all(|e| *e != AudienceEntry::default()));
    out
}

/// Intent, period and audience of the whole draft.
fn wholes(draft: &Draft, company: &Company, out: &mut Vec<Spoilt>) {
    for intent in [Intent::Forecast, Intent::Hindcast, Intent::Compare] {
        if intent != draft.intent {
            out.push(("intent", with(draft, |d| d.intent = intent)));
        }
    }
    let own_periods = draft.options.iter().flat_map(|o| &o.levers).all(|l| l.period.is_some());
    if draft.intent != Intent::Lookup && (draft.options.is_empty() || !own_periods) {
        for period in periods(&draft.period) {
            out.push(("period", with(draft, |d| d.period = period.clone())));
        }
    }
    let own_audiences = draft.options.iter().flat_map(|o| &o.levers).all(|l| l.audience.is_some());
    if !draft.options.is_empty() && !own_audiences {
        for who in audiences(&draft.audience, company) {
            out.push(("audience", with(draft, |d| d.audience = who.clone())));
        }
    }
}

/// Range, goal, outlook and question about the rules.
fn parts(draft: &Draft, company: &Company, out: &mut Vec<Spoilt>) {
    let mut push = |what, spoil: &dyn Fn(&mut Draft)| out.push((what, with(draft, spoil)));
    if let Some(sweep) = &draft.sweep {
        for by in [Decimal::TWO, Decimal::TEN] {
            push("from", &|d| {
                set(&mut d.sweep, |s| s.from = scaled(&sweep.from, by).unwrap_or_default() + "1")
            });
            push("to", &|d| set(&mut d.sweep, |s| s.to = scaled(&sweep.to, by).unwrap_or_default()));
            push("step", &|d| set(&mut d.sweep, |s| s.step = scaled(&sweep.step, by).unwrap_or_default()));
        }
        push("no range", &|d| d.sweep = None);
    }
    if let Some(goal) = &draft.goal {
        for metric in
            ["units", "revenue", "margin", "payout", "net"].into_iter().filter(|m| *m != goal.metric)
        {
            push("metric", &|d| set(&mut d.goal, |g| g.metric = metric.to_owned()));
        }
        for way in
            ["at_least", "at_most", "maximize", "minimize"].into_iter().filter(|w| *w != goal.direction)
        {
            push("direction", &|d| set(&mut d.goal, |g| g.direction = way.to_owned()));
        }
        if let Some(value) = &goal.value {
            push("aim", &|d| set(&mut d.goal, |g| g.value = scaled(value, Decimal::TWO)));
            let other = if goal.relative.as_deref() == Some("percent") { "absolute" } else { "percent" };
            push("kind of aim", &|d| set(&mut d.goal, |g| g.relative = Some(other.to_owned())));
        }
        if !goal.subject_to.is_empty() {
            push("condition left out", &|d| set(&mut d.goal, |g| drop(g.subject_to.pop())));
        }
        push("no goal", &|d| d.goal = None);
    }
    if let Some(earnings) = &draft.earnings {
        let other = company.catalog.partners.iter().find(|p| p.id != earnings.partner).map(|p| p.id.clone());
        let other = other.unwrap_or_default();
        push("another partner", &|d| set(&mut d.earnings, |e| e.partner = other.clone()));
        if !earnings.extra.is_empty() {
            push("units", &|d| set(&mut d.earnings, |e| e.extra[0].units += "0"));
            push("month", &|d| set(&mut d.earnings, |e| e.extra[0].on = "2027-01".to_owned()));
            push("sale left out", &|d| set(&mut d.earnings, |e| e.extra.clear()));
        }
    }
    if let Some(lookup) = &draft.lookup {
        let other = company.programs.iter().find(|p| !lookup.programs.contains(&p.id)).map(|p| p.id.clone());
        push("other rules", &|d| set(&mut d.lookup, |l| l.programs = other.clone().into_iter().collect()));
        for about in ["caps", "rate", "returns"].into_iter().filter(|a| *a != lookup.about) {
            push("about", &|d| set(&mut d.lookup, |l| l.about = about.to_owned()));
        }
    }
}

fn set<T>(part: &mut Option<T>, spoil: impl Fn(&mut T)) {
    if let Some(part) = part {
        spoil(part);
    }
}
