//! Links: their targets, and the warnings behind those whose text names another one.

use super::{Page, address::Target, emphasis::warning, gaps, piece::Link, writer::Gap};
use crate::{
    characters,
    css::property::Side,
    document::{Element, NodeId, Visit},
};
use html5ever::local_name;
use std::{collections::HashMap, rc::Rc};

/// Links to one host in a mail from which on the host is a usual one.
const USUAL: u32 = 5;
/// Most nodes and bytes behind a link that are examined for the rest of a host.
const MAX_NEXT: usize = 32;
const MAX_WORD: usize = 200;
/// Most steps of the search for a link in a button.
const MAX_INSIDE: usize = 64;

impl Page<'_> {
    /// Returns the open link. If its address is written already, only the warning remains.
    pub(super) fn text_link(&self) -> Option<Link> {
        let link = self.links.last()?;
        let is_written = self.writer.has_written(link.node);
        let same = link.same || is_written;
        (!is_written || link.warning.is_some()).then(|| Link {
            same,
            ..link.clone()
        })
    }

    /// Opens a link, if its target can be opened.
    pub(super) fn open_link(&mut self, node: NodeId, element: &Element) {
        let Some(href) = element.attribute(&local_name!("href")) else {
            return;
        };
        let target = Target::new(href, self.base.as_ref());
        let Target::Address { shown, .. } = &target else {
            return;
        };
        let survey = self.survey.get(node);
        let text = self.whole_text(node);
        let deceptive = match &text {
            Some(text) => {
                let deceives = |text: &str| {
                    target.deceives(&characters::clean(text).text, |host| self.is_usual(host))
                };
                // The Markdown has the characters in their order, in which the text may name the host.
                let overridden = characters::overridden(text);
                let host = deceives(text).or_else(|| overridden.as_deref().and_then(deceives));
                host.or_else(|| {
                    let (before, after) = (self.word_before(), self.word_after(node));
                    let is_alone = deceives(&before).is_none() && deceives(&after).is_none();
                    let is_part = is_alone && !(before.is_empty() && after.is_empty());
                    is_part.then(|| deceives(&format!("{before}{text}{after}")))?
                })
            }
            None => target.noted(),
        };
        let words = text.unwrap_or_default();
        let words: Vec<&str> = words.split_whitespace().collect();
        self.findings.deceptive_links += u32::from(deceptive.is_some());
        self.links.push(Link {
            node,
            address: Rc::from(shown.as_str()),
            same: target.is_same_as(&words.join(" ")),
            warning: deceptive.map(Rc::from),
            has_text: survey.letters > 0,
        });
    }

    /// Returns whether an element has a link that is seen inside it.
    pub(super) fn has_link(&self, top: NodeId) -> bool {
        let is_link = |node: NodeId| {
            let element = self.document.element(node);
            element.is_some_and(Element::is_link) && self.survey.get(node).is_filled()
        };
        let mut walk = self.document.walk(top).take(MAX_INSIDE);
        walk.any(|visit| matches!(visit, Visit::Enter(node) if is_link(node)))
    }

    /// Writes the links of the map of an image. A map that several images use is written once.
    pub(super) fn write_areas(&mut self, image: &Element) {
        let Some(name) = image.attribute(&local_name!("usemap")) else {
            return;
        };
        let document = self.document;
        let maps = self.maps.get_or_insert_with(|| {
            let maps = document.all().filter(|node| document.name(*node) == "map");
            let named = maps.filter_map(|node| {
                let name = document.element(node)?.attribute(&local_name!("name"))?;
                Some((name.to_owned(), node))
            });
            named.collect()
        });
        let Some(map) = maps.remove(name.trim().trim_start_matches('#')) else {
            return;
        };
        for visit in document.walk(map) {
            // Maps may be inside each other.
            let Some(steps) = self.steps.checked_sub(1) else {
                return;
            };
            self.steps = steps;
            let Visit::Enter(node) = visit else { continue };
            let Some(area) = document.element(node) else {
                continue;
            };
            let href = area
                .attribute(&local_name!("href"))
                .filter(|_| area.html_name() == "area");
            let Some(target) = href.map(|href| Target::new(href, self.base.as_ref())) else {
                continue;
            };
            let Target::Address { shown, .. } = &target else {
                continue;
            };
            // A person sees the image, and no description of an area.
            let link = Link {
                node,
                address: Rc::from(shown.as_str()),
                same: false,
                warning: None,
                has_text: false,
            };
            self.writer.label("[image]", Some(&link));
            self.writer.gap(Gap::Space);
        }
    }

    /// Returns the end of the word before the next text of the line, which may be the first part of a host.
    fn word_before(&self) -> String {
        let end = self.writer.end();
        let near = end.ceil_char_boundary(end.len().saturating_sub(MAX_WORD));
        let end = end.get(near..).unwrap_or_default();
        let word = end.rsplit(char::is_whitespace).next();
        word.unwrap_or_default().to_owned()
    }

    /// Returns the rest of the word behind a link.
    fn word_after(&self, link: NodeId) -> String {
        let mut word = String::new();
        let mut last = link;
        for _ in 0..MAX_NEXT {
            let Some(next) = self.document.node(last).next else {
                let parent = self.document.node(last).parent.unwrap_or(NodeId::ROOT);
                match self.document.element(parent) {
                    Some(element) if !self.parts(parent, element, Side::Right) => last = parent,
                    Some(_) | None => break,
                }
                continue;
            };
            last = next;
            for visit in self.document.walk(next).take(MAX_NEXT) {
                let Visit::Enter(node) = visit else { continue };
                if let Some(element) = self.document.element(node)
                    && self.parts(node, element, Side::Left)
                {
                    return word;
                }
                let text = self
                    .document
                    .text(node)
                    .filter(|_| self.sight.is_seen(node));
                let text = text.unwrap_or_default();
                let end = text.find(char::is_whitespace);
                word.push_str(text.get(..end.unwrap_or(text.len())).unwrap_or_default());
                if end.is_some() || word.len() > MAX_WORD {
                    return word;
                }
            }
        }
        word
    }

    fn parts(&self, node: NodeId, element: &Element, side: Side) -> bool {
        element.html_name() == "br" || gaps::parts_words(element, self.styles.get(node), side)
    }

    /// Returns whether many links of the mail lead to a host.
    fn is_usual(&self, host: &str) -> bool {
        let usual = self.usual.get_or_init(|| {
            let mut counts: HashMap<String, u32> = HashMap::new();
            for (node, element) in self
                .document
                .all()
                .filter_map(|node| Some((node, self.document.element(node)?)))
            {
                let href = element
                    .attribute(&local_name!("href"))
                    .filter(|_| element.is_link() && self.survey.get(node).is_filled());
                let target = href.map(|href| Target::new(href, self.base.as_ref()));
                if let Some(host) = target.and_then(|target| target.host()) {
                    *counts.entry(host).or_default() += 1;
                }
            }
            counts.retain(|_, count| *count >= USUAL);
            counts.into_keys().collect()
        });
        usual.contains(host)
    }

    /// Closes a link.
    pub(super) fn close_link(&mut self, node: NodeId) {
        if self.links.last().is_some_and(|link| link.node == node) {
            self.end_code();
            self.links.pop();
        }
    }

    /// Writes the target of the open link behind the code in it.
    pub(super) fn end_code(&mut self) {
        if let Some(link) = self.text_link().filter(|_| self.writer.is_code()) {
            let address = match link.same {
                true => String::new(),
                false => format!(" <{}>", link.address),
            };
            let warning = link.warning.as_ref().map(|target| warning(target));
            let text = address + &warning.unwrap_or_default();
            self.writer.mark(&text, None);
            self.writer.set_written(link.node);
        }
    }

    /// Returns the text of a link and the descriptions of its images, with a space between two blocks;
    /// `None` if the texts of all links are too long.
    fn whole_text(&mut self, link: NodeId) -> Option<String> {
        let mut text = String::new();
        let mut directions = self.directions.clone();
        for visit in self.document.walk(link) {
            let (Visit::Enter(node) | Visit::Leave(node)) = visit;
            let mut part = "";
            if let Some(element) = self.document.element(node) {
                match visit {
                    _ if node == link => {}
                    Visit::Enter(_) => directions.open(self.document, self.styles, node),
                    Visit::Leave(_) => directions.close(self.document, self.styles, node),
                }
                let side = match visit {
                    Visit::Enter(_) => Side::Left,
                    Visit::Leave(_) => Side::Right,
                };
                if self.parts(node, element, side) {
                    text.push(' ');
                }
                part = match element.html_name() {
                    "img" => element.description(),
                    "input" => (element.attribute(&local_name!("value"))).unwrap_or_default(),
                    _ => continue,
                };
            }
            if matches!(visit, Visit::Enter(_)) && self.sight.is_seen(node) {
                match self.document.text(node) {
                    Some(seen) if directions.is_override() => {
                        text.push_str(&characters::reverse(&characters::clean(seen).text));
                    }
                    seen => text.push_str(seen.unwrap_or(part)),
                }
            }
            if let Some(unseen) = self.document.text(node)
                && self.sight.is_gap(node, unseen)
            {
                text.push(' ');
            }
            self.steps = self.steps.checked_sub(1)?;
        }
        self.steps = self.steps.checked_sub(text.len())?;
        Some(text)
    }
}
