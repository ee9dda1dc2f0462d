//! `taid audit`: shows and checks the audit log.

use crate::{
    audit::verify::{self, KnownEnd},
    cli::{
        daemon::Daemon,
        error::{CliError, Exit},
        number,
        pages::audit as page,
        target::Target,
        terminal::{Terminal, print},
    },
};
use clap::Args;
use tai_proto::FaultCode;

/// Show the audit log, and verify it
///
/// The log has no recipients, subjects or contents. `--verify` finds a changed, removed or moved
/// line. A program of yours that rewrites the whole log is found only while taid runs.
#[derive(Args)]
#[command(after_help = "Examples:
  taid audit              show the newest 20 lines
  taid audit --verify     check that no line was changed
  taid audit --json -n 0  print every line as JSON")]
pub(in crate::cli) struct Audit {
    /// Check the chain of the lines; exit with 1 if it is broken
    #[arg(long, conflicts_with_all = ["json", "lines"])]
    verify: bool,
    /// Print the lines as they are: one JSON object each
    #[arg(long)]
    json: bool,
    /// Number of lines to show, newest last; 0 shows all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, value_parser = number::any::<usize>())]
    lines: usize,
}

impl Audit {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        // The end that taid knows must be older than the lines that are read.
        let known = match self.verify {
            true => known_end(target).await,
            false => Err(FaultCode::NotRunning),
        };
        let lines =
            verify::read(target.places.state(), &target.profile).map_err(page::unreadable)?;
        if self.verify {
            let verdict = verify::check(&lines, known.as_ref().ok());
            return match &verdict.broken {
                None => {
                    print(&page::unbroken(&verdict, known.map(|_| ())));
                    Ok(Exit::Success)
                }
                Some(broken) => Err(page::broken(broken)),
            };
        }
        let skipped = match self.lines {
            0 => 0,
            shown => lines.len().saturating_sub(shown),
        };
        let shown = lines.get(skipped..).unwrap_or_default();
        print(&match self.json {
            true => page::json(shown),
            false => page::table(shown, Terminal::of_stdout().width()),
        });
        Ok(Exit::Success)
    }
}

/// Returns the end of the chain that the running daemon knows.
async fn known_end(target: &Target) -> Result<KnownEnd, FaultCode> {
    let status = async { Daemon::running(target)?.status().await };
    let audit = status.await.map_err(|fault| fault.code)?.audit;
    Ok(KnownEnd {
        n: audit.lines,
        digest: audit.head,
    })
}
