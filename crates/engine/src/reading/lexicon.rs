//! The language of incentive questions: every word the reader knows, by what it
//! does. Nothing here comes from any company.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::programs::terms::ProgramKind;

#[rustfmt::skip]
pub(crate) const UP: &[&str] = &[
    "raise", "raises", "raised", "raising", "increase", "increases", "increased", "increasing", "bump",
    "bumps", "bumped", "bumping", "lift", "lifts", "lifted", "lifting", "boost", "boosts", "boosted",
    "boosting", "up", "upped", "upping", "hike", "hikes", "hiked", "hiking", "grow", "grows", "grew",
    "sweeten", "sweetened", "expand", "expands", "expanded", "rise", "rises", "rose", "climbs", "improve",
    "enhance", "plus", "push", "pushes", "pushed", "pushing", "uplift", "jack", "jacking", "jacked", "crank",
    "cranking", "cranked", "ratchet", "beef", "juice", "elevate", "climb", "climbed", "rising", "risen", "upgrade", "upgraded", "upgrading", "ramp", "ramped", "ramping", "growing", "topping", "topped", "augment", "augmented", "augmenting", "amplify",
];
/// Comparatives: they give a direction to a number beside them.
#[rustfmt::skip]
pub(crate) const MORE: &[&str] = &[
    "more", "higher", "extra", "additional", "another", "bigger", "richer",
];
#[rustfmt::skip]
pub(crate) const DOWN: &[&str] = &[
    "cut", "cuts", "cutting", "lower", "lowers", "lowered", "lowering", "trim", "trims", "trimmed",
    "trimming", "reduce", "reduces", "reduced", "reducing", "reduction", "decrease", "decreases",
    "decreased", "decreasing", "drop", "drops", "dropped", "dropping", "shrink", "shrinks", "slash",
    "slashes", "slashed", "slashing", "down", "fall", "falls", "fell", "shave", "knock", "tighten", "minus",
    "decline", "declines", "downgrade", "haircut", "haircuts", "chop", "chopped", "chopping", "pare", "prune",
    "shaving", "shaved", "shaves", "knocking", "knocked", "knocks", "shrinking", "dock", "docking", "slimming",
    "falling", "cutback", "scaleback", "diminish", "diminished", "curtail", "curtailed", "decrement",
];
#[rustfmt::skip]
pub(crate) const LESS: &[&str] = &[
    "less", "fewer", "smaller", "off", "lesser",
];
#[rustfmt::skip]
pub(crate) const SET: &[&str] = &[
    "set", "sets", "setting", "make", "makes", "making", "made", "change", "changes", "changed", "changing",
    "move", "moves", "moved", "moving", "adjust", "adjusts", "adjusted", "put", "puts", "fix", "switch",
    "switched", "switching", "turn", "become", "becomes", "became", "convert", "shift", "shifts", "shifted",
    "shifting", "bring", "brings", "bringing", "nudge", "nudged", "nudging", "peg", "pegged", "reset", "kept", "held",
];
/// Weak setters: they need a number right after them.
#[rustfmt::skip]
pub(crate) const BE: &[&str] = &[
    "be", "is", "are", "was", "were", "been", "got", "gets", "getting", "pay", "pays", "paid", "paying", "offer", "offers", "offered",
    "offering", "give", "gives", "gave", "giving",
];
#[rustfmt::skip]
pub(crate) const STOP: &[&str] = &[
    "pause", "pauses", "paused", "pausing", "suspend", "suspends", "suspended", "suspending", "stop",
    "stops", "stopped", "stopping", "halt", "halted", "end", "ended", "ending", "discontinue",
    "discontinued", "cancel", "cancelled", "canceled", "cancelling", "kill", "killed", "killing", "scrap",
    "scrapped", "scrapping", "abolish", "terminate", "terminated", "shut", "axe", "axed", "sunset",
    "eliminate", "eliminated", "eliminating", "shelve", "shelved", "shelving", "freeze", "freezes", "froze",
    "frozen", "freezing", "dump", "dumped", "dumping", "nuke", "nuked", "yank", "yanked", "bin", "binned", "park",
    "parked", "parking", "withdraw", "withdraws", "withdrew", "withdrawn", "withdrawing", "withdrawal", "suspension", "cancellation", "termination", "discontinuation", "elimination", "abolition", "ditch", "ditched", "ditching", "mothball", "mothballed", "retire",
];
#[rustfmt::skip]
pub(crate) const RESUME: &[&str] = &[
    "resume", "resumed", "resuming", "restart", "restarted", "reinstate", "reinstated", "extend", "extends",
    "extended", "extending", "renew", "renewed", "renewing", "prolong", "prolonged", "continue",
    "continued", "continuing", "keep", "relaunch", "relaunched", "relaunching", "revive", "revived", "reviving", "reactivate", "reactivated",
    "reintroduce", "reintroduced", "reinstating",
];
#[rustfmt::skip]
pub(crate) const LAUNCH: &[&str] = &[
    "launch", "launched", "launching", "introduce", "introduced", "introducing", "create", "created",
    "creating", "start",
];
#[rustfmt::skip]
pub(crate) const INCLUDE: &[&str] = &[
    "open", "opened", "opening", "include", "included", "allow", "allowed", "allowing", "let", "admit",
    "eligible", "qualify", "qualifies", "qualifying", "available", "cover", "covers", "covered", "covering", "add", "adds", "added", "adding",
];
#[rustfmt::skip]
pub(crate) const EXCLUDE: &[&str] = &[
    "exclude", "excludes", "excluded", "ineligible", "omit", "disqualify",
];
#[rustfmt::skip]
pub(crate) const REMOVE: &[&str] = &[
    "remove", "removes", "removed", "removing", "take", "takes", "taking", "took", "delete", "lose", "lost", "loses",
    "losing",
    "waive", "uncap", "rid",
];
#[rustfmt::skip]
pub(crate) const RESTRICT: &[&str] = &[
    "restrict", "restricts", "restricted", "restricting", "limit", "limits", "limited", "limiting",
    "reserve",
];
#[rustfmt::skip]
pub(crate) const REQUIRE: &[&str] = &[
    "require", "required", "requires", "requiring", "demand", "mandate",
];
#[rustfmt::skip]
pub(crate) const NEGATION: &[&str] = &[
    "not", "don't", "dont", "no", "never", "without", "nor", "neither", "isn't", "doesn't", "didn't",
    "won't", "shouldn't", "can't", "cannot", "wouldn't", "non", "aren't", "wasn't", "hadn't", "stopped",
];
/// Verbs and pronouns that turn round what they govern: never to be passed over.
#[rustfmt::skip]
pub(crate) const TURNING: &[&str] = &["wherever", "whenever", 
    "avoid", "avoiding", "postpone", "postponed", "postponing", "delay", "delayed", "delaying", "defer",
    "deferred", "refuse", "refused", "refuses", "reject", "rejected", "rejects", "oppose", "opposes",
    "opposed", "prevent", "prevents", "forbid", "ban", "veto", "vetoed", "undo", "revert", "reverting",
    "reverse", "reversing", "undoing", "nobody", "none", "hardly", "barely", "skip", "skipping", "nix",
    "withhold", "deny", "instead", "forgo", "forego", "lest", "rescind", "roll", "rollback",
    "cease", "desist", "dislike", "hates", "resist", "resisting", "resisted", "refusing", "refrain",
    "refraining", "abstain", "discourage", "discouraged", "rejecting",
    "opposing", "vetoing", "rescinded", "withheld", "forbidden", "prevented",
];
#[rustfmt::skip]
pub(crate) const EXCEPT: &[&str] = &[
    "except", "excepting", "excluding", "excl", "besides",
];
#[rustfmt::skip]
pub(crate) const MULTIPLY: &[&str] = &[
    "double", "doubles", "doubled", "doubling", "triple", "triples", "tripled", "tripling", "quadruple",
    "quadrupled", "halve", "halves", "halved", "halving", "twice", "multiply", "multiplied", "factor",
    "again",
];
#[rustfmt::skip]
pub(crate) const METRIC: &[&str] = &[
    "sales", "revenue", "revenues", "payout", "payouts", "margin", "margins", "cost", "costs", "uptake",
    "roi", "profit", "profits", "volume", "volumes", "units", "return", "spend", "spending", "net",
    "adoption", "demand", "participation", "expense", "liability", "earners", "turnover",
];
/// Words for the rate itself.
#[rustfmt::skip]
pub(crate) const RATE: &[&str] = &[
    "rate", "rates", "percentage", "accrual", "amount", "reward", "payment", "payments", "value",
];
#[rustfmt::skip]
pub(crate) const CAP: &[&str] = &[
    "cap", "caps", "capped", "capping", "ceiling", "limit", "limits", "limited", "max", "maximum", "uncap",
];
#[rustfmt::skip]
pub(crate) const BUDGET: &[&str] = &[
    "budget", "budgets", "pot", "pool", "funding",
];
#[rustfmt::skip]
pub(crate) const OTHER_PARAMETERS: &[&str] = &[
    "minimum", "minimums", "min", "floor", "target", "targets", "quota", "quotas", "accelerator",
    "accelerators", "kicker", "multiplier", "override", "overrides", "threshold", "thresholds", "hurdle",
    "attainment", "achievement", "marginal", "retroactive", "registration", "registered", "reg", "requirement", "tier",
    "tiers", "band", "bands", "bracket", "brackets", "level", "kick", "kicks", "kicking", "kicked", "above", "rung", "rungs", "top",
    "bottom", "highest", "lowest", "middle", "entry", "upper", "eligibility", "customer", "customers",
    "logos", "restriction", "condition",
];
#[rustfmt::skip]
pub(crate) const PARTNER_NOUNS: &[&str] = &[
    "partner", "partners", "account", "accounts", "company", "companies", "firm", "firms", "tier", "tiers",
    "region", "regions", "members", "member", "type", "types",
];
#[rustfmt::skip]
pub(crate) const EVERYONE: &[&str] = &[
    "everyone", "everybody", "everywhere", "all", "every", "each", "anyone", "anybody", "worldwide", "globally", "global",
];
#[rustfmt::skip]
pub(crate) const GENERIC: &[&str] = &[
    "incentive", "incentives", "bonus", "bonuses", "program", "programs", "programme", "programmes",
    "scheme", "schemes", "promo", "promotion", "plan", "kickback", "kickbacks", "sweetener", "bounty",
];
#[rustfmt::skip]
pub(crate) const COMPARE: &[&str] = &[
    "compare", "compared", "comparing", "comparison", "versus", "vs", "against", "better", "best", "worse",
    "or",
];
#[rustfmt::skip]
pub(crate) const CONDITION: &[&str] = &[
    "when", "unless", "once", "provided", "assuming", "whenever", "while", "otherwise", "exceed", "exceeds", "exceeding", "exceeded",
    "whether", "if", "depending", "beyond", "over", "below", "under", "than", "least", "most",
];
#[rustfmt::skip]
pub(crate) const PERIOD: &[&str] = &[
    "quarter", "quarters", "half", "year", "years", "month", "months", "week", "weeks", "day", "days",
    "fiscal", "financial", "calendar", "fy", "this", "next", "last", "current", "coming", "upcoming",
    "following", "previous", "prior", "past", "rest", "remainder", "remaining", "balance", "today",
    "tomorrow", "now", "immediately", "january", "jan", "february", "feb", "march", "mar", "april", "apr",
    "may", "june", "jun", "july", "jul", "august", "aug", "september", "sept", "sep", "october", "oct",
    "november", "nov", "december", "dec", "first", "second", "third", "fourth", "from", "until", "till",
    "through", "thru", "between", "starting", "beginning", "start", "since", "onward", "onwards", "whole",
    "entire", "full", "mid", "late", "early", "monthly", "quarterly", "annual", "yearly", "weekly", "after",
    "before", "during", "throughout", "yesterday", "ago", "eoy", "eoq", "eom",
];
#[rustfmt::skip]
pub(crate) const NUMBER_WORDS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
    "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "zero",
    "quarters", "thirds", "fifth", "fifths", "tenth", "tenths", "halves", "dozen", "couple", "few",
    "several", "some", "tenner", "fiver", "bit", "little", "lot", "slightly", "somewhat",
];
#[rustfmt::skip]
pub(crate) const UNITS: &[&str] = &[
    "percent", "pct", "percentage", "point", "points", "pp", "ppt", "pts", "bps", "bp", "basis", "cent",
    "dollar", "dollars", "bucks", "usd", "eur", "euro", "euros", "gbp", "pounds", "times", "x", "k", "m",
    "bn", "fold", "unit", "units", "each", "apiece", "piece", "relative", "relatively", "absolute", "step",
    "steps", "transaction", "transactions", "deal", "deals", "order", "orders", "sale", "sold",
];
#[rustfmt::skip]
pub(crate) const OTHER: &[&str] = &[
    "by", "to", "at", "of", "on", "for", "in", "with", "per", "instead", "rather", "and", "but", "only",
    "just", "same", "also", "other", "apart", "out", "back", "new", "earn", "earned", "earning", "earnings",
    "sell", "far", "who", "even", "break", "breakeven", "maximize", "maximise", "minimize", "minimise",
    "optimal", "optimize", "optimise", "price", "prices", "pricing", "discount", "discounts", "range",
    "high", "low", "vary", "varying", "varied", "everything", "product", "products", "sku", "skus", "family", "families", "had", "my", "hold", "phase",
    "away", "into", "within", "about", "provider", "providers", "managed", "service", "line", "goal",
    "across", "among", "amongst", "onto", "via", "roughly", "approximately", "around", "almost", "nearly", "something", "outside", "longer", "remaining",
];
/// Words that carry no weight of their own.
#[rustfmt::skip]
pub(crate) const FILLER: &[&str] = &[
    "a", "an", "the", "we", "us", "our", "ours", "you", "your", "they", "their", "them", "it", "its",
    "that", "these", "those", "there", "here", "he", "she", "his", "her", "i", "me", "what", "what's",
    "whats", "how", "how's", "why", "which", "does", "do", "did", "done", "will", "would", "could",
    "should", "shall", "might", "can", "must", "have", "has", "having", "am", "being", "get", "gets", "go",
    "goes", "going", "went", "happen", "happens", "happened", "happening", "mean", "means", "look", "looks",
    "like", "please", "pls", "thanks", "thank", "cheers", "hi", "hey", "hello", "dear", "ok", "okay", "so",
    "then", "well", "tell", "show", "see", "know", "knows", "want", "wants", "wanted", "need", "needs",
    "think", "thinks", "thinking", "wonder", "wondering", "suppose", "supposing", "imagine", "say", "says",
    "said", "let's", "lets", "try", "trying", "consider", "considering", "estimate", "forecast",
    "forecasts", "predict", "project", "projected", "simulate", "simulation", "scenario", "model", "run",
    "runs", "running", "calculate", "analyse", "analyze", "analysis", "impact", "impacts", "effect",
    "effects", "affect", "affects", "result", "results", "outcome", "outcomes", "expect", "expected",
    "likely", "probably", "much", "many", "total", "overall", "question", "answer", "idea", "possible",
    "boss", "team", "cfo", "ceo", "finance", "manager", "management", "board", "director", "vp", "guys",
    "everyone's", "as", "is", "are", "was", "be", "really", "actually", "basically", "simply", "maybe",
    "perhaps", "perchance", "kindly", "quick", "quickly", "quite", "very", "too", "such", "current",
    "currently", "existing", "today's", "todays", "regular", "standard", "decide", "decided", "plan",
    "planning", "propose", "proposed", "proposal", "suggest", "suggested", "if", "it's", "that's", "i'd",
    "i'm", "we're", "we'd", "we'll", "i'll", "they're", "you're", "i've", "we've", "ask", "asks", "asked",
    "asking", "bring", "brings", "difference", "work", "works", "matter", "thing", "things", "way", "kind",
    "sort", "give", "hear", "find", "check", "curious", "interested", "interest", "figure", "figures",
    "number", "numbers", "money", "business", "bottom-line", "hmm", "um", "yes", "cost", "level", "both",
    "into", "pay", "paid", "pays", "paying", "help", "share", "talk", "discuss", "meeting", "tomorrow's",
    "next-step", "hit", "s", "per", "upon", "unto", "any", "anything", "able", "use", "used",
    "using", "doing", "yet", "ever", "all", "offer", "offered", "offering", "folks", "sir", "madam",
    "greetings", "morning", "afternoon", "evening", "good", "great", "worth", "sense", "order", "curious", "worried", "afraid", "sure", "understand", "learn",
    "report", "prepare", "review", "deck", "slide", "slides", "presentation", "chance", "guess", "reckon", "believe",
    "feel", "hope", "wish", "concerned", "colleague", "colleagues", "leadership", "channel", "vendor", "awesome", "appreciated",
    "advance", "regards", "appreciate", "thoughts", "talking", "talked", "afford", "afforded", "mind", "wondered",
    "numbers", "calc", "compute", "evaluate", "assess", "explore", "exploring", "view", "opinion", "looked", "looking",
    "advise", "advice", "assume", "turned", "hindsight", "sorry", "come", "comes", "came",
    "combined", "brand", "love", "loves", "people", "saved", "react", "land", "landed", "mail", "email",
    "got", "gets", "getting", "yes", "sanity", "brief", "briefly", "exactly", "together",
    "hurt", "hurts", "hurting", "harm", "damage", "backfire", "motivate", "motivates", "excite", "annoy", "upset",
    "attract", "drive", "drives", "generate", "yield", "produce", "deliver", "justify", "suffer", "benefit", "ruin",
    "brace", "absorb", "stomach", "survive", "bite", "fly", "resonate", "succeed", "fail", "flop", "realistic",
    "sensible", "reasonable", "feasible", "smart", "wise", "risky", "dangerous", "crazy", "insane", "silly", "brave",
    "altogether", "either", "contemplate", "contemplating", "contemplated", "weigh", "weighing",
    "mull", "mulling", "ponder", "pondering", "toying", "discussed", "discussing", "envisage", "envisaging",
    "intend", "intending", "intends", "requested", "requesting", "request", "recommend", "recommended",
    "recommending", "suggesting", "proposing", "tempted", "keen", "inclined", "supposed", "assumed", "assumes",
    "wondered", "pondered", "modelled", "modeled", "modelling", "modeling", "simulating", "simulated",
    "save", "saves", "savings", "saving", "accruals", "book", "burn", "remind", "forecasting", "controlling",
    "implication", "implications", "consequence", "consequences", "upside", "downside", "benefits", "hypothetically",
    "theoretically", "respect", "regard", "regarding", "concerning", "event", "entirely",
    "completely", "fully", "wholly", "outright", "straightaway", "presumably", "apparently", "understandably",
    "others", "parents", "already", "gain", "gains", "gained", "been", "somebody", "someone", "gone", "test", "testing", "yeah", "right", "guys", "folk", "back-of-envelope", "ballpark", "curiosity",
    "risk", "risks", "merits", "odds", "feasibility", "viability", "likelihood", "economics", "trial", "reviewing", "reviewed", "revisiting", "rethinking", "preparing",
    "sweep", "plot", "chart", "graph",
    "rationale", "wisdom", "drawbacks", "advantages", "disadvantages", "pain", "fallout", "ramifications",
];
/// Words that say nothing wherever they stand.
#[rustfmt::skip]
pub(crate) const NOISE: &[&str] = &[
    "please", "pls", "plz", "kindly", "really", "actually", "basically", "simply", "honestly", "perhaps", "maybe",
    "um", "uh", "hmm", "well", "btw", "frankly", "obviously", "hopefully", "quickly", "ideally", "possibly",
    "u", "ur", "teh", "plz", "gonna", "wanna", "rn", "asap", "fyi", "tbh", "lol", "hiya", "yo",
    "thanks", "thx", "~", "≈", "hm", "hmmm", "mmh", "erm", "ah", "oh", "aha", "ugh", "meh", "ehm", "huh", "eh", "err", "alright", "bonjour", "hola", "moin", "hallo", "anyway", "anyways", "though", "tho", "basicly", "literally", "somehow", "definitely", "certainly", "surely",
];
/// Words in no list above that would otherwise be taken for a misspelling.
#[rustfmt::skip]
pub(crate) const COMMON: &[&str] = &[
    "pass", "passes", "passed", "cross", "crosses", "crossed", "tops", "topped", "class", "press",
    "leave", "leaving", "stay", "staying", "stays", "alone", "nothing", "unchanged", "untouched", "touch", "touching", "alter", "altering", "part", "bit", "forget", "deadline", "returned", "returns", "refund", "refunds", "clawback", "clawbacks", "time", "times", "promised", "promise",
    "sleep", "goods", "retired", "reason", "reasons", "season", "meeting", "country", "countries", "claim", "claims",
    "when", "where", "year", "cause", "gold", "hold", "weather", "sell", "told", "sold", "later", "after",
    "other", "than", "then", "their", "there", "while", "white", "every", "never", "ever", "over", "make",
    "made", "sale", "race", "rare", "data", "date", "dates", "case", "cash", "cats", "plans", "place",
    "face", "note", "most", "must", "cost", "lost", "last", "list", "hire", "fire", "care", "part", "party",
    "start", "state", "staff", "store", "stores", "story", "until", "unite", "point", "print", "order",
    "forth", "border", "money", "month", "mouth", "north", "south", "east", "west", "worth", "growth", "grown",
    "march", "match", "batch", "catch", "health", "healthcare", "public", "sector", "school", "small",
    "large", "german", "germany", "france",
];

