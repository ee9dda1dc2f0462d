//! A manual page in roff, written from lines of Markdown: text between backticks is bold.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// A manual page.
pub(crate) struct Page {
    /// Name, such as `taid-login`.
    pub(crate) name: String,
    /// Section of the manual.
    pub(crate) section: u8,
    roff: Roff,
}

impl Page {
    /// Returns a page with its title and the section NAME.
    pub(crate) fn new(name: &str, section: u8, about: &str) -> Self {
        let mut page = Self {
            name: name.to_owned(),
            section,
            roff: Roff::new(),
        };
        let number = section.to_string();
        let source = concat!("tai ", env!("CARGO_PKG_VERSION"));
        // Without a date, so that a package can be built again byte for byte.
        page.roff
            .control("TH", [name, &number, "\"\"", source, "TAI mail"]);
        page.section("NAME");
        let about = about.replace('`', "");
        page.roff.text([roman(format!("{name} - {about}"))]);
        page
    }

    /// Returns the name of the file.
    pub(crate) fn file(&self) -> String {
        format!("{}.{}", self.name, self.section)
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str) {
        self.roff.control("SH", [title]);
    }

    /// Adds paragraphs, which empty lines separate.
    pub(crate) fn text(&mut self, markdown: &str) {
        for (number, paragraph) in markdown.split("\n\n").enumerate() {
            if number > 0 {
                self.roff.control("PP", []);
            }
            self.roff.text(inline(&paragraph.replace('\n', " ")));
        }
    }

    /// Adds a paragraph after entries.
    pub(crate) fn paragraph(&mut self, markdown: &str) {
        self.roff.control("PP", []);
        self.text(markdown);
    }

    /// Adds a line of inline parts.
    pub(crate) fn line(&mut self, parts: Vec<Inline>) {
        self.roff.text(parts);
    }

    /// Adds a term and its paragraphs.
    pub(crate) fn entry(&mut self, term: Vec<Inline>, paragraphs: &[&str]) {
        self.roff.control("TP", []);
        self.roff.text(term);
        let paragraphs = paragraphs.iter().flat_map(|text| text.split("\n\n"));
        for (number, paragraph) in paragraphs.enumerate() {
            if number > 0 {
                self.roff.control("br", []);
            }
            self.roff.text(inline(&paragraph.replace('\n', " ")));
        }
    }

    /// Adds lines that keep their columns, without the margin of a help text.
    pub(crate) fn example(&mut self, lines: std::str::Lines<'_>) {
        self.roff.control("nf", []);
        for line in lines {
            self.roff
                .text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        self.roff.control("fi", []);
    }

    /// Adds the section SEE ALSO with pages such as `taid(1)`.
    pub(crate) fn see_also(&mut self, pages: &[&str]) {
        self.section("SEE ALSO");
        let mut parts = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            let (name, section) = page.split_once('(').unwrap_or((page, ""));
            if number > 0 {
                parts.push(roman(", "));
            }
            parts.extend([bold(name), roman(format!("({section}"))]);
        }
        self.roff.text(parts);
    }

    /// Returns the source of the page.
    pub(crate) fn render(&self) -> String {
        self.roff.render()
    }
}

/// Renders a line of Markdown.
fn inline(text: &str) -> Vec<Inline> {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(number, piece)| match number % 2 {
            0 => roman(piece),
            _ => bold(piece),
        })
        .collect()
}
