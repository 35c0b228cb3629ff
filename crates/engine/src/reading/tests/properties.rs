//! What holds for any text: no panic, offsets that are slices, no number changed by
//! words that have nothing to do with it, nothing known about names.

use proptest::prelude::*;

use crate::reading::{Context, Names, Reading, Source, Status, read};
use crate::scenario::Draft;
use crate::scenario::sample::company;

use super::{phrasings, read_now};

fn slices_hold(question: &str, reading: &Reading) {
    let chars: Vec<char> = question.chars().collect();
    for entry in &reading.provenance {
        if let Source::Question { start, end, text } = &entry.source {
            let slice: String = chars.get(*start..*end).expect("a valid slice").iter().collect();
            assert_eq!(slice, *text, "{question}: {}", entry.field);
            assert!(!text.is_empty(), "{question}: {}", entry.field);
        }
    }
}

fn levers(draft: &Draft) -> Vec<(String, Option<String>, Option<String>)> {
    let levers = draft.options.iter().flat_map(|o| &o.levers);
    levers.map(|l| (format!("{:?}", l.operation), l.value.clone(), l.tier_from.clone())).collect()
}

fn questions() -> Vec<&'static str> {
    let tables = [
        phrasings::RATES,
        phrasings::PARAMETERS,
        phrasings::PERIODS,
        phrasings::AUDIENCES,
        phrasings::VARIED,
    ];
    tables.iter().flat_map(|t| t.iter().map(|(q, _)| *q)).collect()
}

/// Pieces of questions, to be put together in any order.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "raise",
        "cut",
        "the",
        "Product X",
        "SPIFF",
        "5%",
        "by",
        "to",
        "$45",
        "for",
        "Q3",
        "in",
        "EMEA",
        "Gold",
        "not",
        "except",
        "cap",
        "budget",
        "tier",
        "50k",
        "from",
        "until",
        "15",
        "July",
        "and",
        "or",
        "than",
        "half",
        "a",
        "third",
        "quarter",
        "per",
        "unit",
        "-",
        "+",
        "–",
        "1e300",
        "4,5",
        "volume rebate",
        "double",
        "again",
        "next",
        "last",
        "3",
        "months",
        "of",
        "2026",
        "'26",
        "FY",
        "P-0042",
        "Acme",
        "instead",
        "?",
        "é",
        "💥",
        "first",
        "th",
        "top",
        "all",
        "tiers",
        "kicks",
        "accelerator",
        "point",
        "points",
        "basis",
        "between",
        "rest",
        "year",
        "(",
        ")",
    ];
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,120}") {
        slices_hold(&text, &read_now(&text, &[]));
    }

    #[test]
    fn any_order_of_words_is_read_without_panic(pieces in prop::collection::vec(piece(), 0..25)) {
        let text = pieces.join(" ");
        slices_hold(&text, &read_now(&text, &[]));
    }

    #[test]
    fn unrelated_words_never_change_numbers(
        at in 0usize..400,
        place in 0usize..30,
        filler in prop::sample::select(vec!["please", "really", "basically", "honestly", "kindly", "zorp", "um", "perhaps"]),
    ) {
        let all = questions();
        let question = all[at % all.len()];
        let before = read_now(question, &[]);
        prop_assume!(before.status == Status::Ready);
        let mut words: Vec<&str> = question.split(' ').collect();
        let place = place % (words.len() + 1);
        // "Extend it to please Silver": there it is a verb, and says something else.
        prop_assume!(filler != "please" || place == 0 || words[place - 1] != "to");
        words.insert(place, filler);
        let after = read_now(&words.join(" "), &[]);
        if let (Status::Ready, Some(a), Some(b)) = (after.status, &after.scenario, &before.scenario) {
            prop_assert_eq!(levers(a), levers(b), "{}", words.join(" "));
            prop_assert_eq!(a.period.span(), b.period.span(), "{}", words.join(" "));
            prop_assert_eq!(&a.audience, &b.audience, "{}", words.join(" "));
        }
    }
}

#[test]
fn offsets_are_slices_in_every_table() {
    for question in questions() {
        slices_hold(question, &read_now(question, &[]));
    }
}

/// Nothing in the reader knows the sample company: with every name changed, the
/// same questions in the new names give the same readings in the new names.
#[test]
fn renaming_everything_changes_only_names() {
    let pairs = [
        ("Product X", "Kestrel Q"),
        ("product x", "kestrel q"),
        ("product-x", "kestrel-q"),
        ("PRODUCT X", "KESTREL Q"),
        ("ProductX", "KestrelQ"),
        ("Product Y", "Kestrel W"),
        ("PX", "KQ"),
        ("PY", "KW"),
        ("Gold", "Onyx"),
        ("gold", "onyx"),
        ("Silver", "Jade"),
        ("Platinum", "Ruby"),
        ("platinum", "ruby"),
        ("EMEA", "NORDIA"),
        ("emea", "nordia"),
        ("APAC", "PACIFICA"),
        ("AMER", "AMERIGA"),
        ("Bluebird", "Quillon"),
        ("Acme", "Zephyra"),
        ("Nova", "Tundra"),
        ("nova", "tundra"),
        ("Cloud Commission", "Vapour Commission"),
        ("cloud commission", "vapour commission"),
        ("commission-cloud", "commission-vapour"),
        ("Attainment Rebate", "Summiteer Rebate"),
        ("attainment rebate", "summiteer rebate"),
        ("rebate-attainment", "rebate-summiteer"),
    ];
    let rename = |text: &str| pairs.iter().fold(text.to_owned(), |t, (a, b)| t.replace(a, b));
    let original = company();
    let mut renamed = original.clone();
    for program in &mut renamed.programs {
        program.id = rename(&program.id);
        for version in &mut program.versions {
            version.name = rename(&version.name);
            version.program = rename(&version.program);
            let t = &mut version.terms;
            for list in [
                &mut t.applies_to.skus,
                &mut t.applies_to.families,
                &mut t.eligible.tiers,
                &mut t.eligible.regions,
            ] {
                list.iter_mut().for_each(|name| *name = rename(name));
            }
        }
    }
    let (mut partners, mut products) = (original.catalog.partners.clone(), original.catalog.products.clone());
    for partner in &mut partners {
        partner.name = rename(&partner.name);
        partner.tier = rename(&partner.tier);
        partner.region = rename(&partner.region);
    }
    for product in &mut products {
        product.sku = rename(&product.sku);
        product.name = rename(&product.name);
    }
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    renamed.programs.sort_by(|a, b| a.id.cmp(&b.id));
    renamed.catalog = crate::catalog::Catalog::new(partners, products, "USD".into());
    let answers = std::collections::BTreeMap::new();
    let (original_names, renamed_names) = (Names::of(&original), Names::of(&renamed));
    let context =
        |company, names| Context { company, names, answers: &answers, previous: None, partner: None };
    let questions = questions().into_iter().filter(|q| !q.contains("Prodct"));
    for question in questions {
        let before = read(question, &context(&original, &original_names));
        let after = read(&rename(question), &context(&renamed, &renamed_names));
        assert_eq!(before.status, after.status, "{}", rename(question));
        let text = |r: &Reading| serde_json::to_string(&r.scenario).expect("serialises");
        assert_eq!(rename(&text(&before)), text(&after), "{}", rename(question));
    }
}
