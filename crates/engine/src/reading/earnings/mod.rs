//! A partner's own outlook: "how much will I earn this quarter, if I sell 20 more
//! PX-100 in August?" Whose it is comes from who asks; a partner that asks gets no
//! other's.

use serde_json::json;

use crate::calendar::{Month, PeriodKind, Span};
use crate::scenario::{Audience, Draft, EarningsQuery, Intent, Period};

use super::assemble::{Parts, people};
use super::board::Board;
use super::desk::{Desk, choice};
use super::names::{Entity, Mention};
use super::numbers::Given;
use super::periods::PeriodMark;
use super::reader::Reader;
use super::sheet::{Sheet, Use};
use super::splitting::Survey;
use super::{clauses, lexicon};

mod sales;

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
        (0..sheet.len()).any(|i| sheet.follows(i, &["how", "far"]) && near(i + 1, &["am", "are", "is"], 7));
    let far = far
        && (ours
            || (0..sheet.len())
                .any(|i| sheet.follows(i, &["how", "far"]) && sheet.is(i + 2, &["am", "are", "is"])));
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
    let rules = sheet.has(RULES) && survey.parts.numbers.is_empty();
    let sells = ours && product && sheet.has(SELL) && !rules;
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
    // "Do they count for the Edge SPIFF?"
    let of_rules = survey.parts.numbers.is_empty()
        && (0..sheet.len()).any(|i| {
            (i == 0 || sheet.is(i - 1, &[".", "?", "!", ",", ";", "-"]))
                && sheet.is(i, &["do", "does", "is", "are", "can"])
                && (i..i + 8).any(|k| sheet.is(k, RULES))
        });
    // "If a customer sends pumps back, …", "Can I get it for a customer who …"
    let customers = survey.parts.numbers.is_empty()
        && sheet.has(&["customer", "customers", "buyer"])
        && (sheet.has(&["back", "returned", "returns"]) || sheet.is(0, &["can", "may", "do"]));
    if customers {
        return false;
    }
    let own = own && !asks_rules && !of_rules && (ours || !amount);
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
    let extra = sales::extra(&mut desk, &mentions, &numbers, &periods);
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
    // Nothing is changed here: what the language knows can only be how it is asked, unless
    // it turns the question round.
    for i in 0..sheet.len() {
        let plain = lexicon::known(sheet.word(i))
            && !clauses::turns(sheet.word(i))
            && !sheet.is(i, lexicon::CONDITION)
            && !sheet.is(i, &["only", "just"]);
        if sheet.free(i) && sheet.is_word(i) && plain {
            sheet.claim(i..i + 1, Use::Idle);
        }
    }
}
