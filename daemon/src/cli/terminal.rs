//! What only a terminal gets: colours, lines that fit, a page that is drawn again in place.
//! Text for a file or a pipe goes by here unchanged.

use std::io::{self, IsTerminal as _, Write as _};

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    Passing,
    Bad,
}

/// Standard output, as far as it is a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    colours: bool,
    /// Characters that fit into a line.
    width: Option<usize>,
}

impl Terminal {
    /// What standard output is. `NO_COLOR` (no-color.org) and a dumb terminal have no colours.
    pub(super) fn of_stdout() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = io::stdout().is_terminal();
        Self {
            colours: terminal && !dumb && !set("NO_COLOR"),
            width: terminal.then(crate::os::terminal_width).flatten(),
        }
    }

    /// Text in the colour of a mood.
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

    /// Lines that are not longer than the terminal is wide, so that each stays one.
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

/// Draws a page over the one before.
pub(super) fn redraw(page: &str) -> io::Result<()> {
    // Home, each line to its end, and what was below: nothing flickers.
    let lines = page.replace('\n', "\x1b[K\n");
    let mut out = io::stdout().lock();
    write!(out, "\x1b[H{lines}\x1b[K\x1b[J")?;
    out.flush()
}

/// Clears the terminal for the first page.
pub(super) fn clear() -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "\x1b[2J")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_gets_colours_and_cut_lines() {
        let pipe = Terminal {
            colours: false,
            width: None,
        };
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
