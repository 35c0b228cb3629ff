//! A drawing surface over kuva's scene. kuva draws and writes the SVG; where
//! things stand is decided by the charts here, because its own layouts centre
//! every annotation, ignore its colour, and cannot put a label at a line's end.
//! Colours are custom properties (`var(--accent)`), so that one drawing follows
//! light and dark; no `style` attribute or `<style>` element is ever written,
//! because the content policy of the pages forbids both.

use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{PathData, Primitive, Scene, TextAnchor};

/// Where text hangs on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// A chart in the making. Units: pixels of the drawing.
pub struct Canvas {
    scene: Scene,
}

impl Canvas {
    /// An empty surface.
    pub fn new(width: f64, height: f64) -> Self {
        Self { scene: Scene::new(width, height).with_background(None) }
    }

    /// A straight line; `dash` as in SVG, empty for none.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str, width: f64, dash: &str) {
        self.scene.add(Primitive::Line {
            x1: tenth(from.0),
            y1: tenth(from.1),
            x2: tenth(to.0),
            y2: tenth(to.1),
            stroke: Color::from(color),
            stroke_width: width,
            stroke_dasharray: (!dash.is_empty()).then(|| dash.to_owned()),
        });
    }

    /// A line through points.
    pub fn polyline(&mut self, points: &[(f64, f64)], color: &str, width: f64, dash: &str) {
        if points.len() < 2 {
            return;
        }
        self.scene.add(Primitive::PolyLine {
            points: points.iter().map(|(x, y)| (tenth(*x), tenth(*y))).collect(),
            stroke: Color::from(color),
            stroke_width: width,
            stroke_dasharray: (!dash.is_empty()).then(|| dash.to_owned()),
        });
    }

    /// The area between two lines over the same places.
    pub fn band(&mut self, lower: &[(f64, f64)], upper: &[(f64, f64)], color: &str) {
        if lower.len() < 2 || lower.len() != upper.len() {
            return;
        }
        let mut d = String::new();
        for (i, (x, y)) in upper.iter().chain(lower.iter().rev()).enumerate() {
            d.push_str(&format!("{}{x:.1} {y:.1}", if i == 0 { "M" } else { "L" }));
        }
        d.push('Z');
        self.scene.add(Primitive::Path(Box::new(PathData {
            d,
            fill: Some(Color::from(color)),
            stroke: Color::None,
            stroke_width: 0.0,
            opacity: None,
            stroke_dasharray: None,
        })));
    }

    /// A filled rectangle; a negative width is drawn to the left.
    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, color: &str) {
        self.scene.add(Primitive::Rect {
            x: tenth(x.min(x + width)),
            y: tenth(y),
            width: tenth(width.abs()),
            height: tenth(height),
            fill: Color::from(color),
            stroke: None,
            stroke_width: None,
            opacity: None,
        });
    }

    /// A dot with a rim in the colour of the page.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, color: &str) {
        self.scene.add(Primitive::Circle {
            cx: tenth(at.0),
            cy: tenth(at.1),
            r: radius,
            fill: Color::from(color),
            fill_opacity: None,
            stroke: Some(Color::from("var(--surface)")),
            stroke_width: Some(1.5),
        });
    }

    /// Words.
    pub fn text(&mut self, at: (f64, f64), text: &str, anchor: Anchor, color: &str, bold: bool) {
        self.scene.add(Primitive::Text {
            x: tenth(at.0),
            y: tenth(at.1),
            // A pair of dollar signs would be read as mathematics.
            content: text.replace('$', "\\$"),
            size: 12,
            anchor: match anchor {
                Anchor::Start => TextAnchor::Start,
                Anchor::Middle => TextAnchor::Middle,
                Anchor::End => TextAnchor::End,
            },
            rotate: None,
            bold,
            color: Some(Color::from(color)),
        });
    }

    /// Draws into a group that shows `tip` when pointed at.
    pub fn tipped(&mut self, tip: &str, class: &'static str, draw: impl FnOnce(&mut Self)) {
        self.scene.add(Primitive::GroupStart {
            transform: None,
            title: Some(tip.to_owned()),
            extra_attrs: Some(format!("class=\"{class}\"")),
        });
        draw(self);
        self.scene.add(Primitive::GroupEnd);
    }

    /// The SVG element, scaling to the width it is given. `label` is its text
    /// alternative, `class` a class of ours.
    pub fn finish(mut self, class: &str, label: &str) -> String {
        let (width, height) = (self.scene.width, self.scene.height);
        // kuva would bring a <style> element for its tooltips.
        self.scene.has_tooltips = false;
        let svg = SvgBackend::new().render_scene(&self.scene);
        let body = slim(svg.find("-->").map_or(svg.as_str(), |at| &svg[at + 3..]));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             font-size=\"12\" role=\"img\" aria-label=\"{}\">{body}",
            escaped(label)
        )
    }
}

/// A place to the tenth of a pixel: nobody sees more, and pages carry every digit.
fn tenth(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

/// Leaves out what goes without saying: the size that the drawing has as a whole, and
/// what is so by default. Text holds no quotation marks
/// that could be taken for attributes: they are escaped in it.
fn slim(body: &str) -> String {
    [" font-size=\"12\"", " text-anchor=\"start\"", " stroke-width=\"1\""]
        .iter()
        .fold(body.replace(" />", "/>"), |body, said| body.replace(said, ""))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_themeable_svg_without_styles() {
        let mut canvas = Canvas::new(100.0, 50.0);
        canvas.tipped("a < b", "hit", |c| c.bar(10.0, 0.0, -5.0, 5.0, "var(--accent)"));
        canvas.text((0.0, 9.0), "$5 to $6 <b>", Anchor::Start, "var(--muted)", true);
        let svg = canvas.finish("wide", "\"all\" & <more>");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 100 50\"") && !svg.contains(" height=\"50\""));
        assert!(svg.contains("$5 to $6 &lt;b&gt;"), "{svg}");
        assert!(svg.contains("fill=\"var(--accent)\"") && svg.contains("x=\"5\""), "{svg}");
        assert!(svg.contains("aria-label=\"&quot;all&quot; &amp; &lt;more&gt;\""));
        assert!(!svg.contains("style"));
    }
}
