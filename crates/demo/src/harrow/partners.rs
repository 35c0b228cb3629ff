//! Sixty invented partners. Some names are alike on purpose, as in real lists.

use crate::books::Partner;
use crate::calendar::Month;
use crate::random::Stream;

/// Tiers from the top.
const TIERS: [(&str, f64); 4] = [("Elite", 0.15), ("Premier", 0.25), ("Select", 0.30), ("Associate", 0.30)];

/// Region, country, stems and legal forms.
type Place = (&'static str, &'static str, [&'static str; 5], [&'static str; 3]);

const PLACES: [Place; 5] = [
    (
        "DACH",
        "Germany",
        ["Brandt", "Keller", "Hofmann", "Brandl", "Auerbach"],
        ["Wassertechnik GmbH", "Pumpen AG", "Anlagenbau GmbH"],
    ),
    (
        "Nordics",
        "Sweden",
        ["Lindqvist", "Dahlgren", "Nystrom", "Fjordvik", "Asplund"],
        ["Vatten AB", "Flow AS", "Teknik AB"],
    ),
    (
        "Benelux",
        "Netherlands",
        ["Verbeke", "De Wit", "Van Houten", "Molenaar", "Kuipers"],
        ["Techniek BV", "Water NV", "Installaties BV"],
    ),
    (
        "Iberia",
        "Spain",
        ["Moreno", "Castells", "Aldana", "Ferreira", "Quintela"],
        ["Aguas SL", "Bombas SA", "Instalaciones SL"],
    ),
    (
        "UKI",
        "United Kingdom",
        ["Oakley", "Pemberton", "Tregaskis", "Holloway", "Kilbride"],
        ["Fluid Systems Ltd", "Water Services Ltd", "Controls plc"],
    ),
];

/// Partners sorted by id.
pub fn partners(seed: u64) -> Vec<Partner> {
    (0..60).map(|i| partner(seed, i)).collect()
}

fn partner(seed: u64, i: usize) -> Partner {
    let (region, country, stems, forms) = PLACES[i % PLACES.len()];
    let turn = i / PLACES.len();
    let mut stream = Stream::new(seed, "harrow partner", &[i]);
    let partner_type = match i {
        _ if i.is_multiple_of(12) => "distributor",
        _ if i % 7 == 3 => "msp",
        _ if i % 11 == 5 => "referral",
        _ => "reseller",
    };
    let onboarded = Month::new(2018, 1).plus(stream.between(0, 70) as i32).first();
    Partner {
        id: format!("HF-{}", 101 + i),
        name: format!("{} {}", stems[turn % 5], forms[turn / 5]),
        partner_type: partner_type.to_owned(),
        tier: TIERS[stream.weighted(&TIERS.map(|t| t.1))].0.to_owned(),
        region: region.to_owned(),
        country: country.to_owned(),
        parent: None,
        onboarded_on: onboarded,
        active: true,
    }
}
