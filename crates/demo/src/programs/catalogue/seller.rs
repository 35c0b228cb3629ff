//! SPIFFs: flat, in windows, some confounded with weak months, one by a coin.

use rust_decimal::Decimal;

use super::{Book, Program, Words, cents, dollars, strings};
use crate::programs::ProgramFile;
use crate::programs::windows::{after_weak_months, even};
use crate::random::Stream;
use crate::terms::{Kind, Measure, Pay, Period, Rate, Stacking, StackingMode, Terms};

const PX: [&str; 2] = ["PX-100", "PX-200"];
const PY: [&str; 3] = ["PY-200", "PY-300", "PY-400"];
const EDGE: [&str; 3] = ["EG-200", "EG-300", "EG-400"];
const SUPPORT: [&str; 2] = ["SVC-20", "SVC-30"];
const TOP: [&str; 2] = ["Platinum", "Gold"];
const UPPER: [&str; 3] = ["Platinum", "Gold", "Silver"];

pub fn programs(book: &Book) -> Vec<ProgramFile> {
    [product_x(book), product_y(book), edge(book), cloud_pilot(book), services(book), bundle(book)].concat()
}

fn monthly(book: &Book, (start, length): (usize, usize), skus: &[&str], rate_cents: i64) -> Terms {
    let rate = Rate::Flat(Pay::PerUnit(cents(rate_cents)));
    let dates = book.window(start, length);
    Terms { skus: book.skus(skus), ..Terms::plain(Kind::Spiff, dates, Measure::Units, Period::Month, rate) }
}

fn stacking(group: &str, mode: StackingMode, priority: i64) -> Option<Stacking> {
    Some(Stacking { group: group.to_owned(), mode, priority })
}

/// Two windows after weak months, then live through 2026 for one tier more.
fn product_x(book: &Book) -> Vec<ProgramFile> {
    let now = book.months() - 6;
    let starts = after_weak_months(book.market, &PX, 2, 3, 4, now - 4);
    let stack = stacking("product-x", StackingMode::Stack, 1);
    let mut versions = Vec::new();
    for (start, (rate, budget)) in starts.iter().zip([(3000, 120_000), (5000, 180_000)]) {
        versions.push(Terms {
            tiers: strings(&TOP),
            stacking: stack.clone(),
            claim_within_days: Some(45),
            cap_per_partner: Some(dollars(4000)),
            program_budget: Some(dollars(budget)),
            ..monthly(book, (*start, 3), &PX, rate)
        });
    }
    versions.push(Terms {
        tiers: strings(&UPPER),
        stacking: stack,
        claim_within_days: Some(45),
        cap_per_partner: Some(dollars(5000)),
        program_budget: Some(dollars(250_000)),
        ..monthly(book, (now, 12), &PX, 4000)
    });
    let excluded = "Units for a partner's own use and units lent for a trial are not sold, and so not counted. Sales dated outside the life of this version are excluded.";
    let purpose = "Product X is the front of our range, and the people who sell it should feel that. This incentive rewards every unit of Product X that reaches a customer, with an amount that a seller can work out in the car park.";
    book.write(
        &Program {
            id: "spiff-product-x",
            name: "Product X SPIFF",
            words: Words { purpose, excluded, voice: 0 },
        },
        versions,
    )
}

/// Five windows after weak months with rates that vary, a sixth that is live.
fn product_y(book: &Book) -> Vec<ProgramFile> {
    let now = book.months() - 3;
    let starts = after_weak_months(book.market, &PY, 5, 3, 4, now - 3);
    let rates = [2500, 1500, 3500, 2000, 3000];
    let all = [false, false, true, false, false];
    let mut versions: Vec<Terms> = starts
        .iter()
        .zip(rates.iter().zip(all))
        .map(|(start, (rate, all))| Terms {
            tiers: if all { Vec::new() } else { strings(&TOP) },
            ..monthly(book, (*start, 3), &PY, *rate)
        })
        .collect();
    versions.push(Terms { tiers: strings(&TOP), ..monthly(book, (now, 6), &PY, 2500) });
    for terms in &mut versions {
        terms.claim_within_days = Some(30);
        terms.cap_per_partner = Some(dollars(1250));
    }
    let excluded = "Only Product Y as listed above counts: other members of the family do not, even on the same order. Sales between two sprints belong to neither.";
    let purpose = "From time to time we put an extra amount on Product Y, for a few months and at a rate that we set anew each time. The aim is to bring Product Y into conversations that would otherwise end with a competitor's quote.";
    book.write(
        &Program {
            id: "spiff-product-y",
            name: "Product Y Sprint",
            words: Words { purpose, excluded, voice: 1 },
        },
        versions,
    )
}

