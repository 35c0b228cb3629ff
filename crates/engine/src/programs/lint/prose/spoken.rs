//! A sentence of a clause and what it is about, by its words and by the heading above
//! it. Guesses the subject, never the figure.

use super::facts::Topic;

/// What a heading says about the figures below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Figures here are terms: calculation, caps, targets …
    Terms,
    /// Figures here may be anything: purpose, exclusions, payment …
    Other,
    /// The whole section is an example.
    Example,
}

/// One sentence.
#[derive(Debug, Clone)]
pub(super) struct Spoken<'t> {
    /// As written.
    pub text: &'t str,
    /// Where it begins in the clause, in bytes.
    pub start: usize,
    /// Lower-case words, one space around each.
    pub words: String,
    /// Part of a worked example.
    pub example: bool,
}

impl Spoken<'_> {
    /// Whether one of some words or beginnings of words is there, in their order.
    pub fn has(&self, any: &[&str]) -> bool {
        any.iter().any(|phrase| self.words.contains(phrase))
    }

    /// What figures of this sentence may be about, one list for each subject.
    pub fn topics(&self) -> Vec<Vec<Topic>> {
        let mut topics = Vec::new();
        let mut when = |found: bool, about: &[Topic]| {
            if found {
                topics.push(about.to_vec());
            }
        };
        let budget = self.has(&[
            " budget",
            " set aside ",
            " program pays ",
            " in total ",
            " in all ",
            " all partners together ",
        ]);
        when(budget, &[Topic::Budget]);
        if self.caps() {
            let transaction = self.has(&[" transaction", " order", " deal ", " invoice"]);
            let partner = self.has(&[" partner", " month", " quarter", " half", " year"]);
            when(transaction, &[Topic::TransactionCap]);
            when(partner && !budget, &[Topic::PartnerCap]);
            let any = [Topic::TransactionCap, Topic::PartnerCap, Topic::Budget];
            when(!transaction && !partner && !budget, &any);
        }
        let minimum = [" minimum", " at least ", " below ", " fewer than ", " less than ", " short of "];
        when(self.has(&minimum), &[Topic::Minimum]);
        when(self.has(&[" target", " attainment", " accelerat", " multipl", " quota"]), &[Topic::Target]);
        let growth = [
            " growth",
            " grow",
            " year before",
            " last year",
            " previous year",
            " prior year",
            " year earlier",
        ];
        when(self.has(&growth), &[Topic::Growth]);
        when(self.has(&[" override", " parent"]), &[Topic::Override]);
        topics
    }

    fn caps(&self) -> bool {
        let certain = [
            " at most ",
            " cap ",
            " caps ",
            " capped ",
            " limit",
            " maximum",
            " stop at ",
            " stops at ",
            " exceed",
            " no more than ",
            " not more than ",
        ];
        self.has(&certain) || (self.has(&[" more than "]) && self.has(&[" no ", " never ", " not "]))
    }

    /// Whether it speaks of rates and tiers, whatever else it speaks of.
    pub fn rates(&self) -> bool {
        self.has(&[
            " rate ",
            " rates ",
            " tier",
            " threshold",
            " per unit ",
            " rises ",
            " volume ",
            " instead ",
        ])
    }

    /// Whether it speaks of other versions of the program.
    pub fn looks_back(&self) -> bool {
        self.has(&[
            " version ",
            " previous",
            " earlier",
            " former",
            " until now ",
            " used to ",
            " up from ",
            " down from ",
            " raised from ",
            " lowered from ",
            " instead of ",
            " rather than ",
            " so far ",
        ])
    }

    /// Whether a day in it is the first or last day in force.
    pub fn dates(&self) -> bool {
        let life = [
            " in force ",
            " effective ",
            " valid ",
            " covers sales ",
            " sales made ",
            " sales dated ",
            " fall under ",
            " falls under ",
            " runs from ",
            " runs until ",
            " runs to ",
            " takes effect ",
        ];
        let else_where = [
            " signed",
            " announced",
            " agreed on ",
            " approved",
            " published",
            " registered",
            " deal",
            " customer",
        ];
        self.has(&life) && !self.has(&else_where)
    }
}

