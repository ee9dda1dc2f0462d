//! The grammars of properties, as Chromium reads them.

/// The grammars by the names of their properties, which blanks separate.
pub(super) const PROPERTIES: &[(&str, &str)] = &[
    ("color background-color", "<old-color>"),
    (
        "-webkit-text-fill-color -webkit-text-stroke-color",
        "<color>",
    ),
    (
        "fill",
        "none | <url> [none | <color>]? | context-fill | context-stroke | <color>",
    ),
    ("background", "[<bg-layer> ,]* <bg-last>"),
    (
        "background-image mask-image -webkit-mask-image",
        "[none | <image>]#",
    ),
    ("background-clip -webkit-background-clip", "<bg-box>#"),
    ("background-position", "<bg-spot>#"),
    ("mask-position -webkit-mask-position", "<spot>#"),
    (
        "background-position-x",
        "[center | [left | right | x-start | x-end]? <size> | left | right | x-start | x-end]#",
    ),
    (
        "background-position-y",
        "[center | [top | bottom | y-start | y-end]? <size> | top | bottom | y-start | y-end]#",
    ),
    (
        "background-size -webkit-background-size mask-size -webkit-mask-size",
        "<bg-size>#",
    ),
    (
        "background-repeat mask-repeat -webkit-mask-repeat",
        "<repeat>#",
    ),
    ("mask -webkit-mask", "<mask-layer>#"),
    (
        "border border-top border-right border-bottom border-left",
        "<border-one>",
    ),
    ("border-radius -webkit-border-radius", "<corners>"),
    ("box-shadow -webkit-box-shadow", "none | <box-shadow-one>#"),
    ("text-shadow", "none | <shadow>#"),
    ("-webkit-text-stroke", "<line-width> || <color>"),
    ("-webkit-text-stroke-width", "<line-width>"),
    (
        "transform -webkit-transform",
        "none | <transform-function>+",
    ),
    ("translate", "none | <size> [<size> <length>?]?"),
    ("scale", "none | <factor>{1,3}"),
    ("rotate", "none | <angle> && [x | y | z | <number>{3}]?"),
    (
        "filter -webkit-filter backdrop-filter -webkit-backdrop-filter",
        "none | <filter-function>+",
    ),
    (
        "clip-path -webkit-clip-path",
        "none | <url> | <basic-shape> || <shape-box>",
    ),
    (
        "clip",
        "auto | rect([<old-length> | auto] , [<old-length> | auto] , [<old-length> | auto] , [<old-length> | auto]) \
         | rect([<old-length> | auto]{4})",
    ),
    (
        "unicode-bidi",
        "normal | embed | isolate | bidi-override | isolate-override | plaintext",
    ),
    ("isolation", "auto | isolate"),
    ("opacity", "<factor>"),
    ("zoom", "normal | reset | <factor+>"),
    ("z-index", "auto | <integer>"),
    ("visibility", "visible | hidden | collapse"),
    ("overflow", "<overflow-one>{1,2}"),
    (
        "overflow-x overflow-y overflow-inline overflow-block",
        "<overflow-one>",
    ),
    (
        "overflow-one",
        "visible | hidden | clip | scroll | auto | overlay",
    ),
    ("position", "static | relative | absolute | fixed | sticky"),
    (
        "display",
        "[block | inline] && [flow-root | flow]? && list-item | [flow-root | flow] && list-item \
         | [block | inline] && [flow-root | flow | table | flex | grid | ruby | math] \
         | block | inline | flow-root | flow | table | flex | grid | ruby | math | list-item \
         | none | contents | inline-block | inline-table | inline-flex | inline-grid | table-row-group \
         | table-header-group | table-footer-group | table-row | table-cell | table-column-group \
         | table-column | table-caption | ruby-text | -webkit-box | -webkit-inline-box | -webkit-flex \
         | -webkit-inline-flex",
    ),
    (
        "width inline-size height block-size min-width min-inline-size min-height min-block-size \
      -webkit-logical-width -webkit-logical-height",
        "auto | <fitting> | <anchored> | <old-size+>",
    ),
    (
        "max-width max-inline-size max-height max-block-size -webkit-max-logical-width -webkit-max-logical-height",
        "none | <fitting> | <anchored> | <old-size+>",
    ),
    ("top right bottom left", "<inset-size>"),
    (
        "inset-block-start inset-inline-end inset-block-end inset-inline-start",
        "<inset-size>",
    ),
    ("inset", "<inset-size>{1,4}"),
    ("inset-block inset-inline", "<inset-size>{1,2}"),
    (
        "margin-top margin-right margin-bottom margin-left margin-block-start margin-inline-end \
         margin-block-end margin-inline-start",
        "<margin-size>",
    ),
    ("margin", "<margin-size>{1,4}"),
    ("margin-block margin-inline", "<margin-size>{1,2}"),
    (
        "padding-top padding-right padding-bottom padding-left padding-block-start padding-inline-end \
         padding-block-end padding-inline-start",
        "<old-size+>",
    ),
    ("padding", "<old-size+>{1,4}"),
    ("padding-block padding-inline", "<old-size+>{1,2}"),
    ("text-indent", "<old-size> && hanging? && each-line?"),
    ("letter-spacing word-spacing", "normal | <old-size>"),
    ("line-height", "<line-height-value>"),
    ("font-size", "<font-size-word> | <old-size+>"),
    (
        "font",
        "caption | icon | menu | message-box | small-caption | status-bar | -webkit-mini-control \
         | -webkit-small-control | -webkit-control \
         | [<font-style> || small-caps || <font-weight> || <font-stretch> || normal || normal || normal \
         || normal]? [<font-size-word> | <size+>] [/ <line-height-value>]? <family>#",
    ),
    (
        "text-align",
        "start | end | left | right | center | justify | -webkit-match-parent | -webkit-left | -webkit-right \
         | -webkit-center | -webkit-auto | -internal-center",
    ),
    ("text-decoration-line", "<decoration-line>"),
    (
        "decoration-line",
        "none | spelling-error | grammar-error | underline || overline || line-through || blink",
    ),
    (
        "text-decoration",
        "<decoration-line> || [solid | double | dotted | dashed | wavy] || <color> \
         || [auto | from-font | <size>]",
    ),
    (
        "content",
        "normal | none | [<image> | <content-item>]+ [/ <content-item>+]?",
    ),
    (
        "content-item",
        "<string> | counter(<rest>) | counters(<rest>) | open-quote | close-quote | no-open-quote | no-close-quote",
    ),
    (
        "vertical-align",
        "baseline | sub | super | text-top | text-bottom | middle | top | bottom | -webkit-baseline-middle | <old-size>",
    ),
    ("will-change", "auto | <name>#"),
    ("box-sizing", "content-box | border-box"),
    ("color-scheme", "normal | [<name>+ && only?]"),
    (
        "animation-fill-mode -webkit-animation-fill-mode",
        "[none | forwards | backwards | both]#",
    ),
    (
        "animation-direction -webkit-animation-direction",
        "[normal | reverse | alternate | alternate-reverse]#",
    ),
    (
        "animation-play-state -webkit-animation-play-state",
        "[running | paused]#",
    ),
    (
        "animation-iteration-count -webkit-animation-iteration-count",
        "[infinite | <number+>]#",
    ),
    (
        "animation-name -webkit-animation-name",
        "[none | <string> | <name>]#",
    ),
    (
        "animation -webkit-animation",
        "[<easing> || <time+> || <time> || [infinite | <number+>] \
         || [normal | reverse | alternate | alternate-reverse] \
         || [none | forwards | backwards | both] || [running | paused] || [none | <string> | <name>]]#",
    ),
    (
        "easing",
        "ease | linear | ease-in | ease-out | ease-in-out | step-start | step-end \
         | cubic-bezier(<rest>) | steps(<rest>) | linear(<rest>)",
    ),
    (
        "flex -webkit-flex",
        "none | [<number+> <number+>?] || [auto | content | <fitting> | <size+>]",
    ),
    (
        "flex-grow -webkit-flex-grow flex-shrink -webkit-flex-shrink",
        "<number+>",
    ),
    (
        "flex-basis -webkit-flex-basis",
        "auto | content | min-content | max-content | fit-content | stretch | <anchored> | <size+>",
    ),
    ("grid-template-columns grid-template-rows", "<grid-one>"),
    (
        "grid-template",
        "<grid-one> / <grid-one> | none | [<lines>? <string> <track>? <lines>?]+ [/ <tracks>]?",
    ),
    ("offset-path", "<path-one>"),
    (
        "offset",
        "[normal | auto | <spot>]? <path-one>? [<size> || [[auto | reverse] || <angle>]]? \
         [/ [auto | <spot>]]?",
    ),
    ("list-style-type", "none | <counter-style>"),
    (
        "list-style",
        "[inside | outside] || <image> || none || none || <counter-style>",
    ),
    ("-webkit-line-clamp", "none | <count>"),
    (
        "font-size-adjust",
        "none | [ex-height | cap-height | ch-width | ic-width | ic-height]? [from-font | <number+>]",
    ),
    (
        "white-space",
        "normal | pre | pre-wrap | pre-line | -webkit-nowrap \
         | [collapse | preserve | preserve-breaks | preserve-spaces | break-spaces] || [wrap | nowrap]",
    ),
    (
        "contain",
        "none | strict | content | [size | inline-size] || layout || style || paint",
    ),
    (
        "mix-blend-mode",
        "normal | multiply | screen | overlay | darken | lighten | color-dodge | color-burn | hard-light \
         | soft-light | difference | exclusion | hue | saturation | color | luminosity | plus-lighter",
    ),
    (
        "grid-row-start grid-column-start grid-row-end grid-column-end",
        "<grid-line>",
    ),
    ("grid-row grid-column", "<grid-line> [/ <grid-line>]?"),
    ("grid-area", "<grid-line> [/ <grid-line>]{0,3}"),
];
