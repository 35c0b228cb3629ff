//! The reader knows no company: with every program, product, family, tier, region and
//! partner renamed, the same questions give the same scenarios under the other names.

use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::company::Company;
use spiffcast_engine::scenario::Draft;

use super::Asked;

/// Names of another world: other words, more or fewer of them, digits, words of
/// everyday.
struct World {
    name: &'static str,
    programs: fn(usize, &str) -> String,
    plain: fn(usize, &str) -> String,
}

const WORLDS: &[World] = &[
    World {
        name: "invented",
        programs: |i, kind| format!("{} {kind}", STEMS[i % STEMS.len()]),
        plain: |i, what| format!("{}{what}", STEMS[(i * 7 + 3) % STEMS.len()]),
    },
    World {
        name: "digits",
        programs: |i, kind| format!("Zeta {} {} {kind}", 300 + i, STEMS[i % STEMS.len()]),
        plain: |i, what| format!("{}{what}{}", STEMS[(i * 5 + 1) % STEMS.len()], 7 + i),
    },
    World {
        name: "everyday",
        programs: |i, kind| format!("{} {} {kind}", EVERYDAY[i % EVERYDAY.len()], STEMS[i % STEMS.len()]),
        plain: |i, what| format!("{}{what}", EVERYDAY[(i * 3 + 2) % EVERYDAY.len()]),
    },
];
const STEMS: &[&str] = &[
    "Quorvex", "Belmira", "Tandoor", "Ostrava", "Kestrel", "Juniper", "Wolfram", "Halcyon", "Marlow",
    "Pavonis", "Drogheda", "Sumatra", "Yarrow", "Calypso", "Fenwick", "Ibex", "Lodestar", "Nimbus",
    "Rosetta", "Umbriel",
];
const EVERYDAY: &[&str] = &[
    "Harbour",
    "Garden",
    "Window",
    "Mountain",
    "Silver Spoon",
    "River",
    "Candle",
    "Orchard",
    "Bridge",
    "Lantern",
    "Meadow",
    "Anchor",
    "Thunder",
    "Copper",
    "Forest",
    "Castle",
    "Island",
    "Mirror",
    "Saddle",
    "Velvet",
];
/// What a company's kinds of program are called in plain words.
fn kind_word(company: &Company, program: usize) -> &'static str {
    use spiffcast_engine::programs::terms::ProgramKind as K;
    match company.programs[program].latest().terms.kind {
        K::Spiff => "SPIFF",
        K::Rebate => "Rebate",
        K::Commission => "Commission",
        K::Growth => "Growth Rebate",
        K::Mdf => "Marketing Fund",
    }
}

/// Old name and new, for every entity.
struct Renaming {
    company: Company,
    pairs: Vec<(String, String)>,
}

fn renamed(old: &Company, world: &World) -> Renaming {
    let mut pairs = Vec::new();
    let mut company = old.clone();
    let fresh = |list: Vec<&str>, what: &str, from: usize, pairs: &mut Vec<(String, String)>| {
        for (i, name) in list.into_iter().enumerate() {
            pairs.push((name.to_owned(), (world.plain)(from + i, what)));
        }
    };
    fresh(old.catalog.tiers(), " Tier", 0, &mut pairs);
    fresh(old.catalog.regions(), "land", 6, &mut pairs);
    fresh(old.catalog.families(), "ware", 12, &mut pairs);
    let new = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(a, _)| a == name).map_or_else(|| name.to_owned(), |(_, b)| b.clone())
    };
    let mut partners = old.catalog.partners.clone();
    for (i, partner) in partners.iter_mut().enumerate() {
        partner.tier = new(&pairs, &partner.tier);
        partner.region = new(&pairs, &partner.region);
        partner.tier_history.iter_mut().for_each(|(_, t)| *t = new(&pairs, t));
        partner.name = format!("Ventor{i} Xylo{}", i * 3 + 1);
    }
    let mut products = old.catalog.products.clone();
    for (i, product) in products.iter_mut().enumerate() {
        product.family = new(&pairs, &product.family);
        product.name = format!("Gizmo {} {}", STEMS[(i + 9) % STEMS.len()], 11 + i);
    }
    company.catalog = Catalog::new(partners, products, old.catalog.currency.clone());
    for p in 0..company.programs.len() {
        let name = (world.programs)(p, kind_word(old, p));
        let id = format!("zz-{p}");
        let program = &mut company.programs[p];
        pairs.push((program.id.clone(), id.clone()));
        for version in &mut program.versions {
            pairs.push((version.name.clone(), name.clone()));
            version.program.clone_from(&id);
            version.name.clone_from(&name);
            let terms = &mut version.terms;
            terms.applies_to.families.iter_mut().for_each(|f| *f = new(&pairs, f));
            terms.eligible.tiers.iter_mut().for_each(|t| *t = new(&pairs, t));
            terms.eligible.regions.iter_mut().for_each(|r| *r = new(&pairs, r));
        }
        program.id = id;
    }
    company.programs.sort_by(|a, b| a.id.cmp(&b.id));
    // Longer names first, so that none is replaced within another.
    pairs.sort_by_key(|(a, _)| std::cmp::Reverse(a.len()));
    pairs.dedup();
    Renaming { company, pairs }
}

