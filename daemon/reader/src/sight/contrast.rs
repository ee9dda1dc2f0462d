//! Colours of text and of what is behind it.

use crate::{
    cascade::{Computed, Frame},
    css::{
        colour::{Colour, Rgba},
        length::Length,
        light::luminance,
        marks::Mark,
        property::{Display, Image, Size},
    },
    thresholds::{ALIKE, FAINTEST, OPAQUE, UNPAINTED},
};

/// Least contrast of text that can be told from its ground.
const LEAST_CONTRAST: f32 = 1.07;

/// Colour of what is behind the text; `None` if it is unknown, for example an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ground(Option<[f32; 3]>);

impl Ground {
    pub(super) const WHITE: Self = Self(Some([255.0; 3]));

    /// The page in a dark scheme of colours.
    pub(super) const DARK: Self = Self(Some(Rgba::DARK_PAGE.channels));

    pub(super) const BLACK: Self = Self(Some(Rgba::BLACK.channels));

    /// Returns an unknown ground.
    pub(super) const UNKNOWN: Self = Self(None);

    /// Returns the ground inside an element.
    pub(super) fn under(self, style: &Computed) -> Self {
        // Inverted letters on this ground look like the letters on the inverted ground.
        let ground = match style.filter.inverts {
            true => Self(self.0.map(|ground| ground.map(|channel| 255.0 - channel))),
            false => self,
        };
        let bordered = style.border.top && style.border.bottom;
        let low = style.frame.as_deref().and_then(|frame| frame.height);
        let low = low.is_some_and(|height| height.usual() < style.inherited.font_size);
        let thin = style.inherited.line_height.usual() < style.inherited.font_size / 2.0;
        let other = style.marks.has(Mark::Backdrop) || style.marks.has(Mark::Framed);
        // The borders of a link in a line are the usual button of Outlook.
        if other || bordered && (low || thin || style.display == Display::Inline) {
            return Self::UNKNOWN;
        }
        let ground = ground.coloured(style);
        // A filter gives all letters inside a shadow.
        if let Some(shadow) = style.filter.shadow
            && ground.tells(ground.colour(shadow, style))
        {
            return Self::UNKNOWN;
        }
        // It depends on the size of the box whether a shadow reaches the text.
        match style.box_shadow {
            Some(shadow) if ground.tells(ground.colour(shadow, style)) => Self::UNKNOWN,
            Some(_) | None => ground,
        }
    }

    /// Returns the ground with the background of an element on it.
    pub(super) fn coloured(self, style: &Computed) -> Self {
        let ground = match style.background {
            Colour::Known(colour) => self.beneath(colour),
            Colour::Current => match style.inherited.colour {
                Some(colour) => self.beneath(colour),
                None => Self::UNKNOWN,
            },
            Colour::Unknown => Self::UNKNOWN,
        };
        match style.background_image {
            _ if style.background_drawn.is_nothing() => ground,
            Image::None => ground,
            Image::Plain(colour) | Image::Mostly(colour) => ground.beneath(colour),
            Image::Picture => Self::UNKNOWN,
        }
    }

    /// Returns whether a colour can be told from the ground.
    pub(super) fn differs_from(self, colour: Colour) -> bool {
        match colour {
            Colour::Known(colour) => self.tells(Some(colour)),
            Colour::Current | Colour::Unknown => true,
        }
    }

    /// Returns the ground with a colour on it.
    fn beneath(self, colour: Rgba) -> Self {
        match colour.alpha {
            alpha if alpha >= OPAQUE => Self(Some(colour.channels)),
            alpha if alpha <= UNPAINTED => self,
            _ => Self(self.0.map(|ground| colour.over(ground))),
        }
    }

    /// Returns whether text can be told from the ground by its letters, their outline or their
    /// shadow. `letters` is the background that is seen through the letters, if there is one.
    pub(super) fn shows(self, style: &Computed, svg: bool, letters: Option<Self>) -> bool {
        let inherited = &*style.inherited;
        let fill = if svg {
            inherited.svg_fill
        } else {
            inherited.fill
        };
        if let Some(letters) = letters {
            let clear = self
                .colour(fill, style)
                .is_some_and(|colour| colour.alpha < FAINTEST);
            // The background of an element with such letters does not count as its ground.
            let through = if clear {
                letters.0 != Self::WHITE.0
            } else {
                true
            };
            return through || inherited.shadow.is_some() || inherited.stroked;
        }
        let stroke = inherited.stroked.then_some(inherited.stroke);
        [Some(fill), stroke, inherited.shadow]
            .into_iter()
            .flatten()
            .any(|colour| self.tells(self.colour(colour, style)))
    }

    /// Returns the channels of a colour of text, if they are known.
    fn colour(self, colour: Colour, style: &Computed) -> Option<Rgba> {
        match colour {
            Colour::Known(colour) => Some(colour),
            Colour::Current => style.inherited.colour,
            Colour::Unknown => None,
        }
    }

    fn tells(self, colour: Option<Rgba>) -> bool {
        match (colour, self.0) {
            (None, _) => true,
            (Some(colour), _) if colour.alpha < FAINTEST => false,
            (Some(colour), Some(ground)) => differ(colour, ground),
            (Some(_), None) => true,
        }
    }
}

/// Returns whether an element has a background.
pub(super) fn has_ground(style: &Computed) -> bool {
    let clear = matches!(style.background, Colour::Known(colour) if colour.alpha <= 0.0);
    !clear || style.background_image != Image::None
}

/// Returns whether a box is a block, on which no inline element around it paints.
pub(super) fn is_block(style: &Computed) -> bool {
    matches!(
        style.display,
        Display::Block | Display::Flex | Display::Table | Display::ListItem
    )
}

/// Returns whether the background of an element is painted behind its text.
pub(super) fn paints(style: &Computed, frame: &Frame) -> bool {
    let definite = |size: Size| size.filter(|size| size.is_definite()).map(Length::usual);
    let padding = match style.marks.has(Mark::Ground) {
        true => 0.0,
        false => frame.padding.top.usual() + frame.padding.bottom.usual(),
    };
    let heights = [definite(frame.height), definite(frame.max_height)];
    let height = heights.into_iter().flatten().reduce(f32::min);
    let least = definite(frame.min_height).unwrap_or_default();
    let is_flat =
        height.is_some_and(|height| height.max(least) + padding < style.inherited.font_size / 2.0);
    let is_boxed = !matches!(
        style.display,
        Display::Inline | Display::Contents | Display::Cell | Display::Table
    );
    style.display != Display::Contents && style.inherited.visible && !(is_flat && is_boxed)
}

fn differ(colour: Rgba, ground: [f32; 3]) -> bool {
    let text = colour.over(ground);
    let (text_light, ground_light) = (luminance(text), luminance(ground));
    let (light, dark) = match text_light > ground_light {
        true => (text_light, ground_light),
        false => (ground_light, text_light),
    };
    let contrast = (light + 0.05) / (dark + 0.05);
    let difference = text
        .iter()
        .zip(ground)
        .map(|(text, ground)| (text - ground).abs())
        .fold(0.0, f32::max);
    contrast >= LEAST_CONTRAST || difference > ALIKE
}
