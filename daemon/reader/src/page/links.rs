//! Links: their targets, and the warnings behind those whose text names another one.

use super::{
    Page,
    address::Target,
    inline::{self, Link},
};
use crate::{
    characters,
    document::{Element, NodeId, Visit},
};
use html5ever::local_name;
use std::{collections::HashMap, rc::Rc};

/// Links to one host in a mail from which on the host is a usual one.
const USUAL: u32 = 5;

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
        let target = Target::of_mail(href, self.base.as_ref());
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
                deceives(text).or_else(|| overridden.as_deref().and_then(deceives))
            }
            None => target.host(),
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

    /// Returns whether many links of the mail lead to a host.
    fn is_usual(&self, host: &str) -> bool {
        let usual = self.usual.get_or_init(|| {
            let mut counts: HashMap<String, u32> = HashMap::new();
            for element in self
                .document
                .all()
                .filter_map(|node| self.document.element(node))
            {
                let href = element
                    .attribute(&local_name!("href"))
                    .filter(|_| element.is_link());
                let target = href.map(|href| Target::of_mail(href, self.base.as_ref()));
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
            let warning = link.warning.as_ref().map(|target| inline::warning(target));
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
                let style = self.styles.get(node);
                match visit {
                    _ if node == link => {}
                    Visit::Enter(_) => directions.open(self.document, self.styles, node),
                    Visit::Leave(_) => directions.close(self.document, self.styles, node),
                }
                if style.is_boxed() || element.html_name() == "br" {
                    text.push(' ');
                }
                let name = match element.html_name() {
                    "img" => local_name!("alt"),
                    "input" => local_name!("value"),
                    _ => continue,
                };
                part = element.attribute(&name).unwrap_or_default();
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
