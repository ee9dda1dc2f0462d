//! Standard output. A terminal gets colours and pages that are drawn again in place; a file or a pipe
//! gets plain text.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::OnceLock,
};

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// The first failure of [`print()`].
static FAILURE: OnceLock<io::Error> = OnceLock::new();

/// Writes a line. A closed pipe (`taid status | head -1`) is not an error; [`failure`] returns every other
/// one.
pub(super) fn print(text: &str) {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = FAILURE.set(error);
        }
        Ok(()) | Err(_) => {}
    }
}

/// Returns why a line of this command could not be written, if it could not.
pub(super) fn failure() -> Option<&'static io::Error> {
    FAILURE.get()
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
    /// Columns and rows of the terminal.
    size: Option<(usize, usize)>,
    /// Whether the terminal can move the cursor.
    draws: bool,
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
            size: terminal.then(crate::os::terminal_size).flatten(),
            draws: terminal && !dumb,
        }
    }

    /// A terminal without colours.
    #[cfg(test)]
    pub(super) fn of_columns(columns: usize) -> Self {
        Self {
            size: Some((columns, 24)),
            ..Self::PIPE
        }
    }

    /// A file or a pipe.
    pub(super) const PIPE: Self = Self {
        colours: false,
        size: None,
        draws: false,
    };

    /// Returns the columns of the terminal; `None` for a file or a pipe.
    pub(super) fn width(self) -> Option<usize> {
        self.size.map(|(columns, _)| columns)
    }

    /// Returns the rows of the terminal; `None` for a file or a pipe.
    pub(super) fn rows(self) -> Option<usize> {
        self.size.map(|(_, rows)| rows)
    }

    /// Returns whether a page can be drawn in place. `TERM=dumb` cannot.
    pub(super) fn draws(self) -> bool {
        self.draws
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

/// A page that is drawn again and again, on the alternate screen of the terminal. Dropping it restores
/// the screen.
pub(super) struct LivePage;

impl LivePage {
    /// Enters the alternate screen and hides the cursor.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub(super) fn begin() -> io::Result<Self> {
        write_now("\x1b[?1049h\x1b[?25l\x1b[2J")?;
        Ok(Self)
    }

    /// Draws a page. If it has more lines than the terminal, the last line tells how many are left out.
    ///
    /// # Errors
    /// The terminal cannot be written to.
    pub(super) fn draw(&self, page: &str, rows: Option<usize>) -> io::Result<()> {
        // Erasing the rest of each line and of the screen avoids the flicker of a full clear.
        let lines = cut_to(page, rows).replace('\n', "\x1b[K\n");
        write_now(&format!("\x1b[H{lines}\x1b[K\x1b[J"))
    }
}

impl Drop for LivePage {
    fn drop(&mut self) {
        let _ = write_now("\x1b[?25h\x1b[?1049l");
    }
}

fn write_now(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Returns a page of at most `rows` lines.
fn cut_to(page: &str, rows: Option<usize>) -> String {
    let lines: Vec<&str> = page.lines().collect();
    let Some(rows) = rows.filter(|rows| (1..lines.len()).contains(rows)) else {
        return page.to_owned();
    };
    let shown = lines.get(..rows - 1).unwrap_or_default();
    let left_out = lines.len() - shown.len();
    let mut cut = shown.join("\n");
    if !shown.is_empty() {
        cut.push('\n');
    }
    cut.push_str(&format!("… {left_out} more lines"));
    cut
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
    fn only_a_terminal_gets_colours() {
        assert_eq!(Terminal::PIPE.paint(Mood::Good, "live"), "live");
        let terminal = Terminal {
            colours: true,
            ..Terminal::PIPE
        };
        assert_eq!(terminal.paint(Mood::Bad, "x"), "\x1b[31mx\x1b[0m");
    }

    #[test]
    fn a_page_that_is_too_long_says_how_much_is_left_out() {
        for (rows, expected) in [
            (None, "a\nb\nc"),
            (Some(0), "a\nb\nc"),
            (Some(3), "a\nb\nc"),
            (Some(2), "a\n… 2 more lines"),
            (Some(1), "… 3 more lines"),
        ] {
            assert_eq!(cut_to("a\nb\nc", rows), expected);
        }
    }
}
