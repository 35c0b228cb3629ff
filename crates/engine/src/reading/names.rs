//! Names of the company's in a question: programs, products, families, tiers,
//! regions, kinds of partner and partners. Knows names only from the catalogue and
//! the program files; says everything a run of words may mean, and chooses nothing.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::catalog::{PartnerIx, PartnerType, ProductIx};
use crate::company::Company;
use crate::programs::Program;

use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::{Kind, Token, name_words};

/// What a name may stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entity {
    /// Position in `company.programs`.
    Program(usize),
    /// One product.
    Product(ProductIx),
    /// A product family.
    Family(String),
    /// A tier.
    Tier(String),
    /// A region.
    Region(String),
    /// A kind of partner.
    Type(PartnerType),
    /// A partner.
    Partner(PartnerIx),
}

/// A name found in the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    pub at: Range<usize>,
    pub entities: Vec<Entity>,
}

impl Mention {
    pub fn has(&self, wanted: impl Fn(&Entity) -> bool) -> bool {
        self.entities.iter().any(wanted)
    }
    pub fn is_audience(&self) -> bool {
        self.has(|e| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_) | Entity::Partner(_)))
    }
    pub fn is_product(&self) -> bool {
        self.has(|e| matches!(e, Entity::Product(_) | Entity::Family(_)))
    }
    pub fn program(&self) -> Option<usize> {
        self.entities.iter().find_map(|e| if let Entity::Program(p) = e { Some(*p) } else { None })
    }
}

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
/// Longest name in tokens.
const NAME_TOKENS_MAX: usize = 10;

/// Every name of the company, by its words run together.
pub(crate) struct Index {
    names: HashMap<String, Vec<Entity>>,
    /// Single words of names of programs, products, families, tiers and regions.
    pub words: HashSet<String>,
    /// Distinct words of partner names: word to partners.
    partner_words: HashMap<String, Vec<PartnerIx>>,
    /// Words of product names and codes: word to products.
    product_words: HashMap<String, Vec<ProductIx>>,
    /// By position in `company.programs`.
    pub programs: Vec<ProgramWords>,
}

/// Words that a program may be spoken of with.
pub(crate) struct ProgramWords {
    /// Of its identifier and names.
    pub strong: HashSet<String>,
    /// Of the products and families it lists.
    pub weak: HashSet<String>,
}

