//! Whether an element is in a state, as Chromium judges a form that a person has not changed.

use crate::{
    css::states::State,
    document::{Document, Element, NodeId, Visit},
};
use html5ever::{LocalName, local_name};

/// An element with its document.
#[derive(Clone, Copy)]
pub(super) struct Control<'a> {
    pub(super) document: &'a Document,
    pub(super) id: NodeId,
    pub(super) element: &'a Element,
    /// Counts a step. Returns whether it is permitted.
    pub(super) step: &'a dyn Fn() -> bool,
}

impl<'a> Control<'a> {
    /// Returns whether the element is in a state.
    pub(super) fn is(self, state: State) -> bool {
        let name = self.element.html_name();
        let requires = matches!(name, "input" | "select" | "textarea");
        match state {
            State::Checked => match name {
                "input" => self.has(&local_name!("checked")),
                "option" => self.has(&local_name!("selected")),
                _ => false,
            },
            State::Default => self.is_default(),
            State::Disabled => self.is_control() && self.is_disabled(),
            State::Enabled => self.is_control() && !self.is_disabled(),
            State::InRange => self.is_in_range() == Some(true),
            State::OutOfRange => self.is_in_range() == Some(false),
            State::Indeterminate => match (name, self.kind().as_str()) {
                ("progress", _) => !self.has(&local_name!("value")),
                ("input", "radio") => !self.is_group_checked(),
                _ => false,
            },
            State::Invalid => self.is_valid() == Some(false),
            State::Valid => self.is_valid() == Some(true),
            State::Open => matches!(name, "details" | "dialog") && self.has(&local_name!("open")),
            State::Optional => {
                name == "button" || (requires && !self.has(&local_name!("required")))
            }
            State::Required => requires && self.has(&local_name!("required")),
            State::PlaceholderShown => {
                matches!(name, "input" | "textarea")
                    && self.has(&local_name!("placeholder"))
                    && self.is_without_value()
            }
            State::ReadOnly => !self.is_writable(),
            State::ReadWrite => self.is_writable(),
        }
    }

    fn has(self, name: &LocalName) -> bool {
        self.element.attribute(name).is_some()
    }

