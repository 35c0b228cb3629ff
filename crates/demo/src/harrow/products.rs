//! The price list.

use rust_decimal::Decimal;

use crate::books::Product;

/// SKU, name, family, list price, unit cost.
type Row = (&'static str, &'static str, &'static str, i64, i64);

const ROWS: [Row; 15] = [
    ("AS-100", "Aqua Sense Basic", "Sensors", 95, 40),
    ("AS-200", "Aqua Sense Pro", "Sensors", 180, 78),
    ("AS-300", "Aqua Sense Max", "Sensors", 320, 140),
    ("CP-1", "Care Plan One", "Care", 150, 70),
    ("CP-3", "Care Plan Three", "Care", 390, 180),
    ("HP-20", "Hydra Pump 20", "Pumps", 420, 250),
    ("HP-40", "Hydra Pump 40", "Pumps", 690, 400),
    ("HP-60", "Hydra Pump 60", "Pumps", 1150, 660),
    ("KV-1", "Kelvin Valve S", "Valves", 38, 17),
    ("KV-2", "Kelvin Valve M", "Valves", 55, 26),
    ("KV-3", "Kelvin Valve L", "Valves", 88, 41),
    ("TC-5", "Tide Controller 5", "Controllers", 510, 270),
    ("TC-7", "Tide Controller 7", "Controllers", 740, 380),
    ("TR-1", "Installer Training", "Care", 260, 120),
    ("ZF-9", "Zephyr Fan 9", "Fans", 210, 110),
];

/// Products sorted by SKU.
pub fn products() -> Vec<Product> {
    let product = |(sku, name, family, list, cost): Row| Product {
        sku: sku.to_owned(),
        name: name.to_owned(),
        family: family.to_owned(),
        list_price: Decimal::from(list),
        unit_cost: Decimal::from(cost),
        launched_on: None,
        end_of_life_on: None,
    };
    ROWS.into_iter().map(product).collect()
}
