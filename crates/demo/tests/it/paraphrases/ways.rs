//! Ways of asking the same: active and passive, a noun for the verb, a gerund, a
//! fragment, other words for a goal, a comparison, a range. Every sentence of a row is
//! the scenario of its first.

use super::{Asked, Unit, wrong};

/// `{p}` a program, `{a}`, `{b}` values of its rate, `{s}` a step, `{g}` a gain.
const ROWS: &[&[&str]] = &[
    &[
        "what {p} rate gets 5% more units in Q4",
        "how much must the {p} rise in Q4 to sell 5% more units",
        "In Q4, what would the {p} have to be to bring 5% more units?",
        "which {p} rate brings us 5% more units in Q4?",
        "To sell 5% more units in Q4, what must the {p} pay?",
        "how high does the {p} need to be in Q4 for 5% more units?",
        "Find the {p} rate that lifts units by 5% in Q4",
        "How much would the {p} have to go up in Q4 for 5% more units?",
    ],
    &[
        "what {p} rate brings 200 extra units in Q4",
        "how much must the {p} rise in Q4 to bring 200 extra units",
        "what must the {p} be in Q4 to sell 200 more units?",
        "what {p} rate adds 200 units in Q4?",
        "which {p} rate gets us another 200 units in Q4",
    ],
    &[
        "what {p} rate brings {g} more revenue in Q4",
        "how much must the {p} rise in Q4 to bring {g} more revenue",
        "what {p} rate grows revenue by {g} in Q4",
        "which {p} rate adds {g} of revenue in Q4?",
    ],
    &[
        "pause the {p} in Q4",
        "scrap the {p} altogether in Q4",
        "What if there were no {p} in Q4?",
        "No {p} in Q4",
        "How would Q4 look without the {p}?",
        "Suspending the {p} in Q4: what would that save?",
        "If the {p} were stopped in Q4, how many units would that cost us?",
        "An idea discussed yesterday: the {p} paused for Q4",
    ],
    &[
        "set the {p} to {a} in Q4",
        "the {p} at {a} in Q4",
        "Were the {p} to go to {a} in Q4, where would we land?",
        "Should the {p} be set to {a} in Q4, how many more partners would earn?",
        "In the event that the {p} pays {a} in Q4, what do we have to book?",
        "Provided the {p} was paid at {a} in Q4, what would accruals be?",
        "moving the {p} to {a}, Q4: cost vs benefit?",
        "after yesterday's steering meeting there is an appetite for the {p} at {a} in Q4",
    ],
    &[
        "compare the {p} at {a} and at {b} in Q4",
        "the {p} at {a} next to {b} in Q4",
        "the {p} at {a} and {b} side by side in Q4",
        "Three scenarios for the {p} in Q4: {a} and {b}",
        "the {p} at {a} or {b} in Q4, which of the two?",
    ],
    &[
        "sweep the {p} from {a} to {b} in steps of {s} in Q4",
        "Show me the {p} from {a} to {b}, every {s}, in Q4",
        "the {p} between {a} and {b}, {s} at a time, in Q4",
    ],
];

fn filled(row: &str, name: &str, unit: Unit, euro: bool) -> String {
    let money = if euro { "€" } else { "$" };
    let value = |n: i32| match unit {
        Unit::Money => format!("{money}{}", n * 4),
        Unit::Percent => format!("{n}%"),
    };
    let size = match unit {
        Unit::Money => format!("{money}4"),
        Unit::Percent => "1 point".to_owned(),
    };
    row.replace("{p}", name)
        .replace("{a}", &value(5))
        .replace("{b}", &value(9))
        .replace("{s}", &size)
        .replace("{g}", &format!("{money}50,000"))
}

#[test]
fn other_ways_of_asking_are_the_same_scenario() {
    let mut other = Vec::new();
    for asked in Asked::both() {
        let euro = asked.company.catalog.currency == "EUR";
        let programs = asked.flat_programs();
        let cases: Vec<(&[&str], &str, Unit)> = ROWS
            .iter()
            .flat_map(|r| programs.iter().map(|(_, name, unit)| (*r, name.as_str(), *unit)))
            .collect();
        other.extend(wrong(cases.len(), |i| {
            let (row, name, unit) = cases[i];
            let first = asked.read(&filled(row[0], name, unit, euro));
            let wanted = first.scenario.clone().map(super::bare);
            let differs = |said: &&str| {
                let got = asked.read(&filled(said, name, unit, euro));
                got.status != first.status || got.scenario.map(super::bare) != wanted
            };
            let found: Vec<&str> = row[1..].iter().filter(|said| differs(said)).copied().collect();
            (!found.is_empty()).then(|| format!("{} {name}, as {:?}: {found:#?}", asked.name, row[0]))
        }));
    }
    assert!(other.is_empty(), "{}", other.join("\n"));
}
