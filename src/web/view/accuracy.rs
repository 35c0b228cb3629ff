//! The track record and the ledger as their page shows them: plain strings. Computes
//! no score.

use spiffcast_engine::accuracy::given::{GivenScore, RulesInForce};
use spiffcast_engine::accuracy::{ChangeKind, Event, FigureScores, Grouping, TrackRecord};
use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::Grade;

use crate::app::port::{LedgerEntry, LedgerScores};
use crate::reports::charts::{self, Chart, SaidRow};
use crate::reports::exhibits::Exhibit;
use crate::reports::figures::KeyFigure;
use crate::reports::format;

/// Fewer changes do not tell ranges that are too narrow from bad luck.
const EVENTS_TELLING: usize = 10;
/// Changes in the chart; all are in the table.
const DRAWN_MAX: usize = 24;

/// One past change.
pub struct EventLine {
    /// `Product X SPIFF, 1 July 2025`.
    pub what: String,
    /// Where its version is.
    pub link: String,
    /// `began, paying 50 a unit`.
    pub change: String,
    /// `B`, with its class.
    pub grade: &'static str,
    /// Class of the badge.
    pub class: &'static str,
    /// `+12%`, and the range.
    pub said: String,
    /// `−5% to +31%`.
    pub range: String,
    /// `+8%`.
    pub came: String,
    /// Whether it came inside the range.
    pub inside: bool,
    /// Pay said and its range; empty where none was said and none paid.
    pub pay_said: String,
    /// Pay by the rules on the real sales.
    pub pay_came: String,
}

/// Scores of sums of sales.
pub struct LevelLine {
    /// `One partner's month`.
    pub name: &'static str,
    /// Ours.
    pub off: String,
    /// Last year's month again.
    pub naive: String,
    /// `2% too high`.
    pub bias: String,
    /// Share inside the ranges of 8 and 9 in 10.
    pub inside_80: String,
    /// Of 9 in 10.
    pub inside_90: String,
}

/// A forecast that was given.
pub struct GivenLine {
    /// The question.
    pub title: String,
    /// Its answer.
    pub link: String,
    /// `Asked 2 Jul 2026 from data to 30 June 2026, for 1 July – 30 September 2026`.
    pub when: String,
    /// What was done in the end; empty while the period is not over.
    pub rules: String,
    /// Units said.
    pub units_said: String,
    /// Units that came.
    pub units_came: String,
    /// Pay said.
    pub pay_said: String,
    /// Pay that came.
    pub pay_came: String,
}

fn signed(share: f64) -> String {
    format::signed(share, format!("{}%", format::number(share * 100.0, 0)))
}

/// `2.1% too high`.
fn too(bias: f64) -> String {
    let bias = thousandths(bias);
    let way = if bias < 0.0 { "too low" } else { "too high" };
    if bias == 0.0 { "level".to_owned() } else { format!("{} {way}", format::percent(bias.abs())) }
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| format::NONE.to_owned(), format::percent)
}

/// The finding, in a sentence or two.
pub fn headline(record: &TrackRecord) -> String {
    let scores = &record.what_ifs;
    let Some(inside) = scores.units.inside_80.filter(|_| scores.events > 0) else {
        return "No past change could be scored yet: too little history lies before them, or too little after."
            .to_owned();
    };
    format!(
        "Of {} past changes, {inside} sold within the range that would have been given; units were off by {}, \
         payouts by {}.",
        scores.events,
        share(scores.units.wape),
        share(scores.payout.wape),
    )
}

/// Whether the ranges hold what they promise: further from 8 in 10 than chance takes
/// them in 19 of 20 cases is said.
pub fn verdict(record: &TrackRecord) -> Option<String> {
    let (events, inside) = (record.what_ifs.events, record.what_ifs.units.inside_80?);
    if events == 0 {
        return None;
    }
    if events < EVENTS_TELLING {
        return Some(
            "These are too few to say whether ranges keep the 8 in 10 that they promise.".to_owned(),
        );
    }
    let (promised, chance) = (0.8 * events as f64, 2.0 * (0.16 * events as f64).sqrt());
    let inside = inside as f64;
    Some(if inside < promised - chance {
        "That is fewer than the 8 in 10 promised: take ranges here for too narrow.".to_owned()
    } else if inside > promised + chance {
        "That is more than the 8 in 10 promised: ranges here are wider than they need be.".to_owned()
    } else {
        format!(
            "A range promises to hold 8 in 10, which is {} of {events}: the ranges kept what they promise.",
            format::number(promised, 0)
        )
    })
}

