//! The commands of `taid`: each file has the arguments of one and what it does.

pub(super) mod approve;
pub(super) mod install;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod logs;
pub(super) mod register;
pub(super) mod run;
pub(super) mod status;
pub(super) mod stop;
pub(super) mod uninstall;
