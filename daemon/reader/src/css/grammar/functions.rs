//! Grammars that several properties share: images, places, shadows, functions of transformations,
//! shapes and filters.

/// The shared grammars by their names.
pub(super) const PARTS: &[(&str, &str)] = &[
    // Images (CSS Images 4), with the gradients that old browsers had.
    (
        "image",
        "<url> | <gradient> | <old-gradient> | <image-set> | <cross-fade> | image(<color>) | light-dark(<image-or-none> , <image-or-none>)",
    ),
    (
        "image-set",
        "image-set([[<image> | <string>] [<resolution> || type(<string>)]?]#) \
         | -webkit-image-set([[<image> | <string>] [<resolution> || type(<string>)]?]#)",
    ),
    (
        "cross-fade",
        "-webkit-cross-fade(<image-or-none> , <image-or-none> , <factor>)",
    ),
    ("image-or-none", "<image> | none"),
    ("hues", "[in <space>]"),
    (
        "stops",
        "<color> <place>{0,2} [, [<place> ,]? <color> <place>{0,2}]*",
    ),
    ("plain-stops", "[<color> <place>{0,2}]#"),
    (
        "turned-stops",
        "<color> <turn>{0,2} [, [<turn> ,]? <color> <turn>{0,2}]*",
    ),
    ("place", "<size>"),
    (
        "side",
        "[left | right] [top | bottom] | [top | bottom] [left | right] | left | right | top | bottom",
    ),
    ("gradient-line", "[[<angle0> | to <side>] || <hues>] ,"),
    (
        "reach",
        "closest-side | closest-corner | farthest-side | farthest-corner",
    ),
    (
        "round",
        "[<round-shape> [at <spot>]? | at <spot>] || <hues>",
    ),
    (
        "round-shape",
        "circle <length+> | <length+> circle | ellipse <size+>{2} | <size+>{2} ellipse \
         | [circle | ellipse] || <reach> | <size+>{2} | <length+>",
    ),
    (
        "around",
        "[from <angle0> [at <spot>]? | at <spot>] || <hues>",
    ),
    (
        "gradient",
        "linear-gradient(<gradient-line>? <stops>) | repeating-linear-gradient(<gradient-line>? <stops>) \
         | radial-gradient([<round> ,]? <stops>) | repeating-radial-gradient([<round> ,]? <stops>) \
         | conic-gradient([<around> ,]? <turned-stops>) \
         | repeating-conic-gradient([<around> ,]? <turned-stops>) \
         | -webkit-linear-gradient([[[<angle0> | <side>] || <hues>] ,]? <plain-stops>) \
         | -webkit-repeating-linear-gradient([[[<angle0> | <side>] || <hues>] ,]? <plain-stops>) \
         | -webkit-radial-gradient(<old-round>? <plain-stops>) \
         | -webkit-repeating-radial-gradient(<old-round>? <plain-stops>)",
    ),
    (
        "old-round",
        "[[<spot> ,]? [[[circle | ellipse] || [<reach> | contain | cover]] | <size+>{2}] ,] | <spot> ,",
    ),
    (
        "old-gradient",
        "-webkit-gradient(linear , <point> , <point> <old-stops>) \
         | -webkit-gradient(radial , <point> , <number+> , <point> , <number+> <old-stops>)",
    ),
    (
        "point",
        "[left | center | right | <number> | <percentage>] [top | center | bottom | <number> | <percentage>]",
    ),
    (
        "old-stops",
        "[, [from(<color>) | to(<color>) | color-stop(<factor> , <color>)]]*",
    ),
    // Places and sizes of images.
    (
        "spot",
        "[left | right] <size> [top | bottom] <size> | [top | bottom] <size> [left | right] <size> \
         | [left | center | right] [top | center | bottom | <size>] \
         | [top | center | bottom] [left | center | right] \
         | <size> [top | center | bottom | <size>] \
         | left | center | right | top | bottom | <size>",
    ),
    (
        "bg-spot",
        "[left | right] <size> [top | bottom] <size> | [top | bottom] <size> [left | right] <size> \
         | [left | right] <size> [top | bottom | center] | [top | bottom] <size> [left | right | center] \
         | [left | right | center] [top | bottom] <size> | [top | bottom | center] [left | right] <size> \
         | <spot>",
    ),
    ("bg-size", "cover | contain | [<size+> | auto]{1,2}"),
    (
        "repeat",
        "repeat-x | repeat-y | [repeat | space | round | no-repeat]{1,2}",
    ),
    ("box", "border-box | padding-box | content-box"),
    ("bg-box", "<box> | text | border-area"),
    (
        "mask-box",
        "<box> | fill-box | stroke-box | view-box | border | padding | content",
    ),
    (
        "bg-layer",
        "[none | <image>] || <bg-spot> [/ <bg-size>]? || <repeat> || [scroll | fixed | local] \
         || <bg-box> || <bg-box>",
    ),
    (
        "bg-last",
        "[none | <image>] || <bg-spot> [/ <bg-size>]? || <repeat> || [scroll | fixed | local] \
         || <bg-box> || <bg-box> || <color>",
    ),
    (
        "mask-layer",
        "[none | <image>] || <spot> [/ <bg-size>]? || <repeat> || [alpha | luminance | match-source] \
         || [add | subtract | intersect | exclude] || <mask-box> || [<mask-box> | no-clip]",
    ),
    // Shadows, borders and shapes.
    ("shadow", "[<length>{2} <length+>?] && <color>?"),
    (
        "box-shadow-one",
        "[<length>{2} [<length+> <length>?]?] && <color>? && inset?",
    ),
    ("line-width", "thin | medium | thick | <length+>"),
    (
        "line-style",
        "none | hidden | dotted | dashed | solid | double | groove | ridge | inset | outset",
    ),
    ("border-one", "<line-width> || <line-style> || <color>"),
    ("corners", "<size+>{1,4} [/ <size+>{1,4}]?"),
    ("rounded", "round <corners>"),
    ("fill-rule", "nonzero | evenodd"),
    (
        "basic-shape",
        "inset(<size>{1,4} <rounded>?) | xywh(<size>{2} <size+>{2} <rounded>?) \
         | rect([<size> | auto]{4} <rounded>?) \
         | circle([closest-side | farthest-side | <size+>]? [at <spot>]?) \
         | ellipse([[closest-side | farthest-side | <size+>]{2}]? [at <spot>]?) \
         | polygon([<fill-rule> ,]? [<size> <size>]#) \
         | path([<fill-rule> ,]? <path>) | shape(<fill-rule>? from <spot> , <rest>)",
    ),
    (
        "shape-box",
        "<box> | margin-box | fill-box | stroke-box | view-box",
    ),
    // Transformations (CSS Transforms 2). Zero needs no unit.
    (
        "transform-function",
        "translate(<size> [, <size>]?) | translatex(<size>) | translatey(<size>) | translatez(<length>) \
         | translate3d(<size> , <size> , <length>) | scale(<factor> [, <factor>]?) | scalex(<factor>) \
         | scaley(<factor>) | scalez(<factor>) | scale3d(<factor> , <factor> , <factor>) \
         | rotate(<angle0>) | rotatex(<angle0>) | rotatey(<angle0>) | rotatez(<angle0>) \
         | rotate3d(<number> , <number> , <number> , <angle0>) | skew(<angle0> [, <angle0>]?) \
         | skewx(<angle0>) | skewy(<angle0>) | perspective(none | <length+>) \
         | matrix(<number> , <number> , <number> , <number> , <number> , <number>) \
         | matrix3d(<number> , <number> , <number> , <number> , <number> , <number> , <number> , <number> , \
         <number> , <number> , <number> , <number> , <number> , <number> , <number> , <number>)",
    ),
    // Filters (Filter Effects 1).
    (
        "filter-function",
        "<url> | blur(<length+>?) | brightness(<factor+>?) | contrast(<factor+>?) | grayscale(<factor+>?) \
         | invert(<factor+>?) | opacity(<factor+>?) | saturate(<factor+>?) | sepia(<factor+>?) \
         | hue-rotate(<angle0>?) | drop-shadow(<shadow>)",
    ),
    // Fonts.
    ("font-style", "italic | oblique <angle>?"),
    ("font-weight", "bold | bolder | lighter | <weight>"),
    (
        "font-stretch",
        "ultra-condensed | extra-condensed | condensed | semi-condensed | semi-expanded | expanded \
         | extra-expanded | ultra-expanded",
    ),
    (
        "font-size-word",
        "xx-small | x-small | small | medium | large | x-large | xx-large | xxx-large | -webkit-xxx-large \
         | smaller | larger | math",
    ),
    ("line-height-value", "normal | <number+> | <size+>"),
    ("family", "<string> | <word> <word>+ | <name>"),
    // Sizes of boxes and tracks of grids.
    (
        "fitting",
        "min-content | max-content | fit-content | stretch | -webkit-fill-available \
         | -webkit-fit-content | -webkit-min-content | -webkit-max-content",
    ),
    ("anchored", "calc-size(<rest>) | anchor-size(<rest>?)"),
    (
        "inset-size",
        "auto | <old-size> | anchor(<rest>) | anchor-size(<rest>?)",
    ),
    ("margin-size", "auto | <old-size> | anchor-size(<rest>?)"),
    (
        "breadth",
        "auto | min-content | max-content | <size+> | <flex+>",
    ),
    (
        "track",
        "<breadth> | minmax([auto | min-content | max-content | <size+>] , <breadth>) | fit-content(<size+>)",
    ),
    (
        "tracks",
        "[<lines>? [<track> | repeat([<count> | auto-fill | auto-fit] , [<lines>? <track>]+ <lines>?)]]+ <lines>?",
    ),
    (
        "grid-line",
        "auto | span && [<count> || <line-name>] | <line> && <line-name>? | <line-name>",
    ),
    ("grid-one", "none | subgrid <lines>* | <tracks>"),
    (
        "path-ray",
        "ray(<angle> || [<reach> | sides] || contain || [at <spot>])",
    ),
    (
        "path-one",
        "none | <path-ray> <shape-box>? | <url> <shape-box>? | <basic-shape> || <shape-box>",
    ),
    ("counter-style", "<string> | <name> | symbols(<rest>)"),
];