/// What the section of a heading is.
pub(super) fn section(heading: &str) -> Section {
    let heading = heading.to_lowercase();
    let has = |any: &[&str]| any.iter().any(|word| heading.contains(word));
    if has(&["example", "illustration"]) {
        Section::Example
    } else if has(&[
        "calcul",
        "rate",
        "reward",
        "earning",
        "cap",
        "limit",
        "budget",
        "target",
        "accelerat",
        "minimum",
        "growth",
        "override",
        "tier",
        "threshold",
        "what we pay",
        "incentive",
        "rebate",
        "commission",
    ]) {
        Section::Terms
    } else {
        Section::Other
    }
}

/// Cuts a clause into sentences, at full stops, semicolons, blank lines and items of
/// lists. What follows an example in its paragraph belongs to it.
pub(super) fn sentences(text: &str) -> Vec<Spoken<'_>> {
    let mut found: Vec<Spoken<'_>> = Vec::new();
    let mut start = 0;
    let mut new_paragraph = true;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let rest = &bytes[at + 1..];
        let paragraph = *byte == b'\n' && starts_block(rest);
        let stop = matches!(byte, b'.' | b'!' | b'?') && ends_sentence(rest);
        if paragraph || stop || *byte == b';' {
            push(&mut found, text, start..at + 1, new_paragraph);
            start = at + 1;
            new_paragraph = paragraph;
        }
    }
    push(&mut found, text, start..text.len(), new_paragraph);
    found
}

/// A blank line, an item of a list or a row of a table comes next.
fn starts_block(rest: &[u8]) -> bool {
    let line: Vec<u8> = rest.iter().copied().take_while(|b| *b != b'\n').collect();
    let trimmed = line.trim_ascii();
    trimmed.is_empty() || [&b"- "[..], b"* ", b"|"].iter().any(|mark| trimmed.starts_with(mark))
}

/// White space and a capital, or the end.
fn ends_sentence(rest: &[u8]) -> bool {
    let gap = rest.iter().take_while(|b| b.is_ascii_whitespace() || b"*_\"')".contains(b)).count();
    let next = rest.get(gap);
    let spaced = rest.iter().take(gap).any(u8::is_ascii_whitespace);
    next.is_none() || (spaced && next.is_some_and(|b| b.is_ascii_uppercase() || *b >= 0x80))
}

fn push<'t>(found: &mut Vec<Spoken<'t>>, text: &'t str, range: std::ops::Range<usize>, first: bool) {
    let sentence = &text[range.clone()];
    if sentence.trim().is_empty() {
        return;
    }
    let words = words(sentence);
    let mut spoken = Spoken { text: sentence, start: range.start, words, example: false };
    let marked = [
        " for example ",
        " for instance ",
        " e g ",
        " example",
        " suppose",
        " assum",
        " imagine",
        " illustrat",
        " would earn ",
        " would be paid ",
    ];
    let worked = sentence.contains(['=', '×']);
    let goes_on = !first && found.last().is_some_and(|before| before.example);
    spoken.example = goes_on || worked || spoken.has(&marked);
    found.push(spoken);
}

/// ` lower case words between single spaces `.
pub(super) fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        words.push_str(&word.to_lowercase());
        words.push(' ');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        let text = "Pays $4.50 at most, e.g. on X. No more; never.\n\n- An item. 2.5 stays\ntogether.";
        let found: Vec<&str> = sentences(text).iter().map(|s| s.text.trim()).collect();
        assert_eq!(
            found,
            ["Pays $4.50 at most, e.g. on X.", "No more;", "never.", "- An item. 2.5 stays\ntogether."]
        );
    }

    #[test]
    fn an_example_lasts_until_its_paragraph_ends() {
        let text = "The rate is 3%. For example, you sell 20. You get $60. Fine.\n\nThe cap is $5.";
        let examples: Vec<bool> = sentences(text).iter().map(|s| s.example).collect();
        assert_eq!(examples, [false, true, true, true, false]);
    }

    #[test]
    fn subjects_are_guessed_by_words() {
        let topics = |text| sentences(text)[0].topics();
        assert_eq!(topics("No transaction pays more than $250."), [[Topic::TransactionCap]]);
        assert_eq!(topics("Earnings stop at $600 per partner and month"), [[Topic::PartnerCap]]);
        assert_eq!(topics("The program pays no more than $9 in all"), [[Topic::Budget]]);
        assert_eq!(topics("The partner stays below 20 units"), [[Topic::Minimum]]);
        assert_eq!(topics("We pay $40 per unit"), [] as [Vec<Topic>; 0]);
    }
}
