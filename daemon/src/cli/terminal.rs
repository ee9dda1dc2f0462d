//! Standard output. A terminal gets colours, lines cut to its width, and pages that are redrawn in
//! place; a file or a pipe gets plain text.

use std::io::{self, IsTerminal as _, Write as _};

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// Writes a line. A closed pipe (`taid status | head -1`) is not an error.
pub(super) fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Replaces control characters and characters that change the direction of text, so that text
/// chosen by another program stays one line, moves no cursor and reorders nothing.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// As [`printable`], for text of several lines.
pub(super) fn printable_lines(text: &str) -> String {
    let shown = |c: char| {
        if matches!(c, '\n' | '\t') {
            c
        } else {
            shown(c)
        }
    };
    text.chars().map(shown).collect()
}

fn shown(c: char) -> char {
    if is_active(c) { '?' } else { c }
}

/// Returns whether a character is a control character or changes the direction of text.
pub(super) fn is_active(c: char) -> bool {
    let is_direction = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    is_direction || c.is_control()
}

/// Colour of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// No problem.
    Good,
    /// A problem that may resolve without action.
    Passing,
    /// A problem.
    Bad,
}

/// Capabilities of standard output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    colours: bool,
    /// Columns of the terminal.
    width: Option<usize>,
}

impl Terminal {
    /// Determines the capabilities of standard output. `TERM=dumb` and `NO_COLOR` (no-color.org)
    /// disable colours.
    pub(super) fn of_stdout() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = io::stdout().is_terminal();
        Self {
            colours: terminal && !dumb && !set("NO_COLOR"),
            width: terminal.then(crate::os::terminal_width).flatten(),
        }
    }

    /// A file or a pipe.
    #[cfg(test)]
    pub(super) const PIPE: Self = Self {
        colours: false,
        width: None,
    };

    /// Returns the columns of the terminal; `None` for a file or a pipe.
    pub(super) fn width(self) -> Option<usize> {
        self.width
    }

    /// Returns text in the colour of a mood.
    pub(super) fn paint(self, mood: Mood, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let colour = match mood {
            Mood::Good => GREEN,
            Mood::Passing => YELLOW,
            Mood::Bad => RED,
        };
        format!("{colour}{text}{PLAIN}")
    }

    /// Returns text with each line cut to the terminal's width.
    pub(super) fn fit(self, text: &str) -> String {
        let Some(width) = self.width else {
            return text.to_owned();
        };
        let lines = text
            .lines()
            .map(|line| match line.char_indices().nth(width) {
                Some(_) => {
                    let end = line.char_indices().nth(width.saturating_sub(1));
                    let end = end.map_or(line.len(), |(end, _)| end);
                    format!("{}…", line.get(..end).unwrap_or(line))
                }
                None => line.to_owned(),
            });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Line on standard error while a command waits. On a terminal it is erased at the end; otherwise it
/// is not printed.
pub(super) struct Progress {
    is_shown: bool,
}

impl Progress {
    /// Prints the line.
    pub(super) fn begin(text: &str) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_shown = io::stderr().is_terminal() && !dumb;
        if is_shown {
            let mut out = io::stderr().lock();
            let _ = write!(out, "{text}");
            let _ = out.flush();
        }
        Self { is_shown }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// Draws a page over the previous one.
///
/// # Errors
/// The terminal cannot be written to.
pub(super) fn redraw(page: &str) -> io::Result<()> {
    // Erasing the rest of each line and of the screen avoids the flicker of a full clear.
    let lines = page.replace('\n', "\x1b[K\n");
    let mut out = io::stdout().lock();
    write!(out, "\x1b[H{lines}\x1b[K\x1b[J")?;
    out.flush()
}

/// Clears the terminal for the first page.
///
/// # Errors
/// The terminal cannot be written to.
pub(super) fn clear() -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "\x1b[2J")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_line_without_control_or_direction_characters() {
        let hostile = "a\x1b]0;x\x07\r\nb\u{9b}31m\t\u{202e}c\u{2067}";
        assert_eq!(printable(hostile), "a?]0;x???b?31m??c?");
        assert_eq!(printable_lines(hostile), "a?]0;x??\nb?31m\t?c?");
        assert_eq!(printable("Grüße 🚀"), "Grüße 🚀");
    }

    #[test]
    fn only_a_terminal_gets_colours_and_cut_lines() {
        let pipe = Terminal::PIPE;
        assert_eq!(pipe.paint(Mood::Good, "live"), "live");
        assert_eq!(pipe.fit("a long line\nand more"), "a long line\nand more");
        let narrow = Terminal {
            colours: true,
            width: Some(5),
        };
        assert_eq!(narrow.paint(Mood::Bad, "x"), "\x1b[31mx\x1b[0m");
        assert_eq!(narrow.fit("äöüßé\näöüßéx\nab"), "äöüßé\näöüß…\nab");
    }
}
