//! Invented company names. A few are alike on purpose, as in real partner lists.

use crate::random::Stream;

/// Countries of a region with the share of its partners, stems and legal forms.
pub struct Country {
    /// Region.
    pub region: &'static str,
    /// Country.
    pub name: &'static str,
    /// Weight in its region.
    pub weight: f64,
    stems: &'static [&'static str],
    forms: &'static [&'static str],
}

const ENGLISH: &[&str] = &[
    "Norvane",
    "Halloway Pike",
    "Brindlecrest",
    "Castermoor",
    "Fenwhistle",
    "Quillbrook",
    "Starlingate",
    "Tamberline",
    "Oakthorn Vale",
    "Pellworth",
    "Ravensketch",
    "Silverquay",
    "Thistlemark",
    "Umberfield",
    "Wexbourne",
    "Yarrowdene",
    "Juniper Slate",
    "Cobblestar",
    "Dunmarrow",
    "Emberlock",
    "Granwick",
    "Hollingbeck",
    "Larchmere",
    "Mossgate",
    "Northquill",
    "Pinemarch",
    "Redfallow",
    "Saltwharf",
];
const GERMAN: &[&str] = &[
    "Halbrecht",
    "Tannwerder",
    "Kesselring & Voigtmar",
    "Lindfurth",
    "Brockental",
    "Sturmwald",
    "Eisenbruck",
    "Rothenhain",
    "Wiesengrund",
    "Altmarkt Nord",
];
const FRENCH: &[&str] =
    &["Clairvaux d'Orme", "Montferrat Lys", "Bellerivaux", "Chantebrise", "Valcourtois", "Sainterre"];
const IBERIAN: &[&str] = &[
    "Castelmar",
    "Rioverde",
    "Torreluna",
    "Puertoclaro",
    "Montesol",
    "Alborada",
    "Serravalle",
    "Campoaltivo",
];
const NORDIC: &[&str] = &["Tindra", "Bjorkhavn", "Fjellstrom", "Skogvind", "Nordlysa", "Halvorsund"];
const ITALIAN: &[&str] = &["Valdombra", "Ponteluce", "Rocca Serena", "Fontebianca", "Mirabruna"];
const JAPANESE: &[&str] = &["Okurasaki", "Hanemori", "Takinohara", "Shirakumo", "Minasegawa", "Kazetani"];
const INDIAN: &[&str] = &["Suryavanta", "Nilgavan", "Dhruvika", "Prakavin", "Meghadri", "Anvaraloka"];
const PACIFIC: &[&str] = &[
    "Merinong",
    "Kestrel Bight",
    "Banksia Row",
    "Currawong Lane",
    "Tussock Bay",
    "Wattlebrook",
    "Southerly Reach",
];
const SINGAPORE: &[&str] =
    &["Lim Hai Tong", "Orchid Straits", "Merlion Quay", "Sungei Lane", "Kallang Bridge"];

const US_FORMS: &[&str] = &[
    "Systems",
    "Technologies Inc.",
    "Solutions LLC",
    "Networks",
    "IT Partners",
    "Consulting Group",
    "Data Services",
    "Managed IT",
];
const UK_FORMS: &[&str] =
    &["Systems Ltd", "Technology Ltd", "Solutions Ltd", "Networks plc", "IT Services Ltd"];
const DE_FORMS: &[&str] = &["Systemhaus GmbH", "IT GmbH", "Datentechnik AG", "Netzwerke GmbH & Co. KG"];
const FR_FORMS: &[&str] = &["Informatique SAS", "Systèmes SA", "Réseaux SARL", "Conseil SAS"];
const ES_FORMS: &[&str] = &["Sistemas S.L.", "Tecnología S.A.", "Redes S.L.", "Soluciones S.A."];
const BR_FORMS: &[&str] = &["Sistemas Ltda.", "Tecnologia S.A.", "Redes Ltda."];
const NO_FORMS: &[&str] = &["Data AB", "IT AS", "Teknik AB", "Nettverk AS"];
const IT_FORMS: &[&str] = &["Sistemi S.r.l.", "Informatica S.p.A.", "Reti S.r.l."];
const JP_FORMS: &[&str] = &["Systems K.K.", "Joho K.K.", "Network K.K."];
const IN_FORMS: &[&str] = &["Infotech Pvt Ltd", "Systems Pvt Ltd", "Technologies Ltd"];
const AU_FORMS: &[&str] = &["Technology Pty Ltd", "IT Pty Ltd", "Networks Pty Ltd"];
const SG_FORMS: &[&str] = &["Systems Pte Ltd", "Technologies Pte Ltd"];

/// Every country that partners come from.
pub const COUNTRIES: &[Country] = &[
    country("AMER", "United States", 6.0, ENGLISH, US_FORMS),
    country("AMER", "Canada", 1.5, ENGLISH, US_FORMS),
    country("AMER", "Mexico", 1.0, IBERIAN, ES_FORMS),
    country("AMER", "Brazil", 1.5, IBERIAN, BR_FORMS),
    country("EMEA", "United Kingdom", 3.0, ENGLISH, UK_FORMS),
    country("EMEA", "Germany", 3.0, GERMAN, DE_FORMS),
    country("EMEA", "France", 2.0, FRENCH, FR_FORMS),
    country("EMEA", "Spain", 1.0, IBERIAN, ES_FORMS),
    country("EMEA", "Sweden", 1.2, NORDIC, NO_FORMS),
    country("EMEA", "Italy", 1.0, ITALIAN, IT_FORMS),
    country("APAC", "Japan", 2.0, JAPANESE, JP_FORMS),
    country("APAC", "India", 2.0, INDIAN, IN_FORMS),
    country("APAC", "Australia", 2.0, PACIFIC, AU_FORMS),
    country("APAC", "Singapore", 1.2, SINGAPORE, SG_FORMS),
];

const fn country(
    region: &'static str,
    name: &'static str,
    weight: f64,
    stems: &'static [&'static str],
    forms: &'static [&'static str],
) -> Country {
    Country { region, name, weight, stems, forms }
}

impl Country {
    /// A name that is not among `taken`; a number of the branch where all are.
    pub fn company_name(&self, stream: &mut Stream, taken: &[String]) -> String {
        for _ in 0..40 {
            let name = format!("{} {}", stream.pick(self.stems), stream.pick(self.forms));
            if !taken.contains(&name) {
                return name;
            }
        }
        let stem = stream.pick(self.stems);
        let free = (2..).map(|n| format!("{stem} {} {n}", self.forms[0])).find(|name| !taken.contains(name));
        free.unwrap_or_default()
    }
}
