//! A partner's own outlook: "how much will I earn this quarter, if I sell 20 more
//! PX-100 in August?" Whose it is comes from who asks; a partner that asks gets no
//! other's.

use serde_json::json;

use crate::calendar::{Month, PeriodKind, Span};
use crate::scenario::{Audience, Draft, EarningsQuery, ExtraSale, Intent, Period, figures};

use super::assemble::{Parts, people};
use super::board::Board;
use super::desk::{Desk, choice};
use super::names::{Entity, Mention};
use super::numbers::{Given, Number};
use super::periods::PeriodMark;
use super::reader::Reader;
use super::sheet::{Sheet, Use};
use super::splitting::Survey;

const FIRST_PERSON: &[&str] = &["i", "i'll", "i'd", "i'm", "my", "me", "we", "our"];
const EARN: &[&str] = &[
    "earn",
    "earns",
    "earned",
    "earning",
    "earnings",
    "make",
    "makes",
    "payout",
    "payouts",
    "get",
    "paid",
    "commission",
    "due",
    "target",
    "quota",
    "bonus",
    "rebate",
    "spiff",
];
const SELL: &[&str] = &[
    "sell", "sells", "sold", "selling", "move", "close", "shift", "add", "ship", "deliver", "win", "book",
    "place",
];
/// Words of an outlook, beside those for earning: where one stands and what is ahead.
const AHEAD: &[&str] = &[
    "earn",
    "earning",
    "earnings",
    "earned",
    "payout",
    "payouts",
    "outlook",
    "expect",
    "expected",
    "projected",
    "projection",
    "forecast",
    "stand",
    "standing",
    "doing",
    "track",
    "heading",
    "headed",
    "accrue",
    "accrued",
    "gain",
    "worth",
    "course",
    "coming",
    "step",
    "ladder",
    "level",
    "rung",
    "next",
    "target",
    "quota",
    "missing",
    "short",
    "reach",
    "hit",
    "far",
    "close",
    "away",
    "left",
    "get",
    "make",
];
/// Words of a question about the rules, whoever asks.
const RULES: &[&str] = &[
    "eligible",
    "eligibility",
    "qualify",
    "qualifies",
    "claim",
    "claims",
    "report",
    "reported",
    "rule",
    "rules",
    "allowed",
    "count",
    "counts",
    "apply",
    "applies",
    "cap",
    "caps",
    "capped",
    "limit",
    "return",
    "returns",
    "returned",
    "registration",
    "register",
    "margin",
    "who",
    "which",
    "when",
    "deadline",
    "budget",
    "others",
    "other",
];

