//! What the content of an element inherits from those around, beside its style.

use super::{
    clip::Window,
    contrast::Ground,
    fallback::{Children, Listed},
    painted::Painted,
    place::Place,
    spot::Spot,
};

/// The surroundings of the content of an element.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// Whether everything inside is hidden, whatever its own style.
    pub(super) hidden: bool,
    /// Whether an element around has no box.
    pub(super) gone: bool,
    /// Whether hidden text is part of the mechanism of HTML, so that it is no finding.
    pub(super) fallback: bool,
    pub(super) opacity: f32,
    pub(super) ground: Ground,
    /// The ground of blocks inside, on which no inline element paints.
    pub(super) block_ground: Ground,
    /// The ground of floating boxes inside.
    pub(super) float_ground: Ground,
    /// The box that paints the ground.
    pub(super) painted: Option<Painted>,
    pub(super) place: Place,
    pub(super) window: Window,
    /// The window of absolutely placed boxes.
    pub(super) outer: Window,
    /// The place that the offsets of absolutely placed boxes refer to.
    pub(super) held: Place,
    /// The window and the place of boxes that do not scroll with the page.
    pub(super) fixed: (Window, Place),
    /// Whether absolutely placed boxes refer to the element.
    pub(super) holds: bool,
    /// Whether the element is a picture of SVG.
    pub(super) svg: bool,
    /// Whether a picture precedes that an absolutely placed text may be on.
    pub(super) pictured: bool,
    /// Whether a coloured box precedes that a placed text may be on.
    pub(super) over: bool,
    /// Whether a coloured ground lies above boxes of negative levels.
    pub(super) backed: bool,
    /// The flow at the beginning of the element.
    pub(super) began: Spot,
    /// What the margin of the element left of those before.
    pub(super) carried: f32,
    /// Whether nothing precedes in the element around.
    pub(super) first: bool,
    /// The background that is seen through the letters.
    pub(super) lettered: Option<Ground>,
    /// What is seen of the children.
    pub(super) children: Children,
    /// Where in a list of options the element is.
    pub(super) listed: Listed,
}

impl Surroundings {
    /// Returns the surroundings of the content of the page.
    pub(super) fn of_page(place: Place) -> Self {
        Self {
            hidden: false,
            gone: false,
            fallback: false,
            opacity: 1.0,
            ground: Ground::WHITE,
            block_ground: Ground::WHITE,
            float_ground: Ground::WHITE,
            painted: None,
            place,
            window: Window::default(),
            outer: Window::default(),
            held: place,
            fixed: (Window::default(), place),
            holds: true,
            svg: false,
            pictured: false,
            over: false,
            backed: false,
            began: Spot::default(),
            carried: 0.0,
            first: true,
            lettered: None,
            children: Children::All,
            listed: Listed::No,
        }
    }
}
