//! A small company for tests, easy to write: partners, products, lines and
//! programs from short text. For tests only.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, PeriodKind, Span};
use crate::catalog::{Catalog, Partner, PartnerType, Price, Product};
use crate::company::Company;
use crate::programs::source_lines::SourceLines;
use crate::programs::terms::{
    AppliesTo, Caps, Eligible, Measure, Pay, Program, ProgramKind, ProgramVersion, Rate, RateTier, Stacking,
    StackingMode, Terms, TierMode,
};
use crate::programs::{PayoutLine, RuleBook, SettleOptions, settle};
use crate::sales::{DealRegistration, LineKind, SaleLine, Target};

/// A day.
pub fn day(s: &str) -> NaiveDate {
    s.parse().expect("a date")
}

/// A decimal.
pub fn d(s: &str) -> Decimal {
    s.parse().expect("a decimal")
}

/// A span of days.
pub fn span(from: &str, to: &str) -> Span {
    Span::new(day(from), day(to))
}

/// Builds a [`Company`]. It starts with partners `A` (Gold reseller, EMEA) and `B`
/// (Silver MSP, AMER), both children of the distributor `D` (Platinum, EMEA), and
/// products `X1`, `X2` (family `X`) and `S1` (family `Services`).
pub struct World {
    partners: Vec<Partner>,
    products: Vec<Product>,
    versions: Vec<ProgramVersion>,
    lines: Vec<SaleLine>,
    registrations: Vec<DealRegistration>,
    targets: Vec<Target>,
    currency: &'static str,
    calendar: FiscalCalendar,
    as_of: NaiveDate,
}

/// A sale with the optional facts set.
pub struct Sale<'w>(&'w mut SaleLine);

impl World {
    /// The company without programs and sales.
    pub fn new() -> Self {
        let partner = |id: &str, tier: &str, region: &str, partner_type, parent| Partner {
            id: id.into(),
            name: format!("Partner {id}"),
            partner_type,
            tier: tier.into(),
            region: region.into(),
            country: None,
            parent,
            onboarded_on: None,
            active: true,
            tier_history: Vec::new(),
        };
        let product = |sku: &str, family: &str| Product {
            sku: sku.into(),
            name: sku.into(),
            family: family.into(),
            launched_on: None,
            end_of_life_on: None,
            prices: vec![Price { effective_from: None, list_price: d("100"), unit_cost: d("60") }],
        };
        Self {
            partners: vec![
                partner("A", "Gold", "EMEA", PartnerType::Reseller, Some(2)),
                partner("B", "Silver", "AMER", PartnerType::Msp, Some(2)),
                partner("D", "Platinum", "EMEA", PartnerType::Distributor, None),
            ],
            products: vec![product("S1", "Services"), product("X1", "X"), product("X2", "X")],
            versions: Vec::new(),
            lines: Vec::new(),
            registrations: Vec::new(),
            targets: Vec::new(),
            currency: "USD",
            calendar: FiscalCalendar::default(),
            as_of: day("2026-12-31"),
        }
    }

    /// Another last day of the data than the end of 2026.
    pub fn as_of(&mut self, day_of_end: &str) -> &mut Self {
        self.as_of = day(day_of_end);
        self
    }

    /// Another currency, for the company and for programs added later.
    pub fn currency(&mut self, currency: &'static str) -> &mut Self {
        self.currency = currency;
        self
    }

    /// Another first month of the fiscal year.
    pub fn fiscal(&mut self, first_month: u32) -> &mut Self {
        self.calendar = FiscalCalendar { first_month };
        self
    }

    /// A partner, to change.
    pub fn partner(&mut self, id: &str) -> &mut Partner {
        self.partners.iter_mut().find(|p| p.id == id).expect("a partner")
    }

    /// A product, to change.
    pub fn product(&mut self, sku: &str) -> &mut Product {
        self.products.iter_mut().find(|p| p.sku == sku).expect("a product")
    }

