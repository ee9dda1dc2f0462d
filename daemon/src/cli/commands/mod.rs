//! The commands of `taid`. Each file has the arguments and the code of one command.

pub(super) mod approve;
pub(super) mod audit;
pub(super) mod bugreport;
pub(super) mod complete;
pub(super) mod delete;
pub(super) mod inbox;
pub(super) mod install;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod logs;
pub(super) mod mark_read;
pub(super) mod open;
pub(super) mod read;
pub(super) mod register;
pub(super) mod run;
pub(super) mod search;
pub(super) mod send;
pub(super) mod socket;
pub(super) mod status;
pub(super) mod stop;
pub(super) mod uninstall;
