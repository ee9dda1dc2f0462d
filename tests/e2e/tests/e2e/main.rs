//! End-to-end tests: the real executables over real sockets against the sandbox bridge. Each
//! test has its own machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod account_changes;
mod account_daemons;
mod accounts;
mod answering;
mod approval;
mod approve_watch;
mod audit;
mod autostart;
mod binding;
mod bugreport;
mod chaos;
mod cli;
mod conversations;
mod corpus;
mod damaged;
mod delivery;
mod doctor;
mod doctor_as;
mod doctor_fix;
mod documents;
mod doors;
mod drafts;
mod draining;
mod durability;
mod failing_bridge;
mod fetching;
mod giving_up;
mod guesses;
mod held;
mod hints;
mod hygiene;
mod inheriting;
mod installation;
mod ipc;
mod lifecycle;
mod live;
mod login;
mod logs;
mod mail;
mod mailboxes;
mod mcp;
#[cfg(target_os = "linux")]
mod notification;
mod one_daemon;
mod outcomes;
mod page;
mod parts;
mod person;
mod person_sending;
mod policy;
mod processes;
mod prompts;
mod push;
mod reader;
mod registering;
mod roles;
mod routing;
mod screens;
mod seed;
mod senders;
mod sending;
mod service_manager;
mod session;
mod setup;
mod sources;
mod stdio;
mod tools;
mod upgrade;
mod wait_for_email;
