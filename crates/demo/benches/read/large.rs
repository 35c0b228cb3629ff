//! A company grown to a size: more partners and products beside its own, with names
//! of words that its questions do not use.

use spiffcast_engine::catalog::{Catalog, Partner, Product};
use spiffcast_engine::company::Company;

const FIRST: &[&str] = &[
    "Alder",
    "Birchen",
    "Corvane",
    "Dunmore",
    "Eskdale",
    "Farrow",
    "Glenroy",
    "Hawthorn",
    "Ibsley",
    "Jarrold",
    "Kelmarsh",
    "Lorimer",
    "Mardale",
    "Norwick",
    "Ormsby",
    "Penhale",
    "Quarrier",
    "Rushmere",
    "Selwyn",
    "Tarrant",
    "Ulverston",
    "Vernham",
    "Wexcombe",
    "Yarrow",
    "Zennor",
];
const SECOND: &[&str] = &[
    "Analytics",
    "Bytes",
    "Computing",
    "Datacraft",
    "Electronics",
    "Fabrics",
    "Gridworks",
    "Holdings",
    "Informatics",
    "Junction",
    "Keystone",
    "Logistics",
    "Microsystems",
    "Networks",
    "Optics",
    "Platforms",
    "Quantum",
    "Robotics",
    "Software",
    "Telecom",
];
const LINES: &[&str] = &[
    "Aquila",
    "Borealis",
    "Cassini",
    "Draco",
    "Equuleus",
    "Fornax",
    "Grus",
    "Horologium",
    "Indus",
    "Kepler",
    "Lacerta",
    "Mensa",
    "Norma",
    "Octans",
    "Pavo",
    "Reticulum",
    "Sextans",
    "Tucana",
    "Volans",
    "Vulpecula",
];
const KINDS: &[&str] =
    &["Array", "Bridge", "Console", "Dock", "Encoder", "Firewall", "Hub", "Injector", "Jack", "Node"];

/// The company with this many partners and products.
pub fn grown(company: &Company, partners: usize, products: usize) -> Company {
    let catalog = &company.catalog;
    let mut all = catalog.partners.clone();
    for i in 0..partners.saturating_sub(all.len()) {
        let like = catalog.partners[i % catalog.partners.len()].clone();
        all.push(Partner { id: format!("Q-{i:05}"), name: partner_name(i), parent: None, ..like });
    }
    // Behind the company's own, whose parents stay where they are.
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let mut goods = catalog.products.clone();
    for i in 0..products.saturating_sub(goods.len()) {
        let like = catalog.products[i % catalog.products.len()].clone();
        let name =
            format!("{} {} {}", LINES[i % LINES.len()], KINDS[i / LINES.len() % KINDS.len()], 100 + i / 200);
        goods.push(Product { sku: format!("Z{i:04}-{}", i % 7), name, ..like });
    }
    goods.sort_by(|a, b| a.sku.cmp(&b.sku));
    Company { catalog: Catalog::new(all, goods, catalog.currency.clone()), ..company.clone() }
}

/// Two words of trade and one that is the partner's own.
fn partner_name(i: usize) -> String {
    let (a, b) = (FIRST[i % FIRST.len()], SECOND[i / FIRST.len() % SECOND.len()]);
    let mut code = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let own: String = (0..6)
        .map(|_| {
            code = code / 26 + 1_000_003 * (code % 26);
            char::from(b'a' + (code % 26) as u8)
        })
        .collect();
    format!("{a} {b} {own}")
}
