//! The page of `taid open`: a web server on loopback for one person and one browser.
//!
//! `gate` decides about each request, `route` names the pages, `site` calls the daemon, `views`
//! render, and `server` limits what a connection may cost. No page has a script. The daemon itself
//! never listens on TCP.

mod gate;
mod html;
mod route;
mod server;
mod site;
mod views;

pub(super) use gate::Gate;
pub(super) use server::serve;
pub(super) use site::Site;
