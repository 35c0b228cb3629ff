//! Programs over a period: rebates by tier, target, growth and year, the distribution
//! override and the marketing fund. They do not move sales in the plain world.

use rust_decimal::Decimal;

use super::{Book, Program, Words, cents, dollars, strings};
use crate::programs::ProgramFile;
use crate::terms::{Kind, Measure, Pay, Period, Rate, Stacking, StackingMode, Terms, TierMode};

pub fn programs(book: &Book) -> Vec<ProgramFile> {
    [
        volume(book),
        loyalty(book),
        edge_units(book),
        product_y_target(book),
        growth(book),
        services_annual(book),
        distribution(book),
        mdf(book),
    ]
    .concat()
}

fn percents(tiers: &[(i64, i64)], mode: TierMode) -> Rate {
    let tier = |(from, hundredths): &(i64, i64)| {
        (Decimal::from(*from), Pay::Percent(Decimal::new(*hundredths, 2).normalize()))
    };
    Rate::Tiers(tiers.iter().map(tier).collect(), mode)
}

fn per_units(tiers: &[(i64, i64)], mode: TierMode) -> Rate {
    let tier = |(from, amount): &(i64, i64)| (Decimal::from(*from), Pay::PerUnit(cents(*amount)));
    Rate::Tiers(tiers.iter().map(tier).collect(), mode)
}

fn flat(hundredths: i64) -> Rate {
    Rate::Flat(Pay::Percent(Decimal::new(hundredths, 2).normalize()))
}

/// One version a year with the same terms.
fn yearly(book: &Book, kind: Kind, measure: Measure, period: Period, rate: Rate) -> Vec<Terms> {
    book.years().into_iter().map(|dates| Terms::plain(kind, dates, measure, period, rate.clone())).collect()
}

/// Marginal percent tiers; the thresholds rise with the years.
fn volume(book: &Book) -> Vec<ProgramFile> {
    let mut versions = yearly(book, Kind::Rebate, Measure::Revenue, Period::Quarter, flat(100));
    let last = versions.len() - 1;
    for (i, terms) in versions.iter_mut().enumerate() {
        let steps = if i + 2 > last {
            [(0, 100), (30_000, 200), (90_000, 325)]
        } else {
            [(0, 100), (25_000, 200), (75_000, 300)]
        };
        terms.rate = percents(&steps, TierMode::Marginal);
        terms.tiers = strings(&["Platinum", "Gold", "Silver"]);
        terms.cap_per_partner = Some(dollars(3500));
    }
    let excluded = "Net revenue is what was invoiced for the goods. Taxes, freight and credit notes for late delivery are not part of it.";
    let purpose = "The volume rebate is the backbone of our agreement with committed partners: the more of the quarter's business comes to us, the better the rate on the next order.";
    book.write(
        &Program {
            id: "rebate-volume",
            name: "Quarterly Volume Rebate",
            words: Words { purpose, excluded, voice: 0 },
        },
        versions,
    )
}

/// Retroactive percent tiers over half a year.
fn loyalty(book: &Book) -> Vec<ProgramFile> {
    let rate = percents(&[(10_000, 50), (40_000, 100), (100_000, 175)], TierMode::Retroactive);
    let mut versions = yearly(book, Kind::Rebate, Measure::Revenue, Period::Half, rate);
    for terms in &mut versions {
        terms.families = strings(&["Product Y", "Cloud"]);
        terms.tiers = strings(&["Platinum", "Gold"]);
    }
    let excluded = "Other families do not help to reach a threshold, and a half-year does not carry anything into the next.";
    let purpose = "Loyalty shows over more than one quarter. Partners at the top tiers that bring Product Y and Cloud to their customers month after month see the rate of their whole half-year improve.";
    book.write(
        &Program {
            id: "rebate-loyalty",
            name: "Half-Year Loyalty Rebate",
            words: Words { purpose, excluded, voice: 1 },
        },
        versions,
    )
}

/// Marginal tiers a unit with a minimum; gives way to the Edge SPIFF.
fn edge_units(book: &Book) -> Vec<ProgramFile> {
    let rate = per_units(&[(0, 400), (25, 700), (60, 1000)], TierMode::Marginal);
    let mut versions = yearly(book, Kind::Rebate, Measure::Units, Period::Quarter, rate);
    for terms in &mut versions {
        terms.families = strings(&["Edge"]);
        terms.minimum = Some(Decimal::from(10));
        terms.stacking =
            Some(Stacking { group: "edge".to_owned(), mode: StackingMode::Exclusive, priority: 2 });
    }
    let excluded = "While the Edge Gateway SPIFF is open, the lines that it pays are excluded here and do not count towards the minimum.";
    let purpose = "Edge devices go out in pallets as often as in single boxes. The unit rebate rewards partners that stock them and turn the stock over.";
    book.write(
        &Program {
            id: "rebate-edge-units",
            name: "Edge Unit Rebate",
            words: Words { purpose, excluded, voice: 2 },
        },
        versions,
    )
}

