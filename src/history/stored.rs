//! The tables of a checked company as Parquet: what an import keeps. The same
//! company gives the same bytes, whatever files it came from.

use chrono::NaiveDate;
use polars::prelude::*;
use rust_decimal::Decimal;
use spiffcast_engine::company::Company;
use spiffcast_engine::sales::{LineKind, PayoutRole};

use super::frame::{Format, RawTable};
use super::spec;

/// Name (`partners.parquet`) and bytes of every table. Absent and empty optional
/// tables are the same thing and are not kept.
pub(super) fn tables(company: &Company) -> PolarsResult<Vec<(String, Vec<u8>)>> {
    let tables = [
        (spec::PARTNERS.name, partners(company)),
        (spec::PARTNER_TIERS.name, partner_tiers(company)),
        (spec::PRODUCTS.name, products(company)),
        (spec::PRODUCT_PRICES.name, product_prices(company)),
        (spec::DEAL_REGISTRATIONS.name, registrations(company)),
        (spec::TRANSACTIONS.name, transactions(company)),
        (spec::TARGETS.name, targets(company)),
        (spec::PAYOUTS.name, payouts(company)),
    ];
    let kept = tables.into_iter().filter(|(_, columns)| columns.first().is_some_and(|c| !c.is_empty()));
    kept.map(|(name, columns)| Ok((format!("{name}.parquet"), parquet(columns)?))).collect()
}

/// One table from a source file, as Parquet with typed days. `None` where the file
/// cannot be read as that table.
pub(super) fn convert(spec: &spec::Spec, csv: &[u8]) -> Option<Vec<u8>> {
    let mut report = super::report::FileReport::new(spec.name);
    let raw = super::frame::read(spec, Format::Csv, csv, &mut report)?;
    let mut cells = super::cells::Cells::new(&raw, &mut report);
    let names = spec.required.iter().chain(spec.optional);
    let columns = names.filter_map(|name| converted(&raw, &mut cells, name)).collect();
    if report.errors() > 0 {
        return None;
    }
    parquet(columns).ok()
}

fn converted(
    raw: &RawTable,
    cells: &mut super::cells::Cells<'_>,
    name: &'static str,
) -> Option<polars::prelude::Column> {
    raw.column(name)?;
    Some(if spec::holds_days(name) {
        days(name, cells.optional_days(name).into_iter())
    } else {
        texts(name, cells.optional_names(name).into_iter())
    })
}

fn parquet(columns: Vec<polars::prelude::Column>) -> PolarsResult<Vec<u8>> {
    let mut frame = DataFrame::new_infer_height(columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .with_row_group_size(Some(250_000))
        .finish(&mut frame)?;
    Ok(bytes)
}

fn texts<'a>(name: &str, cells: impl ExactSizeIterator<Item = Option<&'a str>>) -> polars::prelude::Column {
    let mut builder = StringChunkedBuilder::new(name.into(), cells.len());
    cells.for_each(|cell| builder.append_option(cell));
    builder.finish().into_series().into_column()
}

fn days(name: &str, cells: impl ExactSizeIterator<Item = Option<NaiveDate>>) -> polars::prelude::Column {
    let days: Int32Chunked = cells.map(|day| day.map(|d| d.to_epoch_days())).collect();
    days.with_name(name.into()).into_date().into_series().into_column()
}

fn decimals(name: &str, cells: impl ExactSizeIterator<Item = Option<Decimal>>) -> polars::prelude::Column {
    use std::fmt::Write;
    let mut builder = StringChunkedBuilder::new(name.into(), cells.len());
    let mut text = String::new();
    for cell in cells {
        text.clear();
        // Writing to a String cannot fail.
        builder.append_option(cell.map(|d| {
            let _ = write!(text, "{d}");
            text.as_str()
        }));
    }
    builder.finish().into_series().into_column()
}

fn partners(company: &Company) -> Vec<polars::prelude::Column> {
    let all = &company.catalog.partners;
    vec![
        texts("partner_id", all.iter().map(|p| Some(p.id.as_str()))),
        texts("name", all.iter().map(|p| Some(p.name.as_str()))),
        texts("partner_type", all.iter().map(|p| Some(p.partner_type.as_str()))),
        texts("tier", all.iter().map(|p| Some(p.tier.as_str()))),
        texts("region", all.iter().map(|p| Some(p.region.as_str()))),
        texts("country", all.iter().map(|p| p.country.as_deref())),
        texts("parent_partner_id", all.iter().map(|p| p.parent.map(|at| all[at].id.as_str()))),
        days("onboarded_on", all.iter().map(|p| p.onboarded_on)),
        texts("status", all.iter().map(|p| Some(if p.active { "active" } else { "inactive" }))),
    ]
}

fn partner_tiers(company: &Company) -> Vec<polars::prelude::Column> {
    let rows = company.catalog.partners.iter().flat_map(|p| p.tier_history.iter().map(move |t| (p, t)));
    let rows: Vec<_> = rows.collect();
    vec![
        texts("partner_id", rows.iter().map(|(p, _)| Some(p.id.as_str()))),
        texts("tier", rows.iter().map(|(_, (_, tier))| Some(tier.as_str()))),
        days("effective_from", rows.iter().map(|(_, (from, _))| Some(*from))),
    ]
}

