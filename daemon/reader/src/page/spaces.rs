//! Runs of spaces. A browser shows each fixed space of them, and of the others between two fixed ones
//! one.

/// Fewest fixed spaces of a run that draws a column or an indentation.
const MIN_FIXED: usize = 3;
const MIN_INDENT: usize = 2;
/// Widest run that is written.
const MAX_WIDTH: usize = 80;

/// Signs between entries that are beside each other, as in a menu.
const SEPARATORS: [char; 4] = ['|', '/', '·', '•'];

/// Returns the number of spaces that are written between two characters. Links and the entries of a menu have
/// only distances between them, and no columns.
pub(super) fn beside(
    spaces: usize,
    before: Option<char>,
    after: Option<char>,
    is_link: bool,
) -> usize {
    let is_separator = |c: Option<char>| c.is_some_and(|c| SEPARATORS.contains(&c));
    match is_link || is_separator(before) || is_separator(after) {
        true => spaces.min(1),
        false => spaces,
    }
}

/// A run of spaces.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spaces {
    /// Number of fixed spaces.
    fixed: usize,
    /// Number of spaces that a person sees.
    width: usize,
    /// Whether the last one is not fixed.
    collapses: bool,
}

impl Spaces {
    /// Returns the run at one end of a text.
    pub(super) fn of(letters: impl Iterator<Item = char>) -> Self {
        let mut spaces = Self::default();
        letters
            .take_while(|c| c.is_whitespace())
            .for_each(|c| spaces.add(c));
        spaces
    }

    pub(super) fn add(&mut self, space: char) {
        let collapses = space != '\u{a0}';
        self.fixed += usize::from(!collapses);
        self.width += usize::from(!(collapses && self.collapses));
        self.collapses = collapses;
    }

    /// Returns the number of spaces that are written between words.
    pub(super) fn between(self) -> usize {
        match self.fixed >= MIN_FIXED {
            true => self.width.min(MAX_WIDTH),
            false => self.width.min(1),
        }
    }

    /// Returns the number of spaces that are written before the first word of a line.
    pub(super) fn indent(self) -> usize {
        match self.fixed >= MIN_INDENT {
            true => self.width,
            false => 0,
        }
    }
}
