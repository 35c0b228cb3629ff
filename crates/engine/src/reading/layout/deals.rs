//! "Deal reg commission", "the bonus for deals with a registration": a program whose name
//! says it in other words is called by its own. Only where a name of the company's has
//! the words "registered" and "deal".

use crate::reading::lexicon;
use crate::reading::names::Names;
use crate::reading::token::Token;

/// Writes such words as the name has them.
pub(super) fn plain(tokens: &mut Vec<Token>, names: &Names) {
    let called = names.programs.iter().any(|p| p.strong.contains("registered") && p.strong.contains("deal"));
    if !called {
        return;
    }
    behind(tokens);
    for i in 0..tokens.len().saturating_sub(2) {
        let before = is(tokens, i, &["deal", "deals"]) && is(tokens, i + 1, REGISTRATION)
            || is(tokens, i, &["reg", "registered", "registration"]) && is(tokens, i + 1, &["deal", "deals"]);
        if before && lexicon::kind(&tokens[i + 2].word).is_some() {
            name(&mut tokens[i], "registered");
            name(&mut tokens[i + 1], "deal");
        }
    }
}

const REGISTRATION: &[&str] = &["reg", "regs", "registration", "registrations"];

/// "the commission on registered deals", "the bonus for deals with a deal reg": said before
/// its kind.
fn behind(tokens: &mut Vec<Token>) {
    for i in 0..tokens.len() {
        if lexicon::kind(&tokens[i].word).is_none() || !is(tokens, i + 1, &["for", "on"]) {
            continue;
        }
        let first = skip(tokens, i + 2, &["the", "our", "all", "any"]);
        let plain = is(tokens, first, &["registered", "reg"]) && is(tokens, first + 1, &["deal", "deals"])
            || is(tokens, first, &["deal", "deals"]) && is(tokens, first + 1, REGISTRATION);
        let with = skip(
            tokens,
            first + 1,
            &["with", "that", "have", "having", "a", "an", "the", "valid", "approved", "are"],
        );
        let long = is(tokens, first, &["deal", "deals", "sales"])
            && with > first + 1
            && is(
                tokens,
                skip(tokens, with, &["deal"]),
                &["reg", "registration", "registered", "registrations"],
            );
        let end = if plain {
            first + 2
        } else if long {
            skip(tokens, with, &["deal"]) + 1
        } else {
            continue;
        };
        let kind = tokens.remove(i);
        tokens.drain(i..end - 3);
        name(&mut tokens[i], "registered");
        name(&mut tokens[i + 1], "deal");
        tokens.insert(i + 2, kind);
        return;
    }
}

fn is(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    tokens.get(i).is_some_and(|t| words.contains(&t.word.as_str()))
}

fn skip(tokens: &[Token], mut i: usize, words: &[&str]) -> usize {
    while is(tokens, i, words) {
        i += 1;
    }
    i
}

fn name(token: &mut Token, word: &str) {
    word.clone_into(&mut token.word);
    word.clone_into(&mut token.text);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::reading::{Context, Names, Status, read};
    use crate::scenario::sample::{company, program};

    #[test]
    fn other_words_for_registered_deals_name_the_program() {
        let mut company = company();
        let terms = company.programs[0].latest().terms.clone();
        company.programs.push(program("deals", "Registered Deal Commission", vec![terms]));
        let (names, answers) = (Names::of(&company), BTreeMap::new());
        for question in [
            "deal reg commission to 5%",
            "reg deal commission to 5%",
            "set the deal registration commission to 5%",
            "commission on registered deals to 5%",
            "what if the commission for deals with a valid registration was 5%",
        ] {
            let context = Context {
                company: &company,
                names: &names,
                answers: &answers,
                previous: None,
                partner: None,
            };
            let reading = read(question, &context);
            assert_eq!(reading.status, Status::Ready, "{question}");
            let scenario = reading.scenario.expect("a scenario");
            let lever = &scenario.options[0].levers[0];
            assert_eq!((lever.program.as_str(), lever.value.as_deref()), ("deals", Some("5")), "{question}");
        }
    }
}
