//! `taid install`, `taid uninstall`: makes taid a service of the user's, and shows each step.

use super::{Failure, executable, print, said, say, stop};
use crate::{
    cli::setup::clients::Bases,
    cli::units::{self, Manager, Place, Step},
    client::{Client, ClientError},
};
use std::{fs, io, path::PathBuf, process::Command, time::Duration};
use tokio::time::Instant;

pub(super) async fn install(profile: &str, dry_run: bool) -> Result<(), Failure> {
    let (taid, dir) = (executable()?, dir()?);
    let place = place(profile, &taid, &dir);
    if !dry_run {
        // One that runs on its own has the lock and the name that the service needs.
        let deadline = Instant::now() + Duration::from_secs(2);
        match Client::of_profile(profile, deadline).await {
            Ok(client) => {
                drop(client);
                stop(profile).await?;
            }
            Err(ClientError::NotRunning { .. }) => {}
            Err(error) => return Err(said(error, profile)),
        }
    }
    carry_out(&units::install(&place), dry_run)?;
    if dry_run {
        return Ok(());
    }
    match place.manager {
        Manager::Systemd => {
            print("taid starts with the first call, and is there after every login.");
            print("To keep it while you are logged out: loginctl enable-linger");
        }
        Manager::Launchd | Manager::Windows => print("taid runs, and does so after every login."),
    }
    Ok(())
}

pub(super) fn uninstall(profile: &str, dry_run: bool) -> Result<(), Failure> {
    let (taid, dir) = (executable()?, dir()?);
    carry_out(&units::uninstall(&place(profile, &taid, &dir)), dry_run)
}

fn place<'a>(profile: &'a str, taid: &'a std::path::Path, dir: &'a std::path::Path) -> Place<'a> {
    Place {
        manager: Manager::here(),
        profile,
        taid,
        dir,
        packaged: units::is_packaged(taid),
        uid: crate::os::uid(),
    }
}

/// Where the manager looks for a user's services.
fn dir() -> Result<PathBuf, Failure> {
    let dir = Bases::of_this_user().map(|bases| match Manager::here() {
        Manager::Systemd => bases.dot_config.join("systemd/user"),
        Manager::Launchd => bases.home.join("Library/LaunchAgents"),
        Manager::Windows => bases.config,
    });
    dir.ok_or_else(|| {
        say("there is no home directory", "", "Set HOME.");
        Failure::Failed
    })
}

fn carry_out(steps: &[Step], dry_run: bool) -> Result<(), Failure> {
    for step in steps {
        match step {
            Step::Write { path, text } => {
                print(&format!("write {}", path.display()));
                if dry_run {
                    print(text);
                    continue;
                }
                let written = path.parent().map_or(Ok(()), fs::create_dir_all);
                written
                    .and_then(|()| fs::write(path, text))
                    .map_err(|error| not_written(path, &error))?;
            }
            Step::Remove { path } => {
                print(&format!("remove {}", path.display()));
                if dry_run {
                    continue;
                }
                match fs::remove_file(path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(not_written(path, &error));
                    }
                    _ => {}
                }
            }
            Step::Run { argv, may_fail } => {
                print(&format!("run {}", argv.join(" ")));
                if !dry_run {
                    run(argv, *may_fail)?;
                }
            }
        }
    }
    Ok(())
}

fn run(argv: &[String], may_fail: bool) -> Result<(), Failure> {
    let Some((program, arguments)) = argv.split_first() else {
        return Ok(());
    };
    let why = match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() || may_fail => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(_) if may_fail => return Ok(()),
        Err(error) => error.to_string(),
    };
    say(
        &format!("`{}` failed", argv.join(" ")),
        &why,
        "What was written before it stays. Mend this and run it again, or run `taid uninstall`.",
    );
    Err(Failure::Failed)
}

fn not_written(path: &std::path::Path, error: &io::Error) -> Failure {
    say(
        &format!("{} cannot be changed", path.display()),
        &error.to_string(),
        "Check that the file and its directory are yours.",
    );
    Failure::Failed
}
