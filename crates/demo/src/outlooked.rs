//! Smoke test of partners' outlooks: what their quarters paid, by the exact calculator,
//! lies inside the intervals about as often as they say; and an outlook made from one
//! snapshot does not know what another partner does. Tests only.

use std::sync::Arc;

use rust_decimal::Decimal;
use spiffcast_engine::accuracy::as_known;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::{Outlook, OwnBooks, Published, Shared, outlook};
use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;
use spiffcast_engine::programs::rule_book::RuleBook;
use spiffcast_engine::programs::settle::{SettleOptions, settle};
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::sales::PayoutRole;
use spiffcast_engine::scenario::ExtraSale;

use crate::reconciled::company::company;
use crate::{Shape, generate};

const SEED: u64 = 7;
const PARTNERS: usize = 12;

/// A company whose sales are all known.
fn of_seed(seed: u64) -> Company {
    let mut world = generate(seed, &Shape { months: 36, ..Shape::small() });
    let unreported = std::mem::take(&mut world.unreported);
    world.books.lines.extend(unreported);
    company(&world)
}

fn known(company: &Company, day: &str) -> (Company, Shared) {
    let known = as_known(company, day.parse().expect("a day"));
    let panel = Panel::of_lines(known.lines.iter(), known.as_of);
    let model = Model::fit(Arc::new(known.clone()), panel, &|_| ());
    (known, Shared::of(&model))
}

/// A dozen active partners that sold.
fn dozen(company: &Company) -> Vec<String> {
    let partners = company.catalog.partners.iter().enumerate();
    let selling = partners.filter(|(ix, p)| p.active && company.lines.iter().any(|l| l.partner == *ix));
    let all: Vec<String> = selling.map(|(_, p)| p.id.clone()).collect();
    let step = (all.len() / PARTNERS).max(1);
    all.into_iter().step_by(step).take(PARTNERS).collect()
}

/// What the quarter came to before later returns: clawbacks are those known on the day.
fn came(company: &Company, told: &Outlook, partner: &str, clawed: Decimal) -> Decimal {
    let ix = company.catalog.partner(partner).expect("a partner");
    let all = settle(company, &RuleBook::of(&company.programs), &SettleOptions::default()).payouts;
    let of = all.iter().filter(|p| p.partner == ix && p.kind != ProgramKind::Mdf);
    let of = of.filter(|p| told.quarter.contains(p.period_end) && p.role != PayoutRole::Clawback);
    of.map(|p| p.amount).sum::<Decimal>() + clawed
}

#[test]
#[expect(clippy::print_stdout, reason = "the coverage seen is what one runs it for")]
fn quarters_of_a_dozen_partners_end_inside_their_intervals_as_often_as_they_say() {
    let (mut inside, mut below, mut above, mut cases) = (0, 0, 0, 0);
    let (mut said, mut paid) = (Decimal::ZERO, Decimal::ZERO);
    for (seed, day) in [(101, "2026-03-31"), (102, "2026-03-31"), (103, "2026-05-15"), (104, "2025-12-31")] {
        let whole = of_seed(seed);
        let (known, shared) = known(&whole, day);
        for partner in dozen(&known) {
            let books = OwnBooks::open(&known, &partner).expect("its books");
            let told = outlook(&books, &shared, &[], SEED);
            let clawed = Published::of(&known, &partner).expect("published").clawed_back(told.quarter);
            let (came, told) = (came(&whole, &told, &partner, clawed), told.coming.total);
            assert!(told.p10 <= told.p50 && told.p50 <= told.p90, "{told:?}");
            cases += 1;
            inside += usize::from((told.p10..=told.p90).contains(&came.round()));
            below += usize::from(came.round() < told.p10);
            above += usize::from(came.round() > told.p90);
            said += told.p50;
            paid += came;
        }
    }
    println!("{inside} of {cases} inside, {below} below, {above} above; said {said}, paid {paid}");
    assert_eq!(cases, 4 * PARTNERS);
    // 80% of 48 is 38; partners of a company share its markets, so the count scatters
    // more than a binomial one.
    assert!((30..=46).contains(&inside), "{inside} of {cases} inside 80%, {below} below, {above} above");
}

