//! Text as a search compares it: case, accents, compatibility forms and Markdown's marks make no
//! difference.

use unicode_normalization::UnicodeNormalization as _;

/// Returns text without case, accents, Markdown's marks and differences in white space.
pub(in crate::mail) fn fold(text: &str) -> String {
    let counts = |c: &char| !is_accent(*c) && !matches!(c, '*' | '`' | '\\');
    // Composed again, so that the marks that count do not stand alone: か is not a part of が.
    let folded = text.nfkd().filter(counts).nfc().map(plain_mark);
    let mut out = String::with_capacity(text.len());
    for c in caseless::Caseless::default_case_fold(folded) {
        match plain_letters(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    let folded = out;
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ")
}

/// Returns the mark of a keyboard for one of a typographer.
fn plain_mark(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// Returns the usual spelling of a letter, in lower case, that has no decomposition.
fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

/// Returns whether a combining mark makes no difference for a search. The vowels of Indic scripts,
/// which are combining marks too, do.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'
        | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}')
}