impl Index {
    pub fn of(company: &Company) -> Self {
        let mut index = Self {
            names: HashMap::new(),
            words: HashSet::new(),
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
        catalog.regions().iter().for_each(|r| index.add(r, Entity::Region((*r).to_owned()), true));
        for (words, partner_type) in TYPE_WORDS {
            index.insert(words.concat(), Entity::Type(*partner_type));
            index.words.extend(words.iter().map(|w| (*w).to_owned()));
        }
        for (i, partner) in catalog.partners.iter().enumerate() {
            index.add(&partner.id, Entity::Partner(i), false);
            index.add_partner_name(&partner.name, i);
        }
        index.programs = company.programs.iter().map(|p| program_words(p, company)).collect();
        index
    }

    fn insert(&mut self, key: String, entity: Entity) {
        if key.is_empty() {
            return;
        }
        let entities = self.names.entry(key).or_default();
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
            if !self.names.contains_key(&key) {
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
    pub fn partners_with(&self, word: &str) -> &[PartnerIx] {
        self.partner_words.get(word).map_or(&[], Vec::as_slice)
    }

    /// Products that have a word in their name or code.
    pub fn products_with(&self, word: &str) -> &[ProductIx] {
        self.product_words.get(word).map_or(&[], Vec::as_slice)
    }

    /// Words of partner names that a misspelling could stand for.
    pub fn partner_vocabulary(&self) -> impl Iterator<Item = &str> {
        self.partner_words.keys().map(String::as_str)
    }
}

fn program_words(program: &Program, company: &Company) -> ProgramWords {
    let mut strong: HashSet<String> = name_words(&program.id).into_iter().collect();
    program.versions.iter().for_each(|v| strong.extend(name_words(&v.name)));
    let mut weak = HashSet::new();
    let terms = &program.latest().terms;
    terms.applies_to.families.iter().for_each(|f| weak.extend(name_words(f)));
    for sku in &terms.applies_to.skus {
        weak.extend(name_words(sku));
        if let Some(product) = company.catalog.product(sku) {
            weak.extend(name_words(&company.catalog.products[product].name));
        }
    }
    ProgramWords { strong, weak }
}

/// Finds names of two words and more, longest first. Runs before periods and
/// numbers are looked for, so that `Q4 Push` or `PX-100` keep their parts.
pub(crate) fn long(sheet: &mut Sheet<'_>, index: &Index) -> Vec<Mention> {
    find(sheet, index, 2)
}

/// Finds names of a single word among what is left.
pub(crate) fn short(sheet: &mut Sheet<'_>, index: &Index) -> Vec<Mention> {
    find(sheet, index, 1)
}

fn find(sheet: &mut Sheet<'_>, index: &Index, least: usize) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        match longest(sheet, index, at, least) {
            Some(mention) => {
                at = mention.at.end;
                sheet.claim(mention.at.clone(), Use::Name);
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn longest(sheet: &Sheet<'_>, index: &Index, at: usize, least: usize) -> Option<Mention> {
    if !sheet.free(at) || sheet.tokens[at].kind == Kind::Symbol {
        return None;
    }
    let mut raw = String::new();
    // Where a misspelling may stand for several words, all of them.
    let mut spelled: Vec<String> = vec![String::new()];
    let mut best = None;
    for end in at..sheet.len().min(at + NAME_TOKENS_MAX) {
        let token = &sheet.tokens[end];
        if !sheet.free(end)
            || (token.kind == Kind::Symbol && !matches!(token.text.as_str(), "-" | "_" | "/" | "." | "&"))
        {
            break;
        }
        if token.kind == Kind::Symbol {
            continue;
        }
        let bare = token.text.to_lowercase();
        raw.push_str(bare.strip_suffix("'s").unwrap_or(&bare));
        spelled = spelled
            .iter()
            .flat_map(|s| spellings(token).map(move |w| format!("{s}{w}")))
            .take(SPELLINGS_MAX)
            .collect();
        let words = end + 1 - at;
        // Two words written as one are still a long name.
        let long = words >= least
            || (least == 2 && !lexicon::known(&spelled[0]) && token.text.chars().any(|c| c.is_ascii_digit()));
        if !long {
            continue;
        }
        let mut entities: Vec<Entity> = index.names.get(&raw).cloned().unwrap_or_default();
        if entities.is_empty() {
            entities = spelled.iter().filter_map(|s| index.names.get(s)).flatten().cloned().collect();
            entities.dedup();
        }
        if !entities.is_empty() && (words > 1 || lonely(sheet, at)) {
            best = Some(Mention { at: at..end + 1, entities });
        }
    }
    best
}

/// Most readings of a run of misspelled words.
const SPELLINGS_MAX: usize = 8;

fn spellings(token: &Token) -> impl Iterator<Item = &str> {
    std::iter::once(token.word.as_str()).chain(token.alternatives.iter().map(String::as_str))
}

/// Whether a single word may be taken for a name: a word of the language only
/// where it is written like a name.
fn lonely(sheet: &Sheet<'_>, at: usize) -> bool {
    let word = sheet.word(at);
    let works = [
        lexicon::UP,
        lexicon::DOWN,
        lexicon::SET,
        lexicon::BE,
        lexicon::STOP,
        lexicon::RESUME,
        lexicon::PERIOD,
    ]
    .iter()
    .chain(&[
        lexicon::NEGATION,
        lexicon::CONDITION,
        lexicon::COMPARE,
        lexicon::OTHER,
        lexicon::METRIC,
        lexicon::UNITS,
    ])
    .any(|list| list.contains(&word));
    !(works || lexicon::filler(word)) || sheet.tokens[at].name_like
}

/// Partners by a part of their name, among words nobody else knew.
pub(crate) fn partners(sheet: &mut Sheet<'_>, index: &Index) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        let mut end = at;
        let mut fits: Option<Vec<PartnerIx>> = None;
        while end < sheet.len() && sheet.free(end) && sheet.is_word(end) && (sheet.unknown(end) || end > at) {
            let mut named: Vec<PartnerIx> =
                spellings(&sheet.tokens[end]).flat_map(|w| index.partners_with(w)).copied().collect();
            named.sort_unstable();
            named.dedup();
            let both: Vec<PartnerIx> = match &fits {
                None => named.clone(),
                Some(before) => before.iter().copied().filter(|p| named.contains(p)).collect(),
            };
            if both.is_empty() {
                break;
            }
            fits = Some(both);
            end += 1;
        }
        if let Some(partners) = fits {
            sheet.claim(at..end, Use::Name);
            found
                .push(Mention { at: at..end, entities: partners.into_iter().map(Entity::Partner).collect() });
            at = end;
        } else {
            at += 1;
        }
    }
    found
}