#[test]
fn an_outlook_is_made_of_the_snapshot_and_of_own_rows_alone() {
    let whole = of_seed(101);
    let (known, shared) = known(&whole, "2026-05-15");
    let partner = dozen(&known).swap_remove(3);
    let own = known.catalog.partner(&partner).expect("a partner");
    let published = Published::of(&known, &partner).expect("published");
    // Every other partner sells ten times as much, and another name sells it.
    let mut others = known.clone();
    for line in others.lines.iter_mut().filter(|l| l.partner != own) {
        line.units *= Decimal::TEN;
        line.net_revenue *= Decimal::TEN;
    }
    let extra =
        [ExtraSale { sku: known.catalog.products[0].sku.clone(), units: "20".into(), on: "2026-06".into() }];
    let told = |company: &Company, extra: &[ExtraSale]| {
        let books = OwnBooks::of(company, &published).expect("its books");
        serde_json::to_string(&outlook(&books, &shared, extra, SEED)).expect("JSON")
    };
    for extra in [&extra[..], &[]] {
        let (before, after) = (told(&known, extra), told(&others, extra));
        assert_eq!(before, after);
        assert_eq!(before, told(&known, extra), "the same bytes again");
    }
    // It is not blind: the partner's own sales change it.
    let mut more = known.clone();
    for line in more.lines.iter_mut().filter(|l| l.partner == own) {
        line.units *= Decimal::TEN;
        line.net_revenue *= Decimal::TEN;
    }
    assert_ne!(told(&known, &[]), told(&more, &[]));
    // And a snapshot of other data is another one.
    let panel = Panel::of_lines(others.lines.iter(), others.as_of);
    let other = Shared::of(&Model::fit(Arc::new(others), panel, &|_| ()));
    assert_ne!(shared.digest(), other.digest());
}

/// The response of a product and over whom it is pooled in each region, as learned and as
/// published, where so many partners sell it and nobody else ever did.
struct Sold {
    learned: serde_json::Value,
    published: serde_json::Value,
    pools: Vec<String>,
    /// The sellers by region, in the order of the pools.
    sellers: Vec<usize>,
}

fn sold_by(known: &Company, product: usize, partners: usize) -> Sold {
    let mut company = known.clone();
    let of: Vec<_> = company.lines.iter().filter(|l| l.product == product).cloned().collect();
    let mut sellers: Vec<usize> = of.iter().map(|l| l.partner).collect();
    sellers.sort_unstable();
    sellers.dedup();
    // Those who sold it last are sure to count.
    let last = |p: &usize| of.iter().filter(|l| l.partner == *p).map(|l| l.sold_on).max();
    sellers.sort_by_key(|p| std::cmp::Reverse(last(p)));
    sellers.truncate(partners);
    company.lines.retain(|l| l.product != product || sellers.contains(&l.partner));
    let panel = Panel::of_lines(company.lines.iter(), company.as_of);
    let model = Model::fit(Arc::new(company), panel, &|_| ());
    let shared = serde_json::to_value(Shared::of(&model)).expect("JSON");
    let regions = shared["baseline"]["regions"].as_array().expect("regions");
    let here = |region: &serde_json::Value| {
        let of =
            sellers.iter().filter(|p| known.catalog.partners[**p].region == region[0].as_str().unwrap_or(""));
        of.count()
    };
    Sold {
        learned: serde_json::to_value(model.response.products[product].lags).expect("JSON"),
        published: shared["response"]["products"][product]["lags"].clone(),
        pools: regions.iter().map(|r| r[1][product]["pool"].as_str().unwrap_or("").to_owned()).collect(),
        sellers: regions.iter().map(here).collect(),
    }
}

#[test]
fn what_fewer_than_five_partners_sell_is_published_with_its_family_alone() {
    let (known, _) = known(&of_seed(101), "2026-05-15");
    for product in 0..2 {
        let four = sold_by(&known, product, 4);
        assert_ne!(four.published, four.learned, "{product}: the response of four");
        assert!(four.pools.iter().all(|pool| pool == "Family"), "{product}: {:?}", four.pools);
        let five = sold_by(&known, product, 5);
        assert_eq!(five.published, five.learned, "{product}: five are a pool");
        for (pool, sellers) in five.pools.iter().zip(&five.sellers) {
            let due = if *sellers >= 5 { "Market" } else { "Product" };
            assert_eq!(pool, due, "{product}: {sellers} of a region");
        }
    }
}