fn products(company: &Company) -> Vec<polars::prelude::Column> {
    let all = &company.catalog.products;
    vec![
        texts("sku", all.iter().map(|p| Some(p.sku.as_str()))),
        texts("name", all.iter().map(|p| Some(p.name.as_str()))),
        texts("family", all.iter().map(|p| Some(p.family.as_str()))),
        decimals("list_price", all.iter().map(|p| p.prices.first().map(|x| x.list_price))),
        decimals("unit_cost", all.iter().map(|p| p.prices.first().map(|x| x.unit_cost))),
        texts("currency", all.iter().map(|_| Some(company.catalog.currency.as_str()))),
        days("launched_on", all.iter().map(|p| p.launched_on)),
        days("end_of_life_on", all.iter().map(|p| p.end_of_life_on)),
    ]
}

fn product_prices(company: &Company) -> Vec<polars::prelude::Column> {
    let rows = company.catalog.products.iter().flat_map(|p| p.prices.iter().skip(1).map(move |x| (p, x)));
    let rows: Vec<_> = rows.collect();
    vec![
        texts("sku", rows.iter().map(|(p, _)| Some(p.sku.as_str()))),
        days("effective_from", rows.iter().map(|(_, x)| x.effective_from)),
        decimals("list_price", rows.iter().map(|(_, x)| Some(x.list_price))),
        decimals("unit_cost", rows.iter().map(|(_, x)| Some(x.unit_cost))),
    ]
}

fn registrations(company: &Company) -> Vec<polars::prelude::Column> {
    let all = &company.registrations;
    let (partners, products) = (&company.catalog.partners, &company.catalog.products);
    vec![
        texts("deal_registration_id", all.iter().map(|d| Some(d.id.as_str()))),
        texts("partner_id", all.iter().map(|d| Some(partners[d.partner].id.as_str()))),
        texts("sku", all.iter().map(|d| Some(products[d.product].sku.as_str()))),
        days("submitted_on", all.iter().map(|d| Some(d.submitted_on))),
        texts("status", all.iter().map(|d| Some(d.status.as_str()))),
        days("approved_on", all.iter().map(|d| d.approved_on)),
        days("expires_on", all.iter().map(|d| d.expires_on)),
        days("expected_close_on", all.iter().map(|d| d.expected_close_on)),
        decimals("estimated_units", all.iter().map(|d| d.estimated_units)),
    ]
}

fn transactions(company: &Company) -> Vec<polars::prelude::Column> {
    let all = &company.lines;
    let (partners, products) = (&company.catalog.partners, &company.catalog.products);
    let kind = |kind| match kind {
        LineKind::Sale => "sale",
        LineKind::Return => "return",
    };
    vec![
        texts("transaction_id", all.iter().map(|l| Some(l.transaction_id.as_str()))),
        decimals("line_no", all.iter().map(|l| Some(Decimal::from(l.line_no)))),
        days("sold_on", all.iter().map(|l| Some(l.sold_on))),
        days("reported_on", all.iter().map(|l| l.reported_on)),
        texts("partner_id", all.iter().map(|l| Some(partners[l.partner].id.as_str()))),
        texts("sku", all.iter().map(|l| Some(products[l.product].sku.as_str()))),
        decimals("units", all.iter().map(|l| Some(l.units))),
        decimals("net_revenue", all.iter().map(|l| Some(l.net_revenue))),
        texts("currency", all.iter().map(|_| Some(company.catalog.currency.as_str()))),
        texts("customer_id", all.iter().map(|l| l.customer_id.as_deref())),
        texts("deal_registration_id", all.iter().map(|l| l.deal_registration_id.as_deref())),
        texts("kind", all.iter().map(|l| Some(kind(l.kind)))),
        texts("original_transaction_id", all.iter().map(|l| l.original_transaction_id.as_deref())),
    ]
}

fn targets(company: &Company) -> Vec<polars::prelude::Column> {
    let (all, partners) = (&company.targets, &company.catalog.partners);
    vec![
        texts("program_id", all.iter().map(|t| Some(t.program_id.as_str()))),
        texts("partner_id", all.iter().map(|t| Some(partners[t.partner].id.as_str()))),
        days("period_start", all.iter().map(|t| Some(t.period_start))),
        decimals("target", all.iter().map(|t| Some(t.target))),
    ]
}

fn payouts(company: &Company) -> Vec<polars::prelude::Column> {
    let (all, partners) = (&company.payouts, &company.catalog.partners);
    let role = |role| match role {
        PayoutRole::Own => "own",
        PayoutRole::Override => "override",
        PayoutRole::Clawback => "clawback",
    };
    vec![
        texts("payout_id", all.iter().map(|p| Some(p.id.as_str()))),
        texts("program_id", all.iter().map(|p| Some(p.program_id.as_str()))),
        decimals("program_version", all.iter().map(|p| Some(Decimal::from(p.program_version)))),
        texts("partner_id", all.iter().map(|p| Some(partners[p.partner].id.as_str()))),
        days("period_start", all.iter().map(|p| Some(p.period.start))),
        days("period_end", all.iter().map(|p| Some(p.period.end))),
        decimals("accrued", all.iter().map(|p| Some(p.accrued))),
        texts("currency", all.iter().map(|_| Some(company.catalog.currency.as_str()))),
        texts("role", all.iter().map(|p| Some(role(p.role)))),
        texts("transaction_id", all.iter().map(|p| p.transaction_id.as_deref())),
        texts("status", all.iter().map(|p| Some(p.status.as_str()))),
        decimals("paid", all.iter().map(|p| p.paid)),
        days("paid_on", all.iter().map(|p| p.paid_on)),
    ]
}
