//! Builds small books: `Company::new().sale("2026-05-31", "A", "X", 1, "40000")`.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use spiffcast_demo::books::{Books, Line, Partner, Product};
use spiffcast_demo::naive::{PayoutLine, Role, Settlement, settle};
use spiffcast_demo::terms::{Kind, Measure, Pay, Period, Rate, Terms, TierMode, Version};

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

pub fn percent(text: &str) -> Rate {
    Rate::Flat(Pay::Percent(dec(text)))
}

pub fn per_unit(text: &str) -> Rate {
    Rate::Flat(Pay::PerUnit(dec(text)))
}

pub fn percent_tiers(tiers: &[(&str, &str)], mode: TierMode) -> Rate {
    Rate::Tiers(tiers.iter().map(|(from, p)| (dec(from), Pay::Percent(dec(p)))).collect(), mode)
}

pub fn terms(measure: Measure, period: Period, rate: Rate) -> Terms {
    Terms::plain(Kind::Rebate, (day("2026-01-01"), day("2026-12-31")), measure, period, rate)
}

/// Partners A and B (resellers under D), D (a distributor); products X, Y (families FX, FY).
pub struct Company {
    pub books: Books,
    lines: usize,
}

impl Company {
    pub fn new() -> Self {
        let partner = |id: &str, kind: &str, parent: Option<&str>| Partner {
            id: id.to_owned(),
            name: id.to_owned(),
            partner_type: kind.to_owned(),
            tier: "Gold".to_owned(),
            region: "EMEA".to_owned(),
            country: "Germany".to_owned(),
            parent: parent.map(str::to_owned),
            onboarded_on: day("2020-01-01"),
            active: true,
        };
        let product = |sku: &str| Product {
            sku: sku.to_owned(),
            name: sku.to_owned(),
            family: format!("F{sku}"),
            list_price: dec("100"),
            unit_cost: dec("50"),
            launched_on: None,
            end_of_life_on: None,
        };
        let books = Books {
            partners: vec![
                partner("A", "reseller", Some("D")),
                partner("B", "reseller", Some("D")),
                partner("D", "distributor", None),
            ],
            tier_changes: Vec::new(),
            products: vec![product("X"), product("Y")],
            price_changes: Vec::new(),
            lines: Vec::new(),
            registrations: Vec::new(),
            targets: Vec::new(),
            versions: Vec::new(),
            changes: Vec::new(),
            first_month: 1,
        };
        Self { books, lines: 0 }
    }

    pub fn program(mut self, id: &str, terms: Terms) -> Self {
        let version = self.books.versions.iter().filter(|v| v.program == id).count() as u32 + 1;
        self.books.versions.push(Version { program: id.to_owned(), version, name: id.to_owned(), terms });
        self
    }

    /// A sale of one line; its transaction is T1, T2 … in the order of making.
    pub fn sale(self, sold_on: &str, partner: &str, sku: &str, units: u32, revenue: &str) -> Self {
        self.sale_with(sold_on, partner, sku, units, revenue, |_| ())
    }

    pub fn sale_with(
        mut self,
        sold_on: &str,
        partner: &str,
        sku: &str,
        units: u32,
        revenue: &str,
        more: impl Fn(&mut Line),
    ) -> Self {
        self.lines += 1;
        let mut line = Line {
            transaction_id: format!("T{}", self.lines),
            line_no: 1,
            sold_on: day(sold_on),
            reported_on: None,
            partner: partner.to_owned(),
            sku: sku.to_owned(),
            units: Decimal::from(units),
            net_revenue: dec(revenue),
            customer: None,
            registration: None,
            return_of: None,
        };
        more(&mut line);
        self.books.lines.push(line);
        self
    }

    /// A return of line 1 of a transaction.
    pub fn back(mut self, sold_on: &str, original: &str, units: u32, revenue: &str) -> Self {
        self.lines += 1;
        let sale = self.books.lines.iter().find(|l| l.transaction_id == original).expect("the original");
        let line = Line {
            transaction_id: format!("R{}", self.lines),
            sold_on: day(sold_on),
            units: Decimal::from(units),
            net_revenue: dec(revenue),
            return_of: Some(original.to_owned()),
            ..sale.clone()
        };
        self.books.lines.push(line);
        self
    }

    pub fn settle(&self) -> Settlement {
        settle(&self.books)
    }

    /// (version, partner, amount) of the lines of a role, in order.
    pub fn amounts(&self, role: Role) -> Vec<(u32, String, String)> {
        let show = |l: &PayoutLine| (l.version, l.partner.clone(), format!("{:.2}", l.amount));
        self.settle().lines.iter().filter(|l| l.role == role).map(show).collect()
    }

    /// The own pay of partner A, all lines added up.
    pub fn own(&self) -> Decimal {
        let lines = self.settle().lines;
        lines.iter().filter(|l| l.role == Role::Own && l.partner == "A").map(|l| l.amount).sum()
    }

    /// Names of the reasons why lines do not count, in the order of programs and sales.
    pub fn reasons(&self) -> Vec<String> {
        self.settle().considered.iter().filter_map(|c| c.reason.as_ref()).map(|r| r.name()).collect()
    }
}

/// Rows to compare with [`Company::amounts`].
pub fn rows(rows: &[(u32, &str, &str)]) -> Vec<(u32, String, String)> {
    rows.iter().map(|(v, p, a)| (*v, (*p).to_owned(), (*a).to_owned())).collect()
}