    /// Adds version `version` of a program for 2026 and gives its terms, to change.
    /// It starts as a monthly flat SPIFF of $10 a unit on everything.
    pub fn version(&mut self, program: &str, version: u32) -> &mut Terms {
        self.versions.push(ProgramVersion {
            program: program.into(),
            version,
            name: program.into(),
            terms: Terms {
                kind: ProgramKind::Spiff,
                currency: self.currency.into(),
                effective: span("2026-01-01", "2026-12-31"),
                stacking: None,
                applies_to: AppliesTo::default(),
                eligible: Eligible::default(),
                measure: Measure::Units,
                period: PeriodKind::Month,
                rate: Rate::Flat(Pay::PerUnit(d("10"))),
                minimum: None,
                target: None,
                accelerator: None,
                growth: None,
                override_percent: None,
                bundle: Vec::new(),
                claim_within_days: None,
                caps: Caps::default(),
            },
            clauses: Vec::new(),
            file: format!("programs/{program}/v{version}.md"),
            lines: SourceLines::default(),
            digest: String::new(),
        });
        &mut self.versions.last_mut().expect("just pushed").terms
    }

    /// Adds version 1.
    pub fn program(&mut self, program: &str) -> &mut Terms {
        self.version(program, 1)
    }

    fn line(&mut self, id: &str, partner: &str, sku: &str, sold_on: &str) -> &mut SaleLine {
        let partner = self.partners.iter().position(|p| p.id == partner).expect("a partner");
        let product = self.products.iter().position(|p| p.sku == sku).expect("a product");
        let (transaction_id, line_no) =
            id.split_once('/').map_or((id, 1), |(id, no)| (id, no.parse().expect("a number")));
        self.lines.push(SaleLine {
            transaction_id: transaction_id.into(),
            line_no,
            sold_on: day(sold_on),
            reported_on: None,
            partner,
            product,
            units: Decimal::ZERO,
            net_revenue: Decimal::ZERO,
            customer_id: None,
            deal_registration_id: None,
            kind: LineKind::Sale,
            original_transaction_id: None,
        });
        self.lines.last_mut().expect("just pushed")
    }

