//! A question cut into words, numbers and symbols, each with the characters it
//! came from. Offsets count Unicode scalar values. Knows no vocabulary.

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, perhaps with digits after them (`Q3`).
    Word,
    /// Digits with their separators.
    Number,
    /// Anything else that is not white space.
    Symbol,
}

/// A piece of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// First character.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// As written.
    pub text: String,
    /// Lower case; later the spelling it was taken for.
    pub word: String,
    /// Other spellings it may as well have been taken for.
    pub alternatives: Vec<String>,
    /// Kind.
    pub kind: Kind,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// Written with a capital where a plain word would not be.
    pub name_like: bool,
}

/// Cuts a question. Every character that is not white space is in a token.
pub(crate) fn tokens(question: &str) -> Vec<Token> {
    let chars: Vec<char> = question.chars().collect();
    let shouted = !chars.iter().any(|c| c.is_lowercase());
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at].is_whitespace() {
            at += 1;
            continue;
        }
        let (end, kind) = piece(&chars, at);
        let spaced = at == 0 || chars[at - 1].is_whitespace();
        let text: String = chars[at..end].iter().collect();
        let opens = out.last().is_none_or(|t| matches!(t.text.as_str(), "." | "?" | "!" | ":" | "\""));
        let name_like = kind == Kind::Word && !shouted && !opens && chars[at].is_uppercase();
        let word = text.to_lowercase().replace('’', "'");
        out.push(Token { start: at, end, text, word, alternatives: Vec::new(), kind, spaced, name_like });
        at = end;
    }
    out
}

fn piece(chars: &[char], at: usize) -> (usize, Kind) {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let leads = chars[at] == '.' && digit(at + 1) && (at == 0 || !chars[at - 1].is_alphanumeric());
    if digit(at) || leads {
        return (number_end(chars, at), Kind::Number);
    }
    if chars[at].is_alphabetic() {
        return (word_end(chars, at), Kind::Word);
    }
    (at + 1, Kind::Symbol)
}

fn number_end(chars: &[char], at: usize) -> usize {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let mut end = at;
    while digit(end) || (matches!(chars.get(end), Some('.' | ',')) && digit(end + 1)) {
        end += 1;
    }
    // An exponent belongs to its number: 1e300 must not be read as 1.
    if matches!(chars.get(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(end + 1), Some('+' | '-')));
        if digit(end + 1 + sign) {
            end += 1 + sign;
            while digit(end) {
                end += 1;
            }
        }
    }
    end
}

fn word_end(chars: &[char], at: usize) -> usize {
    let mut end = at;
    loop {
        match chars.get(end) {
            Some(c) if c.is_alphanumeric() => end += 1,
            Some('\'' | '’') if chars.get(end + 1).is_some_and(|c| c.is_alphabetic()) => end += 1,
            _ => break,
        }
    }
    // "x1.25": the decimals belong to the factor.
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let factor = matches!(chars[at], 'x' | 'X') && end > at + 1 && (at + 1..end).all(digit);
    if factor { number_end(chars, at + 1) } else { end }
}

/// A name as the words it is matched by: lower case, letters and digits apart.
pub(crate) fn name_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in name.chars() {
        let class = if c.is_alphabetic() {
            Some(0)
        } else if c.is_numeric() {
            Some(1)
        } else {
            None
        };
        match class {
            Some(_) if class == last => {
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_lowercase());
                }
            }
            Some(_) => words.push(c.to_lowercase().collect()),
            None => {}
        }
        last = class;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(question: &str) -> Vec<String> {
        tokens(question).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn cuts_words_numbers_and_symbols() {
        assert_eq!(
            texts("raise Product X's SPIFF +5.5% to $1,200.50, don’t"),
            ["raise", "Product", "X's", "SPIFF", "+", "5.5", "%", "to", "$", "1,200.50", ",", "don’t"]
        );
        assert_eq!(texts("Q3 5pp 1e300 .5 P-0042"), ["Q3", "5", "pp", "1e300", ".5", "P", "-", "0042"]);
        assert_eq!(tokens("é 5%")[1].start, 2);
        assert_eq!(name_words("spiff-product-x PX-100 Q4"), ["spiff", "product", "x", "px", "100", "q", "4"]);
    }
}
