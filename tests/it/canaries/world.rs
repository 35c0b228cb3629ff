//! A company with canaries: names, identifiers and amounts that stand for what a partner
//! must never see, each in a place of its own, so that one that shows tells where the
//! hole is.

use std::fmt::Write as _;

use crate::history::World;

/// The partner that asks.
pub const OWN: &str = "P-OWN";
/// Another one, that has nothing to do with it.
pub const OTHER: &str = "P-CANARY-7";
/// Its name.
pub const OTHER_NAME: &str = "Zanzibar Canary Trading";
/// A child of the partner that asks: it sees its overrides as sums alone.
const CHILD: &str = "P-CANARY-8";
/// A sale of the one, and of the other.
pub const OWN_SALE: &str = "OWN-1";
/// See [`OWN_SALE`].
pub const OTHER_SALE: &str = "CANARYSALE-1";

/// What must not show, and what it is. Amounts as digits, without separators.
pub const CANARIES: [(&str, &str); 18] = [
    ("P-CANARY-7", "another partner's identifier"),
    ("P-CANARY-8", "the identifier of a child"),
    ("Zanzibar", "another partner's name"),
    ("Madagascar", "the name of a child"),
    ("CANARYSALE", "another's transaction"),
    ("CANARYCHILDSALE", "a child's transaction"),
    ("CANARYCUSTOMER", "another's customer"),
    ("CANARYDEAL", "another's deal registration"),
    ("CANARYPAYOUT", "another's payout"),
    ("7919131", "another's revenue"),
    ("7927417", "a child's revenue"),
    ("866753", "another's payout, accrued"),
    ("866747", "another's payout, paid"),
    ("613.57", "what a product costs"),
    ("918273", "the budget of a program"),
    ("554433", "another's target"),
    ("424243", "the units of another's deal"),
    ("Quokka", "a program for others"),
];

const SPIFF: &str = r#"+++
id = "spiff-x"
version = 1
name = "X SPIFF"
kind = "spiff"
currency = "USD"
effective = { from = "2025-01-01", to = "2026-12-31" }
applies_to = { skus = ["PX-100"] }
measure = "units"
period = "month"
rate = { per_unit = "40.00" }
caps = { program_budget = "918273.00" }
+++

# X SPIFF

## 1 Purpose

1.1 Sellers of X earn a SPIFF.

## 2 Calculation

2.1 40 USD a unit.

## 3 Funds

3.1 The budget of this version is 918,273 USD over its whole life.
"#;

/// A program that the partner who asks can take no part in.
const FOR_OTHERS: &str = r#"+++
id = "quokka"
version = 1
name = "Quokka Push"
kind = "spiff"
currency = "USD"
effective = { from = "2025-01-01", to = "2026-12-31" }
applies_to = { skus = ["SVC-10"] }
measure = "units"
period = "month"
rate = { per_unit = "7.00" }
eligible = { partner_types = ["reseller"] }
+++

# Quokka Push

## 1 Calculation

1.1 Resellers earn 7 USD for each service under the Quokka terms.
"#;

/// A program that pays a parent for each sale of a child.
const BY_SALE: &str = r#"+++
id = "commission"
version = 1
name = "Sale commission"
kind = "commission"
currency = "USD"
effective = { from = "2025-01-01", to = "2026-12-31" }
applies_to = { skus = ["PX-100"] }
measure = "revenue"
period = "transaction"
rate = { percent = "1" }
override = { percent = "0.5" }
+++

# Sale commission

## 1 Calculation

1.1 1% of the net revenue of a sale, and half a percent to the parent.
"#;

const REBATE: &str = r#"+++
id = "rebate"
version = 1
name = "Two-tier rebate"
kind = "rebate"
currency = "USD"
effective = { from = "2025-01-01", to = "2026-12-31" }
measure = "revenue"
period = "quarter"
rate = { tiers = [{ from = "0", percent = "1" }, { from = "50000", percent = "2" }], mode = "marginal" }
override = { percent = "1" }
target = "100000"
accelerator = { above_attainment = "100", multiplier = "1.5" }
+++

