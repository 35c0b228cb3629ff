//! The names of a company, indexed: what each run of words may stand for, which
//! words belong to which program, which words a misspelling is close to. Built once
//! a company; reads no question.

use std::collections::{HashMap, HashSet};

use crate::catalog::{PartnerIx, PartnerType, ProductIx};
use crate::company::Company;
use crate::programs::Program;

use super::Entity;
use super::nearby::Nearby;
use crate::reading::token::name_words;

/// Legal forms that people leave out of a partner's name.
const LEGAL: &[&str] =
    &["inc", "ltd", "llc", "gmbh", "ag", "sa", "bv", "plc", "corp", "co", "limited", "srl", "oy", "ab"];
const TYPE_WORDS: &[(&[&str], PartnerType)] = &[
    (&["reseller"], PartnerType::Reseller),
    (&["resellers"], PartnerType::Reseller),
    (&["vars"], PartnerType::Reseller),
    (&["distributor"], PartnerType::Distributor),
    (&["distributors"], PartnerType::Distributor),
    (&["distis"], PartnerType::Distributor),
    (&["disti"], PartnerType::Distributor),
    (&["msp"], PartnerType::Msp),
    (&["msps"], PartnerType::Msp),
    (&["managed", "service", "provider"], PartnerType::Msp),
    (&["managed", "service", "providers"], PartnerType::Msp),
    (&["managed", "services", "providers"], PartnerType::Msp),
    (&["referral"], PartnerType::Referral),
    (&["referrals"], PartnerType::Referral),
];
/// Every name of a company, indexed once and read by every question: build it beside
/// the company, and again whenever the company is another.
#[derive(Debug, Clone)]
pub struct Names {
    /// By the words of a name run together.
    entities: HashMap<String, Vec<Entity>>,
    /// Single words of names of programs, products, families, tiers and regions.
    pub(crate) words: HashSet<String>,
    /// All words that a misspelling of a name could stand for.
    nearby: Nearby,
    /// Distinct words of partner names: word to partners.
    partner_words: HashMap<String, Vec<PartnerIx>>,
    /// Words of product names and codes: word to products.
    product_words: HashMap<String, Vec<ProductIx>>,
    /// By position in `company.programs`.
    pub(crate) programs: Vec<ProgramWords>,
}

/// Words that a program may be spoken of with.
#[derive(Debug, Clone)]
pub(crate) struct ProgramWords {
    /// Of its identifier and names.
    pub strong: HashSet<String>,
    /// Of the products and families it lists.
    pub weak: HashSet<String>,
}

impl Names {
    /// Indexes the names of a company's catalogue and programs.
    pub fn of(company: &Company) -> Self {
        let mut index = Self {
            entities: HashMap::new(),
            words: HashSet::new(),
            nearby: Nearby::default(),
            partner_words: HashMap::new(),
            product_words: HashMap::new(),
            programs: Vec::new(),
        };
        for (i, program) in company.programs.iter().enumerate() {
            index.add(&program.id, Entity::Program(i), true);
            for version in &program.versions {
                index.add(&version.name, Entity::Program(i), true);
            }
        }
        let catalog = &company.catalog;
        for (i, product) in catalog.products.iter().enumerate() {
            index.add(&product.sku, Entity::Product(i), true);
            index.add(&product.name, Entity::Product(i), true);
            for word in name_words(&product.name).into_iter().chain(name_words(&product.sku)) {
                let products = index.product_words.entry(word).or_default();
                if products.last() != Some(&i) {
                    products.push(i);
                }
            }
        }
        index.add_product_lines(company);
        catalog.families().iter().for_each(|f| index.add(f, Entity::Family((*f).to_owned()), true));
        catalog.tiers().iter().for_each(|t| index.add(t, Entity::Tier((*t).to_owned()), true));
        for region in catalog.regions() {
            index.add(region, Entity::Region(region.to_owned()), true);
            // "Nordic resellers", of the region Nordics.
            if let Some(one) = region.strip_suffix('s').filter(|one| one.len() > 3) {
                index.add(one, Entity::Region(region.to_owned()), true);
            }
        }
        for (words, partner_type) in TYPE_WORDS {
            index.insert(words.concat(), Entity::Type(*partner_type));
            index.words.extend(words.iter().map(|w| (*w).to_owned()));
        }
        for (i, partner) in catalog.partners.iter().enumerate() {
            index.add(&partner.id, Entity::Partner(i), false);
            index.add_partner_name(&partner.name, i);
        }
        index.programs = company.programs.iter().map(|p| program_words(p, company)).collect();
        index.nearby = Nearby::of(index.words.iter().chain(index.partner_words.keys()).map(String::as_str));
        index
    }