/// Four windows after weak months and a live one; shuts out the Edge unit rebate.
fn edge(book: &Book) -> Vec<ProgramFile> {
    let now = book.months() - 2;
    let starts = after_weak_months(book.market, &EDGE, 4, 3, 4, now - 3);
    let mut versions: Vec<Terms> = starts
        .iter()
        .zip([2000, 3500, 1500, 3000])
        .map(|(start, rate)| monthly(book, (*start, 3), &EDGE, rate))
        .collect();
    versions.push(monthly(book, (now, 8), &EDGE, 2400));
    for terms in &mut versions {
        terms.tiers = strings(&TOP);
        terms.stacking = stacking("edge", StackingMode::Exclusive, 1);
        terms.cap_per_partner = Some(dollars(900));
    }
    let excluded = "Sensors, clusters and controllers of the Edge family are outside this incentive. They remain under the Edge Unit Rebate.";
    let purpose = "Edge Gateways sell best when somebody shows them running. The Edge SPIFF pays for that extra effort while it is open, and takes the place of the Edge Unit Rebate for the lines that it covers.";
    book.write(
        &Program {
            id: "spiff-edge",
            name: "Edge Gateway SPIFF",
            words: Words { purpose, excluded, voice: 2 },
        },
        versions,
    )
}

/// Regions and partner types by a coin at every version: a randomised experiment.
fn cloud_pilot(book: &Book) -> Vec<ProgramFile> {
    let now = book.months() - 3;
    // A short history has room for fewer rounds of three months.
    let rounds = ((now - 7) / 3).min(5);
    let mut starts = even(rounds, 5, now - 2);
    starts.push(now);
    let percents = [500, 800, 400, 600, 1000, 700];
    let coin = |i: usize, purpose: &str, words: &[&str]| loop_coin(book.seed, i, purpose, words);
    let versions = starts
        .iter()
        .zip(percents)
        .enumerate()
        .map(|(i, (start, percent))| {
            let rate = Rate::Flat(Pay::Percent(Decimal::new(percent, 2)));
            let length = if *start == now { 6 } else { 3 };
            let dates = book.window(*start, length);
            Terms {
                families: strings(&["Cloud"]),
                regions: coin(i, "pilot regions", &["AMER", "EMEA", "APAC"]),
                partner_types: coin(i, "pilot types", &["reseller", "distributor", "msp", "referral"]),
                cap_per_partner: Some(dollars(4000)),
                ..Terms::plain(Kind::Spiff, dates, Measure::Revenue, Period::Month, rate)
            }
        })
        .collect();
    let excluded = "Partners outside the regions and types that were drawn do not take part in this round, whatever their sales. There is no exchange of places.";
    let purpose = "The Cloud Pilot is an experiment, and we say so. For each round we draw by lot which regions and which kinds of partner take part, so that we learn what the incentive really does; those left out in one round may well be in the next.";
    book.write(
        &Program {
            id: "spiff-cloud-pilot",
            name: "Cloud Pilot SPIFF",
            words: Words { purpose, excluded, voice: 2 },
        },
        versions,
    )
}

/// A part of `words` by a coin each, neither none nor all.
fn loop_coin(seed: u64, round: usize, purpose: &str, words: &[&str]) -> Vec<String> {
    let mut stream = Stream::new(seed, purpose, &[round]);
    loop {
        let kept: Vec<&str> = words.iter().copied().filter(|_| stream.chance(0.5)).collect();
        if !kept.is_empty() && kept.len() < words.len() {
            return strings(&kept);
        }
    }
}

/// Three windows after weak months, the last one long over.
fn services(book: &Book) -> Vec<ProgramFile> {
    let starts = after_weak_months(book.market, &SUPPORT, 3, 3, 4, book.months() - 10);
    let versions = starts
        .iter()
        .zip([2000, 3000, 1500])
        .map(|(start, rate)| Terms {
            tiers: strings(&UPPER),
            cap_per_partner: Some(dollars(600)),
            ..monthly(book, (*start, 3), &SUPPORT, rate)
        })
        .collect();
    let excluded = "Plans that are given away with hardware are not sold and are not meant here. A plan must appear as a line of the sale.";
    let purpose = "Customers with a support plan stay longer. This incentive asks sellers to put a plan on the quote from the beginning and not as an afterthought.";
    book.write(
        &Program {
            id: "spiff-services",
            name: "Support Plan SPIFF",
            words: Words { purpose, excluded, voice: 0 },
        },
        versions,
    )
}

/// A complete deal of Product X with onboarding; the rate has never changed.
fn bundle(book: &Book) -> Vec<ProgramFile> {
    let versions = book
        .years()
        .into_iter()
        .map(|dates| Terms {
            skus: strings(&["PX-100", "SVC-10"]),
            bundle: strings(&["PX-100", "SVC-10"]),
            stacking: stacking("product-x", StackingMode::Stack, 2),
            cap_per_partner: Some(dollars(1200)),
            ..Terms::plain(
                Kind::Spiff,
                dates,
                Measure::Units,
                Period::Month,
                Rate::Flat(Pay::PerUnit(cents(1200))),
            )
        })
        .collect();
    let excluded =
        "An onboarding that is booked later, on another day, does not complete the deal afterwards.";
    let purpose = "A customer who is onboarded well calls support less and buys again. The bundle bonus is for deals that bring Product X 100 and the Onboarding Service together.";
    book.write(
        &Program {
            id: "bundle-x-onboarding",
            name: "Product X Onboarding Bundle",
            words: Words { purpose, excluded, voice: 1 },
        },
        versions,
    )
}