/// Whether the question is about what a partner earns.
pub(crate) fn is_earnings(reader: &Reader<'_>, survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let partner = |i: usize| {
        survey.parts.mentions.iter().any(|m| m.at.contains(&i) && m.has(|e| matches!(e, Entity::Partner(_))))
    };
    // Who signs in as a partner says "we" of it; a manager does not.
    let ours = reader.context.partner.is_some();
    let me = |i: usize| {
        sheet.uses[i] != Use::Idle && sheet.is(i, &["i", "i'll", "i'd", "i'm", "my"])
            || ours && sheet.is(i, &["we", "we'll", "we'd", "our", "us"])
    };
    let near = |i: usize, words: &[&str], reach: usize| {
        (i + 1..(i + reach).min(sheet.len())).any(|k| sheet.is(k, words))
    };
    let own = (0..sheet.len())
        .any(|i| me(i) && (near(i, EARN, 5) || near(i, SELL, 5) || near(i, &["far", "next"], 4)));
    let far =
        (0..sheet.len()).any(|i| sheet.follows(i, &["how", "far"]) && sheet.is(i + 2, &["am", "are", "is"]));
    let theirs = (0..sheet.len()).any(|i| {
        partner(i)
            && !sheet.has(&["could", "cannot", "can't"])
            && near(i, &["earn", "earns", "make", "makes", "earning", "earnings"], 6)
    });
    // "Could I see what raising it makes?": a change of a program is no outlook.
    let changes = survey.parts.ops.iter().any(|o| {
        use super::operations::Verb as V;
        matches!(o.verb, V::Up | V::Down | V::Stop | V::Times(_) | V::Require | V::Exclude)
            && !sheet.is(o.at.start, SELL)
    });
    // Who signs in as a partner and sells more of a product asks what that brings.
    let product = survey.parts.mentions.iter().any(Mention::is_product);
    let sells = ours && product && sheet.has(SELL);
    // "What would one more CL-40 deal be worth for me?"
    let worth = ours
        && sheet.has(&["worth", "deal", "order", "unit", "units"])
        && sheet.has(&["me", "us", "i", "my", "we"])
        && survey.parts.mentions.iter().any(Mention::is_product);
    // "Expected earnings of ours", "where do we stand?": whoever signs in as a partner asks of itself.
    let mine =
        ours && (0..sheet.len()).any(|i| me(i) || sheet.is(i, &["i", "we", "ours", "me", "us", "mine"]));
    let sells = sells || mine && product && !survey.parts.numbers.is_empty() && !sheet.has(RULES);
    let asks_rules =
        sheet.is(0, &["when", "which", "who"]) || sheet.has(&["per"]) && survey.parts.numbers.is_empty();
    // "I need the Sell-Out Bonus at €14": an amount of a program's.
    let amount = survey.parts.numbers.iter().any(|n| !matches!(n.given, Given::Bare | Given::Units));
    let own = own && !asks_rules && (ours || !amount);
    let ahead = mine && !asks_rules && sheet.has(AHEAD) && !sheet.has(RULES);
    // "Expected payout for HF-107 this quarter?"
    let outlook = (0..sheet.len()).any(partner)
        && survey.parts.numbers.is_empty()
        && sheet.has(&["expected", "projected", "outlook", "forecast", "heading", "track"])
        && sheet.has(&["earnings", "payout", "payouts", "earn", "earned", "track", "heading", "outlook"]);
    // "I want 50 partners earning on it": how many are to.
    let how_many = (1..sheet.len()).any(|i| {
        sheet.is(i, &["partners", "resellers", "accounts"])
            && sheet.is(i + 1, &["earn", "earning", "earned"])
            && sheet.uses[i - 1] == Use::Number
    });
    // "How do I get 10% more units?": what a manager is after.
    let how_many = how_many
        || !ours
            && (0..sheet.len()).any(|i| {
                sheet.word(i) == "how"
                    && sheet.is(i + 1, &["do", "can", "could", "would"])
                    && sheet.word(i + 2) == "i"
                    && sheet.is(i + 3, &["get", "reach", "achieve", "win", "gain"])
            })
            && !survey.parts.numbers.is_empty();
    let margin = sheet.has(&["margin", "margins"]);
    !margin && (own && !how_many || far || theirs || sells || worth || ahead || outlook) && !changes
}

/// The draft of an outlook.
pub(crate) fn read(reader: &Reader<'_>, board: &mut Board) -> Option<Draft> {
    let (mut desk, parts) = reader.recognise_all();
    let Parts { mentions, numbers, ops, periods } = parts;
    for op in ops {
        desk.sheet.claim(op.at, Use::Lever);
    }
    let partner = partner(&mut desk, &mentions);
    let extra = extra(&mut desk, &mentions, &numbers, &periods);
    let period = period(&mut desk, &periods, extra.as_deref().is_some_and(|e| !e.is_empty()));
    words(&mut desk, &mentions);
    board.take(desk);
    Some(Draft {
        intent: Intent::Earnings,
        period,
        audience: Audience::default(),
        options: Vec::new(),
        sweep: None,
        goal: None,
        earnings: Some(EarningsQuery { partner: partner?, extra: extra? }),
        lookup: None,
    })
}

