//! Digits beside digits that a person sees apart, because they are raised, lowered or smaller.

use super::{Page, writer::Gap};
use crate::{
    cascade::Computed,
    css::{marks::Mark, property::Position},
    document::NodeId,
};
use html5ever::ns;

/// Largest size of digits, as a part of the size before them, at which they are seen as another number.
const SMALLER: f32 = 0.85;
/// Largest size of moved text, as a part of the size around it, at which it is seen as raised or lowered.
const SMALL: f32 = 0.9;

/// Most digits of the number of a note. More are a part of an amount, as in `$5,000`.
const MAX_NOTE: usize = 2;
/// Most signs between a word and the number of a note.
const MAX_SIGNS: usize = 6;
/// Numbers below the line of a fraction, and most characters before one that are looked at.
const BELOW: [u8; 11] = [2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64];
const MAX_WHOLE: usize = 8;
/// Signs of multiplication.
const FACTORS: [char; 7] = ['·', '⋅', '×', '*', '∙', '•', 'x'];
/// Signs that may be inside of a number, and others behind one.
const PARTS: [char; 11] = ['.', ',', ':', '\'', '’', '-', '–', '€', '$', '£', '¥'];
const SIGNS: [char; 14] = [
    '%', ')', ']', '"', '”', '“', '»', '°', ';', '!', '?', '*', '+', '®',
];

/// Place of text beside a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Raised,
    Lowered,
}

