//! The rules that a partner may read: its own, whole but for what they say of budgets.

use std::sync::Arc;

use axum::http::StatusCode;
use spiffcast::auth::Role;
use spiffcast::web::{Options, router};
use spiffcast_engine::earnings::rules::FUNDS_CLAUSE;
use spiffcast_engine::earnings::tell;
use tempfile::TempDir;

use super::company;
use super::faces::{get, open};
use crate::people::People;

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_reads_the_rules_of_its_programs_and_of_no_others_and_no_budget() {
    let folder = TempDir::new().expect("a folder");
    let state = open(folder.path()).await;
    let people = People::demo().await;
    let router = router(Arc::new(state), people.accounts.clone(), Options::default());
    let partner = (router.clone(), people.enter(Role::Partner).await);
    let own = &company().catalog.partners[company().catalog.partner("P-0001").expect("the persona's")];
    let (mut read, mut hidden, mut budgets) = (0, 0, 0);
    for version in company().programs.iter().flat_map(|p| &p.versions) {
        let address = format!("/earnings/rules/{}/v{}", version.program, version.version);
        let (status, page) = get(&partner, &address).await;
        let eligible = &version.terms.eligible;
        let mut tiers = own.tier_history.iter().map(|(_, t)| t).chain([&own.tier]);
        let may = (eligible.tiers.is_empty() || tiers.any(|t| eligible.tiers.contains(t)))
            && (eligible.regions.is_empty() || eligible.regions.contains(&own.region))
            && (eligible.partner_types.is_empty() || eligible.partner_types.contains(&own.partner_type));
        if may {
            assert_eq!(status, StatusCode::OK, "{address}");
        }
        if status == StatusCode::OK {
            read += 1;
            assert!(page.contains("id=\"c1.1\"") || page.contains("class=\"clause\""), "{address}");
            if let Some(budget) = version.terms.caps.program_budget {
                budgets += 1;
                assert!(page.contains(FUNDS_CLAUSE), "{address}");
                for told in [tell::number(budget), budget.normalize().to_string()] {
                    assert!(!page.contains(&told), "{address} tells {told}");
                }
            }
        } else {
            hidden += 1;
            assert_eq!(status, StatusCode::NOT_FOUND, "{address}");
        }
    }
    assert!(read > 5 && hidden > 0 && budgets > 0, "{read} read, {hidden} hidden, {budgets} with a budget");
    for address in [
        "/earnings/rules/nothing/v1",
        "/earnings/rules/spiff-product-x/v999",
        "/earnings/rules/spiff-product-x/1",
    ] {
        assert_eq!(get(&partner, address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    // Every link of the statement to a clause leads somewhere, also for a partner.
    let (_, page) = get(&partner, "/earnings?year=all").await;
    let page = scraper::Html::parse_document(&page);
    let links =
        scraper::Selector::parse("a[href^='/earnings/rules/'], a[href^='/programs']").expect("a selector");
    let mut links: Vec<String> = page
        .select(&links)
        .filter_map(|a| a.value().attr("href"))
        .map(|href| href.split('#').next().unwrap_or_default().to_owned())
        .collect();
    links.sort_unstable();
    links.dedup();
    assert!(!links.is_empty());
    for link in links {
        assert!(link.starts_with("/earnings/rules/"), "{link}");
        assert_eq!(get(&partner, &link).await.0, StatusCode::OK, "{link}");
    }
    // Staff who named no partner reads the program itself.
    let staff = (router, people.enter(Role::Finance).await);
    assert_eq!(get(&staff, "/earnings/rules/spiff-product-x/v1").await.0, StatusCode::SEE_OTHER);
}
