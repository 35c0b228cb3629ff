//! Who and what may be asked about: partners, tiers, regions, products and the
//! prices in force. Lookups by identifier; no sales here.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Position of a partner in [`Catalog::partners`].
pub type PartnerIx = usize;
/// Position of a product in [`Catalog::products`].
pub type ProductIx = usize;

/// The four kinds of partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerType {
    /// Buys and sells on to customers.
    Reseller,
    /// Sells to other partners.
    Distributor,
    /// Runs the product as a service.
    Msp,
    /// Passes leads on.
    Referral,
}

impl PartnerType {
    /// The word of the data files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reseller => "reseller",
            Self::Distributor => "distributor",
            Self::Msp => "msp",
            Self::Referral => "referral",
        }
    }

    /// All four, in the order of the data format.
    pub const ALL: [Self; 4] = [Self::Reseller, Self::Distributor, Self::Msp, Self::Referral];
}

impl std::str::FromStr for PartnerType {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|t| t.as_str() == s).ok_or(())
    }
}

/// A company that sells our products.
#[derive(Debug, Clone, PartialEq)]
pub struct Partner {
    /// Unique identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Kind of partner.
    pub partner_type: PartnerType,
    /// Tier where `tier_history` says nothing.
    pub tier: String,
    /// Sales region.
    pub region: String,
    /// Country, if known.
    pub country: Option<String>,
    /// Direct parent, who may earn overrides.
    pub parent: Option<PartnerIx>,
    /// First day as a partner.
    pub onboarded_on: Option<NaiveDate>,
    /// `status = active`.
    pub active: bool,
    /// Tiers by the day they took effect, oldest first; may be empty.
    pub tier_history: Vec<(NaiveDate, String)>,
}

impl Partner {
    /// The tier held on a day: the last row of the tier history that took effect
    /// by then, else the tier of the partners table (PAYOUTS.md, step 2).
    pub fn tier_on(&self, day: NaiveDate) -> &str {
        self.tier_history
            .iter()
            .rev()
            .find(|(from, _)| *from <= day)
            .map_or(self.tier.as_str(), |(_, tier)| tier.as_str())
    }
}

/// List price and unit cost from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// First day in force; `None` for the row of the products table.
    pub effective_from: Option<NaiveDate>,
    /// List price of one unit.
    pub list_price: Decimal,
    /// Our cost of one unit.
    pub unit_cost: Decimal,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Unique stock-keeping unit.
    pub sku: String,
    /// Display name.
    pub name: String,
    /// Product family.
    pub family: String,
    /// First day on sale.
    pub launched_on: Option<NaiveDate>,
    /// Last day on sale.
    pub end_of_life_on: Option<NaiveDate>,
    /// Prices, oldest first; the first has no `effective_from`.
    pub prices: Vec<Price>,
}

impl Product {
    /// The price in force on a day.
    pub fn price_on(&self, day: NaiveDate) -> &Price {
        self.prices
            .iter()
            .rev()
            .find(|p| p.effective_from.is_none_or(|from| from <= day))
            .unwrap_or(&self.prices[0])
    }
}

/// All partners and products of a company.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    /// Sorted by identifier.
    pub partners: Vec<Partner>,
    /// Sorted by SKU.
    pub products: Vec<Product>,
    /// The one currency.
    pub currency: String,
    partner_index: HashMap<String, PartnerIx>,
    product_index: HashMap<String, ProductIx>,
    /// Regions that are known besides those of the partners: of a catalogue that was
    /// narrowed ([`crate::company::Company::of_regions`]).
    known_regions: Vec<String>,
}

impl Catalog {
    /// Builds the index. Callers hand partners and products sorted by identifier
    /// and without duplicates, and every product with at least one price.
    pub fn new(partners: Vec<Partner>, products: Vec<Product>, currency: String) -> Self {
        let partner_index = partners.iter().enumerate().map(|(i, p)| (p.id.clone(), i)).collect();
        let product_index = products.iter().enumerate().map(|(i, p)| (p.sku.clone(), i)).collect();
        Self { partners, products, currency, partner_index, product_index, known_regions: Vec::new() }
    }

    /// The same partners, with the names of regions that nobody here is in.
    pub(crate) fn knowing(self, regions: &[&str]) -> Self {
        Self { known_regions: regions.iter().map(|region| (*region).to_owned()).collect(), ..self }
    }

    /// Finds a partner by identifier.
    pub fn partner(&self, id: &str) -> Option<PartnerIx> {
        self.partner_index.get(id).copied()
    }

    /// Finds a product by SKU.
    pub fn product(&self, sku: &str) -> Option<ProductIx> {
        self.product_index.get(sku).copied()
    }

    /// Every tier that the data names, sorted.
    pub fn tiers(&self) -> Vec<&str> {
        let own = self.partners.iter().map(|p| p.tier.as_str());
        let past = self.partners.iter().flat_map(|p| p.tier_history.iter().map(|(_, t)| t.as_str()));
        sorted(own.chain(past))
    }

    /// Every region, sorted.
    pub fn regions(&self) -> Vec<&str> {
        let known = self.known_regions.iter().map(String::as_str);
        sorted(self.partners.iter().map(|p| p.region.as_str()).chain(known))
    }

    /// Every product family, sorted.
    pub fn families(&self) -> Vec<&str> {
        sorted(self.products.iter().map(|p| p.family.as_str()))
    }
}

/// Distinct names, sorted. Few of many: a tree of those seen is quicker than sorting all.
fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.contains(name) {
            seen.insert(name);
        }
    }
    seen.into_iter().collect()
}
