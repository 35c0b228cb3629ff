//! Charts for the pages: what every chart has in common is left to the style sheet
//! (`static/css/3-pages.css`, a test holds the two alike), and what the wide drawing says
//! when pointed at is not said again by the narrow one (`static/js/charts.js` looks it up).

use super::Chart;

/// What the style sheet says of elements that do not say it: element, attribute, value.
const SAID: [(&str, &str, &str); 7] = [
    ("text", "fill", "var(--muted)"),
    ("path", "stroke", "var(--grid)"),
    ("rect", "fill", "var(--accent)"),
    ("circle", "fill", "var(--accent)"),
    ("circle", "stroke", "var(--surface)"),
    ("circle", "stroke-width", "1.5"),
    ("circle", "r", "4"),
];

/// What a class of the style sheet says in fewer letters: element, attribute, value, class.
const CLASSES: [(&str, &str, &str, &str); 8] = [
    ("text", "fill", "var(--text)", "t"),
    ("text", "fill", "var(--accent-text)", "c"),
    ("text", "text-anchor", "end", "e"),
    ("text", "text-anchor", "middle", "m"),
    ("text", "font-weight", "bold", "b"),
    ("path", "stroke", "var(--text)", "t"),
    ("path", "stroke", "var(--axis)", "a"),
    ("path", "stroke-width", "1.25", "w"),
];

impl Chart {
    /// The wide drawing, for a page that says what it shows beside it.
    pub fn wide_on_page(&self) -> String {
        on_page(&self.wide, true)
    }

    /// The narrow drawing, for the same.
    pub fn narrow_on_page(&self) -> String {
        on_page(&self.narrow, false)
    }
}

fn on_page(svg: &str, titles: bool) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut skipped = false;
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        if matches!(name, "title" | "/title") && !titles {
            skipped = name == "title";
            continue;
        }
        if skipped {
            continue;
        }
        out.push('<');
        match name {
            "svg" => root(&mut out, attributes),
            "line" => line(&mut out, attributes),
            _ => element(&mut out, name, attributes),
        }
        out.push('>');
        out.push_str(text);
    }
    out
}

/// The attributes of a tag, as they are written: `key` and `value`.
fn each(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (key, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((key.trim_start(), value))
    })
}

fn root(out: &mut String, attributes: &str) {
    out.push_str("svg aria-hidden=\"true\"");
    for (key, value) in each(attributes).filter(|(key, _)| matches!(*key, "class" | "viewBox")) {
        out.push_str(&format!(" {key}=\"{value}\""));
    }
}

fn element(out: &mut String, name: &str, attributes: &str) {
    out.push_str(name);
    looks(out, name, each(attributes));
    if attributes.ends_with('/') {
        out.push('/');
    }
}

/// Attributes as far as the style sheet does not say them, classes last.
fn looks<'a>(out: &mut String, name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut classes: Vec<&str> = Vec::new();
    for (key, value) in attributes.filter(|(key, value)| !SAID.contains(&(name, key, value))) {
        match CLASSES.iter().find(|(of, k, v, _)| (*of, *k, *v) == (name, key, value)) {
            Some((.., class)) => classes.push(class),
            None if key == "class" => classes.push(value),
            None => out.push_str(&format!(" {key}=\"{}\"", short(value))),
        }
    }
    if !classes.is_empty() {
        out.push_str(&format!(" class=\"{}\"", classes.join(" ")));
    }
}

/// A line as the path that it is, in half as many letters.
fn line(out: &mut String, attributes: &str) {
    let place = |wanted: &str| {
        let found = each(attributes).find(|(key, _)| *key == wanted);
        found.map(|(_, value)| short(value)).unwrap_or_default()
    };
    let (x1, y1, x2, y2) = (place("x1"), place("y1"), place("x2"), place("y2"));
    let to = match (x1 == x2, y1 == y2) {
        (_, true) => format!("H{x2}"),
        (true, _) => format!("V{y2}"),
        _ => format!("L{x2} {y2}"),
    };
    out.push_str(&format!("path d=\"M{x1} {y1}{to}\""));
    looks(out, "path", each(attributes).filter(|(key, _)| !matches!(*key, "x1" | "y1" | "x2" | "y2")));
    out.push('/');
}

/// A number to the hundredth; everything else as it is.
fn short(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) if value.len() > 6 => ((number * 100.0).round() / 100.0).to_string(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(svg: &str) -> Chart {
        Chart { wide: svg.to_owned(), narrow: svg.to_owned(), alternative: String::new() }
    }

    #[test]
    fn what_the_style_sheet_says_is_left_out() {
        let css = include_str!("../../../static/css/3-pages.css");
        for (name, key, value) in SAID {
            let rule = format!(".chart {name}:not([{key}])");
            let said = css.lines().find(|line| line.contains(&rule));
            let value = if key == "r" { "4px" } else { value };
            assert!(said.is_some_and(|line| line.contains(&format!("{key}: {value};"))), "{rule}: {value}");
        }
        for (name, key, value, class) in CLASSES {
            let rule = format!(".chart {name}.{class} {{ {key}: {value}; }}");
            assert!(css.contains(&rule), "{rule}");
        }
        let chart = drawn(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart wide\" viewBox=\"0 0 9 9\" role=\"img\" aria-label=\"a\">\
             <text x=\"1\" y=\"2.0000000000001\" fill=\"var(--muted)\">5 &gt; 4</text>\
             <circle cx=\"3\" cy=\"4\" r=\"4\" fill=\"var(--bad)\" stroke=\"var(--surface)\" stroke-width=\"1.5\"/></svg>",
        );
        assert_eq!(
            chart.wide_on_page(),
            "<svg aria-hidden=\"true\" class=\"chart wide\" viewBox=\"0 0 9 9\"><text x=\"1\" y=\"2\">5 &gt; 4</text>\
             <circle cx=\"3\" cy=\"4\" fill=\"var(--bad)\"/></svg>"
        );
    }

    #[test]
    fn lines_become_paths_and_the_narrow_drawing_has_no_words_of_its_own() {
        let chart = drawn(
            "<svg class=\"chart\"><g class=\"hit\"><title>May: 5</title><line x1=\"1\" y1=\"2\" x2=\"9\" y2=\"2\" stroke=\"var(--grid)\"/></g>\
             <line x1=\"1\" y1=\"2\" x2=\"1\" y2=\"7.5\" stroke=\"var(--text)\" stroke-width=\"2\"/>\
             <line x1=\"1\" y1=\"2\" x2=\"3\" y2=\"4\" stroke=\"var(--text)\"/></svg>",
        );
        let lines = "<path d=\"M1 2H9\"/></g><path d=\"M1 2V7.5\" stroke-width=\"2\" class=\"t\"/>\
             <path d=\"M1 2L3 4\" class=\"t\"/></svg>";
        let head = "<svg aria-hidden=\"true\" class=\"chart\"><g class=\"hit\">";
        assert_eq!(chart.wide_on_page(), format!("{head}<title>May: 5</title>{lines}"));
        assert_eq!(chart.narrow_on_page(), format!("{head}{lines}"));
    }
}