    fn text(self, name: &LocalName) -> &'a str {
        self.element.attribute(name).unwrap_or_default()
    }

    fn kind(self) -> String {
        self.text(&local_name!("type")).to_ascii_lowercase()
    }

    fn at(self, id: NodeId) -> Option<Self> {
        let element = self.document.element(id)?;
        (self.step)().then_some(Self {
            id,
            element,
            ..self
        })
    }

    fn ancestors(self) -> impl Iterator<Item = Self> {
        let above = self.document.ancestors(self.id);
        above.map_while(move |id| self.at(id))
    }

    /// Returns the elements below this one.
    fn inside(self) -> impl Iterator<Item = Self> {
        let walk = self.document.walk(self.id);
        walk.take_while(move |_| (self.step)())
            .filter_map(move |visit| match visit {
                Visit::Enter(id) if id != self.id => self.at(id),
                Visit::Enter(_) | Visit::Leave(_) => None,
            })
    }

    fn form(self) -> Option<Self> {
        self.ancestors()
            .find(|above| above.element.html_name() == "form")
    }

    fn is_control(self) -> bool {
        matches!(
            self.element.html_name(),
            "button" | "input" | "select" | "textarea" | "option" | "optgroup" | "fieldset"
        )
    }

    /// Returns whether a control, or a group around it, is disabled.
    fn is_disabled(self) -> bool {
        if self.has(&local_name!("disabled")) {
            return true;
        }
        let group = match self.element.html_name() {
            "option" => "optgroup",
            "optgroup" => return false,
            _ => "fieldset",
        };
        let mut legend = false;
        for above in self.ancestors() {
            let name = above.element.html_name();
            if name == group && above.has(&local_name!("disabled")) && !legend {
                return true;
            }
            // The legend of a group stays enabled.
            legend = name == "legend";
        }
        false
    }

    fn is_writable(self) -> bool {
        let free = !self.has(&local_name!("readonly"));
        match self.element.html_name() {
            "textarea" => free && !self.is_disabled(),
            "input" => free && !self.is_disabled() && self.is_typed(),
            _ => {
                let editable = |control: Self| {
                    let value = control.element.attribute(&local_name!("contenteditable"))?;
                    Some(!value.eq_ignore_ascii_case("false"))
                };
                let all = std::iter::once(self).chain(self.ancestors());
                all.into_iter().find_map(editable).unwrap_or_default()
            }
        }
    }

    /// Returns whether a person types into an `input`.
    fn is_typed(self) -> bool {
        !matches!(
            self.kind().as_str(),
            "checkbox"
                | "radio"
                | "button"
                | "submit"
                | "reset"
                | "image"
                | "file"
                | "color"
                | "range"
                | "hidden"
        )
    }

    fn is_submit(self) -> bool {
        match self.element.html_name() {
            "button" => !matches!(self.kind().as_str(), "button" | "reset"),
            "input" => matches!(self.kind().as_str(), "submit" | "image"),
            _ => false,
        }
    }

    fn is_default(self) -> bool {
        match (self.element.html_name(), self.kind().as_str()) {
            ("option", _) => self.has(&local_name!("selected")),
            ("input", "checkbox" | "radio") => self.has(&local_name!("checked")),
            _ if self.is_submit() => {
                let first = self
                    .form()
                    .and_then(|form| form.inside().find(|at| at.is_submit()));
                first.is_some_and(|first| first.id == self.id)
            }
            _ => false,
        }
    }

    fn is_group_checked(self) -> bool {
        let name = self.text(&local_name!("name"));
        if self.has(&local_name!("checked")) || name.is_empty() {
            return self.has(&local_name!("checked"));
        }
        let root = Self {
            id: NodeId::ROOT,
            ..self
        };
        self.form().unwrap_or(root).inside().any(|other| {
            other.element.html_name() == "input"
                && other.kind() == "radio"
                && other.text(&local_name!("name")) == name
                && other.has(&local_name!("checked"))
        })
    }

    fn is_in_range(self) -> Option<bool> {
        let number = |name| self.text(&name).trim().parse::<f64>().ok();
        let (least, most) = (number(local_name!("min")), number(local_name!("max")));
        let kind = self.kind();
        let ranged = self.element.html_name() == "input"
            && matches!(kind.as_str(), "number" | "range")
            && (least.is_some() || most.is_some() || kind == "range");
        if !ranged || self.is_disabled() || self.has(&local_name!("readonly")) {
            return None;
        }
        let Some(value) = number(local_name!("value")).filter(|_| kind == "number") else {
            return Some(true);
        };
        let below = least.is_some_and(|least| value < least);
        Some(!below && most.is_none_or(|most| value <= most))
    }

    fn is_without_value(self) -> bool {
        match self.element.html_name() {
            "textarea" => self
                .document
                .all_text(self.id)
                .trim_matches('\n')
                .is_empty(),
            "select" => {
                let mut options = self
                    .inside()
                    .filter(|at| at.element.html_name() == "option");
                let first = options.next();
                let chosen = options.find(|option| option.has(&local_name!("selected")));
                chosen.or(first).is_none_or(|option| {
                    option.element.attribute(&local_name!("value")) == Some("")
                })
            }
            _ => self.text(&local_name!("value")).is_empty(),
        }
    }

    /// Returns whether the value of a control, or are those of a form, are valid. Returns `None` for
    /// elements that are not judged.
    fn is_valid(self) -> Option<bool> {
        let name = self.element.html_name();
        if matches!(name, "form" | "fieldset") {
            let mut controls = self
                .inside()
                .filter(|at| at.element.html_name() != "fieldset");
            return Some(!controls.any(|control| control.is_valid() == Some(false)));
        }
        let kind = self.kind();
        let barred = self.is_disabled()
            || match name {
                "button" => !self.is_submit(),
                "input" => {
                    matches!(kind.as_str(), "hidden" | "button" | "reset")
                        || self.has(&local_name!("readonly"))
                }
                "textarea" => self.has(&local_name!("readonly")),
                "select" => false,
                _ => true,
            };
        if barred {
            return None;
        }
        let missing = self.is(State::Required)
            && match kind.as_str() {
                "checkbox" if name == "input" => !self.has(&local_name!("checked")),
                "radio" if name == "input" => !self.is_group_checked(),
                _ => self.is_without_value(),
            };
        let value = self.text(&local_name!("value")).trim();
        let mistaken = name == "input"
            && !value.is_empty()
            && match kind.as_str() {
                "email" => value.split_once('@').is_none_or(|(user, host)| {
                    user.is_empty() || host.is_empty() || value.contains(char::is_whitespace)
                }),
                "url" => url::Url::parse(value).is_err(),
                "number" => {
                    let step = self.text(&local_name!("step"));
                    let whole = step.is_empty() && !self.has(&local_name!("min"));
                    let number = value.parse::<f64>();
                    self.is_in_range() == Some(false)
                        || number.is_ok_and(|number| whole && number.fract() != 0.0)
                }
                _ => false,
            };
        Some(!missing && !mistaken)
    }
}
