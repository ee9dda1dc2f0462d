//! `taid open`: a page in the browser of the person.

use crate::cli::{
    daemon::Daemon,
    error::{CliError, Exit},
    number,
    target::Target,
    terminal::print,
    web::{self, Gate, Site},
};
use clap::Args;
use std::{
    net::Ipv4Addr,
    process::{Command, Stdio},
    time::Duration,
};
use tokio::net::TcpListener;

/// Open a page with waiting mails, mail and status in the browser
///
/// The page is served by this command at a port of this machine, until Ctrl-C, and at most
/// 30 minutes without a request. Its address works once, in one browser.
#[derive(Args)]
#[command(after_help = "Examples:
  taid open               open the page in the browser
  taid open --no-browser  print the address of the page")]
pub(in crate::cli) struct Open {
    /// Print the address and open no browser
    #[arg(long)]
    no_browser: bool,
    /// Minutes without a request after which the page ends
    #[arg(long, value_name = "MINUTES", default_value_t = 30, value_parser = number::within::<u16>(1..=u64::from(u16::MAX)))]
    idle: u16,
}

impl Open {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let daemon = Daemon::running(target)?;
        daemon.status().await?;
        let failed = |error| {
            CliError::new("cannot listen on 127.0.0.1")
                .caused_by(error)
                .hint("use `taid approve` and `taid status` at the terminal")
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(failed)?;
        let gate = Gate::new(listener.local_addr().map_err(failed)?.port())?;
        let url = gate.url();
        print(&format!(
            "{url}\nThe address works once. Ctrl-C ends the page."
        ));
        if !self.no_browser && !open_browser(&url) {
            print("No browser could be started. Open the address yourself.");
        }
        let audit = (target.places.state().to_owned(), target.profile.clone());
        let idle = Duration::from_secs(u64::from(self.idle) * 60);
        web::serve(listener, Site::new(gate, daemon, audit), idle).await;
        print(&format!(
            "The page ended: {} min without a request.",
            self.idle
        ));
        Ok(Exit::Success)
    }
}

/// Starts the browser of the system, and returns whether that was possible.
fn open_browser(url: &str) -> bool {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    };
    for variable in tai_client::withheld_variables() {
        command.env_remove(variable);
    }
    // Ctrl-C ends the page, and not the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}
