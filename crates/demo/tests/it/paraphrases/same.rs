//! The same said in other words is the same scenario; units and signs survive.

use spiffcast_demo::random::Stream;
use spiffcast_engine::scenario::Operation;

use super::{Asked, Unit, bare, wrong};

const CASES: usize = 400;

const UP: &[&str] = &[
    "raise", "increase", "bump", "lift", "boost", "hike", "bump up", "crank up", "jack up", "augment",
    "sweeten",
];
const DOWN: &[&str] = &["cut", "lower", "reduce", "trim", "decrease", "slash", "shave", "scale back", "drop"];
const TIMES: &[&str] =
    &["in Q4", "for Q4", "in the fourth quarter", "during the 4th quarter", "throughout Q4", "over Q4"];
const CALENDAR: &[&str] = &[
    "from October to December 2026",
    "in Oct-Dec 2026",
    "in October, November and December",
    "from Oct 1 to Dec 31",
    "from 2026-10-01 to 2026-12-31",
    "for the last three months of the year",
    "in 4Q26",
    "01.10.2026 - 31.12.2026",
];
const FISCAL: &[&str] = &[
    "from January to March 2026",
    "in Jan-Mar",
    "in January, February and March",
    "from 1 January until 31 March",
    "from 2026-01-01 to 2026-03-31",
    "for the last three months of the fiscal year",
    "in Q4 FY26",
];
/// What may stand around a question without a part in it.
pub const FRAMES: &[(&str, &str)] = &[
    ("", ""),
    ("what if we ", "?"),
    ("Could you please ", "?"),
    ("any idea what happens if we ", "?"),
    ("Honest question: does it make sense to ", "?"),
    ("Hi all, hope you are well. Should we ", "? Thanks, Ana"),
    ("My boss (Karen) insists we ", ". Can you show me?"),
    ("All else equal, ", ""),
    ("We're toying with the idea: ", ", thoughts?"),
    ("As discussed with Tom yesterday, please ", "."),
    ("hmm, let's ", " - is it worth it?"),
    ("Without touching anything else, ", ", what would that do to margin?"),
    ("Would it hurt if we ", "?"),
];

/// A small whole amount in one of the ways people write it.
fn amount(stream: &mut Stream, unit: Unit, n: i64, euro: bool) -> String {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = words[n as usize];
    let plural = |one: &str, many: &str| if n == 1 { one.to_owned() } else { many.to_owned() };
    let ways = match unit {
        Unit::Money if euro => vec![
            format!("€{n}"),
            format!("{n} €"),
            format!("{n} EUR"),
            format!("{word} {}", plural("euro", "euros")),
            format!("€{n}.00"),
            format!("{n} euros per unit"),
            format!("€{n} a unit"),
        ],
        Unit::Money => vec![
            format!("${n}"),
            format!("{n} dollars"),
            format!("{n} USD"),
            format!("{word} {}", plural("dollar", "dollars")),
            format!("${n}.00"),
            format!("{n} bucks"),
            format!("${n} per unit"),
            format!("${n}/unit"),
            format!("${n} each"),
        ],
        Unit::Percent => vec![
            format!("{n} points"),
            format!("{n}pp"),
            format!("{n} percentage points"),
            format!("{word} {}", plural("point", "points")),
            format!("{}bps", n * 100),
            format!("{n}.0 points"),
        ],
    };
    stream.pick(&ways).clone()
}

fn said(stream: &mut Stream, id: &str, name: &str) -> String {
    let ways = [
        name.to_owned(),
        format!("the {name}"),
        name.to_lowercase(),
        format!("our {name}"),
        id.to_owned(),
        format!("the {name} rate"),
    ];
    stream.pick(&ways).clone()
}

#[test]
fn other_words_give_the_same_scenario() {
    let mut other = Vec::new();
    for (c, asked) in Asked::both().iter().enumerate() {
        let euro = asked.company.catalog.currency == "EUR";
        let programs = asked.flat_programs();
        let times = [TIMES, if euro { FISCAL } else { CALENDAR }].concat();
        other.extend(wrong(CASES, |i| {
            let mut stream = Stream::new(1, "paraphrases", &[c, i]);
            let (id, name, unit) = stream.pick(&programs).clone();
            let n = stream.between(1, 9);
            let up = stream.chance(0.5);
            let verb = *stream.pick(if up { UP } else { DOWN });
            let size = amount(&mut stream, unit, n, euro);
            let subject = said(&mut stream, &id, &name);
            let time = *stream.pick(&times);
            let (before, after) = *stream.pick(FRAMES);
            let core = match stream.between(0, 2) {
                0 => format!("{verb} {subject} by {size} {time}"),
                1 => format!("{verb} {subject} {time} by {size}"),
                _ => format!("{time} {verb} {subject} by {size}"),
            };
            let question = format!("{before}{core}{after}");
            let plain = format!(
                "{} {name} by {n} {} in Q4",
                if up { "raise" } else { "lower" },
                plain_unit(unit, euro)
            );
            let wanted = asked.read(&plain);
            let got = asked.read(&question);
            let same = wanted.status == got.status
                && wanted.scenario.clone().map(bare) == got.scenario.clone().map(bare);
            (!same).then(|| {
                format!(
                    "{}: {question}\n   {:?} {:?}",
                    asked.name,
                    got.status,
                    got.clarifications.first().map(|c| &c.question)
                )
            })
        }));
    }
    assert!(other.is_empty(), "{} of {} differ:\n{}", other.len(), 2 * CASES, other.join("\n"));
}

fn plain_unit(unit: Unit, euro: bool) -> &'static str {
    match (unit, euro) {
        (Unit::Percent, _) => "points",
        (Unit::Money, true) => "euros",
        (Unit::Money, false) => "dollars",
    }
}

#[test]
fn units_and_signs_survive() {
    for (c, asked) in Asked::both().iter().enumerate() {
        let euro = asked.company.catalog.currency == "EUR";
        let programs = asked.flat_programs();
        let other = wrong(CASES, |i| {
            let mut stream = Stream::new(2, "units", &[c, i]);
            let (id, name, unit) = stream.pick(&programs).clone();
            let n = stream.between(1, 9);
            let up = stream.chance(0.5);
            let size = amount(&mut stream, unit, n, euro);
            let subject = said(&mut stream, &id, &name);
            let sign = if up { "+" } else { "-" };
            let question = match stream.between(0, 3) {
                0 => format!("{subject}: {sign}{size}, Q4"),
                1 => format!("{subject} {sign}{size} in Q4"),
                2 => format!("{subject} {} {size} in Q4", if up { "up" } else { "down" }),
                _ => format!("{size} {} on {subject} in Q4", if up { "more" } else { "less" }),
            };
            let draft = asked.scenario(&question)?;
            let lever = &draft.options[0].levers[0];
            let wanted = match (unit, up) {
                (Unit::Money, true) => Operation::IncreaseByAmount,
                (Unit::Money, false) => Operation::DecreaseByAmount,
                (Unit::Percent, true) => Operation::IncreaseByPoints,
                (Unit::Percent, false) => Operation::DecreaseByPoints,
            };
            let got = (lever.program.as_str(), lever.operation, lever.value.clone());
            let right = got == (id.as_str(), wanted, Some(n.to_string()));
            (!right).then(|| format!("{}: {question}: {got:?}", asked.name))
        });
        assert!(other.is_empty(), "{}", other.join("\n"));
    }
}
