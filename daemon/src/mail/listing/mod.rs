//! The bridge's list of mails: how a call walks through it, and what earlier calls have seen of it.

pub(super) mod ascent;
pub(super) mod ascents;
pub(super) mod descent;
pub(super) mod paging;
pub(super) mod passed_over;
pub(super) mod past_waits;
pub(super) mod seen;
pub(super) mod view;
