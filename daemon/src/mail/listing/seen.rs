//! Rows of the bridge's list, and their places.

/// A row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) struct Seen {
    /// Id of the mail; `None` if the row has none.
    pub(in crate::mail) id: Option<u64>,
    /// Time of arrival.
    pub(in crate::mail) date: String,
    /// Whether the row is an unread mail of the address that the instance may read.
    pub(in crate::mail) is_unread: bool,
}

/// Row that was seen, and the number of rows from it to the end of the list, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: u64,
    pub(super) from_end: u64,
}

/// Row of the newest second so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenRow {
    pub(super) place: Place,
    pub(super) is_unread: bool,
}

/// Returns the unread mails of one second, oldest first.
pub(super) fn unread_of(second: &[OpenRow]) -> impl Iterator<Item = Place> + use<> {
    let unread = second.iter().filter(|row| row.is_unread);
    let mut unread: Vec<Place> = unread.map(|row| row.place).collect();
    unread.sort_by_key(|place| place.id);
    unread.into_iter()
}

/// A page of the list.
pub(super) struct Page<'a> {
    /// Number of rows above the page.
    pub(super) from: u64,
    /// Number of all rows.
    pub(super) count: u64,
    pub(super) rows: &'a [Seen],
}

impl Page<'_> {
    /// Returns the number of rows from this one to the end of the list.
    pub(super) fn place_of(&self, at: usize) -> u64 {
        self.count.saturating_sub(self.from + at as u64)
    }

    /// The rows with an id, each with its index on the page.
    pub(super) fn places(&self) -> impl DoubleEndedIterator<Item = (usize, Place)> {
        let rows = self.rows.iter().enumerate();
        rows.filter_map(|(at, row)| {
            let place = Place {
                id: row.id?,
                from_end: self.place_of(at),
            };
            Some((at, place))
        })
    }
}
