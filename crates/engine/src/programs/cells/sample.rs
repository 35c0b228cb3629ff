//! Small companies for tests of cells and incentives.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::catalog::{Catalog, Partner, PartnerIx, PartnerType, Price, Product, ProductIx};
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::cells::{CellInputs, CellRules};
use crate::programs::rule_book::{ProgramRules, Segment};
use crate::programs::terms::{
    AppliesTo, Caps, Eligible, Measure, Pay, ProgramKind, Rate, RateTier, Terms, TierMode,
};
use crate::sales::{DealRegistration, LineKind, PayoutRole, RecordedPayout, SaleLine, Target};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

pub(crate) fn span(from: &str, to: &str) -> Span {
    Span::new(day(from), day(to))
}

/// A SPIFF of $40 a unit, by month, on everything and for everybody, 2025 to 2027.
pub(crate) fn terms() -> Terms {
    Terms {
        kind: ProgramKind::Spiff,
        currency: "USD".into(),
        effective: span("2025-01-01", "2027-12-31"),
        stacking: None,
        applies_to: AppliesTo::default(),
        eligible: Eligible::default(),
        measure: Measure::Units,
        period: PeriodKind::Month,
        rate: Rate::Flat(Pay::PerUnit(dec("40"))),
        minimum: None,
        target: None,
        accelerator: None,
        growth: None,
        override_percent: None,
        bundle: Vec::new(),
        claim_within_days: None,
        caps: Caps::default(),
    }
}

/// A rebate of 2% from 0 and 3% from 50,000 of revenue, by quarter.
pub(crate) fn rebate(mode: TierMode) -> Terms {
    let tier = |from, percent| RateTier { from: dec(from), pay: Pay::Percent(dec(percent)) };
    Terms {
        kind: ProgramKind::Rebate,
        measure: Measure::Revenue,
        period: PeriodKind::Quarter,
        rate: Rate::Tiered { tiers: vec![tier("0", "2"), tier("50000", "3")], mode },
        ..terms()
    }
}

/// A company in the making. Data ends 2026-06-30; partners are active Gold
/// resellers in EMEA.
pub(crate) struct World {
    pub company: Company,
    pub rules: RuleBook,
    pub pairs: Vec<(PartnerIx, ProductIx)>,
}

impl World {
    /// Partners `P1…` and products `SKU1…` with these list prices; every pair sells.
    pub fn new(partners: usize, prices: &[&str]) -> Self {
        let partner = |i| Partner {
            id: format!("P{}", i + 1),
            name: format!("Partner {}", i + 1),
            partner_type: PartnerType::Reseller,
            tier: "Gold".into(),
            region: "EMEA".into(),
            country: None,
            parent: None,
            onboarded_on: None,
            active: true,
            tier_history: Vec::new(),
        };
        let product = |(i, price): (usize, &&str)| Product {
            sku: format!("SKU{}", i + 1),
            name: format!("Product {}", i + 1),
            family: "F".into(),
            launched_on: None,
            end_of_life_on: None,
            prices: vec![Price { effective_from: None, list_price: dec(price), unit_cost: dec("1") }],
        };
        let catalog = Catalog::new(
            (0..partners).map(partner).collect(),
            prices.iter().enumerate().map(product).collect(),
            "USD".into(),
        );
        let company = Company {
            catalog,
            programs: Vec::new(),
            lines: Vec::new(),
            registrations: Vec::new(),
            targets: Vec::new(),
            payouts: Vec::new(),
            as_of: day("2026-06-30"),
            calendar: FiscalCalendar::default(),
        };
        let pairs = (0..partners).flat_map(|i| (0..prices.len()).map(move |k| (i, k))).collect();
        Self { company, rules: RuleBook { programs: Vec::new() }, pairs }
    }

    /// Adds a program with one version.
    pub fn program(mut self, id: &str, terms: Terms) -> Self {
        let segment = segment(1, terms);
        self.rules.programs.push(ProgramRules {
            id: id.into(),
            name: format!("The {id}"),
            segments: vec![segment],
        });
        self
    }

    /// Adds a further segment to the last program.
    pub fn segment(mut self, segment: Segment) -> Self {
        self.rules.programs.last_mut().expect("a program").segments.push(segment);
        self
    }

    /// Changes a partner.
    pub fn partner(mut self, partner: PartnerIx, change: impl Fn(&mut Partner)) -> Self {
        change(&mut self.company.catalog.partners[partner]);
        self
    }