/// Target and accelerator.
fn product_y_target(book: &Book) -> Vec<ProgramFile> {
    let mut versions = yearly(book, Kind::Rebate, Measure::Units, Period::Quarter, flat(150));
    for terms in &mut versions {
        terms.families = strings(&["Product Y"]);
        terms.tiers = strings(&["Platinum", "Gold", "Silver"]);
        terms.target = Some(Decimal::from(30));
        terms.accelerator = Some((Decimal::from(100), Decimal::new(15, 1)));
    }
    let excluded = "A quarter in which the target was missed is not made up for by the next one. Every quarter stands alone.";
    let purpose = "Each partner plans Product Y with its account manager at the start of the quarter. The target bonus turns that plan into money and pays better for what goes beyond it.";
    let program = Program {
        id: "bonus-product-y-target",
        name: "Product Y Target Bonus",
        words: Words { purpose, excluded, voice: 0 },
    };
    book.write(&program, versions)
}

/// Pays on growth over the year before, outside the Americas.
fn growth(book: &Book) -> Vec<ProgramFile> {
    let mut versions = yearly(book, Kind::Growth, Measure::Revenue, Period::Quarter, flat(400));
    versions.remove(0);
    for terms in &mut versions {
        terms.regions = strings(&["EMEA", "APAC"]);
        terms.growth_above = Some(Decimal::from(5));
        terms.cap_per_partner = Some(dollars(1200));
    }
    let excluded = "Partners in other regions have their own arrangements and are excluded. Growth of one quarter is not offset against the decline of another.";
    let purpose = "We are smaller in EMEA and APAC than we would like to be. The growth rebate puts money behind partners in those regions that sell more than they did a year ago.";
    let program = Program {
        id: "growth-emea-apac",
        name: "EMEA and APAC Growth Rebate",
        words: Words { purpose, excluded, voice: 1 },
    };
    book.write(&program, versions)
}

/// Retroactive tiers a unit over the year, with a minimum.
fn services_annual(book: &Book) -> Vec<ProgramFile> {
    let rate = per_units(&[(20, 800), (60, 1400)], TierMode::Retroactive);
    let mut versions = yearly(book, Kind::Rebate, Measure::Units, Period::Year, rate);
    for terms in &mut versions {
        terms.families = strings(&["Services"]);
        terms.partner_types = strings(&["reseller", "msp"]);
        terms.minimum = Some(Decimal::from(20));
    }
    let excluded = "Distributors and referral partners do not deliver services themselves and are excluded.";
    let purpose = "Services make the difference between a box and a solution. Once a year we thank the partners that made them part of their offer.";
    let program = Program {
        id: "rebate-services-annual",
        name: "Annual Services Rebate",
        words: Words { purpose, excluded, voice: 2 },
    };
    book.write(&program, versions)
}

/// Half a percent to the reseller and an override to its distributor.
fn distribution(book: &Book) -> Vec<ProgramFile> {
    let mut versions = yearly(book, Kind::Rebate, Measure::Revenue, Period::Quarter, flat(50));
    for terms in &mut versions {
        terms.partner_types = strings(&["reseller"]);
        terms.override_percent = Some(Decimal::from(1));
    }
    let excluded = "A reseller without a parent earns its own rebate and nobody earns the override. Parents of parents receive nothing.";
    let purpose = "Distribution carries stock, credit and training for the resellers below it. The two-tier rebate pays both sides: a small share to the reseller that sells and an override to the distributor that stands behind it.";
    let program = Program {
        id: "rebate-distribution",
        name: "Two-Tier Distribution Rebate",
        words: Words { purpose, excluded, voice: 2 },
    };
    book.write(&program, versions)
}

/// Accrues to a fund.
fn mdf(book: &Book) -> Vec<ProgramFile> {
    let mut versions = yearly(book, Kind::Mdf, Measure::Revenue, Period::Quarter, flat(100));
    for terms in &mut versions {
        terms.tiers = strings(&["Platinum", "Gold"]);
        terms.cap_per_partner = Some(dollars(1000));
    }
    let excluded = "Fund credit cannot be exchanged for cash and is not part of a partner's payout. Campaigns that were not agreed on beforehand are excluded.";
    let purpose = "The marketing fund helps our closest partners to be seen. What accrues here may be spent on campaigns that both sides agree on, and on nothing else.";
    book.write(
        &Program {
            id: "mdf-partner-fund",
            name: "Partner Marketing Fund",
            words: Words { purpose, excluded, voice: 0 },
        },
        versions,
    )
}
