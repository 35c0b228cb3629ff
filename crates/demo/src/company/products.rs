//! The price list of the demo company and its price changes.

use rust_decimal::Decimal;

use crate::books::{PriceChange, Product};
use crate::calendar::Month;
use crate::shape::Shape;

/// What the generator knows of a product beside its price.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Key.
    pub sku: &'static str,
    name: &'static str,
    /// Family.
    pub family: &'static str,
    list: i64,
    cost: i64,
    /// Share of partners that carry it.
    pub carried: f64,
    /// Usual units a month of a partner that carries it, at Silver.
    pub units: f64,
}

impl Item {
    /// Display name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// The price list; smaller shapes take the first ones, which hold every family.
const ITEMS: [Item; 24] = [
    item("PX-100", "Product X 100", "Product X", 780, 430, 0.92, 0.95),
    item("PX-200", "Product X 200", "Product X", 960, 540, 0.85, 0.85),
    item("SVC-10", "Onboarding Service 10", "Services", 200, 110, 0.42, 1.20),
    item("PY-200", "Product Y 200", "Product Y", 410, 220, 0.55, 1.45),
    item("EG-200", "Edge Gateway 200", "Edge", 360, 205, 0.50, 1.40),
    item("CL-20", "Cloud Backup 20", "Cloud", 260, 90, 0.42, 1.50),
    item("PY-300", "Product Y 300", "Product Y", 520, 285, 0.52, 1.30),
    item("SVC-20", "Support Plan 20", "Services", 350, 180, 0.48, 1.20),
    item("EG-300", "Edge Gateway 300", "Edge", 540, 310, 0.46, 1.25),
    item("CL-30", "Cloud Backup 30", "Cloud", 480, 170, 0.40, 1.40),
    item("PY-100", "Product Y 100", "Product Y", 320, 175, 0.24, 1.30),
    item("EG-600", "Edge Controller 600", "Edge", 620, 340, 0.26, 1.20),
    item("PY-400", "Product Y 400", "Product Y", 690, 380, 0.46, 1.10),
    item("PY-500", "Product Y 500", "Product Y", 1150, 640, 0.16, 0.70),
    item("EG-100", "Edge Sensor 100", "Edge", 240, 140, 0.26, 1.30),
    item("EG-400", "Edge Gateway 400", "Edge", 890, 500, 0.42, 1.00),
    item("EG-500", "Edge Cluster 500", "Edge", 1400, 800, 0.12, 0.60),
    item("CL-10", "Cloud Archive 10", "Cloud", 120, 40, 0.28, 1.50),
    item("CL-40", "Cloud Recovery 40", "Cloud", 900, 330, 0.30, 0.95),
    item("CL-50", "Cloud Vault 50", "Cloud", 1500, 560, 0.14, 0.60),
    item("SVC-30", "Support Plan 30", "Services", 600, 310, 0.42, 1.00),
    item("SVC-40", "Health Check 40", "Services", 950, 520, 0.14, 0.60),
    item("SVC-50", "Migration Service 50", "Services", 1300, 760, 0.12, 0.50),
    item("SVC-60", "Design Workshop 60", "Services", 2200, 1300, 0.08, 0.35),
];

const fn item(
    sku: &'static str,
    name: &'static str,
    family: &'static str,
    list: i64,
    cost: i64,
    carried: f64,
    units: f64,
) -> Item {
    Item { sku, name, family, list, cost, carried, units }
}

/// Launched in the middle of the history.
const LAUNCHED: (&str, Month) = ("EG-600", Month(2024 * 12 + 8));
/// Sold for the last time in this month.
const RETIRED: (&str, Month) = ("PY-100", Month(2025 * 12 + 9));

/// The items of a shape, sorted by SKU.
pub fn items(shape: &Shape) -> Vec<Item> {
    let mut items = ITEMS[..shape.products.clamp(8, ITEMS.len())].to_vec();
    items.sort_by_key(|i| i.sku);
    items
}

/// The products table.
pub fn products(items: &[Item]) -> Vec<Product> {
    let product = |i: &Item| Product {
        sku: i.sku.to_owned(),
        name: i.name.to_owned(),
        family: i.family.to_owned(),
        list_price: Decimal::from(i.list),
        unit_cost: Decimal::from(i.cost),
        launched_on: (i.sku == LAUNCHED.0).then(|| LAUNCHED.1.first()),
        end_of_life_on: (i.sku == RETIRED.0).then(|| RETIRED.1.last()),
    };
    items.iter().map(product).collect()
}

/// The list price rises: (SKU, first month, list price, unit cost).
const RISES: [(&str, Month, i64, i64); 7] = [
    ("CL-20", Month(2025 * 12), 275, 95),
    ("CL-30", Month(2025 * 12), 505, 178),
    ("EG-200", Month(2024 * 12 + 6), 375, 212),
    ("EG-300", Month(2024 * 12 + 6), 560, 320),
    ("PY-200", Month(2025 * 12 + 3), 425, 226),
    ("SVC-10", Month(2024 * 12), 210, 114),
    ("SVC-20", Month(2025 * 12), 365, 186),
];

/// The price changes that fall inside the history.
pub fn price_changes(shape: &Shape, items: &[Item]) -> Vec<PriceChange> {
    RISES
        .iter()
        .filter(|(sku, month, _, _)| *month > shape.first_month() && items.iter().any(|i| i.sku == *sku))
        .map(|(sku, month, list, cost)| PriceChange {
            sku: (*sku).to_owned(),
            from: month.first(),
            list_price: Decimal::from(*list),
            unit_cost: Decimal::from(*cost),
        })
        .collect()
}

/// List price in force in a month; prices change on first days only.
pub fn list_price(product: &Product, changes: &[PriceChange], month: Month) -> Decimal {
    changes
        .iter()
        .rfind(|c| c.sku == product.sku && c.from <= month.first())
        .map_or(product.list_price, |c| c.list_price)
}

/// Whether a product is on sale in a month.
pub fn on_sale(product: &Product, month: Month) -> bool {
    product.launched_on.is_none_or(|day| day <= month.first())
        && product.end_of_life_on.is_none_or(|day| day >= month.last())
}