    /// A sale of line `ID` or `ID/LINE`.
    pub fn sale(
        &mut self,
        id: &str,
        partner: &str,
        sku: &str,
        on: &str,
        units: &str,
        revenue: &str,
    ) -> Sale<'_> {
        let line = self.line(id, partner, sku, on);
        (line.units, line.net_revenue) = (d(units), d(revenue));
        Sale(line)
    }

    /// A return `id` of the sale `ID` or `ID/LINE`.
    pub fn give_back(&mut self, id: &str, original: &str, on: &str, units: &str, revenue: &str) {
        let (transaction, line_no) =
            original.split_once('/').map_or((original, 1), |(id, no)| (id, no.parse().expect("a number")));
        let sale = self
            .lines
            .iter()
            .find(|l| l.transaction_id == transaction && l.line_no == line_no)
            .expect("a sale")
            .clone();
        self.lines.push(SaleLine {
            transaction_id: id.into(),
            sold_on: day(on),
            units: d(units),
            net_revenue: d(revenue),
            kind: LineKind::Return,
            original_transaction_id: Some(transaction.into()),
            ..sale
        });
    }

    /// An approved registration.
    pub fn registration(&mut self, id: &str, partner: &str, sku: &str, from: &str, to: Option<&str>) {
        self.registrations.push(DealRegistration {
            id: id.into(),
            partner: self.partners.iter().position(|p| p.id == partner).expect("a partner"),
            product: self.products.iter().position(|p| p.sku == sku).expect("a product"),
            submitted_on: day(from),
            status: "approved".into(),
            approved_on: Some(day(from)),
            expires_on: to.map(day),
            expected_close_on: None,
            estimated_units: None,
        });
    }

    /// A row of the targets.
    pub fn target(&mut self, program: &str, partner: &str, period_start: &str, target: &str) {
        self.targets.push(Target {
            program_id: program.into(),
            partner: self.partners.iter().position(|p| p.id == partner).expect("a partner"),
            period_start: day(period_start),
            target: d(target),
        });
    }

    /// The company.
    pub fn company(&self) -> Company {
        let mut lines = self.lines.clone();
        lines.sort_by(|a, b| {
            (a.sold_on, &a.transaction_id, a.line_no).cmp(&(b.sold_on, &b.transaction_id, b.line_no))
        });
        let mut registrations = self.registrations.clone();
        registrations.sort_by(|a, b| a.id.cmp(&b.id));
        Company {
            catalog: Catalog::new(self.partners.clone(), self.products.clone(), self.currency.into()),
            programs: self.programs(),
            lines,
            registrations,
            targets: self.targets.clone(),
            payouts: Vec::new(),
            as_of: self.as_of,
            calendar: self.calendar,
        }
    }

    fn programs(&self) -> Vec<Program> {
        let mut versions = self.versions.clone();
        versions.sort_by(|a, b| (&a.program, a.version).cmp(&(&b.program, b.version)));
        let mut programs: Vec<Program> = Vec::new();
        for version in versions {
            match programs.last_mut() {
                Some(p) if p.id == version.program => p.versions.push(version),
                _ => programs.push(Program { id: version.program.clone(), versions: vec![version] }),
            }
        }
        programs
    }

    /// The rules as they are.
    pub fn book(&self) -> RuleBook {
        RuleBook::of(&self.programs())
    }

    /// Everything that is owed.
    pub fn settle(&self) -> Vec<PayoutLine> {
        settle(&self.company(), &self.book(), &SettleOptions::default()).payouts
    }

    /// Every payout line as `PARTNER ROLE START AMOUNT`, with the program and the
    /// version before it where there are several, and the reason behind it.
    pub fn owed(&self) -> Vec<String> {
        tell(&self.settle())
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// As [`World::owed`].
pub fn tell(payouts: &[PayoutLine]) -> Vec<String> {
    let versions = |p: &PayoutLine| (p.program_id.clone(), p.program_version);
    let several = payouts.iter().any(|p| versions(p) != versions(&payouts[0]));
    let tell = |p: &PayoutLine| {
        let program =
            if several { format!("{} v{} ", p.program_id, p.program_version) } else { String::new() };
        let reason = p.reason.as_ref().map(|r| format!(" {r}")).unwrap_or_default();
        let role = format!("{:?}", p.role).to_lowercase();
        format!("{program}{} {role} {} {}{reason}", p.partner_id, p.period_start, p.amount.normalize())
    };
    payouts.iter().map(tell).collect()
}

impl Sale<'_> {
    /// The customer.
    pub fn customer(self, id: &str) -> Self {
        self.0.customer_id = Some(id.into());
        self
    }

    /// The registration claimed.
    pub fn registered(self, id: &str) -> Self {
        self.0.deal_registration_id = Some(id.into());
        self
    }

    /// The day it became known.
    pub fn reported(self, on: &str) -> Self {
        self.0.reported_on = Some(day(on));
        self
    }
}

/// `[(from, percent)]` as a rate.
pub fn percent_tiers(mode: TierMode, tiers: &[(&str, &str)]) -> Rate {
    let tier = |(from, percent): &(&str, &str)| RateTier { from: d(from), pay: Pay::Percent(d(percent)) };
    Rate::Tiered { tiers: tiers.iter().map(tier).collect(), mode }
}

/// `[(from, per_unit)]` as a rate.
pub fn unit_tiers(mode: TierMode, tiers: &[(&str, &str)]) -> Rate {
    let tier = |(from, pay): &(&str, &str)| RateTier { from: d(from), pay: Pay::PerUnit(d(pay)) };
    Rate::Tiered { tiers: tiers.iter().map(tier).collect(), mode }
}

/// A stacking group.
pub fn stacked(group: &str, mode: StackingMode, priority: i64) -> Option<Stacking> {
    Some(Stacking { group: group.into(), mode, priority })
}
