//! Any panel of store × category × week for the peers: weeks stand in for months,
//! stores for partners, categories for products. Nothing else is known of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use spiffcast_engine::accuracy::Outlook;
use spiffcast_engine::baseline;
use spiffcast_engine::calendar::{FiscalCalendar, Month};
use spiffcast_engine::catalog::{Catalog, Partner, PartnerType, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::panel::Panel;

use crate::emit;

/// Weeks forecast from each origin; origins are so far apart.
const WEEKS: usize = 4;
const ORIGINS: usize = 6;
const FIRST: Month = Month(2020 * 12);

/// Reads `level,unique_id,t,y` (the rows of level `cell`) and writes our forecasts.
pub fn run(source: &Path, out: &Path) {
    let text = fs::read_to_string(source).expect("the panel");
    let (company, all) = read(&text);
    let mut rows = emit::header();
    for origin in (1..=ORIGINS).rev() {
        let end = all.months - origin * WEEKS;
        let known = cut(&all, end);
        let last = FIRST.plus(end as i32 - 1);
        let made = baseline::forecast(&company, &known, &[], last, &[], last.plus(1), WEEKS);
        let shocks = (made.shocks, made.partner_sigma);
        let ahead = Outlook::of(made);
        let catalog = &company.catalog;
        emit::cells(&mut rows, &ahead, end - 1, |s| {
            let (partner, product) = known.series[s];
            Some(format!("{}/{}", catalog.partners[partner].id, catalog.products[product].sku))
        });
        let of_partner: Vec<usize> = known.series.iter().map(|(partner, _)| *partner).collect();
        let names: Vec<String> = catalog.partners.iter().map(|p| p.id.clone()).collect();
        emit::sums(&mut rows, &ahead, end - 1, "partner", &known.series, &of_partner, &names);
        emit::sums(
            &mut rows,
            &ahead,
            end - 1,
            "total",
            &known.series,
            &vec![0; known.series.len()],
            &["all".to_owned()],
        );
        eprintln!("forecast from week {end}; {shocks:?}");
    }
    fs::write(out, rows).expect("forecasts written");
}

fn read(text: &str) -> (Company, Panel) {
    let mut cells: BTreeMap<(String, String), BTreeMap<usize, f64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let parts: Vec<&str> = line.split(',').collect();
        let [level, id, t, units] = parts.as_slice() else { continue };
        let Some((store, category)) = id.split_once('/').filter(|_| *level == "cell") else { continue };
        let (t, units) = (t.parse().expect("a week"), units.parse().expect("units"));
        cells.entry((store.to_owned(), category.to_owned())).or_default().insert(t, units);
    }
    let months = cells.values().flat_map(|c| c.keys()).max().map_or(0, |t| t + 1);
    let names = |part: fn(&(String, String)) -> &String| {
        let mut all: Vec<String> = cells.keys().map(|k| part(k).clone()).collect();
        all.sort();
        all.dedup();
        all
    };
    let (stores, categories) = (names(|k| &k.0), names(|k| &k.1));
    let partner = |id: &String| Partner {
        id: id.clone(),
        name: id.clone(),
        partner_type: PartnerType::Reseller,
        tier: "store".to_owned(),
        region: "all".to_owned(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: Vec::new(),
    };
    let product = |sku: &String| Product {
        sku: sku.clone(),
        name: sku.clone(),
        family: "all".to_owned(),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![Price { effective_from: None, list_price: 1.into(), unit_cost: 0.into() }],
    };
    let catalog = Catalog::new(
        stores.iter().map(partner).collect(),
        categories.iter().map(product).collect(),
        "USD".to_owned(),
    );
    let mut panel = Panel {
        first_month: FIRST,
        months,
        series: Vec::new(),
        units: Vec::new(),
        revenue: Vec::new(),
        returned_units: Vec::new(),
    };
    for ((store, category), row) in &cells {
        let pair = (catalog.partner(store).expect("a store"), catalog.product(category).expect("a category"));
        panel.series.push(pair);
        panel.units.extend((0..months).map(|t| row.get(&t).copied().unwrap_or(0.0)));
    }
    panel.revenue = vec![0.0; panel.units.len()];
    panel.returned_units = panel.revenue.clone();
    let company = Company {
        catalog,
        programs: Vec::new(),
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of: FIRST.plus(months as i32 - 1).last_day(),
        calendar: FiscalCalendar::default(),
    };
    (company, panel)
}

/// The first `end` weeks.
fn cut(all: &Panel, end: usize) -> Panel {
    let units: Vec<f64> = (0..all.series.len()).flat_map(|s| all.units_of(s)[..end].to_vec()).collect();
    Panel {
        first_month: all.first_month,
        months: end,
        series: all.series.clone(),
        revenue: vec![0.0; units.len()],
        returned_units: vec![0.0; units.len()],
        units,
    }
}