fn partner(desk: &mut Desk<'_>, mentions: &[Mention]) -> Option<String> {
    let field = "earnings.partner";
    let catalog = &desk.context.company.catalog;
    let named = mentions.iter().find(|m| m.has(|e| matches!(e, Entity::Partner(_))));
    let asking = desk.context.partner;
    let mine = |m: &&Mention| people(m).iter().any(|p| asking == Some(catalog.partners[*p].id.as_str()));
    let others: Vec<&Mention> =
        mentions.iter().filter(|m| m.has(|e| matches!(e, Entity::Partner(_)))).collect();
    // Whoever asks under its own name about another asks about the other.
    let named = others.iter().copied().find(|m| !mine(m)).or(named).filter(|_| asking.is_some()).or(named);
    let Some(mention) = named else {
        let Some(own) = asking else {
            desk.ask(
                field,
                "Which partner's earnings? Name it, or sign in as the partner".to_owned(),
                vec![],
            );
            return None;
        };
        let me = (0..desk.sheet.len()).find(|i| desk.sheet.is(*i, FIRST_PERSON));
        match me {
            Some(i) => desk.said(field, i..i + 1),
            None => desk.assumed(field, "the partner who asks"),
        }
        return Some(own.to_owned());
    };
    desk.sheet.claim(mention.at.clone(), Use::Name);
    let fits = people(mention);
    if let Some(own) = asking {
        if fits.iter().any(|p| catalog.partners[*p].id == own) {
            desk.said(field, mention.at.clone());
            return Some(own.to_owned());
        }
        desk.outside(
            "another_partner",
            "A partner can ask about its own earnings only".to_owned(),
            "Ask about your own earnings",
        );
        return None;
    }
    if let [one] = fits.as_slice() {
        desk.said(field, mention.at.clone());
        return Some(catalog.partners[*one].id.clone());
    }
    let choices = fits
        .iter()
        .take(8)
        .map(|p| {
            let partner = &catalog.partners[*p];
            choice(
                partner.id.clone(),
                format!("{} ({}, {})", partner.name, partner.id, partner.region),
                json!({field: partner.id}),
            )
        })
        .collect();
    let text = desk.sheet.text(mention.at.clone());
    desk.ask(field, format!("Which partner is {text:?}?"), choices)
}

/// Sales imagined on top: each amount with the product behind it.
fn extra(
    desk: &mut Desk<'_>,
    mentions: &[Mention],
    numbers: &[Number],
    periods: &[PeriodMark],
) -> Option<Vec<ExtraSale>> {
    let catalog = &desk.context.company.catalog;
    let on = month(desk, periods);
    let mut sales: Vec<ExtraSale> = Vec::new();
    let mut from = 0;
    for number in numbers {
        let field = format!("earnings.extra[{}]", sales.len());
        let text = desk.sheet.text(number.at.clone());
        let units =
            matches!(number.given, Given::Bare | Given::Units) && !number.odd && number.sign != Some(false);
        let Some(value) = number.value.filter(|v| units && v.is_sign_positive() && !v.is_zero()) else {
            desk.ask(&format!("{field}.units"), format!("How many units is {text}?"), vec![]);
            return None;
        };
        let behind = mentions.iter().find(|m| {
            m.is_product() && m.at.start >= number.at.end.max(from) && m.at.start - number.at.end <= 6
        });
        let Some(product) =
            behind.or_else(|| mentions.iter().find(|m| m.is_product() && m.at.end <= number.at.start))
        else {
            desk.ask(&format!("{field}.sku"), format!("{text} of which product?"), vec![]);
            return None;
        };
        from = product.at.end;
        desk.sheet.claim(number.at.start..product.at.end.max(number.at.end), Use::Number);
        let sku = sku(desk, product, &format!("{field}.sku"))?;
        desk.said(field.clone(), number.at.start.min(product.at.start)..product.at.end.max(number.at.end));
        sales.push(ExtraSale {
            sku: catalog.products[sku].sku.clone(),
            units: figures::plain(value),
            on: on.clone(),
        });
    }
    let many = desk.sheet.has(&["many"]);
    let another = |m: &&Mention| {
        let before = m.at.start.saturating_sub(3)..m.at.start;
        m.is_product()
            && !many
            && before.clone().any(|i| desk.sheet.is(i, &["another", "more", "additional", "extra"]))
    };
    if let Some(product) = mentions.iter().find(another).filter(|_| numbers.is_empty()).cloned() {
        let sku = sku(desk, &product, "earnings.extra[0].sku")?;
        desk.said("earnings.extra[0]", product.at.clone());
        return Some(vec![ExtraSale { sku: catalog.products[sku].sku.clone(), units: "1".to_owned(), on }]);
    }
    if numbers.is_empty() {
        let sell = desk.sheet.find_free(SELL);
        if let (Some(i), Some(_)) = (sell, mentions.iter().find(|m| m.is_product())) {
            desk.said("earnings.extra", i..i + 1);
            desk.ask("earnings.extra[0].units", "How many units?".to_owned(), vec![]);
            return None;
        }
    }
    Some(sales)
}