/// The three figures to remember.
pub fn keys(record: &TrackRecord) -> Vec<KeyFigure> {
    let scores = &record.what_ifs;
    let whole =
        |figure: &FigureScores| figure.bias.map_or_else(String::new, |b| format!("{} in all", too(b)));
    let inside = |figure: &FigureScores| {
        let inside = figure.inside_80.unwrap_or(0);
        format!("{inside} of {}", figure.events)
    };
    vec![
        KeyFigure {
            name: "Units inside the range".to_owned(),
            value: inside(&scores.units),
            beside: share(scores.units.coverage_80()),
            words: "8 in 10 is what a range promises.".to_owned(),
        },
        KeyFigure {
            name: "Units off by".to_owned(),
            value: share(scores.units.wape),
            beside: whole(&scores.units),
            words: format!(
                "{} had nobody been taken to answer the change.",
                share(scores.units_without_response.wape)
            ),
        },
        KeyFigure {
            name: "Payouts off by".to_owned(),
            value: share(scores.payout.wape),
            beside: whole(&scores.payout),
            words: format!("{} inside their range.", inside(&scores.payout)),
        },
    ]
}

/// Direction and size of lifts.
pub fn words(record: &TrackRecord) -> Vec<String> {
    let scores = &record.what_ifs;
    let mut out = Vec::new();
    if scores.signs > 0 {
        out.push(format!(
            "Direction: of {} changes said to move units, {} moved them that way.",
            scores.signs, scores.signs_right
        ));
    }
    if let (Some(slope), Some(se)) = (scores.slope, scores.slope_se) {
        out.push(format!(
            "Size: where 10% more was said, about {} more came (give or take {}; 10% would be as said).",
            format::percent((slope * 0.1 * 1e3).round() / 1e3),
            format::percent((se * 0.1 * 1e3).round() / 1e3)
        ));
    }
    out
}

fn title(event: &Event) -> String {
    let what = match event.kind {
        ChangeKind::Launch => "",
        ChangeKind::Change => " changed",
        ChangeKind::End => " ended",
    };
    format!("{}{what}", event.name)
}

/// The chart, newest first, without a table: that follows it.
pub fn chart(record: &TrackRecord) -> Option<Chart> {
    let row = |event: &Event| SaidRow {
        name: title(event),
        when: format::date_short(event.on),
        said: event.lift.mean,
        range: (event.lift.p10, event.lift.p90),
        came: event.lift.actual,
        inside: event.units.is_inside(),
    };
    let rows: Vec<SaidRow> = record.events.iter().rev().take(DRAWN_MAX).map(row).collect();
    charts::said(&rows)
}

/// What the chart shows.
pub fn chart_lead(record: &TrackRecord) -> String {
    let drawn = if record.events.len() > DRAWN_MAX {
        format!("The last {DRAWN_MAX} changes, newest first")
    } else {
        "Newest first".to_owned()
    };
    format!(
        "{drawn}. How units moved against the old terms: the range that would have been given the day before, and \
         the dot of what came."
    )
}

/// The table, newest first.
pub fn events(record: &TrackRecord, currency: &str) -> Vec<EventLine> {
    record.events.iter().rev().map(|event| line(event, currency)).collect()
}

/// The changes of one program, newest first.
pub fn events_of(record: &TrackRecord, program: &str, currency: &str) -> Vec<EventLine> {
    let own = record.events.iter().rev().filter(|event| event.program == program);
    own.map(|event| line(event, currency)).collect()
}

