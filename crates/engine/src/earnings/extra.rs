//! Imagined sales: what is asked for, at the partner's own net price, as lines that the
//! calculator takes. Refuses what cannot be sold; decides no pay.

use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Month;
use crate::catalog::ProductIx;
use crate::company::Company;
use crate::finding::Finding;
use crate::programs::money;
use crate::sales::{LineKind, SaleLine};
use crate::scenario::findings::error;
use crate::scenario::{EarningsQuery, ExtraSale};

use super::books::{OWN, OwnBooks};

/// Most imagined sales of one question.
pub const EXTRA_SALES_MAX: usize = 20;
/// Most units of one imagined sale.
pub const EXTRA_UNITS_MAX: u32 = 1_000_000;
/// Furthest month of an imagined sale, from today's.
pub const EXTRA_MONTHS_AHEAD: i32 = 23;
/// Months of own sales that a net price is taken from.
const PRICE_MONTHS: u32 = 12;

/// An imagined sale with its price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PricedSale {
    /// Product.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Units.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Month, `2026-08`; it counts as sold in one sale on `sold_on`.
    pub month: String,
    /// The day it counts as sold on.
    pub sold_on: NaiveDate,
    /// Net revenue of a unit.
    #[schemars(with = "String")]
    pub unit_price: Decimal,
    /// Net revenue of all.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// Where the price comes from: `own_product` (own sales of the product in the last
    /// 12 months), `own_sales` (own share of list price over all products) or `list`.
    pub price_from: String,
}

/// What is wrong with the imagined sales of a question, beyond names and shapes.
pub(crate) fn check(query: &EarningsQuery, company: &Company, found: &mut Vec<Finding>) {
    if query.extra.len() > EXTRA_SALES_MAX {
        let message = format!("{} sales are more than {EXTRA_SALES_MAX}", query.extra.len());
        found.push(error("too_many_sales", "earnings.extra", message, "Ask about fewer at once"));
    }
    let first = Month::of(company.today());
    for (i, sale) in query.extra.iter().enumerate() {
        let field = |key: &str| format!("earnings.extra[{i}].{key}");
        if let Ok(units) = sale.units.parse::<Decimal>()
            && units > Decimal::from(EXTRA_UNITS_MAX)
        {
            let message = format!("{} units are more than {EXTRA_UNITS_MAX}", sale.units);
            found.push(error("quantity_too_large", field("units"), message, "Ask about fewer units"));
        }
        let Some(month) = month_of(&sale.on) else { continue };
        if month < first {
            let message = format!("{} is over: its sales are known", sale.on);
            found.push(error("month_past", field("on"), message, format!("Use {} or later", first.key())));
        } else if month > first.plus(EXTRA_MONTHS_AHEAD) {
            let last = first.plus(EXTRA_MONTHS_AHEAD).key();
            let message = format!("{} is too far ahead", sale.on);
            found.push(error("month_too_far", field("on"), message, format!("Use {last} or earlier")));
        } else if let Some(product) = company.catalog.product(&sale.sku)
            && !on_sale(company, product, month)
        {
            let message = format!("{} is not on sale in {}", sale.sku, sale.on);
            found.push(error("not_on_sale", field("on"), message, "Use a month in which it is sold"));
        }
    }
}

fn month_of(text: &str) -> Option<Month> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().map(Month::of)
}

fn on_sale(company: &Company, product: ProductIx, month: Month) -> bool {
    let (product, days) = (&company.catalog.products[product], month.span());
    product.launched_on.is_none_or(|day| day <= days.end)
        && product.end_of_life_on.is_none_or(|day| day >= days.start)
}

/// Puts a price to checked sales; what cannot be read is left out.
pub fn priced(books: &OwnBooks, extra: &[ExtraSale]) -> Vec<PricedSale> {
    let one = |sale: &ExtraSale| {
        let product = books.company().catalog.product(&sale.sku)?;
        let units = sale.units.parse().ok().filter(|units: &Decimal| *units > Decimal::ZERO)?;
        Some(of(books, product, units, month_of(&sale.on)?))
    };
    extra.iter().filter_map(one).collect()
}

/// An imagined sale of a product in a month: on the last day it is sold in it.
pub(crate) fn of(books: &OwnBooks, product: ProductIx, units: Decimal, month: Month) -> PricedSale {
    let company = books.company();
    let named = &company.catalog.products[product];
    let sold_on = named.end_of_life_on.map_or(month.last_day(), |day| day.min(month.last_day()));
    let (unit_price, price_from) = price(books, product, sold_on);
    let digits = money::minor_digits(&company.catalog.currency);
    PricedSale {
        sku: named.sku.clone(),
        name: named.name.clone(),
        units,
        month: month.key(),
        sold_on,
        unit_price,
        net_revenue: money::round(money::mul(unit_price, units), digits),
        price_from: price_from.to_owned(),
    }
}

/// List price of the day at the share of it that own sales brought lately.
fn price(books: &OwnBooks, product: ProductIx, day: NaiveDate) -> (Decimal, &'static str) {
    let company = books.company();
    let list = |product: ProductIx, day| company.catalog.products[product].price_on(day).list_price;
    let since = company.as_of.checked_sub_months(Months::new(PRICE_MONTHS)).unwrap_or(NaiveDate::MIN);
    let recent = || {
        let sales = company.lines.iter().filter(|l| l.partner == OWN && l.kind == LineKind::Sale);
        sales.filter(move |l| l.sold_on > since && l.units > Decimal::ZERO)
    };
    let share = |of: &dyn Fn(&SaleLine) -> bool| {
        let (mut net, mut at_list) = (Decimal::ZERO, Decimal::ZERO);
        for line in recent().filter(|l| of(l)) {
            net = money::add(net, line.net_revenue);
            at_list = money::add(at_list, money::mul(line.units, list(line.product, line.sold_on)));
        }
        (at_list > Decimal::ZERO && net > Decimal::ZERO).then_some((net, at_list))
    };
    let digits = money::minor_digits(&company.catalog.currency);
    let at = |(net, at_list)| money::round(money::share(list(product, day), net, at_list), digits);
    if let Some(shares) = share(&|line| line.product == product) {
        (at(shares), "own_product")
    } else if let Some(shares) = share(&|_| true) {
        (at(shares), "own_sales")
    } else {
        (money::round(list(product, day), digits), "list")
    }
}

/// The lines that the calculator takes, after all real ones of their days.
pub(crate) fn lines(books: &OwnBooks, sales: &[PricedSale]) -> Vec<SaleLine> {
    let line = |(n, sale): (usize, &PricedSale)| {
        Some(SaleLine {
            transaction_id: transaction(n),
            line_no: 1,
            sold_on: sale.sold_on,
            reported_on: None,
            partner: OWN,
            product: books.company().catalog.product(&sale.sku)?,
            units: sale.units,
            net_revenue: sale.net_revenue,
            customer_id: None,
            deal_registration_id: None,
            kind: LineKind::Sale,
            original_transaction_id: None,
        })
    };
    sales.iter().enumerate().filter_map(line).collect()
}

/// The name of an imagined transaction: behind those of real ones in the order of a day.
pub(crate) fn transaction(n: usize) -> String {
    format!("~what-if-{:03}", n + 1)
}