fn sku(desk: &mut Desk<'_>, mention: &Mention, field: &str) -> Option<usize> {
    let catalog = &desk.context.company.catalog;
    let mut fits: Vec<usize> = mention
        .entities
        .iter()
        .flat_map(|e| match e {
            Entity::Product(p) => vec![*p],
            Entity::Family(f) => {
                (0..catalog.products.len()).filter(|p| catalog.products[*p].family == *f).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    fits.sort_unstable();
    fits.dedup();
    if let [one] = fits.as_slice() {
        return Some(*one);
    }
    let choices = fits
        .iter()
        .take(12)
        .map(|p| {
            choice(
                catalog.products[*p].sku.clone(),
                format!("{} ({})", catalog.products[*p].name, catalog.products[*p].sku),
                json!({field: catalog.products[*p].sku}),
            )
        })
        .collect();
    let text = desk.sheet.text(mention.at.clone());
    let answer = desk.ask(field, format!("Which product is {text:?}?"), choices)?;
    catalog.product(&answer)
}

/// The month of imagined sales: the one named, else the one that holds today.
fn month(desk: &mut Desk<'_>, periods: &[PeriodMark]) -> String {
    let today = desk.context.company.today();
    let named = periods.iter().find(|p| Month::of(p.span.start) == Month::of(p.span.end));
    let start = named.or(periods.first()).map_or(today, |p| p.span.start.max(today));
    Month::of(start).key()
}

/// The period of the outlook: the one named; a month of imagined sales stands for
/// its quarter; else the quarter that holds today.
fn period(desk: &mut Desk<'_>, periods: &[PeriodMark], sells: bool) -> Period {
    let month = |p: &PeriodMark| Month::of(p.span.start) == Month::of(p.span.end);
    for mark in periods {
        desk.said("period", mark.at.clone());
    }
    let whole = periods.iter().find(|p| !(sells && month(p)));
    if let Some(mark) = whole {
        return Period { start: mark.span.start, end: mark.span.end, label: mark.label.clone() };
    }
    let day = periods.first().map_or(desk.almanac.today, |p| p.span.start);
    let span: Span = desk.almanac.calendar.period_of(PeriodKind::Quarter, day);
    let label = desk.almanac.name(PeriodKind::Quarter, span);
    let reason = if periods.is_empty() {
        "no period was named: the quarter that holds today"
    } else {
        "the quarter of the imagined sales"
    };
    desk.assumed("period", reason);
    Period { start: span.start, end: span.end, label }
}

/// Words of such questions, and the programs they look at.
fn words(desk: &mut Desk<'_>, mentions: &[Mention]) {
    let words = [
        "earn",
        "earns",
        "earned",
        "earning",
        "earnings",
        "make",
        "makes",
        "payout",
        "payouts",
        "sell",
        "sells",
        "sold",
        "selling",
        "move",
        "more",
        "extra",
        "additional",
        "another",
        "units",
        "unit",
        "of",
        "far",
        "from",
        "next",
        "tier",
        "threshold",
        "target",
        "i",
        "i'll",
        "i'd",
        "my",
        "if",
        "paid",
        "bonus",
        "bonuses",
        "commission",
        "rebate",
        "spiff",
        "in",
        "on",
        "and",
        "close",
        "due",
        "shift",
        "target",
        "accelerator",
        "level",
        "away",
        "until",
        "till",
        "step",
        "many",
        "selling",
        "deal",
        "deals",
        "order",
        "orders",
        "worth",
        "ladder",
        "rung",
        "ours",
        "track",
        "tomorrow",
        "today",
        "call",
        "course",
        "coming",
        "outlook",
        "ordering",
        "bring",
        "running",
        "add",
        "book",
        "ship",
        "win",
    ];
    let sheet: &mut Sheet<'_> = &mut desk.sheet;
    for i in 0..sheet.len() {
        if sheet.free(i) && sheet.is(i, &words) {
            sheet.claim(i..i + 1, Use::Idle);
        }
    }
    for mention in mentions {
        sheet.claim(mention.at.clone(), Use::Name);
    }
}