# Two-tier rebate

## 1 Calculation

1.1 1% of net revenue, 2% above 50,000 USD, and an override of 1% to the parent.
"#;

/// The files.
pub fn company() -> World {
    let mut world = World::new();
    let mut put = |name: &str, text: &str| world.files.insert(name.to_owned(), text.as_bytes().to_vec());
    put(
        "partners.csv",
        &format!(
            "partner_id,name,partner_type,tier,region,parent_partner_id,status\n\
             {OWN},Ownhouse,distributor,Gold,AMER,,active\n\
             {OTHER},{OTHER_NAME},distributor,Gold,AMER,,active\n\
             {CHILD},Madagascar Canary Ltd,reseller,Silver,AMER,{OWN},active\n"
        ),
    );
    put(
        "products.csv",
        "sku,name,family,list_price,unit_cost,currency,launched_on\n\
         PX-100,Product X,Widgets,950.00,613.57,USD,2024-01-01\n\
         SVC-10,Service,Services,100,613.57,USD,\n",
    );
    let mut sales = String::from(
        "transaction_id,line_no,sold_on,partner_id,sku,units,net_revenue,currency,customer_id,deal_registration_id\n",
    );
    let mut number = 0;
    for (year, months) in [(2025, 1..=12), (2026, 1..=6)] {
        for month in months {
            number += 1;
            for (id, partner, sku, units, revenue, customer) in [
                ("OWN", OWN, "PX-100", 7, "6300.00", "C-1"),
                ("OWNSVC", OWN, "SVC-10", 3, "300.00", "C-2"),
                ("CANARYSALE", OTHER, "PX-100", 31, "7919131.37", "CANARYCUSTOMER"),
                ("CANARYCHILDSALE", CHILD, "PX-100", 23, "7927417.19", "CANARYCUSTOMER"),
            ] {
                let deal = if id == "CANARYSALE" && number == 1 { "CANARYDEAL-1" } else { "" };
                // Writing to a String cannot fail.
                let _ = writeln!(
                    sales,
                    "{id}-{number},1,{year}-{month:02}-15,{partner},{sku},{units},{revenue},USD,{customer},{deal}"
                );
            }
        }
    }
    put("transactions.csv", &sales);
    put(
        "deal_registrations.csv",
        &format!(
            "deal_registration_id,partner_id,sku,submitted_on,status,approved_on,estimated_units\n\
             CANARYDEAL-1,{OTHER},PX-100,2025-01-02,approved,2025-01-03,424243\n"
        ),
    );
    put(
        "targets.csv",
        &format!(
            "program_id,partner_id,period_start,target\nrebate,{OTHER},2026-04-01,554433\nrebate,{OWN},2026-04-01,25000\n"
        ),
    );
    put(
        "payouts.csv",
        &format!(
            "payout_id,program_id,program_version,partner_id,period_start,period_end,accrued,currency,role,status,paid,paid_on\n\
             CANARYPAYOUT-1,spiff-x,1,{OTHER},2026-01-01,2026-01-31,866753.09,USD,own,paid,866747.00,2026-02-20\n\
             OWNPAYOUT-1,spiff-x,1,{OWN},2026-01-01,2026-01-31,280.00,USD,own,paid,280.00,2026-02-20\n"
        ),
    );
    world.files.retain(|name, _| !name.starts_with("programs/"));
    world.files.insert("programs/spiff-x/v1.md".to_owned(), SPIFF.as_bytes().to_vec());
    world.files.insert("programs/rebate/v1.md".to_owned(), REBATE.as_bytes().to_vec());
    world.files.insert("programs/quokka/v1.md".to_owned(), FOR_OTHERS.as_bytes().to_vec());
    world.files.insert("programs/commission/v1.md".to_owned(), BY_SALE.as_bytes().to_vec());
    world
}
