//! Application of declarations to a style.

use super::{
    computed::{Computed, Variables, unset},
    rank::{Ranked, layer_of},
    variables::{self, Failure, Referred},
};
use crate::{
    css::{
        colour::Colour,
        declarations::{DeclarationSyntax, parse_value},
        length::Length,
        property::{Declared, FontSize, Property, Wide},
    },
    document::Element,
};

/// Smallest size of a font that is not given as a fixed length, in pixels, as in Chromium.
pub(super) const SMALLEST_RELATIVE_FONT: f32 = 6.0;

/// Styles that a declaration may refer to.
pub(super) struct Context<'a> {
    /// The style of the parent.
    pub(super) parent: &'a Computed,
    /// The style that the element has without the author.
    pub(super) plain: &'a Computed,
    /// The style without this layer and those above it.
    pub(super) layer: &'a Computed,
    /// The style without this rule and those above it.
    pub(super) rule: &'a Computed,
    /// Font size of the root element in pixels.
    pub(super) rem: f32,
    pub(super) syntax: DeclarationSyntax,
    pub(super) substitution: &'a variables::Budget,
    pub(super) element: &'a Element,
}

impl Context<'_> {
    /// Applies the scheme of an element, on which its colours depend.
    pub(super) fn apply_scheme(&self, declarations: &[Ranked], style: &mut Computed) {
        for (_, declared) in declarations {
            if let Declared::ColourScheme(_) | Declared::Wide(Property::ColourScheme, _) = declared
            {
                self.apply(style, declared);
            }
        }
    }

    /// Applies declarations, the strongest last. Custom properties are applied already.
    pub(super) fn apply_ranked(&self, declarations: &[Ranked], style: &mut Computed) {
        self.apply_scheme(declarations, style);
        // Other keywords need no copies of the style.
        let reverts = declarations.iter().any(|(_, declared)| match declared {
            Declared::Wide(_, wide) | Declared::All(wide) => {
                matches!(wide, Wide::RevertLayer | Wide::RevertRule)
            }
            Declared::Pending(..) => true,
            _ => false,
        });
        if !reverts {
            for (_, declared) in declarations {
                self.apply(style, declared);
            }
            return;
        }
        for layer in declarations.chunk_by(|(a, _), (b, _)| layer_of(a) == layer_of(b)) {
            let below = style.clone();
            for rule in layer.chunk_by(|(a, _), (b, _)| a == b) {
                let before = style.clone();
                let context = Context {
                    layer: &below,
                    rule: &before,
                    parent: self.parent,
                    plain: self.plain,
                    rem: self.rem,
                    syntax: self.syntax,
                    substitution: self.substitution,
                    element: self.element,
                };
                for (_, declared) in rule {
                    context.apply(style, declared);
                }
            }
        }
    }

    /// Applies a declaration. Custom properties are applied already.
    pub(super) fn apply(&self, style: &mut Computed, declared: &Declared) {
        match declared {
            Declared::Custom(..) => {}
            Declared::Pending(name, text) => self.apply_pending(style, name, text),
            Declared::Wide(property, wide) => self.apply_wide(style, *property, *wide),
            Declared::All(wide) => {
                for property in Property::all() {
                    self.apply_wide(style, property, *wide);
                }
            }
            Declared::FontSize(size) => self.set_font_size(style, *size),
            Declared::Colour(colour) => {
                let parent = self.parent.inherited.colour;
                style.inherited().colour = match colour {
                    Colour::Known(colour) => Some(*colour),
                    Colour::Current => parent,
                    Colour::Unknown => None,
                };
            }
            other => set(style, other),
        }
    }

    /// Returns what the text of a declaration may refer to.
    pub(super) fn referred<'a>(
        &'a self,
        variables: &'a Variables,
        style: &Computed,
    ) -> Referred<'a> {
        Referred {
            variables,
            element: Some(self.element),
            dark: style.inherited.dark,
        }
    }

    fn apply_pending(&self, style: &mut Computed, name: &str, text: &str) {
        let none = Variables::new();
        let variables = style.inherited.variables.clone();
        let variables = variables.as_deref().unwrap_or(&none);
        let referred = self.referred(variables, style);
        let text = variables::substitute(text, None, referred, self.substitution);
        if text == Err(Failure::Limit) {
            self.substitution.exceed();
        }
        let values = text
            .ok()
            .and_then(|text| parse_value(name, &text, self.syntax));
        // A value that turns out to be invalid unsets its property.
        let unset = || parse_value(name, "unset", self.syntax).unwrap_or_default();
        for declared in values.unwrap_or_else(unset) {
            if !matches!(declared, Declared::Pending(..)) {
                self.apply(style, &declared);
            }
        }
    }

    fn apply_wide(&self, style: &mut Computed, property: Property, wide: Wide) {
        match wide {
            Wide::Inherit => style.copy(property, self.parent),
            Wide::Initial => style.copy(property, &Computed::default()),
            Wide::Revert => style.copy(property, self.plain),
            Wide::RevertLayer => style.copy(property, self.layer),
            Wide::RevertRule => style.copy(property, self.rule),
            Wide::Unset => self.apply_wide(style, property, unset(property)),
        }
    }

    fn set_font_size(&self, style: &mut Computed, size: FontSize) {
        let parent = &self.parent.inherited;
        let (pixels, fixed) = match size {
            FontSize::Length(length) => {
                let relative = length.em != 0.0 || length.part != 0.0;
                let pixels = length.resolve(parent.font_size, self.rem, parent.font_size);
                (pixels, !relative || parent.fixed_size)
            }
            FontSize::Calculated(length) => {
                let pixels = length.resolve(parent.font_size, self.rem, parent.font_size);
                (pixels, true)
            }
            FontSize::Keyword(pixels) => (pixels, parent.fixed_size),
            FontSize::Relative(factor) => (parent.font_size * factor, parent.fixed_size),
        };
        let pixels = match pixels {
            pixels if pixels <= 0.0 => 0.0,
            pixels if pixels < SMALLEST_RELATIVE_FONT && !fixed => SMALLEST_RELATIVE_FONT,
            pixels => pixels,
        };
        let inherited = style.inherited();
        inherited.font_size = pixels;
        inherited.fixed_size = fixed;
    }
}

