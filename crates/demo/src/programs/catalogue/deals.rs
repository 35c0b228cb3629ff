//! Commissions a transaction: one stacking group in which the best one pays. Their
//! rates never change, so that they tell nothing about the response.

use rust_decimal::Decimal;

use super::{Book, Program, Words, dollars, strings};
use crate::programs::ProgramFile;
use crate::terms::{Kind, Measure, Pay, Period, Rate, Stacking, StackingMode, Terms};

pub fn programs(book: &Book) -> Vec<ProgramFile> {
    [registered(book), new_customer(book), referral(book)].concat()
}

fn commission(book: &Book, priority: i64, hundredths: i64) -> Vec<Terms> {
    let rate = Rate::Flat(Pay::Percent(Decimal::new(hundredths, 2)));
    let terms = |dates| Terms {
        stacking: Some(Stacking { group: "commission".to_owned(), mode: StackingMode::BestOf, priority }),
        ..Terms::plain(Kind::Commission, dates, Measure::Revenue, Period::Transaction, rate.clone())
    };
    book.years().into_iter().map(terms).collect()
}

fn registered(book: &Book) -> Vec<ProgramFile> {
    let mut versions = commission(book, 1, 300);
    for terms in &mut versions {
        terms.deal_registration_required = true;
        terms.cap_per_transaction = Some(dollars(400));
        terms.program_budget = Some(dollars(14_000));
    }
    let excluded = "A registration that was rejected does not help, even if the deal was won.";
    let purpose = "A partner that finds a deal, tells us about it early and wins it has done the hardest part of the work. Registered deals therefore earn a commission of their own.";
    let program = Program {
        id: "commission-registered-deals",
        name: "Registered Deal Commission",
        words: Words { purpose, excluded, voice: 0 },
    };
    book.write(&program, versions)
}

fn new_customer(book: &Book) -> Vec<ProgramFile> {
    let mut versions = commission(book, 2, 250);
    for terms in &mut versions {
        terms.new_customer_only = true;
        terms.claim_within_days = Some(45);
        terms.cap_per_transaction = Some(dollars(250));
        terms.cap_per_partner = Some(dollars(600));
    }
    let excluded = "A customer who comes back under another partner is not new. Neither is one who bought a different product before.";
    let purpose = "New customers cost more to win than old ones cost to keep. This bonus shares in that cost, once for every customer who has never bought from us.";
    let program = Program {
        id: "commission-new-customer",
        name: "New Customer Bonus",
        words: Words { purpose, excluded, voice: 1 },
    };
    book.write(&program, versions)
}

fn referral(book: &Book) -> Vec<ProgramFile> {
    let mut versions = commission(book, 3, 150);
    for terms in &mut versions {
        terms.partner_types = strings(&["referral"]);
        terms.cap_per_partner = Some(dollars(2500));
    }
    let excluded = "Partners that resell or manage what they recommend are served by other programs and are excluded from this one.";
    let purpose = "Referral partners do not invoice; they introduce. The referral commission is their share in what becomes of the introduction.";
    let program = Program {
        id: "commission-referral",
        name: "Referral Commission",
        words: Words { purpose, excluded, voice: 1 },
    };
    book.write(&program, versions)
}