impl Page<'_> {
    /// Marks raised and lowered text that would change a number if it were not marked.
    pub(super) fn open_script(&mut self, node: NodeId, style: &Computed) {
        self.open_operand(node);
        let Some(script) = self.script(node, style) else {
            return;
        };
        let is_clear =
            matches!(self.document.name(node), "sup" | "sub") || self.is_small(node, style);
        let is_beside = match script {
            Script::Raised if is_clear => self.writer.ends_with_base(),
            Script::Raised | Script::Lowered => self.writer.ends_with_number(),
        };
        let text = self.survey.text_of(self.document, self.sight, node);
        let is_number =
            text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '−' | '–' | '+'));
        // Other letters are those of ordinal numbers and units.
        let is_variable = text.starts_with(['i', 'j', 'k', 'n', 'x', 'y'])
            && text.chars().nth(1).is_none_or(|c| !c.is_alphabetic());
        let is_marked = match is_beside {
            true => is_number || (script == Script::Raised && is_variable),
            false => is_clear && is_note(self.writer.backwards(), &text, script),
        };
        if is_beside && script == Script::Raised && self.is_fraction(node) {
            self.writer.gap(Gap::Space);
        } else if is_marked {
            self.mark(match script {
                Script::Raised => "^",
                Script::Lowered => "_",
            });
        }
    }

    /// Returns whether raised digits are those above the line of a fraction, as in `1 1/2`. Powers
    /// of ten, powers over a unit and powers behind a sign of multiplication look like one.
    fn is_fraction(&self, node: NodeId) -> bool {
        let next = |node: NodeId| self.document.node(node).next;
        let line = next(node).and_then(|line| Some((self.document.text(line)?, next(line)?)));
        let below = line.and_then(|(line, below)| {
            let is_line = matches!(line.trim(), "/" | "\u{2044}");
            (is_line && self.document.name(below) == "sub").then_some(below)
        });
        let number = |node: NodeId| {
            let text = self.survey.text_of(self.document, self.sight, node);
            let is_number = text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u8>().ok().filter(|_| is_number)
        };
        let below = below.and_then(number).filter(|part| BELOW.contains(part));
        let above = number(node).unwrap_or_default();
        // The characters are those from the end.
        let mut before = self.writer.backwards().take(MAX_WHOLE).peekable();
        let mut whole = String::new();
        while let Some(digit) = before.next_if(char::is_ascii_digit) {
            whole.push(digit);
        }
        let is_whole = before.peek().is_none_or(|c| c.is_whitespace() || *c == '(');
        let is_factor = before
            .find(|c| !c.is_whitespace())
            .is_some_and(|c| FACTORS.contains(&c));
        let is_power = whole == "01" && above > 1;
        below.is_some_and(|below| (1..below).contains(&above))
            && !whole.is_empty()
            && is_whole
            && !is_factor
            && !is_power
    }

    /// Writes the sign between two parts of a formula that only their places tell apart.
    fn open_operand(&mut self, node: NodeId) {
        let parent = self.document.node(node).parent;
        let parent = parent.and_then(|parent| self.document.element(parent));
        let Some(parent) = parent.filter(|parent| parent.name.ns == ns!(mathml)) else {
            return;
        };
        let sign = match parent.local_name() {
            "mfrac" => "/",
            "msup" => "^",
            "msub" => "_",
            _ => return,
        };
        let mut before = self.document.before(node);
        if before.any(|before| self.document.element(before).is_some()) {
            self.mark(sign);
        }
    }

    /// Remembers that raised or lowered text has ended.
    pub(super) fn close_script(&mut self, node: NodeId, style: &Computed) {
        self.script_ended |= self.script(node, style).is_some();
    }

    /// Puts a space between the digits before and a text of other digits.
    pub(super) fn part_digits(&mut self, text: &str, style: &Computed) {
        if text.trim().is_empty() {
            return;
        }
        let size = style.inherited.font_size;
        let is_other = std::mem::take(&mut self.script_ended) || size <= SMALLER * self.last_size;
        let is_digit = text.starts_with(|c: char| c.is_ascii_digit());
        if is_other && is_digit && self.writer.ends_with_number() {
            self.writer.gap(Gap::Space);
        }
        self.last_size = size;
    }

    fn is_small(&self, node: NodeId, style: &Computed) -> bool {
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        let around = self.styles.get(parent).inherited.font_size;
        style.inherited.font_size <= SMALL * around
    }

    fn script(&self, node: NodeId, style: &Computed) -> Option<Script> {
        match self.document.name(node) {
            "sup" => return Some(Script::Raised),
            "sub" => return Some(Script::Lowered),
            _ if style.is_boxed() => return None,
            _ if style.marks.has(Mark::Raised) => return Some(Script::Raised),
            _ if style.marks.has(Mark::Lowered) => return Some(Script::Lowered),
            _ => {}
        }
        let frame = style.frame.as_deref()?;
        if frame.position != Position::Relative || !self.is_small(node, style) {
            return None;
        }
        let top = frame.inset.top.map(|top| top.usual());
        let bottom = frame.inset.bottom.map(|bottom| -bottom.usual());
        match top.or(bottom)? {
            moved if moved < 0.0 => Some(Script::Raised),
            moved if moved > 0.0 => Some(Script::Lowered),
            _ => None,
        }
    }
}

/// Returns whether a number is that of a note behind a sign, as in `$50.^1`, and no part of the number before
/// that sign, as the cents in `19,99`. `before` is the line from its end.
fn is_note(before: impl Iterator<Item = char>, text: &str, script: Script) -> bool {
    let is_digit = |c: &char| c.is_ascii_digit();
    let digits = text.chars().take_while(is_digit).count();
    let mut before = before.take(MAX_SIGNS).peekable();
    let (mut sign, mut may_part) = (None, true);
    while let Some(next) = before.next_if(|c| PARTS.contains(c) || SIGNS.contains(c)) {
        may_part &= PARTS.contains(&next);
        sign = Some(next);
    }
    // Only these signs are written behind the space of a number.
    if matches!(sign, Some('€' | '%')) {
        before.next_if(|c| c.is_whitespace());
    }
    let is_number = before.peek().is_some_and(is_digit);
    let is_word = before.peek().is_some_and(|c| c.is_alphabetic());
    let is_part = is_number && may_part && digits == 2;
    // A lowered number behind brackets is one of a formula.
    let is_beside = match script {
        Script::Raised => is_word || is_number,
        Script::Lowered => is_number && may_part,
    };
    sign.is_some() && (1..=MAX_NOTE).contains(&digits) && is_beside && !is_part
}
