//! Properties of which only one effect is read: the box is a layer, or it paints less than its area.

use super::listed::listed;

listed! {
    /// A property with such an effect.
    Mark {
        /// The box has its size from its content or from its other side.
        Align,
        Aspect,
        Height,
        Justify,
        LargestHeight,
        LargestWidth,
        Place,
        Width,
        /// The box is placed in an area of the box that it refers to.
        Area,
        /// A filter changes the colours behind the box.
        Backdrop,
        /// The size does not depend on the content, because conditions refer to it.
        Contained,
        /// The image of the border is behind the text too.
        Framed,
        /// The box is a row of a table, or a group of rows.
        Row,
        /// The colours are mixed with those below.
        Blend,
        /// The colours are those below less their own.
        Difference,
        Clip,
        ClipPath,
        Corner,
        Corners,
        /// The colours are blurred or come from elsewhere.
        Filter,
        /// The box has a border that its background may not be under.
        Edge,
        /// The background is not under the padding or the border.
        Ground,
        MaskBorder,
        Rotate,
        Transform,
        /// Text runs from right to left.
        Direction,
        /// Text runs from left to right, whatever the attribute of the element says.
        Onward,
        /// All characters run in the direction of the text.
        DirectionOverride,
        /// Characters run in their own direction, whatever the element is.
        OwnDirection,
        Isolation,
        Sticky,
        Transition,
        WillChange,
        /// The children have levels without a position.
        Levels,
        /// The box is below the floating boxes before it.
        Clear,
        /// The box contains the floating boxes in it.
        Columns,
        Root,
        /// The text is above the line.
        Raised,
        /// The text is below the line.
        Lowered,
        /// The children are side by side in the reverse order.
        Reversed,
        /// The box is no column of a table, whatever its element.
        Regrouped,
        /// The children of a flexible box are below each other.
        Stacked,
        /// The children are in tracks.
        Tracks,
        /// The left margin takes the room that is left.
        Centred,
        /// The box takes a part of the room that is left in a flexible box.
        Grows,
        /// The box does not shrink in a flexible box.
        Rigid,
        /// The boxes in a flexible box may be in several rows.
        Wraps,
        /// The boxes in a flexible box may begin elsewhere than at its beginning.
        Justified,
        /// The first row of a grid has no height of its own.
        FlatRow,
        /// The first column of a grid has no width of its own.
        FlatColumn,
        /// A row of a grid has a size that does not depend on its content.
        SizedRow,
        /// A column of a grid has such a size.
        SizedColumn,
        /// The box may be in another track than the one that its order gives.
        Located,
        /// The box may be in several rows, or columns, of a grid.
        LongRow,
        LongColumn,
        /// The box has a last track in a grid.
        Ended,
        /// The boxes inside may not fill their tracks.
        Unstretched,
        /// The children of an old flexible box are below each other.
        Upright,
        /// The box is an old flexible box.
        Old,
        /// A box before or after the content of an element exists; for an element, one in the flow.
        Generated,
        /// A row with it is left out, whatever is in it.
        Collapsed,
    }
}

impl Mark {
    /// Marks of a box that may paint less than its area, or in other colours than its own.
    const FAINT: [Self; 6] = [
        Self::Blend,
        Self::Clip,
        Self::ClipPath,
        Self::Filter,
        Self::MaskBorder,
        Self::Rotate,
    ];

    /// Marks of a box that may not fill the box that it refers to.
    const SMALL: [Self; 12] = [
        Self::Align,
        Self::Aspect,
        Self::Height,
        Self::Justify,
        Self::LargestHeight,
        Self::LargestWidth,
        Self::Place,
        Self::Width,
        Self::Area,
        Self::Corner,
        Self::Corners,
        Self::Transform,
    ];

    /// Marks of a box that is drawn as one above the boxes in the flow.
    const LAYERS: [Self; 7] = [
        Self::Blend,
        Self::ClipPath,
        Self::Isolation,
        Self::MaskBorder,
        Self::Sticky,
        Self::Transition,
        Self::WillChange,
    ];
}

// Each mark is a bit of `Marks`.
const _: () = assert!(Mark::ALL.len() <= 64);

/// The marks of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks(u64);

impl Marks {
    pub(crate) fn set(&mut self, mark: Mark, has: bool) {
        let bit = 1 << mark as u64;
        match has {
            true => self.0 |= bit,
            false => self.0 &= !bit,
        }
    }

    pub(crate) fn has(self, mark: Mark) -> bool {
        self.0 & (1 << mark as u64) != 0
    }

    fn has_any(self, marks: &[Mark]) -> bool {
        marks.iter().any(|mark| self.has(*mark))
    }

    /// Returns whether the box may paint less than its area, or in other colours than its own.
    pub(crate) fn is_faint(self) -> bool {
        self.has_any(&Mark::FAINT)
    }

    /// Returns whether the box may not fill the box that it refers to.
    pub(crate) fn is_small(self) -> bool {
        self.has_any(&Mark::SMALL)
    }

    /// Returns whether the box is drawn as one above the boxes in the flow.
    pub(crate) fn is_layer(self) -> bool {
        self.has_any(&Mark::LAYERS)
    }
}
