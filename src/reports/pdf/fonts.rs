//! The fonts of documents, all of them in the binary: none is looked for on the machine
//! or fetched, so that the same answer gives the same bytes everywhere. What they cover
//! and where they come from: `assets/fonts/README.md`.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Stands for letters that no font has, so that no empty boxes are printed.
const UNREADABLE: &str = "[…]";

const FILES: [&[u8]; 8] = [
    include_bytes!("../../../assets/fonts/Inter-Regular.otf"),
    include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../../assets/fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../../assets/fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../../assets/fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../../assets/fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../../../assets/fonts/NanumGothicCoding.ttf"),
    include_bytes!("../../../assets/fonts/DroidSansFallbackFull.ttf"),
];

/// Fonts and their index.
pub struct Fonts {
    pub fonts: Vec<Font>,
    pub book: LazyHash<FontBook>,
}

/// Read once: a constant of the binary.
pub static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Fonts { fonts, book }
});

/// The text without letters that no font has: a run of them becomes `[…]`. Controls
/// that turn the direction of what follows are dropped, as are others that print
/// nothing; line ends and the joiners of scripts stay.
pub fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut missing = false;
    for letter in text.chars() {
        match letter {
            '\n' | '\u{200c}' | '\u{200d}' => out.push(letter),
            '\t' => out.push(' '),
            _ if letter.is_control() || is_invisible(letter) => {}
            _ if is_covered(letter) => {
                out.push(letter);
                missing = false;
            }
            _ if !missing => {
                out.push_str(UNREADABLE);
                missing = true;
            }
            _ => {}
        }
    }
    out
}

fn is_invisible(letter: char) -> bool {
    matches!(u32::from(letter), 0xAD | 0x200B | 0x200E..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF)
}

/// Private letters mean nothing to another reader.
fn is_covered(letter: char) -> bool {
    let code = u32::from(letter);
    let private = matches!(code, 0xE000..=0xF8FF | 0xF_0000..);
    !private && FONTS.fonts.iter().any(|font| font.info().coverage.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_partners_are_there_and_the_rest_is_said() {
        for name in [
            "Łódź & Søn",
            "Ελλάδα",
            "Москва",
            "مؤسسة الشرق",
            "חברת מזרח",
            "東京電機",
            "デンキ",
            "서울전자",
            "दिल्ली",
            "กรุงเทพ",
        ] {
            assert_eq!(readable(name), name);
        }
        assert_eq!(readable("a 🙂🙂 b"), "a […] b");
        assert_eq!(readable("evil\u{202e}gpj.exe\u{0}"), "evilgpj.exe");
    }
}
