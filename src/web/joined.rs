//! Keeps a sign with the currency that follows it: browsers may break a line between
//! `−` and `$`, and a phone then shows `−` at the end of one line and `$6,732` on the
//! next. A word joiner goes between them in the text of pages alone: documents, the API
//! and what stands in fields have none.

/// Signs that stand before an amount.
const SIGNS: [char; 2] = ['−', '+'];
/// Currency symbols before which a line may break. Codes such as `CHF` are letters:
/// no line breaks before those.
const SYMBOLS: [char; 5] = ['$', '€', '£', '¥', '₹'];
/// U+2060: no line breaks here, and nothing is shown.
const WORD_JOINER: char = '\u{2060}';
/// What holds no running text: fields that come back to the server, and drawings.
const LEFT: [&str; 3] = ["textarea", "svg", "title"];

/// The page with every amount kept with its sign.
pub fn joined(html: String) -> String {
    if !SIGNS.iter().any(|sign| html.contains(*sign)) {
        return html;
    }
    let mut out = String::with_capacity(html.len() + 512);
    let mut within: Option<&str> = None;
    for (i, piece) in html.split('<').enumerate() {
        if i == 0 {
            out.push_str(piece);
            continue;
        }
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let closes = |name: &str| tag.strip_prefix('/') == Some(name);
        match within {
            Some(name) if closes(name) => within = None,
            None => within = LEFT.into_iter().find(|name| tag.split(' ').next() == Some(name)),
            Some(_) => {}
        }
        out.push('<');
        if within.is_some() {
            out.push_str(piece);
            continue;
        }
        out.push_str(&piece[..piece.len() - text.len()]);
        push_joined(&mut out, text);
    }
    out
}

fn push_joined(out: &mut String, text: &str) {
    let mut sign = false;
    for letter in text.chars() {
        if sign && SYMBOLS.contains(&letter) {
            out.push(WORD_JOINER);
        }
        out.push(letter);
        sign = SIGNS.contains(&letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_stays_with_its_amount_in_text_and_nowhere_else() {
        let page = "<p title=\"−$1\">payouts −$6,732 or +€5, +CHF 3 and 1 − 2</p><textarea>cut it −$5</textarea>\
                    <svg viewBox=\"0\"><text x=\"1\">−$4</text></svg><td>−£2</td>";
        assert_eq!(
            joined(page.to_owned()),
            "<p title=\"−$1\">payouts −\u{2060}$6,732 or +\u{2060}€5, +CHF 3 and 1 − 2</p><textarea>cut it −$5</textarea>\
             <svg viewBox=\"0\"><text x=\"1\">−$4</text></svg><td>−\u{2060}£2</td>"
        );
        assert_eq!(joined("no amount".to_owned()), "no amount");
    }
}
