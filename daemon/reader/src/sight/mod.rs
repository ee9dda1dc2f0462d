//! What a person sees: each run of text is visible or not by its own style and place. A run is
//! hidden for a positive reason only.
//!
//! - The walk through the document: `look`, `content`, `spot`.
//! - The size and the place of boxes: `flow`, `place`, `extent`, `heights`, `flat`, `room`, `axis`,
//!   `measure`, `clip`, `drawing`, `viewed`.
//! - The ground behind text: `contrast`, `grounds`, `under`, `pulled`, `backdrop`, `painted`, `columns`.
//! - Boxes over boxes: `layers`, `pile`, `cover`, `reach`, `cells`, `pictures`.
//! - Content that browsers do not show, and the result: `fallback`, `count`, `seen`.

mod axis;
mod backdrop;
mod cells;
mod clip;
mod columns;
mod content;
mod contrast;
mod count;
mod cover;
mod drawing;
mod extent;
mod fallback;
mod flat;
mod flow;
mod grounds;
mod heights;
mod layers;
mod look;
mod measure;
mod painted;
mod pictures;
mod pile;
mod place;
mod pulled;
mod reach;
mod room;
mod seen;
mod spot;
mod surroundings;
mod under;
mod units;
mod viewed;

pub(crate) use look::look;
pub(crate) use seen::{Sight, is_large, is_thin, is_tiny};
