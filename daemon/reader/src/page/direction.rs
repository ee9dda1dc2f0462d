//! Text whose direction is overridden: a person sees its characters in another order.

use crate::{
    cascade::{Computed, Styles},
    css::property::Display,
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;

/// Returns whether an element writes all its text from the right to the left.
fn is_override(element: &Element) -> bool {
    let direction = element.attribute(&local_name!("dir")).unwrap_or_default();
    element.html_name() == "bdo" && direction.trim().eq_ignore_ascii_case("rtl")
}

/// Open elements that decide the direction of text.
#[derive(Debug, Clone, Default)]
pub(super) struct Directions(Vec<bool>);

impl Directions {
    /// Returns whether text is written from the right to the left.
    pub(super) fn is_override(&self) -> bool {
        self.0.last() == Some(&true)
    }

    /// Enters an element.
    pub(super) fn open(&mut self, element: &Element, style: &Computed) {
        if self.decides(element, style) {
            self.0.push(is_override(element));
        }
    }

    /// Leaves an element.
    pub(super) fn close(&mut self, element: &Element, style: &Computed) {
        if self.decides(element, style) {
            self.0.pop();
        }
    }

    fn decides(&self, element: &Element, style: &Computed) -> bool {
        is_override(element) || (!self.0.is_empty() && ends(element, style))
    }
}

/// Returns whether an override does not reach into an element.
fn ends(element: &Element, style: &Computed) -> bool {
    style.is_boxed()
        || matches!(element.html_name(), "bdo" | "bdi")
        || element.attribute(&local_name!("dir")).is_some()
}

/// Reverses the children of elements whose text is reversed, unless some are lines or have letters of
/// scripts that run from the right to the left.
pub(super) fn order(document: &mut Document, styles: &Styles, top: NodeId) {
    if !document.element(top).is_some_and(is_override) {
        return;
    }
    let mut inner = Vec::new();
    let mut walk = document.walk(top);
    while let Some(visit) = walk.next() {
        let Visit::Enter(node) = visit else { continue };
        if document
            .text(node)
            .is_some_and(|text| text.contains(is_right_to_left))
        {
            return;
        }
        let Some(element) = document.element(node) else {
            continue;
        };
        let style = styles.get(node);
        let is_line = element.html_name() == "br"
            || !matches!(style.display, Display::Inline | Display::None);
        if is_line && node != top {
            return;
        }
        if node != top && ends(element, style) {
            walk.skip_children();
        } else {
            inner.push(node);
        }
    }
    for node in inner {
        let mut children: Vec<NodeId> = document.children(node).collect();
        if children.len() > 1 {
            children.reverse();
            document.reorder(node, &children);
        }
    }
}

/// Returns text in the order in which a person sees it if it is written from the right to the left.
pub(super) fn reverse(text: &str) -> String {
    let mut reversed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let line = line.trim_end_matches('\n');
        match line.contains(is_right_to_left) {
            // A person reads such letters in this direction, but everything between them is reversed.
            true => {
                let chars: Vec<char> = line.chars().collect();
                let runs = chars.chunk_by(|a, b| keeps(*a) == keeps(*b));
                for run in runs {
                    match run.first().is_some_and(|c| keeps(*c)) {
                        true => reversed.extend(run),
                        false => reverse_run(run, &mut reversed),
                    }
                }
            }
            false => reverse_run(&line.chars().collect::<Vec<char>>(), &mut reversed),
        }
        reversed.push_str(end);
    }
    reversed
}

fn keeps(c: char) -> bool {
    is_right_to_left(c) || c.is_whitespace()
}

/// Appends the characters in the reverse order. Signs stay behind their letters.
fn reverse_run(run: &[char], to: &mut String) {
    let clusters: Vec<&[char]> = run.chunk_by(|_, after| is_sign(*after)).collect();
    for cluster in clusters.into_iter().rev() {
        to.extend(cluster.iter().map(|c| mirrored(*c)));
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && !c.is_numeric()
}

fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»')];
    let pair = PAIRS.iter().find(|(a, b)| *a == c || *b == c);
    pair.map_or(c, |(a, b)| if *a == c { *b } else { *a })
}
