//! Each example of the table has the shape that lists it.

use super::{events, states};
use crate::session::clock::Clock as _;

#[test]
fn the_examples_of_a_shape_have_that_shape() {
    let now = crate::session::clock::SystemClock.now();
    for shape in states::Shape::all() {
        let examples = shape.examples();
        assert!(!examples.is_empty());
        for (name, state) in examples {
            assert_eq!(states::Shape::of(&state(now)), shape, "{name}");
        }
    }
    for shape in events::Shape::all() {
        let examples = shape.examples();
        assert!(!examples.is_empty());
        for (name, event) in examples {
            assert_eq!(events::Shape::of(&event(now)), shape, "{name}");
        }
    }
}