/// A scenario with its names replaced.
fn under(draft: &Draft, pairs: &[(String, String)]) -> serde_json::Value {
    fn walk(value: &mut serde_json::Value, pairs: &[(String, String)]) {
        use serde_json::Value;
        match value {
            Value::String(text) => {
                if let Some((_, new)) = pairs.iter().find(|(old, _)| old == text) {
                    new.clone_into(text);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|v| walk(v, pairs)),
            Value::Object(map) => map.values_mut().for_each(|v| walk(v, pairs)),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(draft).expect("serialises");
    walk(&mut value, pairs);
    value
}

/// Questions with their names in full.
fn questions(company: &Company) -> Vec<(String, Vec<String>)> {
    let money = if company.catalog.currency == "EUR" { "€" } else { "$" };
    let tier = |i: usize| company.catalog.tiers()[i % company.catalog.tiers().len()].to_owned();
    let region = |i: usize| company.catalog.regions()[i % company.catalog.regions().len()].to_owned();
    let mut out = Vec::new();
    for (i, program) in company.programs.iter().enumerate() {
        let (p, t, r) = (program.name().to_owned(), tier(i), region(i));
        let names = vec![p.clone(), t.clone(), r.clone()];
        for template in [
            "raise the {0} by 10% in Q4".to_owned(),
            "raise the {0} by 1 point for {1} partners in Q4".to_owned(),
            format!("cut the {{0}} by {money}1 in Q4 for {{1}} partners in {{2}}"),
            format!("{{0}} to {money}3 in Q4, everyone except {{2}}"),
            "pause the {0} in Q4".to_owned(),
            "double the {0} for {2} in Q4".to_owned(),
            format!("what happens if we put the partner cap of the {{0}} at {money}900 in Q4?"),
            "compare the {0} up 10% with the {0} up 20% in Q4".to_owned(),
            "who can take part in the {0}?".to_owned(),
        ] {
            out.push((template, names.clone()));
        }
    }
    out
}

fn filled(template: &str, names: &[String]) -> String {
    names
        .iter()
        .enumerate()
        .fold(template.to_owned(), |text, (i, name)| text.replace(&format!("{{{i}}}"), name))
}

#[test]
fn renaming_everything_changes_nothing_but_the_names() {
    let (mut asked_about, mut other) = (0, Vec::new());
    for before in Asked::both() {
        for world in WORLDS {
            let Renaming { company, pairs } = renamed(&before.company, world);
            let after = Asked::new(world.name, company);
            for (template, names) in questions(&before.company) {
                let old = before.read(&filled(&template, &names));
                let new_names: Vec<String> = names
                    .iter()
                    .map(|n| pairs.iter().find(|(a, _)| a == n).map_or_else(|| n.clone(), |(_, b)| b.clone()))
                    .collect();
                let question = filled(&template, &new_names);
                let new = after.read(&question);
                asked_about += 1;
                let wanted = old.scenario.clone().map(|d| under(&super::bare(d), &pairs));
                let got = new.scenario.clone().map(|d| under(&super::bare(d), &[]));
                if old.status != new.status || wanted != got {
                    other.push(format!(
                        "{} as {}: {question}\n   was {:?}, is {:?} {:?} {:?}",
                        before.name,
                        world.name,
                        old.status,
                        new.status,
                        new.clarifications.first().map(|c| &c.question),
                        new.findings.first().map(|f| &f.message),
                    ));
                }
            }
        }
    }
    assert!(asked_about > 700, "{asked_about}");
    assert!(other.is_empty(), "{} of {asked_about} differ:\n{}", other.len(), other.join("\n"));
}
