//! Cells of a workbook: styles, and how a figure is put down. No figure is made here.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::reports::metrics::Unit;

/// How cells look.
pub struct Styles {
    pub title: Format,
    pub heading: Format,
    pub head: Format,
    pub text: Format,
    pub muted: Format,
    pub strong: Format,
    /// A line of small print, in one cell over others.
    pub note: Format,
    count: Format,
    money: Format,
    share: Format,
    totals: [Format; 3],
}

impl Styles {
    /// For money in a currency.
    pub fn of(currency: &str) -> Self {
        let symbol = match currency {
            "USD" => "[$$-409]",
            "EUR" => "[$€-2] ",
            "GBP" => "[$£-809]",
            _ => "",
        };
        let number = |pattern: String| Format::new().set_num_format(pattern).set_align(FormatAlign::Top);
        let count = number("#,##0.0".to_owned());
        let money = number(format!("{symbol}#,##0.00;[Red]-{symbol}#,##0.00"));
        let share = number("0.0%".to_owned());
        let total = |format: &Format| format.clone().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(14).set_text_wrap().set_align(FormatAlign::Top),
            heading: Format::new().set_bold().set_font_size(12),
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_background_color(Color::RGB(0xF2_F4_F7))
                .set_border_bottom(FormatBorder::Thin),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            muted: Format::new()
                .set_font_color(Color::RGB(0x5B_65_72))
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            note: Format::new().set_font_color(Color::RGB(0x5B_65_72)),
            strong: Format::new().set_bold().set_align(FormatAlign::Top),
            totals: [total(&count), total(&money), total(&share)],
            count,
            money,
            share,
        }
    }

    /// Of a figure.
    pub fn figure(&self, unit: Unit) -> &Format {
        match unit {
            Unit::Count => &self.count,
            Unit::Money => &self.money,
            Unit::Share => &self.share,
        }
    }

    /// Of a sum.
    pub fn total(&self, unit: Unit) -> &Format {
        match unit {
            Unit::Count => &self.totals[0],
            Unit::Money => &self.totals[1],
            Unit::Share => &self.totals[2],
        }
    }
}

/// Puts a figure down; a cell stays empty where it is undefined.
pub fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    figure: Option<f64>,
    format: &Format,
) -> Result<(), XlsxError> {
    if let Some(figure) = figure.filter(|f| f.is_finite()) {
        sheet.write_number_with_format(row, column, figure, format)?;
    }
    Ok(())
}

/// Heads of columns, in one row.
pub fn heads(sheet: &mut Worksheet, row: u32, heads: &[String], styles: &Styles) -> Result<(), XlsxError> {
    for (column, head) in heads.iter().enumerate() {
        sheet.write_string_with_format(row, column as u16, head, &styles.head)?;
    }
    Ok(())
}

/// Prints across one page, on landscape paper.
pub fn print_wide(sheet: &mut Worksheet) {
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
}
