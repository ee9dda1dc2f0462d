//! The text of a received mail: its parts, and the history that it quotes.

mod attribution;
pub(super) mod history;
pub(super) mod parts;
pub(super) mod stripped;
