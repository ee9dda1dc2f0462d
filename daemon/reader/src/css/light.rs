//! The light of colours.

/// Returns the linear value of a channel of sRGB. Both are from 0 to 1.
pub(super) fn linear(channel: f32) -> f32 {
    match channel <= 0.040_45 {
        true => channel / 12.92,
        false => ((channel + 0.055) / 1.055).powf(2.4),
    }
}

/// Returns the relative luminance of channels from 0 to 255 (WCAG 2.2).
pub(crate) fn luminance(channels: [f32; 3]) -> f32 {
    let [r, g, b] = channels.map(|channel| linear(channel / 255.0));
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