/// Sets a property whose value depends on no other style.
fn set(style: &mut Computed, declared: &Declared) {
    match declared {
        Declared::BackgroundClip(text) => style.background_text = *text,
        Declared::BackgroundColour(colour) => style.background = *colour,
        Declared::BackgroundImage(image) => style.background_image = *image,
        Declared::BackfaceVisibility(hidden) => style.frame().backface = *hidden,
        Declared::Border(side, thick) => *style.border.side(*side) = *thick,
        Declared::BoxShadow(inset) => style.box_shadow = *inset,
        Declared::BoxSizing(border) => style.frame().border_box = *border,
        Declared::Clip(hides) => style.frame().clip = *hides,
        Declared::ClipPath(hides) => style.frame().clip_path = *hides,
        Declared::ColourScheme(dark) => style.inherited().dark = *dark,
        Declared::Contain(contain) => style.frame().contain = *contain,
        Declared::Content(content) => style.replacement = content.clone(),
        Declared::ContentVisibility(skipped) => style.skipped = *skipped,
        Declared::Display(display) => style.display = *display,
        Declared::Extent(extent, size) => *style.extent(*extent) = *size,
        Declared::Filter(filter) => style.filter = *filter,
        Declared::Float(float) => style.frame().float = *float,
        Declared::FlexBasis(basis) => style.frame().basis = *basis,
        Declared::FirstColumn(column) => style.frame().column = *column,
        Declared::FirstRow(row) => style.frame().row = *row,
        Declared::FontSizeAdjust(away) => style.inherited().adjusted_away = *away,
        Declared::Holds(by, held) => style.frame().holder.set(*by, *held),
        Declared::ImagePosition(layer, far) => style.drawn(*layer).far = *far,
        Declared::ImageRepeat(layer, single) => style.drawn(*layer).single = *single,
        Declared::ImageSize(layer, extents) => style.drawn(*layer).extents = *extents,
        Declared::Inset(side, size) => *style.frame().inset.side(*side) = *size,
        Declared::LetterSpacing(length) => style.inherited().letter_spacing = *length,
        Declared::WordSpacing(length) => style.inherited().word_spacing = *length,
        Declared::LineClamp(lines) => style.frame().clamp = *lines,
        Declared::LineHeight(length, number) => {
            let size = style.inherited.font_size;
            style.inherited().line_height = match number {
                true => *length,
                false => Length::px(length.resolve(size, size, size)),
            };
        }
        Declared::ListStyle(list_style) => style.inherited().list_style = list_style.clone(),
        Declared::Margin(side, size) => *style.frame().margin.side(*side) = *size,
        Declared::Mark(mark, has) => style.marks.set(*mark, *has),
        Declared::Mask(mask) => style.frame().mask = *mask,
        Declared::OffsetPath(moved) => style.frame().offset = *moved,
        Declared::Opacity(opacity) => style.opacity = *opacity,
        Declared::OverflowX(overflow) => style.frame().overflow_x = *overflow,
        Declared::OverflowY(overflow) => style.frame().overflow_y = *overflow,
        Declared::Padding(side, length) => *style.frame().padding.side(*side) = *length,
        Declared::Position(position) => style.frame().position = *position,
        Declared::Rotate(rotate) => style.frame().rotate = *rotate,
        Declared::Scale(scale) => style.frame().scale = *scale,
        Declared::Struck(struck) => style.struck = *struck,
        Declared::SvgFill(fill) => style.inherited().svg_fill = *fill,
        Declared::TextAlign(align) => style.inherited().align = *align,
        Declared::TextFill(fill) => style.inherited().fill = fill.unwrap_or(Colour::Current),
        Declared::TextIndent(indent, each) => {
            style.inherited().indent = *indent;
            style.inherited().indent_each = *each;
        }
        Declared::TextSecurity(disguised) => style.inherited().disguised = *disguised,
        Declared::TextStrokeColour(colour) => style.inherited().stroke = *colour,
        Declared::TextStrokeWidth(drawn) => style.inherited().stroked = *drawn,
        Declared::TextShadow(shadow) => style.inherited().shadow = *shadow,
        Declared::Transform(transform) => style.frame().transform = *transform,
        Declared::Translate(translate) => style.frame().translate = *translate,
        Declared::Visibility(visible) => style.inherited().visible = *visible,
        Declared::WhiteSpace(white_space) => style.inherited().white_space = *white_space,
        Declared::ZIndex(level) => style.frame().z_index = *level,
        Declared::Zoom(zoom) => style.zoom = *zoom,
        // These depend on other styles.
        Declared::FontSize(_)
        | Declared::Colour(_)
        | Declared::Wide(..)
        | Declared::All(_)
        | Declared::Custom(..)
        | Declared::Pending(..)
        // The cascade has used it.
        | Declared::Animation(_) => {}
    }
}
