//! A world in words, short enough to work out by hand.

use crate::books::Books;
use crate::programs::front_matter;
use crate::terms::Version;

pub fn tell(books: &Books) -> String {
    let mut text = format!("fiscal year from month {}\n", books.first_month);
    for p in &books.partners {
        let parent = p.parent.as_deref().unwrap_or("nobody");
        let active = if p.active { "" } else { " INACTIVE" };
        text.push_str(&format!(
            "{} {} {} {} under {parent}{active}\n",
            p.id, p.partner_type, p.tier, p.region
        ));
    }
    for c in &books.tier_changes {
        text.push_str(&format!("{} is {} from {}\n", c.partner, c.tier, c.from));
    }
    for r in &books.registrations {
        text.push_str(&format!(
            "{} {} {} approved {:?} expires {:?}\n",
            r.id, r.partner, r.sku, r.approved_on, r.expires_on
        ));
    }
    for t in &books.targets {
        text.push_str(&format!("target {} {} {} {}\n", t.program, t.partner, t.period_start, t.target));
    }
    books.versions.iter().for_each(|v| text.push_str(&format!("\n{}", front_matter(v))));
    for c in &books.changes {
        text.push_str(&format!("\nchange of {} {} to {} for {:?}\n", c.program, c.from, c.to, c.partners));
        let version =
            |terms| Version { program: c.program.clone(), version: 0, name: "changed".into(), terms };
        let terms = c.terms.clone().map_or("paused\n".to_owned(), |t| front_matter(&version(t)));
        text.push_str(&terms);
    }
    text.push('\n');
    let mut lines: Vec<_> = books.lines.iter().collect();
    lines.sort_by_key(|l| (l.sold_on, &l.transaction_id, l.line_no.to_string()));
    for l in lines {
        let (customer, registration) = (l.customer.as_deref(), l.registration.as_deref());
        text.push_str(&format!("{} {}/{} {} {}", l.sold_on, l.transaction_id, l.line_no, l.partner, l.sku));
        text.push_str(&format!(" units {} revenue {}", l.units, l.net_revenue));
        if let Some(original) = &l.return_of {
            text.push_str(&format!(" RETURN of {original}"));
        }
        text.push_str(&format!(
            " customer {customer:?} deal {registration:?} reported {:?}\n",
            l.reported_on
        ));
    }
    text
}
