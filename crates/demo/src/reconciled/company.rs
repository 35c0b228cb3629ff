//! A generated company with its recorded payouts as the engine knows it; programs
//! come with their text, so that clauses are there to be cited.

use spiffcast_engine::calendar::Span;
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{assemble::assemble, front_matter};
use spiffcast_engine::sales::{PayoutRole, RecordedPayout};

use crate::agree::engine;
use crate::naive::Role;
use crate::payouts;
use crate::{Shape, World};

/// The company with its recorded payouts.
pub fn company(world: &World) -> Company {
    let files = world.programs.iter().map(|file| {
        let read = front_matter::parse(&file.path(), &file.markdown());
        read.unwrap_or_else(|findings| panic!("{findings:?}")).0
    });
    let plain = engine::company(&world.books);
    let programs = assemble(files.collect(), plain.calendar);
    Company {
        programs: programs.unwrap_or_else(|findings| panic!("{findings:?}")),
        payouts: world.payouts.iter().map(|p| payout(&plain.catalog, p)).collect(),
        as_of: Shape::last_month().last(),
        ..plain
    }
}

fn payout(catalog: &Catalog, p: &payouts::RecordedPayout) -> RecordedPayout {
    RecordedPayout {
        id: p.id.clone(),
        program_id: p.program.clone(),
        program_version: p.version,
        partner: catalog.partner(&p.partner).expect("a partner"),
        period: Span::new(p.period_start, p.period_end),
        accrued: p.accrued,
        role: match p.role {
            Role::Own => PayoutRole::Own,
            Role::Override => PayoutRole::Override,
            Role::Clawback => PayoutRole::Clawback,
        },
        transaction_id: p.transaction_id.clone(),
        status: p.status.to_owned(),
        paid: p.paid,
        paid_on: p.paid_on,
    }
}
