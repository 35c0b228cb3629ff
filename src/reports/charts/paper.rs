//! Charts for paper: the light colours of the pages as plain values, because a document
//! knows no custom properties. The pages' colours are in `static/css/1-tokens.css`;
//! a test holds the two alike.

/// Custom property and its value in the light palette.
pub(super) const PALETTE: [(&str, &str); 13] = [
    ("--text", "#1b2027"),
    ("--muted", "#5b6572"),
    ("--grid", "#eceef2"),
    ("--axis", "#a9b1bc"),
    ("--past", "#4a535f"),
    ("--baseline", "#8a94a1"),
    ("--accent", "#1f5fd6"),
    ("--accent-text", "#1a52bb"),
    ("--band", "rgb(31 95 214 / 0.28)"),
    ("--band-outcome", "rgb(31 95 214 / 0.10)"),
    ("--band-grey", "rgb(91 101 114 / 0.25)"),
    ("--bad", "#b3261e"),
    ("--surface", "#ffffff"),
];

/// The SVG with plain colours and a font named; tips for a pointer are left out.
pub fn on_paper(svg: &str, font: &str) -> String {
    let mut out = svg.to_owned();
    for (name, value) in PALETTE {
        out = out.replace(&format!("var({name})"), &plain(value));
    }
    let mut out = without_titles(&out);
    if let Some(end) = out.find('>') {
        out.insert_str(end, &format!(" font-family=\"{font}\""));
    }
    out
}

/// `rgb(r g b / a)` as `rgba(r,g,b,a)`, which every reader of SVG knows.
fn plain(value: &str) -> String {
    match value.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) {
        Some(parts) => format!("rgba({})", parts.replace(" / ", " ").replace(' ', ",")),
        None => value.to_owned(),
    }
}

fn without_titles(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some((before, after)) = rest.split_once("<title>") {
        out.push_str(before);
        rest = after.split_once("</title>").map_or("", |(_, tail)| tail);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_has_the_light_colours_of_the_pages() {
        let css = include_str!("../../../static/css/1-tokens.css");
        let light = css.split("@media").next().expect("the light part");
        for (name, value) in PALETTE {
            assert!(light.contains(&format!("  {name}: {value};")), "{name} is not {value} on the pages");
        }
    }

    #[test]
    fn nothing_of_the_page_is_left() {
        let svg = "<svg class=\"chart\"><g><title>a</title><rect fill=\"var(--band)\"/></g></svg>";
        let paper = on_paper(svg, "Inter");
        assert_eq!(
            paper,
            "<svg class=\"chart\" font-family=\"Inter\"><g><rect fill=\"rgba(31,95,214,0.28)\"/></g></svg>"
        );
    }
}
