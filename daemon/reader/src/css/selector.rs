//! Selectors, as Firefox and Servo parse them.

use super::{Invalid, Parsed, invalid, states::State};
use crate::document::NodeId;
use cssparser::{Parser, ToCss, match_ignore_ascii_case};
use html5ever::{LocalName as Atom, Namespace};
use precomputed_hash::PrecomputedHash;
use selectors::{
    SelectorImpl, SelectorList,
    parser::{NonTSPseudoClass, ParseRelative, PseudoElement as PseudoElementTrait, Selector},
};
use std::fmt;

/// A list of selectors.
pub(crate) type Selectors = SelectorList<Implementation>;
/// A selector.
pub(crate) type OneSelector = Selector<Implementation>;

/// Types in selectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Implementation;

impl SelectorImpl for Implementation {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Text;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Namespace;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = Namespace;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = PseudoClass;
    type PseudoElement = PseudoElement;
}

/// A name of an element, an attribute, a class or an identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) Atom);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(Atom::from(name))
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, dest)
    }
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text(Box<str>);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for Text {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        cssparser::serialize_string(&self.0, dest)
    }
}

/// A pseudo-class that depends on more than the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PseudoClass {
    /// A link. No link counts as visited.
    Link,
    /// A state of an element.
    State(State),
    /// An element in one of some languages.
    Language(Vec<Box<str>>),
    /// An element whose text runs from right to left, or not.
    Direction {
        /// Whether the text runs from right to left.
        right_to_left: bool,
    },
    /// One element.
    Element(NodeId),
    /// One of the selectors of the rule around this one.
    Parent(usize),
    /// A state that no element has in a mail that a person only reads.
    Never,
    /// A state that each element has.
    Always,
}

impl NonTSPseudoClass for PseudoClass {
    fn is_active_or_hover(&self) -> bool {
        false
    }

    fn is_user_action_state(&self) -> bool {
        false
    }
}

impl ToCss for PseudoClass {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        dest.write_str(":state")
    }
}

/// A pseudo-element. Its text is not part of the mail, but its box may be under or over text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PseudoElement {
    /// A box before the content of an element.
    Before,
    /// A box after the content of an element.
    After,
    /// Any other one.
    Other,
}

impl PseudoElementTrait for PseudoElement {
    fn accepts_state_pseudo_classes(&self) -> bool {
        true
    }
}

impl ToCss for PseudoElement {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        dest.write_str("::part")
    }
}

/// Parser of selectors.
struct SelectorParser;

impl<'i> selectors::Parser<'i> for SelectorParser {
    type Impl = Implementation;
    type Error = Invalid;

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_parent_selector(&self) -> bool {
        true
    }

    fn is_is_alias(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case("-webkit-any")
    }

    fn parse_non_ts_pseudo_class(&self, name: &str) -> Parsed<PseudoClass> {
        if let Some(state) = State::named(name) {
            return Ok(PseudoClass::State(state));
        }
        Ok(match_ignore_ascii_case! { name,
            "link" | "any-link" | "-webkit-any-link" => PseudoClass::Link,
            "defined" => PseudoClass::Always,
            // Chromium knows these names, and nothing in a mail is in their states.
            "active" | "active-view-transition" | "autofill" | "-webkit-autofill" | "current"
            | "focus" | "focus-visible" | "focus-within" | "fullscreen" | "future" | "host" | "hover"
            | "interest-source" | "modal" | "past" | "picture-in-picture" | "popover-open" | "target"
            | "target-current" | "user-invalid" | "user-valid" | "visited" | "xr-overlay"
            | "-internal-autofill-selected" | "-webkit-drag" | "-webkit-full-page-media"
            | "-webkit-full-screen" => PseudoClass::Never,
            _ => return invalid(),
        })
    }

    fn parse_non_ts_functional_pseudo_class(
        &self,
        name: &str,
        input: &mut Parser<'i>,
        _: bool,
    ) -> Parsed<PseudoClass> {
        if name.eq_ignore_ascii_case("lang") {
            // Chromium reads one language without quotes.
            let language = input.expect_ident()?.to_ascii_lowercase();
            return Ok(PseudoClass::Language(vec![language.into()]));
        }
        if name.eq_ignore_ascii_case("dir") {
            let direction = input.expect_ident()?;
            return Ok(PseudoClass::Direction {
                right_to_left: direction.eq_ignore_ascii_case("rtl"),
            });
        }
        match_ignore_ascii_case! { name,
            "state" => {
                input.expect_ident()?;
            },
            "active-view-transition-type" | "host" | "host-context" => {
                while input.next().is_ok() {}
            },
            _ => return invalid(),
        }
        Ok(PseudoClass::Never)
    }

    fn parse_pseudo_element(&self, name: &str) -> Parsed<PseudoElement> {
        let known = match_ignore_ascii_case! { name,
            "before" => return Ok(PseudoElement::Before),
            "after" => return Ok(PseudoElement::After),
            "first-line" | "first-letter" | "selection" | "placeholder" | "marker" | "backdrop" | "file-selector-button" | "cue" | "grammar-error"
            | "spelling-error" | "target-text" | "details-content" | "checkmark" | "column" | "picker-icon"
            | "scroll-marker" | "scroll-marker-group" | "search-text" | "view-transition" => true,
            "-webkit-full-page-media" => false,
            _ => name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("-webkit-")),
        };
        if known {
            Ok(PseudoElement::Other)
        } else {
            invalid()
        }
    }

    fn parse_functional_pseudo_element(
        &self,
        name: &str,
        input: &mut Parser<'i>,
    ) -> Parsed<PseudoElement> {
        match_ignore_ascii_case! { name,
            "highlight" | "picker" | "scroll-button" => {
                input.next()?;
            },
            "part" => {
                input.expect_ident()?;
                while input.try_parse(Parser::expect_ident_cloned).is_ok() {}
            },
            "cue" | "slotted" | "view-transition-group" | "view-transition-image-pair"
            | "view-transition-new" | "view-transition-old" => {
                input.next()?;
                while input.next().is_ok() {}
            },
            _ => return invalid(),
        }
        Ok(PseudoElement::Other)
    }
}

/// Parses the selectors of a rule. Inside another rule they may begin with a combinator.
pub(super) fn parse(input: &mut Parser<'_>, nested: bool) -> Parsed<Selectors> {
    let relative = match nested {
        true => ParseRelative::ForNesting,
        false => ParseRelative::No,
    };
    SelectorList::parse(&SelectorParser, input, relative)
}

/// Parser of the selector that refers to others.
struct Reference(PseudoClass);

impl selectors::Parser<'_> for Reference {
    type Impl = Implementation;
    type Error = Invalid;

    fn parse_non_ts_pseudo_class(&self, _: &str) -> Parsed<PseudoClass> {
        Ok(self.0.clone())
    }
}

/// Returns the selector that refers to others, or to an element, by the number.
pub(super) fn reference(class: PseudoClass) -> Selectors {
    let mut input = Parser::new(":parent");
    let parsed = SelectorList::parse(&Reference(class), &mut input, ParseRelative::No);
    parsed.unwrap_or_else(|_| SelectorList::from_iter(std::iter::empty()))
}

/// Returns whether selectors are valid.
pub(super) fn is_valid(input: &mut Parser<'_>) -> bool {
    parse(input, false).is_ok() && input.is_exhausted()
}
