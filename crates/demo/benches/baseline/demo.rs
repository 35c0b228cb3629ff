//! The demo company for the peers: what every series sold, and what we forecast from
//! six origins on what was known then.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use spiffcast_demo::{Shape, generate};
use spiffcast_engine::accuracy::{Plan, as_known, outlook};
use spiffcast_engine::calendar::Month;
use spiffcast_engine::company::Company;
use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;

use crate::{company, emit};

const SEED: u64 = 7;
const ORIGINS: usize = 6;
const MONTHS: usize = 3;

pub fn run(out: &Path) {
    fs::create_dir_all(out).expect("a folder to write to");
    let world = generate(SEED, &Shape::demo());
    let company = company::hindsight(&world);
    let all = Panel::of_lines(company.lines.iter(), company.as_of);
    fs::write(out.join("panel.csv"), panel(&company, &all)).expect("panel.csv written");
    let plan = Plan::recent(all.first_month, Month::of(company.as_of), ORIGINS, MONTHS);
    let mut rows = emit::header();
    for origin in &plan.origins {
        let known = as_known(&company, origin.last_day());
        let panel = Panel::of_lines(known.lines.iter(), known.as_of);
        let model = Model::fit(Arc::new(known), panel, &|_| ());
        let ahead = outlook(&model, MONTHS);
        let at = (origin.0 - all.first_month.0) as usize;
        let catalog = &model.company.catalog;
        let pairs = &model.panel.series;
        emit::cells(&mut rows, &ahead, at, |s| {
            let (partner, product) = pairs[s];
            Some(format!("{}/{}", catalog.partners[partner].id, catalog.products[product].sku))
        });
        let of_partner: Vec<usize> = pairs.iter().map(|(partner, _)| *partner).collect();
        let names: Vec<String> = catalog.partners.iter().map(|p| p.id.clone()).collect();
        emit::sums(&mut rows, &ahead, at, "partner", pairs, &of_partner, &names);
        emit::sums(&mut rows, &ahead, at, "total", pairs, &vec![0; pairs.len()], &["all".to_owned()]);
        eprintln!("forecast from {}", origin.key());
    }
    fs::write(out.join("own.csv"), rows).expect("own.csv written");
}

/// Units by series and month, all lines known, from the month in which both partner
/// and product were there.
fn panel(company: &Company, all: &Panel) -> String {
    let mut out = String::from("level,unique_id,t,y\n");
    let catalog = &company.catalog;
    let mut of_partner = vec![vec![0.0; all.months]; catalog.partners.len()];
    let mut total = vec![0.0; all.months];
    for (s, (partner, product)) in all.series.iter().enumerate() {
        let (partner_row, product_row) = (&catalog.partners[*partner], &catalog.products[*product]);
        let begun = [partner_row.onboarded_on, product_row.launched_on];
        let begun =
            begun.into_iter().flatten().map(|d| Month::of(d).0 - all.first_month.0).max().unwrap_or(0);
        for (t, units) in all.units_of(s).iter().enumerate() {
            of_partner[*partner][t] += units;
            total[t] += units;
            if t as i32 >= begun {
                let _ = writeln!(out, "cell,{}/{},{t},{units}", partner_row.id, product_row.sku);
            }
        }
    }
    for (partner, row) in catalog.partners.iter().zip(&of_partner) {
        let begun = row.iter().position(|u| *u > 0.0).unwrap_or(all.months);
        for (t, units) in row.iter().enumerate().skip(begun) {
            let _ = writeln!(out, "partner,{},{t},{units}", partner.id);
        }
    }
    for (t, units) in total.iter().enumerate() {
        let _ = writeln!(out, "total,all,{t},{units}");
    }
    out
}