/// What kind of program a word names; `Some(None)` is a word for any kind.
pub(crate) fn kind(word: &str) -> Option<Option<ProgramKind>> {
    Some(match word {
        "spiff" | "spiffs" | "spif" | "spifs" | "spiv" => Some(ProgramKind::Spiff),
        "rebate" | "rebates" => Some(ProgramKind::Rebate),
        "commission" | "commissions" => Some(ProgramKind::Commission),
        "growth" => Some(ProgramKind::Growth),
        "mdf" | "mdfs" | "fund" | "funds" => Some(ProgramKind::Mdf),
        word if GENERIC.contains(&word) => None,
        _ => return None,
    })
}

#[rustfmt::skip]
const KINDS: &[&str] = &[
    "spiff", "spiffs", "spif", "spifs", "spiv", "rebate", "rebates", "commission", "commissions", "growth",
    "mdf", "mdfs", "fund", "funds", "development",
];

const WORKING: &[&[&str]] = &[
    UP,
    MORE,
    DOWN,
    LESS,
    SET,
    BE,
    STOP,
    RESUME,
    LAUNCH,
    INCLUDE,
    EXCLUDE,
    REMOVE,
    RESTRICT,
    REQUIRE,
    NEGATION,
    TURNING,
    EXCEPT,
    MULTIPLY,
    METRIC,
    RATE,
    CAP,
    BUDGET,
    OTHER_PARAMETERS,
    PARTNER_NOUNS,
    EVERYONE,
    GENERIC,
    COMPARE,
    CONDITION,
    PERIOD,
    NUMBER_WORDS,
    UNITS,
    OTHER,
    KINDS,
];

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let working = WORKING.iter().flat_map(|list| list.iter().copied());
    working.chain(FILLER.iter().copied()).chain(COMMON.iter().copied()).collect()
});
static WEIGHTLESS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FILLER.iter().copied().collect());
/// Longer working words, which a misspelling may be taken for.
static SPELLED: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut words: Vec<&str> = WORKING
        .iter()
        .flat_map(|list| list.iter().copied())
        .filter(|w| w.len() >= 5 || *w == "spiff")
        .collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// Whether the reader knows a word at all.
pub(crate) fn known(word: &str) -> bool {
    KNOWN.contains(word)
}

/// Whether a word may be left unused without changing the question.
pub(crate) fn filler(word: &str) -> bool {
    WEIGHTLESS.contains(word)
}

/// Working words long enough to be recognised when misspelled.
pub(crate) fn spelled() -> &'static [&'static str] {
    &SPELLED
}

/// Whether a word works for the reader, beyond being known as a word.
pub(crate) fn working(word: &str) -> bool {
    WORKING.iter().any(|list| list.contains(&word))
}

/// Whether a word moves something.
pub(crate) fn mover(word: &str) -> bool {
    [UP, DOWN, SET, STOP, RESUME, LAUNCH, INCLUDE, EXCLUDE, REMOVE, RESTRICT, REQUIRE, MULTIPLY]
        .iter()
        .any(|list| list.contains(&word))
}
