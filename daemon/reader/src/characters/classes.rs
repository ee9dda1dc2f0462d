//! Classes of characters, from the Unicode Character Database.

/// Returns whether a character has no shape of its own.
pub(crate) fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Soft hyphen; combining grapheme joiner; Arabic letter mark; Hangul fillers; Khmer
        // inherent vowels; Mongolian selectors and vowel separator.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{ffa0}' => true,
        // Zero-width characters, marks of direction, embeddings, overrides, isolates, invisible
        // operators.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // Variation selectors, byte order mark, interlinear annotations.
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' => true,
        // Shorthand and musical format controls.
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        // Tags, further variation selectors.
        '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

/// Returns the character of Windows-1252 for a control character of ISO 8859-1. Text whose encoding
/// was named wrongly has such characters in place of quotes and dashes.
pub(super) fn windows_1252(c: char) -> Option<char> {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let at = u32::from(c).checked_sub(0x80)?;
    let meant = FROM_80.get(usize::try_from(at).ok()?)?;
    (*meant != c && c != '\u{85}').then_some(*meant)
}

/// Returns whether a joiner next to this character changes its shape: letters and signs of Arabic,
/// Syriac, N'Ko, Mandaic, of the scripts of India and its neighbours, and of Mongolian.
pub(super) fn joins_scripts(c: char) -> bool {
    matches!(c,
        '\u{620}'..='\u{6ff}'
        | '\u{710}'..='\u{8ff}'
        | '\u{900}'..='\u{dff}'
        | '\u{f40}'..='\u{fbc}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{1820}'..='\u{18af}'
        | '\u{1b00}'..='\u{1c4f}'
        | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{10aff}'
        | '\u{11000}'..='\u{1193f}')
        && !c.is_whitespace()
}

/// Returns whether a character is an ideograph, which may have variants.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether a character can begin a pictograph that a joiner connects.
pub(super) fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns whether a character can stand before a joiner of a pictograph.
pub(super) fn is_emoji(c: char) -> bool {
    is_pictograph(c)
}

/// Returns whether a character has a form as text and a form as pictograph.
pub(super) fn takes_selector(c: char) -> bool {
    is_pictograph(c)
        || matches!(
            c,
            '0'..='9' | '#' | '*' | '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '〰' | '〽' | '㊗' | '㊙'
        )
        || is_cjk(c)
}

/// Returns whether a variation selector other than those of pictographs can change a character: zero,
/// ideographs and their punctuation, mathematical signs, and letters of Myanmar, Phags-pa and Manichaean.
pub(super) fn has_variants(c: char) -> bool {
    is_cjk(c)
        || matches!(c,
            '0'
            | '\u{1000}'..='\u{109f}'
            | '\u{2200}'..='\u{22ff}'
            | '\u{2a00}'..='\u{2aff}'
            | '\u{3000}'..='\u{30ff}'
            | '\u{a840}'..='\u{a87f}'
            | '\u{aa60}'..='\u{aa7f}'
            | '\u{10ac0}'..='\u{10aff}'
            | '\u{ff01}'..='\u{ff60}')
}