    /// Adds a sale of so many units at list price; keeps the order of lines.
    pub fn sale(self, on: &str, partner: PartnerIx, product: ProductIx, units: &str) -> Self {
        self.sale_with(on, partner, product, units, |_| ())
    }

    /// Adds a sale and changes its line.
    pub fn sale_with(
        mut self,
        on: &str,
        partner: PartnerIx,
        product: ProductIx,
        units: &str,
        change: impl Fn(&mut SaleLine),
    ) -> Self {
        let price = self.company.catalog.products[product].prices[0].list_price;
        let lines = &mut self.company.lines;
        let mut line = SaleLine {
            transaction_id: format!("T{:04}", lines.len()),
            line_no: 1,
            sold_on: day(on),
            reported_on: None,
            partner,
            product,
            units: dec(units),
            net_revenue: dec(units) * price,
            customer_id: None,
            deal_registration_id: None,
            kind: LineKind::Sale,
            original_transaction_id: None,
        };
        change(&mut line);
        lines.push(line);
        lines.sort_by(|a, b| (a.sold_on, &a.transaction_id).cmp(&(b.sold_on, &b.transaction_id)));
        self
    }

    /// Adds a target.
    pub fn target(mut self, program: &str, partner: PartnerIx, start: &str, target: &str) -> Self {
        let period_start = day(start);
        let target = dec(target);
        self.company.targets.push(Target { program_id: program.into(), partner, period_start, target });
        self
    }

    /// Adds a recorded payout of the partner's own.
    pub fn payout(mut self, program: &str, version: u32, period: Span, accrued: &str) -> Self {
        self.company.payouts.push(RecordedPayout {
            id: format!("Y{}", self.company.payouts.len()),
            program_id: program.into(),
            program_version: version,
            partner: 0,
            period,
            accrued: dec(accrued),
            role: PayoutRole::Own,
            transaction_id: None,
            status: "accrued".into(),
            paid: None,
            paid_on: None,
        });
        self
    }

    /// Adds an approved deal registration.
    pub fn registration(mut self, id: &str, partner: PartnerIx, product: ProductIx, approved: &str) -> Self {
        self.company.registrations.push(DealRegistration {
            id: id.into(),
            partner,
            product,
            submitted_on: day(approved),
            status: "approved".into(),
            approved_on: Some(day(approved)),
            expires_on: None,
            expected_close_on: None,
            estimated_units: None,
        });
        self
    }

    /// A panel over some months with the same units in every cell.
    pub fn panel(&self, first: &str, months: usize, units: f64) -> Panel {
        let cells = self.pairs.len() * months;
        Panel {
            first_month: Month::of(day(first)),
            months,
            series: self.pairs.clone(),
            units: vec![units; cells],
            revenue: vec![0.0; cells],
            returned_units: vec![0.0; cells],
        }
    }

    /// List prices, series-major.
    pub fn net_price(&self, months: usize) -> Vec<f64> {
        let price = |(_, product): &(PartnerIx, ProductIx)| {
            let list = self.company.catalog.products[*product].prices[0].list_price;
            vec![super::number(list); months]
        };
        self.pairs.iter().flat_map(price).collect()
    }

    /// Compiles over some months at list prices.
    pub fn compile(&self, first: &str, months: usize) -> CellRules {
        let panel = self.panel("2024-01-01", 30, 0.0);
        let net_price = self.net_price(months);
        CellRules::compile(&CellInputs {
            company: &self.company,
            panel: &panel,
            rules: &self.rules,
            first: Month::of(day(first)),
            months,
            net_price: &net_price,
        })
    }
}

/// A version's segment.
pub(crate) fn segment(version: u32, terms: Terms) -> Segment {
    Segment { version, span: terms.effective, audience: None, terms: Some(terms), changed: false }
}

/// Own pay and overrides of a partner, program-major.
pub(crate) fn pay(rules: &CellRules, partner: PartnerIx, units: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let cells = rules.programs().len() * rules.months();
    let (mut own, mut overrides) = (vec![f64::NAN; cells], vec![f64::NAN; cells]);
    rules.pay(partner, units, &mut rules.scratch(), &mut own, &mut overrides);
    (own, overrides)
}

/// Whether two rows of money agree to a hundredth of a minor unit.
pub(crate) fn assert_close(got: &[f64], want: &[f64]) {
    let near = got.len() == want.len() && got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-4);
    assert!(near, "got {got:?}, want {want:?}");
}
