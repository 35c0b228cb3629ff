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
use super::periods::PeriodMark;
use super::reader::Reader;
use super::sheet::{Sheet, Use};
use super::{clauses, lexicon};

mod asked;
mod sales;

pub(crate) use asked::is_earnings;

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
    "place", "push", "pushing", "pushed", "moving", "closing", "shifting", "shipping", "placing", "booking",
];
/// Words that such questions are made of, beside those for earning, selling and what is ahead.
const OTHER: &[&str] =
    &["if", "until", "till", "ours", "ordering", "running", "call", "tomorrow", "today", "rung", "threshold"];
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
    let sheet: &mut Sheet<'_> = &mut desk.sheet;
    for i in 0..sheet.len() {
        let own = [EARN, SELL, AHEAD, OTHER].iter().any(|list| sheet.is(i, list));
        if sheet.free(i) && own {
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