fn line(event: &Event, currency: &str) -> EventLine {
    let class = match event.grade {
        Grade::A => "strong",
        Grade::B => "fair",
        Grade::C => "weak",
        Grade::PriorOnly => "none",
    };
    let pays = event.payout.mean != 0.0 || event.payout.actual != 0.0;
    let money = |value: f64| {
        if pays { format::money(value.round(), currency) } else { format::NONE.to_owned() }
    };
    EventLine {
        what: format!("{}, {}", title(event), format::date_short(event.on)),
        link: format!("/programs/{}/v{}", event.program, event.version),
        change: event.change.clone(),
        grade: event.grade.as_str(),
        class,
        said: signed(event.lift.mean),
        range: format!("{} to {}", signed(event.lift.p10), signed(event.lift.p90)),
        came: signed(event.lift.actual),
        inside: event.units.is_inside(),
        pay_said: money(event.payout.mean),
        pay_came: money(event.payout.actual),
    }
}

/// Scores of sales as the rules stood.
pub fn levels(record: &TrackRecord) -> Vec<LevelLine> {
    let levels = record.baseline.levels.iter().filter(|l| l.own.cases > 0);
    let line = |l: &spiffcast_engine::accuracy::LevelScores| LevelLine {
        name: match l.level {
            Grouping::Cell => "A partner's month of one product",
            Grouping::Partner => "A partner's month",
            Grouping::Product => "A product's month",
            Grouping::Total => "The company's month",
        },
        off: share(l.own.wape.map(thousandths)),
        naive: share(l.naive.wape.map(thousandths)),
        bias: l.own.bias.map_or_else(|| format::NONE.to_owned(), too),
        inside_80: share(l.own.coverage_80.map(thousandths)),
        inside_90: share(l.own.coverage_90.map(thousandths)),
    };
    levels.map(line).collect()
}

fn thousandths(share: f64) -> f64 {
    (share * 1e3).round() / 1e3
}

/// Where partners' months fell in their forecasts.
pub fn reliability(record: &TrackRecord) -> Option<Exhibit> {
    let partner = record.baseline.levels.iter().find(|l| l.level == Grouping::Partner)?;
    let pit: Vec<f64> = partner.own.pit.iter().map(|p| thousandths(*p)).collect();
    let chart = charts::tenths(&pit, partner.own.cases)?;
    let rows = pit.iter().enumerate().map(|(i, p)| vec![format!("{}", i + 1), format::percent(*p)]);
    Some(Exhibit {
        id: "reliability",
        title: "How sure forecasts were, and should have been".to_owned(),
        lead: format!(
            "{} months of partners, by the tenth of its forecast that each fell into. Level bars: as sure as \
             they should be. High at both ends: too sure. High in the middle: not sure enough.",
            format::number(partner.own.cases as f64, 0)
        ),
        chart,
        head: vec!["Tenth, from the lowest", "Share of months"],
        rows: rows.collect(),
    })
}

/// How the record was made, in words.
pub fn how(record: &TrackRecord) -> Vec<String> {
    let mut out = vec![
        format!(
            "Every past change was forecast from what was known on the last day of the month before it: sales \
             reported by then, everything learned again. The real new terms were fed, units and payouts of the {} \
             months from the change were said (fewer where it lasted less), and what came was set beside them.",
            record.months
        ),
        "What came holds everything else that happened in these months too: the market, the luck of single deals. \
         The range that was said allows for them."
            .to_owned(),
        "Off by: all errors added up, over all that came. Payouts: what the rules give on the real sales, before \
         clawbacks."
            .to_owned(),
    ];
    let days: Vec<String> = record.baseline.origins.iter().map(|d| format::date_short(*d)).collect();
    if !days.is_empty() {
        out.push(format!(
            "Sales as the rules stood were forecast {} months ahead from {}. Last year again takes the same month \
             of the year before.",
            record.baseline.months,
            days.join(", ")
        ));
    }
    out.push(format!("Sales are taken to be wholly reported to {}.", format::date(record.known_through)));
    out
}

