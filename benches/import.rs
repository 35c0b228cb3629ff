//! How long an import of a million transaction lines takes, and how much memory:
//! `cargo bench --bench import`. The aim is 3 seconds and 1 GB on 2 cores.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use spiffcast::history;
use spiffcast_engine::calendar::FiscalCalendar;

const LINES: usize = 1_000_000;
const PARTNERS: usize = 500;
const PRODUCTS: usize = 40;

fn main() {
    let dir = tempfile::TempDir::new().expect("a folder");
    let source = dir.path().join("source");
    fs::create_dir(&source).expect("a folder");
    write_company(&source);
    let data = dir.path().join("data");
    let started = Instant::now();
    let progress = |stage: history::Stage| eprintln!("{:>8.3} s  {stage}", started.elapsed().as_secs_f64());
    let report =
        history::import(&source, &data, FiscalCalendar::default(), "ana", &progress).expect("imported");
    eprintln!("{:>8.3} s  imported {} lines", started.elapsed().as_secs_f64(), report.lines);
    let started = Instant::now();
    let place = history::Place::Folder(data);
    let set = history::load(&place, FiscalCalendar::default()).expect("loaded");
    eprintln!("{:>8.3} s  loaded {} series", started.elapsed().as_secs_f64(), set.panel.series.len());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| eprintln!("peak memory {l}"));
}

fn write_company(source: &Path) {
    let mut partners = String::from("partner_id,name,partner_type,tier,region\n");
    for p in 0..PARTNERS {
        let _ = writeln!(partners, "P-{p:04},Partner {p},reseller,Gold,EMEA");
    }
    let mut products = String::from("sku,name,family,list_price,unit_cost,currency\n");
    for p in 0..PRODUCTS {
        let _ = writeln!(products, "S-{p:03},Product {p},Family {},{}.00,10.00,USD", p % 5, 100 + p);
    }
    let mut lines = String::from(
        "transaction_id,line_no,sold_on,reported_on,partner_id,sku,units,net_revenue,currency,customer_id,kind,original_transaction_id\n",
    );
    let first = chrono::NaiveDate::from_ymd_opt(2023, 1, 1).expect("a day");
    for i in 0..LINES {
        // A fixed mixing step, so that neighbours differ and every run is the same.
        let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let day = first + chrono::Days::new(mixed % 1_270);
        let (partner, product) = (mixed % PARTNERS as u64, (mixed >> 9) % PRODUCTS as u64);
        let (units, revenue) = (1 + (mixed >> 15) % 20, (mixed >> 12) % 900_000);
        let _ = writeln!(
            lines,
            "T-{i:08},1,{day},{day},P-{partner:04},S-{product:03},{units},{}.{:02},USD,C-{},sale,",
            revenue / 100,
            revenue % 100,
            mixed % 40_000
        );
    }
    for (name, text) in [("partners.csv", partners), ("products.csv", products), ("transactions.csv", lines)]
    {
        fs::write(source.join(name), text).expect("written");
    }
}
