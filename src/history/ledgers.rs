//! The tables `deal_registrations`, `targets` and `payouts`.

use std::collections::HashMap;

use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::programs::Program;
use spiffcast_engine::sales::{DealRegistration, PayoutRole, RecordedPayout, Target};

use super::cells::{Bound, Cells};
use super::frame::RawTable;
use super::partners::unique;
use super::products::one_currency;
use super::report::{FileReport, Notes};
use super::transactions::Known;

/// Deal registrations sorted by identifier.
pub(super) fn registrations(
    raw: &RawTable,
    report: &mut FileReport,
    partners: &HashMap<String, usize>,
    products: &HashMap<String, usize>,
) -> Vec<DealRegistration> {
    let mut cells = Cells::new(raw, report);
    let ids = cells.ids("deal_registration_id");
    let partner_ids = cells.ids("partner_id");
    let partner = cells.refer("partner_id", &partner_ids, partners, "partners");
    let skus = cells.ids("sku");
    let product = cells.refer("sku", &skus, products, "products");
    let submitted = cells.days("submitted_on");
    let status = cells.names("status");
    let approved = cells.optional_days("approved_on");
    let expires = cells.optional_days("expires_on");
    let closes = cells.optional_days("expected_close_on");
    let units = cells.optional_decimals("estimated_units", Bound::NotNegative);
    unique(&mut cells, "deal_registration_id", &ids);
    let mut notes = Notes::default();
    for row in 0..raw.rows {
        if let (Some(from), Some(to)) = (approved[row], expires[row])
            && to < from
        {
            notes.warning(
                row,
                "expires_on",
                &to.to_string(),
                format!("before approved_on {from}; never valid"),
            );
        }
    }
    cells.note(notes);
    let registration = |row: usize| DealRegistration {
        id: ids[row].to_owned(),
        partner: partner[row].unwrap_or_default(),
        product: product[row].unwrap_or_default(),
        submitted_on: submitted[row],
        status: status[row].to_owned(),
        approved_on: approved[row],
        expires_on: expires[row],
        expected_close_on: closes[row],
        estimated_units: units[row],
    };
    let mut all: Vec<_> = (0..raw.rows).map(registration).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// Target overrides, sorted by program, partner and period.
pub(super) fn targets(
    raw: &RawTable,
    report: &mut FileReport,
    partners: &HashMap<String, usize>,
    programs: &[Program],
    calendar: FiscalCalendar,
) -> Vec<Target> {
    let mut cells = Cells::new(raw, report);
    let program_ids = cells.ids("program_id");
    let known = program_index(programs);
    let program = cells.refer("program_id", &program_ids, &known, "programs");
    let partner_ids = cells.ids("partner_id");
    let partner = cells.refer("partner_id", &partner_ids, partners, "partners");
    let starts = cells.days("period_start");
    let values = cells.decimals("target", Bound::NotNegative);
    let mut seen = HashMap::new();
    let mut notes = Notes::default();
    for row in 0..raw.rows {
        let start = starts[row];
        if let Some(first) = seen.insert((program_ids[row], partner_ids[row], start), row) {
            let text = format!("the same program_id, partner_id and period_start as {}", cells.place(first));
            notes.error(row, "period_start", &start.to_string(), text);
        }
        let Some(program) = program[row].map(|at| &programs[at]) else { continue };
        let terms = &program.version_on(start).unwrap_or(program.latest()).terms;
        let first_day = calendar.period_of(terms.period, start).start;
        if first_day != start {
            let text = format!(
                "not the first day of a fiscal period of {} ({first_day} is); it is not used",
                program.id
            );
            notes.warning(row, "period_start", &start.to_string(), text);
        }
    }
    cells.note(notes);
    let target = |row: usize| Target {
        program_id: program_ids[row].to_owned(),
        partner: partner[row].unwrap_or_default(),
        period_start: starts[row],
        target: values[row],
    };
    let mut all: Vec<_> = (0..raw.rows).map(target).collect();
    all.sort_by(|a, b| {
        (&a.program_id, a.partner, a.period_start).cmp(&(&b.program_id, b.partner, b.period_start))
    });
    all
}

fn program_index(programs: &[Program]) -> HashMap<String, usize> {
    programs.iter().enumerate().map(|(at, p)| (p.id.clone(), at)).collect()
}

const ROLES: [(&str, PayoutRole); 3] =
    [("own", PayoutRole::Own), ("override", PayoutRole::Override), ("clawback", PayoutRole::Clawback)];

const STATUSES: [(&str, &str); 4] =
    [("accrued", "accrued"), ("approved", "approved"), ("paid", "paid"), ("withheld", "withheld")];

/// Recorded payouts sorted by identifier.
pub(super) fn payouts(
    raw: &RawTable,
    report: &mut FileReport,
    programs: &[Program],
    known: &Known<'_>,
) -> Vec<RecordedPayout> {
    let mut cells = Cells::new(raw, report);
    let ids = cells.ids("payout_id");
    let program_ids = cells.ids("program_id");
    let program = cells.refer("program_id", &program_ids, &program_index(programs), "programs");
    let versions = cells.counts("program_version", None);
    let partner_ids = cells.ids("partner_id");
    let partner = cells.refer("partner_id", &partner_ids, known.partners, "partners");
    let starts = cells.days("period_start");
    let ends = cells.days("period_end");
    let accrued = cells.decimals("accrued", Bound::Any);
    let currencies = cells.ids("currency");
    one_currency(&mut cells, &currencies, known.currency);
    let roles = cells.words("role", &ROLES, Some(PayoutRole::Own));
    let transactions = cells.optional_ids("transaction_id");
    let statuses = cells.words("status", &STATUSES, Some("accrued"));
    let paid = cells.optional_decimals("paid", Bound::Any);
    let paid_on = cells.optional_days("paid_on");
    unique(&mut cells, "payout_id", &ids);
    let mut notes = Notes::default();
    for row in 0..raw.rows {
        if ends[row] < starts[row] {
            notes.error(
                row,
                "period_end",
                &ends[row].to_string(),
                format!("before period_start {}", starts[row]),
            );
        }
        if let Some(program) = program[row].map(|at| &programs[at])
            && !program.versions.iter().any(|v| v.version == versions[row])
        {
            let text = format!("{} has no such version", program.id);
            notes.error(row, "program_version", &versions[row].to_string(), text);
        }
    }
    cells.note(notes);
    let payout = |row: usize| RecordedPayout {
        id: ids[row].to_owned(),
        program_id: program_ids[row].to_owned(),
        program_version: versions[row],
        partner: partner[row].unwrap_or_default(),
        period: Span::new(starts[row], ends[row]),
        accrued: accrued[row],
        role: roles[row],
        transaction_id: transactions[row].map(str::to_owned),
        status: statuses[row].to_owned(),
        paid: paid[row],
        paid_on: paid_on[row],
    };
    let mut all: Vec<_> = (0..raw.rows).map(payout).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}