    fn insert(&mut self, key: String, entity: Entity) {
        if key.is_empty() {
            return;
        }
        let entities = self.entities.entry(key).or_default();
        if !entities.contains(&entity) {
            entities.push(entity);
        }
    }

    fn add(&mut self, name: &str, entity: Entity, vocabulary: bool) {
        let words = name_words(name);
        self.insert(words.concat(), entity);
        if vocabulary {
            self.words.extend(words);
        }
    }

    /// Products that share the first words of their names are also known by them:
    /// `Product X` for `Product X Standard` and `Product X Plus`.
    fn add_product_lines(&mut self, company: &Company) {
        let mut lines: HashMap<String, Vec<ProductIx>> = HashMap::new();
        for (i, product) in company.catalog.products.iter().enumerate() {
            let words = name_words(&product.name);
            for n in 2..words.len() {
                lines.entry(words[..n].concat()).or_default().push(i);
            }
        }
        for (key, products) in lines {
            if !self.entities.contains_key(&key) {
                products.into_iter().for_each(|p| self.insert(key.clone(), Entity::Product(p)));
            }
        }
    }

    fn add_partner_name(&mut self, name: &str, partner: PartnerIx) {
        let mut words = name_words(name);
        self.insert(words.concat(), Entity::Partner(partner));
        while words.len() > 1 && words.last().is_some_and(|w| LEGAL.contains(&w.as_str())) {
            words.pop();
            self.insert(words.concat(), Entity::Partner(partner));
        }
        for word in words.into_iter().filter(|w| w.len() >= 3 && !LEGAL.contains(&w.as_str())) {
            let partners = self.partner_words.entry(word).or_default();
            if partners.last() != Some(&partner) {
                partners.push(partner);
            }
        }
    }

    /// Partners that have a word in their name.
    pub(crate) fn partners_with(&self, word: &str) -> &[PartnerIx] {
        self.partner_words.get(word).map_or(&[], Vec::as_slice)
    }

    /// Products that have a word in their name or code.
    pub(crate) fn products_with(&self, word: &str) -> &[ProductIx] {
        self.product_words.get(word).map_or(&[], Vec::as_slice)
    }

    /// What a run of words names, written together.
    pub(crate) fn of_run(&self, run: &str) -> &[Entity] {
        self.entities.get(run).map_or(&[], Vec::as_slice)
    }

    /// Words of names as close to a word as the fewest edits allow, at most `most`.
    pub(crate) fn near(&self, word: &str, most: usize) -> (usize, Vec<&str>) {
        self.nearby.closest(word, most)
    }
}

fn program_words(program: &Program, company: &Company) -> ProgramWords {
    let mut strong: HashSet<String> = name_words(&program.id).into_iter().collect();
    program.versions.iter().for_each(|v| strong.extend(name_words(&v.name)));
    let mut weak = HashSet::new();
    let terms = &program.latest().terms;
    for word in terms.applies_to.families.iter().flat_map(|f| name_words(f)) {
        // "per pump" of the family Pumps.
        weak.extend(word.strip_suffix('s').filter(|one| one.len() > 3).map(str::to_owned));
        weak.insert(word);
    }
    for sku in &terms.applies_to.skus {
        weak.extend(name_words(sku));
        if let Some(product) = company.catalog.product(sku) {
            weak.extend(name_words(&company.catalog.products[product].name));
        }
    }
    ProgramWords { strong, weak }
}
