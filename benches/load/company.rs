//! A company of very many partners: the demo company's products and programs, its
//! partners under new names over and over, and sales that a fixed mixing step spreads
//! over them. Nothing is to be learned from it; it is there for its size.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{Days, NaiveDate};

use super::server::Failed;

/// Transaction lines of a partner.
const LINES_EACH: usize = 24;
/// Days of history, to 30 June 2026.
const DAYS: u64 = 912;
const FIRST: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 1, 1);

/// Writes it; how many transaction lines it has.
pub fn write(partners: usize, out: &Path) -> Result<usize, Failed> {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    fs::create_dir_all(out)?;
    for table in ["products.csv", "product_prices.csv"] {
        fs::copy(demo.join(table), out.join(table))?;
    }
    for program in fs::read_dir(demo.join("programs"))? {
        let program = program?;
        let folder = out.join("programs").join(program.file_name());
        fs::create_dir_all(&folder)?;
        for version in fs::read_dir(program.path())? {
            let version = version?;
            fs::copy(version.path(), folder.join(version.file_name()))?;
        }
    }
    fs::write(
        out.join("partners.csv"),
        table_of_partners(partners, &fs::read_to_string(demo.join("partners.csv"))?)?,
    )?;
    let products = fs::read_to_string(demo.join("products.csv"))?;
    fs::write(out.join("transactions.csv"), transactions(partners, &products)?)?;
    Ok(partners * LINES_EACH)
}

/// The rows of the demo company again and again, without parents.
fn table_of_partners(partners: usize, demo: &str) -> Result<String, Failed> {
    let mut rows = demo.lines();
    let head = rows.next().ok_or("no partners")?;
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(',').collect()).collect();
    let mut out = format!("{head}\n");
    for p in 0..partners {
        let row = &rows[p % rows.len()];
        let [_, name, kind, tier, region, country, _, since, status] = row.as_slice() else {
            return Err(format!("{row:?} has other columns than expected").into());
        };
        let _ = writeln!(out, "P-{p:06},{name} {p},{kind},{tier},{region},{country},,{since},{status}");
    }
    Ok(out)
}

/// Three products a partner, one to four units a line, at list price.
fn transactions(partners: usize, products: &str) -> Result<String, Failed> {
    let first = FIRST.ok_or("no such day")?;
    let products: Vec<(&str, u64)> = products
        .lines()
        .skip(1)
        .filter_map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            let price: f64 = cells.get(3)?.parse().ok()?;
            let sold_all_along = cells.iter().skip(6).all(|day| day.is_empty());
            sold_all_along.then_some((cells[0], (price * 100.0).round() as u64))
        })
        .collect();
    let mut out = String::from("transaction_id,sold_on,partner_id,sku,units,net_revenue,currency\n");
    for i in 0..partners * LINES_EACH {
        // A fixed mixing step, so that neighbours differ and every run is the same.
        let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
        let partner = i / LINES_EACH;
        let (sku, cents) = products[(partner * 7 + (mixed % 3) as usize) % products.len()];
        let day = first + Days::new((mixed >> 3) % DAYS);
        let units = 1 + (mixed >> 24) % 4;
        let paid = units * cents;
        let _ =
            writeln!(out, "T-{i:08},{day},P-{partner:06},{sku},{units},{}.{:02},USD", paid / 100, paid % 100);
    }
    Ok(out)
}
