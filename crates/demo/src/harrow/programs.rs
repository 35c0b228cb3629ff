//! Twelve programs, with a short text each.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::Month;
use crate::programs::ProgramFile;
use crate::terms::{Kind, Measure, Pay, Period, Rate, Terms, TierMode, Version};

type Days = (NaiveDate, NaiveDate);

/// All versions of all programs, by program id and version.
pub fn programs() -> Vec<ProgramFile> {
    let mut files = [spiffs(), commissions(), rebates(), rest()].concat();
    files.sort_by(|a, b| {
        (&a.version.program, a.version.version).cmp(&(&b.version.program, b.version.version))
    });
    files
}

/// First day of one month to the last of another.
fn days(from: (i32, i32), to: (i32, i32)) -> Days {
    (Month::new(from.0, from.1).first(), Month::new(to.0, to.1).last())
}

/// The two fiscal years of the history, the second still running.
fn years() -> [Days; 2] {
    [days((2024, 4), (2025, 3)), days((2025, 4), (2026, 3))]
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

fn words(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn plain(kind: Kind, days: Days, measure: Measure, period: Period, rate: Rate) -> Terms {
    Terms { currency: super::CURRENCY.to_owned(), ..Terms::plain(kind, days, measure, period, rate) }
}

fn per_unit(days: Days, amount: &str) -> Terms {
    plain(Kind::Spiff, days, Measure::Units, Period::Month, Rate::Flat(Pay::PerUnit(decimal(amount))))
}

fn percent(kind: Kind, days: Days, period: Period, value: &str) -> Terms {
    plain(kind, days, Measure::Revenue, period, Rate::Flat(Pay::Percent(decimal(value))))
}

fn write(id: &str, name: &str, versions: Vec<Terms>) -> Vec<ProgramFile> {
    let file = |(i, terms): (usize, Terms)| {
        let version = Version { program: id.to_owned(), version: i as u32 + 1, name: name.to_owned(), terms };
        let sections = sections(&version);
        ProgramFile { version, sections }
    };
    versions.into_iter().enumerate().map(file).collect()
}

/// A text that names the dates and points at the front matter for every figure.
fn sections(version: &Version) -> Vec<(&'static str, Vec<String>)> {
    let t = &version.terms;
    let purpose = format!("The {} rewards partners for what they sell.", version.name);
    let dates = format!("It runs from {} to {}, both days included.", t.from, t.to);
    let pay = "Pay, tiers and caps are those of the schedule above; amounts are rounded once.".to_owned();
    let back =
        "What is returned is taken off the period of the original sale, which is then calculated again.";
    vec![("Purpose", vec![purpose, dates]), ("Calculation", vec![pay]), ("Returns", vec![back.to_owned()])]
}

fn spiffs() -> Vec<ProgramFile> {
    let [before, now] = years();
    let hydra = |days, rate| Terms {
        families: words(&["Pumps"]),
        tiers: words(&["Elite", "Premier"]),
        cap_per_partner: Some(decimal("800.00")),
        program_budget: Some(decimal("60000.00")),
        ..per_unit(days, rate)
    };
    let launch = Terms {
        skus: words(&["HP-60"]),
        cap_per_partner: Some(decimal("500.00")),
        ..per_unit(days((2025, 9), (2025, 12)), "25.00")
    };
    let aqua = |days, rate| Terms {
        skus: words(&["AS-200", "AS-300"]),
        cap_per_partner: Some(decimal("300.00")),
        ..per_unit(days, rate)
    };
    let care = Terms {
        skus: words(&["CP-1", "CP-3"]),
        partner_types: words(&["reseller", "msp"]),
        cap_per_partner: Some(decimal("1500.00")),
        ..percent(Kind::Spiff, days((2025, 10), (2026, 3)), Period::Month, "6")
    };
    [
        write("sp-hydra", "Hydra Sell-Out Bonus", vec![hydra(before, "12.00"), hydra(now, "15.00")]),
        write("sp-hydra-launch", "Hydra Launch Bonus", vec![launch]),
        write(
            "sp-aqua",
            "Aqua Sense Booster",
            vec![aqua(days((2024, 9), (2024, 11)), "5.00"), aqua(days((2025, 4), (2025, 6)), "6.00")],
        ),
        write("sp-care", "Care Plan SPIFF", vec![care]),
    ]
    .concat()
}

fn commissions() -> Vec<ProgramFile> {
    let project = |days| Terms {
        deal_registration_required: true,
        cap_per_transaction: Some(decimal("1500.00")),
        cap_per_partner: Some(decimal("6000.00")),
        override_percent: Some(decimal("0.5")),
        ..percent(Kind::Commission, days, Period::Transaction, "4")
    };
    let first = |days| Terms {
        new_customer_only: true,
        cap_per_transaction: Some(decimal("400.00")),
        ..percent(Kind::Commission, days, Period::Transaction, "5")
    };
    [
        write("cm-project", "Project Commission", years().map(project).to_vec()),
        write("cm-first-order", "First Order Commission", years().map(first).to_vec()),
    ]
    .concat()
}

fn tiers(pay: fn(Decimal) -> Pay, rows: &[(&str, &str)], mode: TierMode) -> Rate {
    Rate::Tiers(rows.iter().map(|(from, rate)| (decimal(from), pay(decimal(rate)))).collect(), mode)
}

fn rebates() -> Vec<ProgramFile> {
    let ladder = |days| Terms {
        cap_per_partner: Some(decimal("12000.00")),
        ..plain(
            Kind::Rebate,
            days,
            Measure::Revenue,
            Period::Year,
            tiers(Pay::Percent, &[("0", "1"), ("100000", "2"), ("250000", "3.5")], TierMode::Retroactive),
        )
    };
    let valves = |days| Terms {
        families: words(&["Valves"]),
        minimum: Some(decimal("20")),
        ..plain(
            Kind::Rebate,
            days,
            Measure::Units,
            Period::Quarter,
            tiers(Pay::PerUnit, &[("0", "1.50"), ("50", "2.50"), ("150", "4.00")], TierMode::Marginal),
        )
    };
    let target = |days| Terms {
        families: words(&["Controllers"]),
        measure: Measure::Units,
        target: Some(decimal("40")),
        accelerator: Some((decimal("100"), decimal("1.25"))),
        ..percent(Kind::Rebate, days, Period::Quarter, "2")
    };
    let loyal = |days| Terms {
        partner_types: words(&["distributor", "reseller"]),
        minimum: Some(decimal("25000")),
        ..percent(Kind::Rebate, days, Period::Half, "1")
    };
    [
        write("rb-ladder", "Annual Volume Ladder", years().map(ladder).to_vec()),
        write("rb-valves", "Valve Volume Rebate", years().map(valves).to_vec()),
        write("rb-target", "Controller Target Rebate", years().map(target).to_vec()),
        write("rb-standing", "Long-Standing Partner Rebate", years().map(loyal).to_vec()),
    ]
    .concat()
}

fn rest() -> Vec<ProgramFile> {
    let growth = |days| Terms {
        growth_above: Some(decimal("8")),
        regions: words(&["Nordics"]),
        cap_per_partner: Some(decimal("5000.00")),
        ..percent(Kind::Growth, days, Period::Quarter, "3")
    };
    let fund = |days| Terms {
        tiers: words(&["Elite"]),
        cap_per_partner: Some(decimal("3000.00")),
        ..percent(Kind::Mdf, days, Period::Quarter, "0.75")
    };
    [
        write("gr-north", "Nordic Growth Reward", years().map(growth).to_vec()),
        write("mdf-coop", "Co-op Marketing Fund", years().map(fund).to_vec()),
    ]
    .concat()
}
