//! Limits of what a person sees, for incoming and for outgoing mail.
//!
//! The two sides err in opposite directions. Text of an incoming mail is hidden for a positive reason
//! only, so its limits are what hardly any person sees. The person who approves an outgoing mail is
//! told of a doubt, so its limits (`SENT`) are what each person sees. The outgoing side asks the incoming one
//! as well: text that it takes for visible is visible to a tai that receives it.

/// Smallest font that is seen, in pixels.
pub(crate) const SMALLEST_FONT: f32 = 2.0;
/// The same for outgoing mail.
pub(crate) const SMALLEST_SENT_FONT: f32 = 3.0;

/// Least opacity that is seen.
pub(crate) const FAINTEST: f32 = 0.08;
/// The same for outgoing mail.
pub(crate) const FAINTEST_SENT: f32 = 0.1;

/// Greatest difference of channels, of 0 to 255, that cannot be told apart.
pub(crate) const ALIKE: f32 = 10.0;
/// The same for outgoing mail.
pub(crate) const ALIKE_SENT: f32 = 16.0;

/// Distance from the page to which a person does not scroll, in pixels.
pub(crate) const FAR: f32 = 5_000.0;
/// The same for outgoing mail: the content may be outside of the page.
pub(crate) const FAR_SENT: f32 = 150.0;

const _: () = assert!(
    SMALLEST_FONT <= SMALLEST_SENT_FONT
        && FAINTEST <= FAINTEST_SENT
        && ALIKE <= ALIKE_SENT
        && FAR_SENT <= FAR
);

/// Least opacity of a colour whose ground is not seen through it.
pub(crate) const OPAQUE: f32 = 0.99;
/// Greatest opacity of a colour that paints nothing on its ground.
pub(crate) const UNPAINTED: f32 = 0.02;
/// Greatest opacity of an image or a shadow that shows no text on or around it.
pub(crate) const CLEAR: f32 = 0.05;
/// Least opacity of a box that covers text, so that the text is not seen through it.
pub(crate) const LASTING: f32 = 1.0 - FAINTEST;
