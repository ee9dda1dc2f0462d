//! Colours of text and of what is behind it.

use super::FAINTEST;
use crate::{
    cascade::Computed,
    css::colour::{Colour, Rgba},
};

/// Least contrast of text that can be told from its ground.
const LEAST_CONTRAST: f32 = 1.07;
/// Greatest difference of channels that cannot be told apart.
const LEAST_DIFFERENCE: f32 = 10.0;

/// Colour of what is behind the text; `None` if it is unknown, for example an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ground(Option<[f32; 3]>);

impl Ground {
    pub(super) const WHITE: Self = Self(Some([255.0; 3]));

    /// Returns the ground inside an element.
    pub(super) fn under(self, style: &Computed) -> Self {
        if style.background_image || style.border {
            return Self(None);
        }
        let colour = match style.background {
            Colour::Known(colour) => colour,
            Colour::Current => match style.inherited.colour {
                Some(colour) => colour,
                None => return Self(None),
            },
            Colour::Unknown => return Self(None),
        };
        if colour.alpha >= 0.99 {
            return Self(Some(colour.channels));
        }
        if colour.alpha <= 0.02 {
            return self;
        }
        Self(self.0.map(|ground| colour.over(ground)))
    }

    /// Returns whether text can be told from the ground. `letters` is the background that is seen
    /// through the letters, if there is one.
    pub(super) fn shows(self, style: &Computed, letters: Option<Self>) -> bool {
        let inherited = &*style.inherited;
        let colour = match inherited.fill {
            Colour::Known(fill) => Some(fill),
            Colour::Current => inherited.colour,
            Colour::Unknown => None,
        };
        let Some(colour) = colour else { return true };
        if inherited.shadow {
            return true;
        }
        if colour.alpha < FAINTEST {
            // The background colour of an element with such letters does not count as its ground.
            return letters.is_some_and(|letters| letters.0 != Self::WHITE.0);
        }
        match self.0 {
            Some(ground) if letters.is_none() => differ(colour, ground),
            _ => true,
        }
    }
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
    contrast >= LEAST_CONTRAST || difference > LEAST_DIFFERENCE
}

/// Returns the relative luminance (WCAG 2.2).
fn luminance(channels: [f32; 3]) -> f32 {
    let [r, g, b] = channels.map(|channel| {
        let channel = channel / 255.0;
        match channel <= 0.039_28 {
            true => channel / 12.92,
            false => ((channel + 0.055) / 1.055).powf(2.4),
        }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
