//! The demo company made larger or smaller: whole partners, each with all its sales,
//! customers and registrations, as many as it takes for a number of lines. Copies
//! share nothing, so every look-up grows with the company.

use spiffcast_engine::catalog::{Catalog, Partner};
use spiffcast_engine::company::Company;
use spiffcast_engine::sales::{DealRegistration, SaleLine, Target};

/// A company of about `lines` lines: copies of the whole one, the last cut after the
/// partner with which the number is reached.
pub fn to_lines(one: &Company, lines: usize) -> Company {
    let partners = one.catalog.partners.len();
    let mut of_partner = vec![0_usize; partners];
    one.lines.iter().for_each(|l| of_partner[l.partner] += 1);
    let mut wanted: Vec<usize> = Vec::new();
    let mut left = lines as i64;
    while left > 0 {
        let whole = left >= one.lines.len() as i64;
        let some = (0..partners).take_while(|p| {
            let more = whole || left > 0;
            left -= of_partner[*p] as i64;
            more
        });
        wanted.push(some.count());
    }
    Company { lines: all_lines(one, &wanted), ..without_lines(one, &wanted) }
}

/// An identifier of copy `copy`; copy 0 keeps its names. Padded, so that order by
/// identifier is order by copy and then by name.
fn copied(copy: usize, id: &str) -> String {
    if copy == 0 { id.to_owned() } else { format!("{id}~{copy:04}") }
}

fn all_lines(one: &Company, wanted: &[usize]) -> Vec<SaleLine> {
    let partners = one.catalog.partners.len();
    let total: usize = wanted.len() * one.lines.len();
    let mut lines = Vec::with_capacity(total);
    // Line by line and copy by copy inside: nearly sorted, and text lies in memory as an
    // import would leave it.
    for line in &one.lines {
        for (copy, _) in wanted.iter().enumerate().filter(|(_, n)| line.partner < **n) {
            let text = |id: &Option<String>| id.as_ref().map(|id| copied(copy, id));
            lines.push(SaleLine {
                transaction_id: copied(copy, &line.transaction_id),
                partner: copy * partners + line.partner,
                customer_id: text(&line.customer_id),
                deal_registration_id: text(&line.deal_registration_id),
                original_transaction_id: text(&line.original_transaction_id),
                ..line.clone()
            });
        }
    }
    lines.sort_by(SaleLine::order);
    lines
}

/// Everything else of the copies. Identifiers stay as they are sorted by copy, which
/// the calculator does not mind: it goes by position.
fn without_lines(one: &Company, wanted: &[usize]) -> Company {
    let partners = one.catalog.partners.len();
    let copies = || wanted.iter().enumerate();
    let partner = |copy: usize, p: &Partner| Partner {
        id: copied(copy, &p.id),
        parent: p.parent.map(|parent| copy * partners + parent),
        ..p.clone()
    };
    let all_partners = copies().flat_map(|(c, _)| one.catalog.partners.iter().map(move |p| partner(c, p)));
    let mut registrations: Vec<DealRegistration> = copies()
        .flat_map(|(c, n)| one.registrations.iter().filter(|r| r.partner < *n).map(move |r| (c, r)))
        .map(|(c, r)| DealRegistration {
            id: copied(c, &r.id),
            partner: c * partners + r.partner,
            ..r.clone()
        })
        .collect();
    registrations.sort_by(|a, b| a.id.cmp(&b.id));
    let targets = copies()
        .flat_map(|(c, n)| one.targets.iter().filter(|t| t.partner < *n).map(move |t| (c, t)))
        .map(|(c, t)| Target { partner: c * partners + t.partner, ..t.clone() })
        .collect();
    Company {
        catalog: Catalog::new(
            all_partners.collect(),
            one.catalog.products.clone(),
            one.catalog.currency.clone(),
        ),
        programs: one.programs.clone(),
        lines: Vec::new(),
        registrations,
        targets,
        payouts: Vec::new(),
        as_of: one.as_of,
        calendar: one.calendar,
    }
}