/// Changes that could not be scored: what, and why not.
pub fn left_out(record: &TrackRecord, company: &Company) -> Vec<(String, String)> {
    let name = |id: &str| company.program(id).map_or_else(|| id.to_owned(), |p| p.name().to_owned());
    let line = |l: &spiffcast_engine::accuracy::LeftOut| {
        (format!("{}, {}", name(&l.program), format::date_short(l.on)), format::capital(&l.reason))
    };
    record.left_out.iter().rev().map(line).collect()
}

/// The ledger in a sentence.
pub fn ledger_words(scores: &LedgerScores) -> String {
    match (scores.scored, scores.waiting) {
        (0, 0) => {
            "No forecast was given yet. Each one is kept here and held against what comes, once data that \
                   go beyond its period are imported."
                .to_owned()
        }
        (0, waiting) => format!(
            "{waiting} {} for the end of {} period; data that go beyond it are held against {} at the import.",
            if waiting == 1 { "forecast waits" } else { "forecasts wait" },
            if waiting == 1 { "its" } else { "their" },
            if waiting == 1 { "it" } else { "them" },
        ),
        (scored, waiting) => format!(
            "Of {scored} held against what came, {} sold within the range given; units were off by {}, payouts by \
             {}.{}",
            scores.units.inside_80.unwrap_or(0),
            share(scores.units.wape),
            share(scores.payout.wape),
            match waiting {
                0 => String::new(),
                1 => " One more waits for the end of its period.".to_owned(),
                n => format!(" {n} more wait for the end of their period."),
            },
        ),
    }
}

/// The forecasts that were given.
pub fn given(entries: &[LedgerEntry], currency: &str) -> Vec<GivenLine> {
    entries.iter().map(|entry| given_line(entry, currency)).collect()
}

fn given_line(entry: &LedgerEntry, currency: &str) -> GivenLine {
    let money = |v: f64| format::money(v.round(), currency);
    let ranged = |mean: String, low: String, high: String| format!("{mean} ({low} to {high})");
    // Before the period is over, what the first option was said to bring.
    let arm = entry.score.as_ref().map_or(1, |score| score.arm);
    let said = entry.arms.get(arm).or(entry.arms.first());
    let (units_said, pay_said) = said.map_or_else(Default::default, |arm| {
        let (u, p) = (arm.units, arm.payout);
        (
            ranged(format::count(u.mean.round()), format::count(u.p10), format::count(u.p90)),
            ranged(money(p.mean), money(p.p10), money(p.p90)),
        )
    });
    let waits = || "not over yet".to_owned();
    let times = if entry.times > 1 { format!(" {} times", entry.times) } else { String::new() };
    GivenLine {
        title: entry.title.clone(),
        link: format!("/answers/{}", entry.answer),
        when: format!(
            "Asked{times}, last {}, for {}",
            format::moment(&entry.asked_at),
            format::span(entry.period.start, entry.period.end)
        ),
        rules: entry.score.as_ref().map_or_else(String::new, |score| rules(score, entry)),
        units_said,
        units_came: entry
            .score
            .as_ref()
            .map_or_else(waits, |s| came(format::count(s.units.actual), s.units.is_inside())),
        pay_said,
        pay_came: entry
            .score
            .as_ref()
            .map_or_else(waits, |s| came(money(s.payout.actual), s.payout.is_inside())),
    }
}

fn came(figure: String, inside: bool) -> String {
    format!("{figure}, {}", if inside { "inside" } else { "outside" })
}

fn rules(score: &GivenScore, entry: &LedgerEntry) -> String {
    let whole = if score.whole { "" } else { " Not wholly reported yet." };
    let done = match score.rules {
        RulesInForce::Option => {
            let label = entry.arms.get(score.arm).map_or("The change", |arm| arm.label.as_str());
            format!("Done: {label}.")
        }
        RulesInForce::Baseline => "Nothing was changed: compared with the rules as they were.".to_owned(),
        RulesInForce::Other => "Something else was done: compared with the rules as they were.".to_owned(),
    };
    done + whole
}
