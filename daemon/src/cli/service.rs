//! Runs the steps that `units` plans, and prints each step.

use super::{
    error::CliError,
    executable,
    target::Target,
    terminal::print,
    units::{self, Manager, Place, Step},
    user_dirs::UserDirs,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};
use tai_proto::names::Profile;

/// Service of a profile.
pub(super) struct Service<'a> {
    profile: &'a Profile,
    taid: PathBuf,
    /// Whether a package has installed this executable and the units.
    packaged: bool,
    dir: PathBuf,
}

/// Returns the service of a profile on this system. `hint` is the next action if `--home` is given.
///
/// # Errors
/// The home directory or this executable cannot be found, or `--home` gave the home directory: a
/// service manager reads the user's own one alone.
pub(super) fn of_profile<'t>(target: &'t Target, hint: &str) -> Result<Service<'t>, CliError> {
    if target.places.given_home().is_some() {
        return Err(CliError::new("--home has no service")
            .caused_by("the service manager reads your own home directory alone")
            .hint(hint));
    }
    let dirs = UserDirs::of(&target.places).ok_or_else(CliError::no_home)?;
    let dir = match Manager::here() {
        Manager::Systemd => dirs.dot_config.join("systemd/user"),
        Manager::Launchd => dirs.home.join("Library/LaunchAgents"),
        Manager::Windows => dirs.config,
    };
    Ok(Service {
        profile: &target.profile,
        taid: executable::lasting("taid")?.0,
        // On PATH, the executable of a package may have another name, such as /bin/taid.
        packaged: units::is_packaged(&executable::path()?),
        dir,
    })
}

impl Service<'_> {
    /// Checks that the service manager runs for this user.
    ///
    /// # Errors
    /// It does not run, as in a container.
    pub(super) fn check_manager(&self) -> Result<(), CliError> {
        let Some(probe) = units::probe(Manager::here()) else {
            return Ok(());
        };
        let argv: Vec<String> = probe.iter().map(|&word| word.to_owned()).collect();
        run(&argv, false).map_err(|error| {
            CliError::new("systemd does not run for this user")
                .caused_by(error.why)
                .hint("nothing was written; no service is needed, because clients start taid")
        })
    }

    /// Returns the names of the enabled units.
    fn enabled(&self) -> impl Iterator<Item = String> {
        let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten();
        let wants = entries(&self.dir).filter(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().ends_with(".wants")
        });
        let units = wants.flat_map(move |dir| entries(&dir.path()).collect::<Vec<_>>());
        units.map(|unit| unit.file_name().to_string_lossy().into_owned())
    }

    /// Returns whether a profile other than this one and the default one has an enabled unit.
    fn is_shared(&self) -> bool {
        self.enabled()
            .any(|name| units::is_of_another_profile(&name, self.profile))
            && !self.profile.is_default()
    }

    /// Returns whether the service has a file, or is enabled. The Task Scheduler has neither.
    pub(super) fn is_installed(&self) -> bool {
        let place = self.place();
        let own = units::unit_names(self.profile);
        units::files(&place).is_none_or(|files| files.iter().any(|path| !is_absent(path)))
            || self.enabled().any(|name| own.contains(&name))
    }

    /// Returns the target of the installation.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            manager: Manager::here(),
            profile: self.profile,
            taid: &self.taid,
            dir: &self.dir,
            packaged: self.packaged,
            shared: self.is_shared(),
            uid: crate::os::uid(),
        }
    }
}

/// Planned steps.
pub(super) struct Steps(pub(super) Vec<Step>);

impl Steps {
    /// Prints each step and, unless `dry_run` is set, runs it.
    ///
    /// # Errors
    /// The first failed step. Earlier steps are not undone.
    pub(super) fn run_all(&self, dry_run: bool) -> Result<(), CliError> {
        for step in &self.0 {
            match step {
                Step::Write { path, text } => {
                    print(&format!("write {}", path.display()));
                    match dry_run {
                        true => print(text),
                        false => write(path, text)?,
                    }
                }
                Step::Remove { path } if is_absent(path) => {}
                Step::Remove { path } => {
                    print(&format!("remove {}", path.display()));
                    if !dry_run {
                        remove(path)?;
                    }
                }
                // There is nothing to undo without the service manager.
                Step::Run { argv, may_fail } if *may_fail && is_missing(argv) => {}
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
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let place = crate::os::check_place_of(path);
    let dir = place.and_then(|()| path.parent().map_or(Ok(()), fs::create_dir_all));
    dir.and_then(|()| fs::write(path, text))
        .map_err(|error| not_changed(path, &error))
}

fn is_absent(path: &Path) -> bool {
    let meta = fs::symlink_metadata(path);
    meta.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn remove(path: &Path) -> Result<(), CliError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(not_changed(path, &error)),
        _ => Ok(()),
    }
}

fn is_missing(argv: &[String]) -> bool {
    let program = argv.first();
    program.is_none_or(|program| !tai_client::is_on_path(program))
}

fn run(argv: &[String], may_fail: bool) -> Result<(), CliError> {
    let Some((program, arguments)) = argv.split_first() else {
        return Ok(());
    };
    let mut command = Command::new(program);
    for variable in tai_client::withheld_variables() {
        command.env_remove(variable);
    }
    let why = match command.args(arguments).output() {
        Ok(output) if output.status.success() || may_fail => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(_) if may_fail => return Ok(()),
        Err(error) => error.to_string(),
    };
    Err(CliError::new(format!("`{}` failed", argv.join(" ")))
        .caused_by(why)
        .hint("the files above were written; fix this and run it again, or run `taid uninstall`"))
}

fn not_changed(path: &Path, error: &io::Error) -> CliError {
    CliError::new(format!("cannot change {}", path.display()))
        .caused_by(error)
        .hint("check that the file and its directory are yours and writable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_failed_step_names_the_step_and_the_cause() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().to_str().unwrap();
        let error = |step: Step| {
            let error = Steps(vec![step]).run_all(false).unwrap_err();
            error.to_string().replace(place, "DIR")
        };
        let path = dir.path().join("file/unit");
        fs::write(dir.path().join("file"), "").unwrap();
        let text = String::new();
        insta::assert_snapshot!(error(Step::Write { path: path.clone(), text }), @"
        error: cannot change DIR/file/unit
        caused by: File exists (os error 17)
        hint: check that the file and its directory are yours and writable
        ");
        insta::assert_snapshot!(error(Step::Remove { path }), @"
        error: cannot change DIR/file/unit
        caused by: Not a directory (os error 20)
        hint: check that the file and its directory are yours and writable
        ");
        let argv = vec!["/nonexistent/systemctl".to_owned(), "--user".to_owned()];
        insta::assert_snapshot!(error(Step::Run { argv: argv.clone(), may_fail: false }), @"
        error: `/nonexistent/systemctl --user` failed
        caused by: No such file or directory (os error 2)
        hint: the files above were written; fix this and run it again, or run `taid uninstall`
        ");
        assert!(
            Steps(vec![Step::Run {
                argv,
                may_fail: true
            }])
            .run_all(false)
            .is_ok()
        );
    }
}
