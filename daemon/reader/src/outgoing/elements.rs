//! Elements and attributes of HTML, and their treatment in an outgoing mail.

use super::left_out::Kind;

/// Treatment of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    Keep,
    /// Keep the content alone.
    Unwrap,
    /// Keep the content alone, and report the element.
    UnwrapAs(Kind),
    /// Remove the element with its content, and report it.
    Remove(Kind),
}

/// Elements that an outgoing mail can have.
pub(super) const KEPT: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "menu",
    "nav",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Other elements of HTML. In Markdown, a tag of any other name is text.
const OTHERS: &[&str] = &[
    "html",
    "head",
    "body",
    "title",
    "meta",
    "link",
    "base",
    "style",
    "script",
    "noscript",
    "template",
    "iframe",
    "frame",
    "frameset",
    "noframes",
    "object",
    "embed",
    "applet",
    "param",
    "audio",
    "video",
    "source",
    "track",
    "picture",
    "canvas",
    "svg",
    "math",
    "form",
    "input",
    "button",
    "select",
    "option",
    "optgroup",
    "textarea",
    "label",
    "fieldset",
    "legend",
    "datalist",
    "output",
    "progress",
    "meter",
    "dialog",
    "details",
    "summary",
    "map",
    "area",
    "search",
    "slot",
    "marquee",
    "blink",
    "basefont",
    "bgsound",
    "listing",
    "xmp",
    "plaintext",
    "noembed",
    "image",
];

/// Attributes that every element can have.
pub(super) const ATTRIBUTES: &[&str] = &[
    "style", "align", "valign", "bgcolor", "width", "height", "dir", "lang", "title", "id", "role",
    "border", "color", "nowrap",
];

/// Attributes that one element alone can have.
pub(super) const OWN_ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "name", "target"]),
    ("img", &["src", "alt", "hspace", "vspace"]),
    (
        "table",
        &["cellpadding", "cellspacing", "rules", "frame", "background"],
    ),
    ("td", &["colspan", "rowspan", "scope", "background"]),
    ("th", &["colspan", "rowspan", "scope", "background"]),
    ("tr", &["background"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("ol", &["start", "type", "reversed"]),
    ("ul", &["type"]),
    ("li", &["value", "type"]),
    ("font", &["face", "size"]),
    ("hr", &["size", "noshade"]),
    ("br", &["clear"]),
    ("time", &["datetime"]),
];

/// Attributes whose loss changes nothing that a person sees, and nothing that a person is told.
pub(super) const SILENT_ATTRIBUTES: &[&str] = &[
    "class",
    "headers",
    "hidden",
    "xmlns",
    "xmlns:v",
    "xmlns:o",
    "rel",
    "loading",
    "decoding",
    "cite",
    "summary",
    "tabindex",
    "itemscope",
    "itemtype",
    "itemprop",
    "hreflang",
    "type",
    "charset",
    "media",
];

/// Returns whether an element of this name exists in HTML. ASCII case is ignored.
pub(super) fn is_known(name: &str) -> bool {
    let mut known = KEPT.iter().chain(OTHERS);
    known.any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns whether an element starts on a new line, without a style.
pub(super) fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Returns whether an element that is unwrapped starts on a new line.
pub(super) fn loses_lines(tag: &str) -> bool {
    matches!(
        tag,
        "details" | "summary" | "search" | "form" | "fieldset" | "legend" | "option" | "optgroup"
    )
}

/// Returns the treatment of an HTML element.
pub(super) fn treatment(tag: &str) -> Treatment {
    use Treatment::{Keep, Remove, Unwrap, UnwrapAs};
    match tag {
        kept if KEPT.contains(&kept) => Keep,
        "html" | "head" | "body" | "noscript" | "picture" | "label" | "search" | "details"
        | "summary" | "map" => Unwrap,
        "script" => Remove(Kind::Script),
        "style" => Remove(Kind::StyleRule),
        "title" | "meta" | "link" | "base" | "basefont" => Remove(Kind::Metadata),
        "iframe" | "frame" | "frameset" | "noframes" | "object" | "embed" | "applet" | "param"
        | "noembed" => Remove(Kind::Frame),
        "audio" | "video" | "track" | "bgsound" => Remove(Kind::Media),
        "canvas" => Remove(Kind::Graphic),
        "source" | "area" => Remove(Kind::Image),
        "input" | "datalist" | "progress" | "meter" => Remove(Kind::Form),
        "form" | "button" | "select" | "option" | "optgroup" | "textarea" | "fieldset"
        | "legend" | "output" => UnwrapAs(Kind::Form),
        "template" | "dialog" => Remove(Kind::Element),
        _ => UnwrapAs(Kind::Element),
    }
}

/// Returns whether an outgoing element can have an attribute.
pub(super) fn takes(tag: &str, attribute: &str) -> bool {
    let own = OWN_ATTRIBUTES.iter().find(|(of, _)| *of == tag);
    ATTRIBUTES.contains(&attribute) || own.is_some_and(|(_, own)| own.contains(&attribute))
}
