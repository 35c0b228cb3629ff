//! A small believable company and a scripted copilot, for the faces: what they
//! show is under test, not how it is computed.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rust_decimal::Decimal;
use spiffcast::answer::{Answer, Bundle, Citation, ReportFormat, Run, Summary};
use spiffcast::app::drafts::port::{DraftLine, DraftView, Edit, Payload};
use spiffcast::app::drafts::steps::{Action, State as DraftState};
use spiffcast::app::drafts::{Approvals, DraftError};
use spiffcast::app::earnings;
use spiffcast::app::port::{
    AccuracyReport, Annotation, AskError, AskRequest, Copilot, KeptAnswer, LedgerEntry, LedgerScores,
    Progress, RecentAnswer, RecordState, ScenarioList, ScenarioQuery, Stage,
};
use spiffcast::app::programs::{ClauseFound, ClauseQuery};
use spiffcast::auth::Who;
use spiffcast::program_record::{LookBack, ProgramRecord, QuarterCost, Returned};
use spiffcast_engine::accuracy::given::{GivenArm, GivenScore, Range, RulesInForce};
use spiffcast_engine::accuracy::{
    Backtest, ChangeKind, Event, FigureScores, Grouping, LeftOut, LevelScores, Said, Scores, TrackRecord,
    WhatIfScores,
};
use spiffcast_engine::calendar::{FiscalCalendar, PeriodKind, Span};
use spiffcast_engine::catalog::{Catalog, Partner, PartnerType, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{Outlook, Statement, WhatIf};
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::forecast::*;
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::programs::accruals::exposure::Exposure;
use spiffcast_engine::programs::accruals::sales::MonthSales;
use spiffcast_engine::programs::accruals::{BudgetUse, MonthAccrual, ProgramAccruals, RoleAmounts};
use spiffcast_engine::programs::lint::{LintCode, LintFinding};
use spiffcast_engine::programs::terms::*;
use spiffcast_engine::reading::{Choice, Clarification, Provenance, Reading, Source, Status};
use spiffcast_engine::scenario::{
    self, Draft, ExtraSale, Intent, Lever, Operation, Parameter, Period, ScenarioOption,
};

/// The question that every part of the pages is tried with.
pub const QUESTION: &str = "raise the Product X SPIFF 5% for Q3";

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a date")
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

const NAMES: [&str; 12] = [
    "Northwind Systems",
    "Bluepeak Cloud Services",
    "Harbor & Vale IT",
    "Sundial Networks",
    "Kestrel Managed Services International Holdings",
    "אור טכנולוגיות",
    "Orchard Data",
    "<b>Bold</b> Partners",
    "Meridian Distribution",
    "Cobalt Ridge",
    "Fennel Street Computing",
    "Tamarack Solutions",
];

/// Twelve partners, three products, three programs; data to 30 June 2026.
pub fn company() -> Company {
    let partners = NAMES
        .iter()
        .enumerate()
        .map(|(i, name)| Partner {
            id: format!("P-{:04}", i + 1),
            name: (*name).to_owned(),
            partner_type: PartnerType::ALL[i % 4],
            tier: ["Platinum", "Gold", "Silver"][i % 3].to_owned(),
            region: ["AMER", "EMEA", "APAC"][i % 3].to_owned(),
            country: None,
            parent: None,
            onboarded_on: None,
            active: true,
            tier_history: vec![],
        })
        .collect();
    let product = |sku: &str, name: &str, family: &str| Product {
        sku: sku.to_owned(),
        name: name.to_owned(),
        family: family.to_owned(),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![Price { effective_from: None, list_price: dec("800"), unit_cost: dec("440") }],
    };
    let products = vec![
        product("PX-100", "Product X Standard", "X"),
        product("PX-200", "Product X Pro", "X"),
        product("SVC-10", "Onboarding <service>", "Services"),
    ];
    Company {
        catalog: Catalog::new(partners, products, "USD".to_owned()),
        programs: vec![rebate(), spiff()],
        lines: vec![],
        registrations: vec![],
        targets: vec![],
        payouts: vec![],
        as_of: day("2026-06-30"),
        calendar: FiscalCalendar::default(),
    }
}

fn terms(kind: ProgramKind, from: &str, to: &str, rate: Rate) -> Terms {
    Terms {
        kind,
        currency: "USD".to_owned(),
        effective: Span::new(day(from), day(to)),
        stacking: None,
        applies_to: AppliesTo { skus: vec!["PX-100".to_owned(), "PX-200".to_owned()], families: vec![] },
        eligible: Eligible { tiers: vec!["Platinum".to_owned(), "Gold".to_owned()], ..Eligible::default() },
        measure: Measure::Units,
        period: PeriodKind::Month,
        rate,
        minimum: Some(dec("10")),
        target: None,
        accelerator: None,
        growth: None,
        override_percent: None,
        bundle: vec![],
        claim_within_days: Some(30),
        caps: Caps {
            per_transaction: None,
            per_partner: Some(dec("5000.00")),
            program_budget: Some(dec("250000.00")),
        },
    }
}

fn version(program: &str, name: &str, version: u32, terms: Terms) -> ProgramVersion {
    let clause = |number: &str, heading: &str, text: &str| Clause {
        number: number.to_owned(),
        heading: heading.to_owned(),
        text: text.to_owned(),
        line: 20,
    };
    ProgramVersion {
        program: program.to_owned(),
        version,
        name: name.to_owned(),
        terms,
        clauses: vec![
            clause(
                "1.1",
                "Purpose",
                "This incentive rewards sellers of Product X for every unit sold to an end customer.",
            ),
            clause("1.2", "Purpose", "It runs beside the volume rebate and does not replace it."),
            clause(
                "2.1",
                "Calculation",
                "The Partner earns $40.00 for each qualifying unit of Product X sold in a calendar month, from the first unit once the minimum of 10 units is met.",
            ),
            clause("2.2", "Calculation", "Pay is rounded once, on the payout line, half away from zero."),
            clause(
                "3.1",
                "Eligibility",
                "Partners that hold the tier Platinum or Gold on the day of the sale qualify.",
            ),
            clause(
                "4.1",
                "Caps",
                "No Partner earns more than $5,000.00 in a calendar month. The program pays no more than $250,000.00 in all.",
            ),
            clause(
                "5.1",
                "Claims",
                "A sale that is reported more than 30 days after it was made does not qualify.",
            ),
            clause(
                "6.1",
                "Returns",
                "Pay for goods that come back is taken back in the month of the return.",
            ),
        ],
        file: format!("programs/{program}/v{version}.md"),
        lines: Default::default(),
        digest: "9f2c4e1ab0d3".repeat(5),
    }
}

fn spiff() -> Program {
    let flat = |v: &str| Rate::Flat(Pay::PerUnit(dec(v)));
    Program {
        id: "spiff-product-x".to_owned(),
        versions: vec![
            version(
                "spiff-product-x",
                "Product X SPIFF",
                2,
                terms(ProgramKind::Spiff, "2025-01-01", "2025-12-31", flat("32.50")),
            ),
            version(
                "spiff-product-x",
                "Product X SPIFF",
                3,
                terms(ProgramKind::Spiff, "2026-01-01", "2026-12-31", flat("40.00")),
            ),
        ],
    }
}

fn rebate() -> Program {
    let tiers = [("0", "2"), ("50000", "3"), ("120000", "4.5")]
        .map(|(from, percent)| RateTier { from: dec(from), pay: Pay::Percent(dec(percent)) });
    let mut terms = terms(
        ProgramKind::Rebate,
        "2026-01-01",
        "2026-12-31",
        Rate::Tiered { tiers: tiers.to_vec(), mode: TierMode::Marginal },
    );
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.applies_to = AppliesTo::default();
    terms.minimum = None;
    Program {
        id: "rebate-volume".to_owned(),
        versions: vec![version("rebate-volume", "Volume <rebate>", 1, terms)],
    }
}

fn q(mean: f64, half: f64, outcome: f64) -> Quantity {
    Quantity {
        mean: Some(mean),
        p10: Some(mean - half),
        p50: Some(mean),
        p90: Some(mean + half),
        mcse: Some(half / 40.0),
        outcome_p10: Some(mean - outcome),
        outcome_p90: Some(mean + outcome),
    }
}

fn metric(base: f64, change: f64, half: f64, outcome: f64) -> Metric {
    Metric {
        baseline: q(base, base.abs() * 0.04, outcome),
        options: vec![q(base + change, base.abs() * 0.045, outcome * 1.02)],
        difference: vec![q(change, half, half * 3.0)],
    }
}

fn metrics(scale: f64) -> Metrics {
    let s = |base: f64, change: f64, half: f64, outcome: f64| {
        metric(base * scale, change * scale, half * scale, outcome * scale)
    };
    let mut out = BTreeMap::from([
        ("units".to_owned(), s(3612.0, 78.4, 31.0, 410.0)),
        ("revenue".to_owned(), s(2_605_300.0, 56_540.0, 22_400.0, 296_000.0)),
        ("margin".to_owned(), s(1_016_000.0, 22_050.0, 8_730.0, 115_000.0)),
        ("payout".to_owned(), s(118_420.0, 8_730.0, 1_020.0, 12_600.0)),
        ("fund_accrual".to_owned(), s(0.0, 0.0, 0.0, 0.0)),
        ("net".to_owned(), s(897_580.0, 13_320.0, 7_900.0, 104_000.0)),
        ("partners_earning".to_owned(), s(142.0, 1.6, 1.1, 6.0)),
        ("uptake_share".to_owned(), metric(0.71, 0.008, 0.005, 0.03)),
    ]);
    out.insert(
        "roi".to_owned(),
        Metric {
            baseline: Quantity::default(),
            options: vec![Quantity::default()],
            difference: vec![q(1.53, 0.86, 2.0)],
        },
    );
    out
}

fn row(key: &str, name: &str, scale: f64) -> Row {
    Row { key: key.to_owned(), name: name.to_owned(), metrics: metrics(scale) }
}

/// A whole forecast of the demo question.
pub fn forecast() -> Forecast {
    let months = [("2026-07", 0.31), ("2026-08", 0.33), ("2026-09", 0.36)];
    Forecast {
        as_of: day("2026-06-30"),
        currency: "USD".to_owned(),
        horizon: Horizon { start: day("2026-07-01"), end: day("2026-09-30"), tail_end: day("2026-11-30") },
        metrics: metrics(1.0),
        gross_of_pull_forward: GrossOfPullForward::default(),
        cost_split: vec![CostSplit {
            mechanical: q(5_920.0, 300.0, 700.0),
            behavioural: q(2_810.0, 960.0, 1200.0),
        }],
        budgets: vec![Budget {
            program: "spiff-product-x".to_owned(),
            budget: "250000.00".to_owned(),
            left: "126350.00".to_owned(),
            baseline: BudgetArm { probability_exhausted: 0.19, ..BudgetArm::default() },
            options: vec![BudgetArm {
                probability_exhausted: 0.46,
                exhausted_on: BTreeMap::from([
                    ("p10".to_owned(), day("2026-09-11")),
                    ("p50".to_owned(), day("2026-09-22")),
                    ("p90".to_owned(), day("2026-09-29")),
                ]),
                unfunded: q(1_940.0, 900.0, 2_000.0),
            }],
        }],
        breakeven: vec![Breakeven { lift: Some(0.0094), probability: Some(0.93) }],
        comparison: vec![],
        by: Breakdown {
            month: months.iter().map(|(key, scale)| row(key, key, *scale)).collect(),
            program: vec![row("spiff-product-x", "Product X SPIFF", 1.0)],
            product: vec![row("PX-100", "Product X Standard", 0.7), row("PX-200", "Product X Pro", 0.3)],
            tier: vec![],
            region: vec![],
            partner: NAMES
                .iter()
                .enumerate()
                .map(|(i, name)| {
                    let scale = 0.19 * 0.78f64.powi(i as i32) * if i == 7 { -0.6 } else { 1.0 };
                    row(&format!("P-{:04}", i + 1), name, scale)
                })
                .collect(),
        },
        evidence: vec![
            Evidence {
                sku: "PX-100".to_owned(),
                grade: Grade::B,
                share_from_history: 0.72,
                changes: 5,
                response: Coefficient { mean: Some(4.31), se: Some(0.9) },
                range: [0.0, 0.08],
                flags: vec!["LEAD NOT CLEAN".to_owned()],
            },
            Evidence {
                sku: "PX-200".to_owned(),
                grade: Grade::C,
                share_from_history: 0.31,
                changes: 2,
                response: Coefficient { mean: Some(3.4), se: Some(1.6) },
                range: [0.0, 0.05],
                flags: vec![],
            },
        ],
        precedents: vec![Precedent {
            program: "spiff-product-x".to_owned(),
            version: 3,
            on: day("2026-01-01"),
            change: "$32.50 to $40.00 a unit".to_owned(),
            units_before: 3120.0,
            units_after: 3455.0,
        }],
        approximations: vec![
            "The minimum of 10 units a month is applied to simulated months, not to simulated deals."
                .to_owned(),
            "Sales taken from ineligible partners are assumed to be none.".to_owned(),
        ],
        sweep: None,
        goal: None,
        accuracy: Some(Accuracy { coverage_80: 0.81, wape: 0.19, events: 14 }),
        ..Forecast::default()
    }
}

/// The scenario of the demo question.
pub fn draft() -> Draft {
    Draft {
        intent: Intent::Forecast,
        period: Period { start: day("2026-07-01"), end: day("2026-09-30"), label: "Q3 2026".to_owned() },
        audience: scenario::Audience::default(),
        options: vec![ScenarioOption {
            label: "Product X SPIFF +5%".to_owned(),
            levers: vec![Lever {
                program: "spiff-product-x".to_owned(),
                parameter: Parameter::Rate,
                operation: Operation::IncreaseByPercent,
                value: Some("5".to_owned()),
                tier_from: None,
                period: None,
                audience: None,
                terms: None,
            }],
        }],
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    }
}

fn said(question: &str, field: &str, text: &str) -> Option<Provenance> {
    let byte = question.find(text)?;
    let start = question[..byte].chars().count();
    let end = start + text.chars().count();
    Some(Provenance {
        field: field.to_owned(),
        source: Source::Question { start, end, text: text.to_owned() },
    })
}

fn reading(question: &str, status: Status) -> Reading {
    let lever = "options[0].levers[0]";
    let mut provenance: Vec<Provenance> = [
        said(question, &format!("{lever}.operation"), "raise"),
        said(question, &format!("{lever}.program"), "Product X SPIFF"),
        said(question, &format!("{lever}.value"), "5%"),
        said(question, "period", "Q3"),
    ]
    .into_iter()
    .flatten()
    .collect();
    provenance.push(Provenance {
        field: format!("{lever}.parameter"),
        source: Source::Rule { program: "spiff-product-x".to_owned(), version: 3, clause: "2.1".to_owned() },
    });
    provenance.push(Provenance {
        field: "audience".to_owned(),
        source: Source::Default { reason: "nobody was named, so everyone".to_owned() },
    });
    Reading {
        status,
        scenario: Some(draft()),
        reader: "built-in".to_owned(),
        unused_words: vec![],
        provenance,
        clarifications: vec![],
        findings: vec![],
        chosen: vec![],
    }
}

/// The answer to a question: what it holds depends on words in the question.
pub fn answer(id: &str, request: &AskRequest) -> Answer {
    let question = request.question.as_str();
    let mut reading = reading(question, Status::Ready);
    if question.contains("by 5 ") && request.answers.is_empty() {
        reading.status = Status::NeedsClarification;
        reading.clarifications = vec![Clarification {
            field: "options[0].levers[0].operation".to_owned(),
            question: "Raise the rate by 5 percent or by $5?".to_owned(),
            choices: [
                ("relative", "By 5%: $40.00 becomes $42.00"),
                ("amount", "By $5: $40.00 becomes $45.00"),
            ]
            .map(|(id, label)| Choice {
                id: id.to_owned(),
                label: label.to_owned(),
                patch: serde_json::json!({}),
            })
            .to_vec(),
        }];
    } else if question.contains("weather") {
        reading.status = Status::Unsupported;
        reading.scenario = None;
        reading.provenance.clear();
        reading.unused_words = vec!["weather".to_owned()];
        reading.findings = vec![Finding {
            severity: Severity::Error,
            code: "no_lever".to_owned(),
            field: "options".to_owned(),
            message: "No program and no change of one is named.".to_owned(),
            hint: "Say which program to change, and how.".to_owned(),
        }];
    }
    let ready = reading.status == Status::Ready;
    let mut forecast = forecast();
    if question.contains("never varied") {
        forecast.evidence[0].grade = Grade::PriorOnly;
    }
    Answer {
        run: Run {
            id: id.to_owned(),
            created_at: "2026-07-01T09:30:00Z".to_owned(),
            question: Some(question.to_owned()),
            follows: request.conversation.clone(),
            partner: request.partner.clone(),
            tokens: None,
        },
        reading,
        forecast: ready.then_some(forecast),
        earnings: None,
        summary: ready.then(|| Summary {
            headline: "Raising the Product X SPIFF by 5% in Q3 2026 would likely pay for itself: about $13,320 more net margin for $8,730 more payout.".to_owned(),
            text: "78 more units of Product X are expected on 3,612, mostly at Platinum partners. The budget is nearly as likely as not to run out in September.".to_owned(),
            author: "template".to_owned(),
        }),
        citations: ready
            .then(|| Citation {
                program: "spiff-product-x".to_owned(),
                version: 3,
                clause: "2.1".to_owned(),
                quote: "The Partner earns $40.00 for each qualifying unit of Product X sold in a calendar month, from the first unit once the minimum of 10 units is met.".to_owned(),
            })
            .into_iter()
            .collect(),
        bundle: Bundle {
            data: format!("sha256:{}", "4b1d".repeat(16)),
            rules: format!("sha256:{}", "77a0".repeat(16)),
            scenario: ready.then(|| format!("sha256:{}", "c3e9".repeat(16))),
            priors: format!("sha256:{}", "0d5f".repeat(16)),
            settings: format!("sha256:{}", "e812".repeat(16)),
            seed: 1,
            draws: 2000,
            engine: "0.1.0".to_owned(),
            reader: "built-in".to_owned(),
            model: None,
            track_record: Some(format!("sha256:{}", "51c7".repeat(16))),
            regions: Vec::new(),
        },
    }
}

/// Three past changes and two forecasts that were given, one of them scored.
fn accuracy(computed: bool) -> AccuracyReport {
    let said = |mean: f64, p10: f64, p90: f64, actual: f64| Said { mean, p10, p90, actual };
    let event = |version: u32, kind, on: &str, lift: f64, came: f64, pay: (f64, f64)| Event {
        program: "spiff-product-x".to_owned(),
        name: "Product X SPIFF <new>".to_owned(),
        program_kind: ProgramKind::Spiff,
        kind,
        version,
        on: day(on),
        change: "rate from 32.5 a unit to 40 a unit".to_owned(),
        known_to: day("2025-12-31"),
        months: ["2026-01".to_owned(), "2026-03".to_owned()],
        grade: Grade::B,
        units: said(
            1000.0 * (1.0 + lift),
            1000.0 * (0.85 + lift),
            1000.0 * (1.15 + lift),
            1000.0 * (1.0 + came),
        ),
        units_without: 1000.0,
        lift: said(lift, lift - 0.15, lift + 0.15, came),
        payout: said(pay.0, pay.0 * 0.8, pay.0 * 1.2, pay.1),
    };
    let events = vec![
        event(2, ChangeKind::Launch, "2025-01-01", 0.21, 0.26, (41_000.0, 44_120.5)),
        event(3, ChangeKind::Change, "2026-01-01", 0.05, -0.17, (52_000.0, 47_300.0)),
        event(2, ChangeKind::End, "2025-12-01", -0.12, -0.04, (0.0, 0.0)),
    ];
    let scores = Scores {
        cases: 36,
        crps: Some(0.1),
        bias: Some(0.021),
        wape: Some(0.184),
        rmsse: Some(0.8),
        coverage_80: Some(0.806),
        coverage_90: Some(0.917),
        pit: vec![0.1; 10],
    };
    let level = |level| LevelScores { level, own: scores.clone(), naive: scores.clone() };
    let record = TrackRecord {
        as_of: day("2026-06-30"),
        known_through: day("2026-05-31"),
        engine: "0.1.0".to_owned(),
        months: 3,
        what_ifs: WhatIfScores::of(&events),
        events,
        left_out: vec![LeftOut {
            program: "rebate-volume".to_owned(),
            on: day("2024-01-01"),
            reason: "fewer than 18 months of sales lie before it".to_owned(),
        }],
        baseline: Backtest {
            origins: vec![day("2026-02-28")],
            months: 3,
            levels: Grouping::ALL.map(level).to_vec(),
        },
    };
    let range = |mean: f64| Range { mean, p10: mean * 0.8, p90: mean * 1.2 };
    let arm = |label: &str, mean: f64| GivenArm {
        label: label.to_owned(),
        rules: "sha256:0".to_owned(),
        units: range(mean),
        payout: range(mean * 40.0),
    };
    let entry = |title: &str, score| LedgerEntry {
        answer: "0198-0001".to_owned(),
        title: title.to_owned(),
        asked_at: "2026-01-02T10:00:00.000Z".to_owned(),
        times: 2,
        as_of: day("2025-12-31"),
        period: Span::new(day("2026-01-01"), day("2026-03-31")),
        programs: vec!["spiff-product-x".to_owned()],
        arms: vec![arm("baseline", 1000.0), arm("Product X SPIFF +5%", 1040.0)],
        score,
    };
    let score = GivenScore {
        as_of: day("2026-06-30"),
        whole: true,
        rules: RulesInForce::Option,
        arm: 1,
        units: said(1040.0, 832.0, 1248.0, 1301.0),
        payout: said(41_600.0, 33_280.0, 49_920.0, 46_000.0),
    };
    AccuracyReport {
        state: if computed { RecordState::Computed } else { RecordState::NotComputed },
        made_at: computed.then(|| "2026-07-02T08:00:00.000Z".to_owned()),
        record: computed.then_some(record),
        ledger: LedgerScores {
            scored: 1,
            waiting: 1,
            units: FigureScores::of(&[score.units], true),
            payout: FigureScores::of(&[score.payout], true),
        },
        forecasts: vec![
            entry("raise the <i>Product X</i> SPIFF 5% for Q1", Some(score)),
            entry("pause it", None),
        ],
    }
}

/// Two quarters of a program, one of them open, with a step up and a clawback; looked back
/// on where `looked`.
pub fn record(program: &str, looked: bool) -> ProgramRecord {
    let month = |key: &str, own: &str, true_up: &str, back: &str, due: &str| {
        let (own, back) = (dec(own), dec(back));
        MonthAccrual {
            month: key.to_owned(),
            through: format!("{key}-28").parse().expect("a day"),
            new_sales: own - dec(true_up),
            true_up: dec(true_up),
            accrued: RoleAmounts { own, overrides: Decimal::ZERO, clawbacks: back, total: own + back },
            due_to_date: dec(due),
        }
    };
    let months =
        vec![month("2026-03", "12000", "0", "0", "12000"), month("2026-04", "9000", "1500", "-400", "20600")];
    let due = RoleAmounts {
        own: dec("21000"),
        clawbacks: dec("-400"),
        total: dec("20600"),
        ..RoleAmounts::default()
    };
    let effective = Span::new(day("2026-01-01"), day("2026-12-31"));
    let accruals = ProgramAccruals {
        program_id: program.to_owned(),
        program_name: "Product X SPIFF".to_owned(),
        kind: ProgramKind::Spiff,
        fund: false,
        due,
        due_at_expected_rate: due.total,
        months,
        sales: vec![MonthSales { month: "2026-03".to_owned(), revenue: dec("400000") }],
        open: vec![],
        budgets: vec![BudgetUse {
            version: 3,
            effective,
            budget: dec("250000"),
            used: dec("123650"),
            left: dec("126350"),
        }],
        recorded: vec![],
        exposure: Exposure { paid_in_window: dec("9000"), amount: dec("310"), rows: vec![] },
    };
    let quarter = |label: &str, span: (&str, &str), open, accrued: &str, revenue: &str| QuarterCost {
        label: label.to_owned(),
        year: 2026,
        span: Span::new(day(span.0), day(span.1)),
        open,
        accrued: dec(accrued),
        booked: dec("11900"),
        paid: dec("11500"),
        revenue: dec(revenue),
    };
    let returned = match looked {
        true => Returned::LookedBack(Box::new(LookBack {
            label: "Q1 2026".to_owned(),
            question: "what if we had paused the Product X SPIFF in Q1 2026".to_owned(),
            forecast: forecast(),
            grades: vec![(Grade::B, 1), (Grade::C, 1)],
        })),
        false => Returned::NotEstimated("it was not in force in any whole quarter of the data".to_owned()),
    };
    ProgramRecord {
        currency: "USD".to_owned(),
        accruals: looked.then_some(accruals),
        quarters: vec![
            quarter("Q1 2026", ("2026-01-01", "2026-03-31"), false, "12000", "400000"),
            quarter("Q2 2026", ("2026-04-01", "2026-06-30"), true, "8600", "0"),
        ],
        findings: vec![LintFinding {
            severity: Severity::Warning,
            code: LintCode::TierNeverReached,
            program: program.to_owned(),
            version: 3,
            file: format!("programs/{program}/v3.md"),
            line: Some(9),
            clause: Some("2.1".to_owned()),
            message: "no partner ever reached the tier from <120,000>".to_owned(),
            hint: "Lower it or leave it out.".to_owned(),
        }],
        returned,
        left_out: None,
    }
}

/// Answers from [`answer`], stage by stage, and keeps them.
pub struct Scripted {
    company: Arc<Company>,
    kept: Mutex<(Vec<String>, HashMap<String, Answer>)>,
    backtested: AtomicBool,
    /// Time of each of ten steps of the simulation.
    pub step: Duration,
}

fn kept_answer(answer: &Answer) -> KeptAnswer {
    KeptAnswer {
        id: answer.run.id.clone(),
        title: answer.run.question.clone().unwrap_or_default(),
        headline: answer.summary.as_ref().map(|s| s.headline.clone()),
        status: answer.reading.status,
        created_at: answer.run.created_at.clone(),
        note: "for the budget round".to_owned(),
        tags: vec!["q3".to_owned()],
        archived: false,
        stale: answer.reading.status == Status::Ready,
    }
}

impl Scripted {
    /// A copilot that takes `step` for each tenth of a simulation.
    pub fn new(step: Duration) -> Arc<Self> {
        Arc::new(Self {
            company: Arc::new(company()),
            kept: Mutex::default(),
            backtested: AtomicBool::new(false),
            step,
        })
    }

    /// The same with very many partners, half of them with names from right to left.
    pub fn large(partners: usize) -> Arc<Self> {
        let mut company = company();
        let named = |i: usize| Partner {
            id: format!("P-{i:05}"),
            name: if i.is_multiple_of(2) {
                format!("אור טכנולוגיות {i}")
            } else {
                format!("شركة النور للتقنية {i}")
            },
            ..company.catalog.partners[i % NAMES.len()].clone()
        };
        let partners = (0..partners).map(named).collect();
        company.catalog = Catalog::new(partners, company.catalog.products.clone(), "USD".to_owned());
        Arc::new(Self {
            company: Arc::new(company),
            kept: Mutex::default(),
            backtested: AtomicBool::new(false),
            step: Duration::ZERO,
        })
    }

    fn keep(&self, request: &AskRequest) -> Answer {
        let mut kept = self.kept.lock().expect("no panic elsewhere");
        let id = format!("0198-{:04}", kept.0.len() + 1);
        let mut answer = answer(&id, request);
        let partners = &self.company.catalog.partners;
        if let Some(forecast) = answer.forecast.as_mut().filter(|_| partners.len() > NAMES.len()) {
            let of = |(i, p): (usize, &Partner)| row(&p.id, &p.name, 0.1 / (i + 1) as f64);
            forecast.by.partner = partners.iter().enumerate().map(of).collect();
        }
        kept.0.push(id.clone());
        kept.1.insert(id, answer.clone());
        answer
    }
}

#[async_trait]
impl Copilot for Scripted {
    fn on_behalf_of(self: Arc<Self>, _: Arc<Who>) -> Arc<dyn Copilot> {
        self
    }

    async fn ask(&self, request: AskRequest, progress: Progress) -> Result<Answer, AskError> {
        if request.question.trim().is_empty() && request.corrections.is_empty() {
            return Err(AskError::Findings(vec![Finding {
                severity: Severity::Error,
                code: "empty_question".to_owned(),
                field: "question".to_owned(),
                message: "The question is empty.".to_owned(),
                hint: "Say what to change, by how much and when.".to_owned(),
            }]));
        }
        match request.question.as_str() {
            "panic" => panic!("scripted"),
            "secret fault" => return Err(AskError::Internal("SECRET in /srv/db".to_owned())),
            "down" => return Err(AskError::Unavailable("The model server does not answer.".to_owned())),
            _ => {}
        }
        // For what has to happen while an answer is on its way.
        let step = if request.question == "take your time" { Duration::from_secs(60) } else { self.step };
        for stage in Stage::ALL {
            for tenth in 0..=10 {
                progress.check()?;
                progress.report(stage, f64::from(tenth) / 10.0);
                if stage == Stage::Simulate {
                    tokio::time::sleep(step).await;
                }
            }
        }
        Ok(self.keep(&request))
    }

    async fn simulate(&self, draft: Draft, _: Progress) -> Result<Answer, AskError> {
        let label = draft.options.first().map(|o| o.label.clone()).unwrap_or_default();
        let mut answer = self.keep(&AskRequest { question: label, ..AskRequest::default() });
        answer.run.question = None;
        Ok(answer)
    }

    async fn answer(&self, id: &str) -> Result<Option<Answer>, AskError> {
        Ok(self.kept.lock().expect("no panic elsewhere").1.get(id).cloned())
    }

    async fn scenarios(&self, query: ScenarioQuery) -> Result<ScenarioList, AskError> {
        let kept = self.kept.lock().expect("no panic elsewhere");
        let all: Vec<KeptAnswer> = kept.0.iter().rev().map(|id| kept_answer(&kept.1[id])).collect();
        let of_query = |k: &KeptAnswer| query.text.split(' ').all(|word| k.title.contains(word));
        let found: Vec<KeptAnswer> = all.into_iter().filter(of_query).collect();
        let page = found.iter().skip(query.page * 40).take(40).cloned().collect();
        Ok(ScenarioList { total: found.len(), scenarios: page, tags: vec!["q3".to_owned()] })
    }

    async fn kept(&self, id: &str) -> Result<Option<KeptAnswer>, AskError> {
        Ok(self.kept.lock().expect("no panic elsewhere").1.get(id).map(kept_answer))
    }

    async fn annotate(&self, id: &str, _: Annotation) -> Result<(), AskError> {
        let known = self.kept.lock().expect("no panic elsewhere").1.contains_key(id);
        if known { Ok(()) } else { Err(AskError::NotFound) }
    }

    async fn again(&self, id: &str, _: Progress) -> Result<Answer, AskError> {
        let before = self.answer(id).await?.ok_or(AskError::NotFound)?;
        let question = before.run.question.unwrap_or_default();
        Ok(self.keep(&AskRequest { question, conversation: Some(id.to_owned()), ..AskRequest::default() }))
    }

    async fn duplicate(&self, id: &str) -> Result<String, AskError> {
        let of = self.answer(id).await?.ok_or(AskError::NotFound)?;
        let question = of.run.question.unwrap_or_default();
        Ok(self.keep(&AskRequest { question, ..AskRequest::default() }).run.id)
    }

    async fn clauses(&self, query: ClauseQuery) -> Result<Vec<ClauseFound>, AskError> {
        let programs = self.company.programs.iter();
        let asked = programs.filter(|p| query.program.as_ref().is_none_or(|id| *id == p.id));
        let versions = asked
            .flat_map(|p| &p.versions)
            .filter(|v| query.every_version || v.terms.effective.contains(self.company.today()));
        let found = versions.flat_map(|v| v.clauses.iter().map(move |c| (v, c)));
        let found = found.filter(|(_, c)| c.text.contains(&query.text)).map(|(v, c)| ClauseFound {
            program: v.program.clone(),
            version: v.version,
            clause: c.number.clone(),
            effective: Some(v.terms.effective),
            text: c.text.clone(),
            answers: true,
        });
        Ok(found.collect())
    }

    async fn program_record(&self, program: &str) -> Result<Option<Arc<ProgramRecord>>, AskError> {
        self.company.program(program).ok_or(AskError::NotFound)?;
        Ok(Some(Arc::new(record(program, program == "spiff-product-x"))))
    }

    async fn compare(&self, ids: Vec<String>, _: Progress) -> Result<Answer, AskError> {
        Ok(self.keep(&AskRequest { question: ids.join(" / "), ..AskRequest::default() }))
    }

    async fn recent(&self, limit: usize) -> Result<Vec<RecentAnswer>, AskError> {
        let kept = self.kept.lock().expect("no panic elsewhere");
        let line = |id: &String| {
            let answer = &kept.1[id];
            RecentAnswer {
                id: id.clone(),
                title: answer.run.question.clone().unwrap_or_default(),
                headline: answer.summary.as_ref().map(|s| s.headline.clone()),
                status: answer.reading.status,
                created_at: answer.run.created_at.clone(),
            }
        };
        Ok(kept.0.iter().rev().take(limit).map(line).collect())
    }

    fn company(&self) -> Arc<Company> {
        Arc::clone(&self.company)
    }

    fn examples(&self) -> Vec<String> {
        [
            QUESTION,
            "what if the volume rebate paid 3.5% from 50,000 in Q4?",
            "pause the Product X SPIFF in August for EMEA",
            "cap the Product X SPIFF at $4,000 a partner for Q3",
            "raise the Product X SPIFF by 5 for Gold partners next quarter",
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    }

    async fn accuracy(&self) -> Result<AccuracyReport, AskError> {
        Ok(accuracy(self.backtested.load(Ordering::Relaxed)))
    }

    async fn backtest(&self, progress: Progress) -> Result<(), AskError> {
        for tenth in 0..=10 {
            progress.check()?;
            progress.report(Stage::Backtest, f64::from(tenth) / 10.0);
            tokio::time::sleep(self.step).await;
        }
        self.backtested.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn notices(&self) -> Vec<String> {
        vec!["Demo company: generated data, read-only.".to_owned()]
    }

    fn actuals(&self, _: &Answer) -> Vec<(String, f64)> {
        let shape = [
            0.92, 0.88, 1.06, 0.95, 0.97, 1.12, 0.9, 0.86, 1.08, 0.99, 1.02, 1.31, 0.84, 0.9, 1.1, 0.98,
            1.01, 1.15,
        ];
        shape
            .iter()
            .enumerate()
            .map(|(i, s)| (format!("{}-{:02}", 2025 + i / 12, i % 12 + 1), 1020.0 * s + 9.0 * i as f64))
            .collect()
    }

    async fn statement(&self, partner: &str, period: Option<String>) -> Result<Statement, AskError> {
        earnings::statement(&earnings::books(&self.company, partner)?, period.as_deref())
    }

    async fn what_if(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<WhatIf, AskError> {
        earnings::what_if(&self.company, &earnings::books(&self.company, partner)?, extra)
    }

    async fn outlook(&self, partner: &str, _: Vec<ExtraSale>) -> Result<Outlook, AskError> {
        earnings::books(&self.company, partner)?;
        Err(AskError::Unavailable("nothing was learned here".to_owned()))
    }

    async fn own_rules(
        &self,
        partner: &str,
        program: &str,
        version: u32,
    ) -> Result<ProgramVersion, AskError> {
        earnings::rules(&earnings::books(&self.company, partner)?, program, version)
    }

    async fn partner_report(&self, partner: &str, _: Option<String>) -> Result<Vec<u8>, AskError> {
        earnings::books(&self.company, partner)?;
        Err(AskError::Unavailable("nothing was learned here".to_owned()))
    }

    async fn why(&self, partner: &str, transaction: &str) -> Result<SaleExplained, AskError> {
        earnings::why(&earnings::books(&self.company, partner)?, transaction)
    }

    async fn report(&self, answer: Answer, format: ReportFormat) -> Result<Vec<u8>, AskError> {
        Ok(format!("{} {}", format.extension(), answer.run.id).into_bytes())
    }

    async fn exported(&self, _: &str, _: &str, _: &[u8]) -> Result<(), AskError> {
        Ok(())
    }
}

/// A desk on which no draft lies.
pub struct EmptyDesk;

const NO_DRAFT: DraftError = DraftError::NotFound("There is no draft of this name.");

#[async_trait]
impl Approvals for EmptyDesk {
    async fn drafts(&self, _: &Who, _: Option<DraftState>) -> Result<Vec<DraftLine>, DraftError> {
        Ok(Vec::new())
    }

    async fn draft(&self, _: &Who, _: &str) -> Result<DraftView, DraftError> {
        Err(NO_DRAFT)
    }

    async fn make(&self, _: &Who, _: &str, _: usize) -> Result<String, DraftError> {
        Err(NO_DRAFT)
    }

    async fn edit(&self, _: &Who, _: &str, _: Edit) -> Result<(), DraftError> {
        Err(NO_DRAFT)
    }

    async fn step(&self, _: &Who, _: &str, _: Action, _: i64, _: &str) -> Result<(), DraftError> {
        Err(NO_DRAFT)
    }

    async fn revise(&self, _: &Who, _: &str) -> Result<String, DraftError> {
        Err(NO_DRAFT)
    }

    async fn archive(&self, _: &Who, _: &str) -> Result<Vec<u8>, DraftError> {
        Err(NO_DRAFT)
    }

    async fn payload(&self, _: &Who, _: &str) -> Result<Payload, DraftError> {
        Err(NO_DRAFT)
    }
}
