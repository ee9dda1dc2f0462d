//! `taid setup`, also `tai-mcp setup`: puts tai-mcp into the configurations of MCP clients.

pub(crate) mod clients;
pub(crate) mod edit;

use super::{Failure, executable, print, say};

use clap::Args;
use clients::{Bases, CLIENTS, Client};
use edit::{Server, SetupError};
use similar::TextDiff;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tai_proto::name;

#[derive(Args)]
pub(super) struct SetupArgs {
    /// The clients: claude-desktop, claude-code, cursor, vscode, windsurf, zed, codex, gemini,
    /// opencode, goose. All that are here without one
    clients: Vec<String>,
    /// The instance; each client is one of its own name without it
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Take tai-mcp out again
    #[arg(long, conflicts_with = "print")]
    remove: bool,
    /// Only print what belongs into each configuration
    #[arg(long)]
    print: bool,
    /// Only show what would be changed
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn setup(profile: &str, args: &SetupArgs) -> Result<(), Failure> {
    let chosen = chosen(&args.clients)?;
    if let Some(Err(rule)) = args.instance.as_deref().map(name::instance) {
        say("the instance cannot be used", &rule.to_string(), "");
        return Err(Failure::Failed);
    }
    if let Err(rule) = name::profile(profile) {
        say("the profile cannot be used", &rule.to_string(), "");
        return Err(Failure::Failed);
    }
    let Some(bases) = Bases::of_this_user() else {
        say("there is no home directory", "", "Set HOME.");
        return Err(Failure::Failed);
    };
    let command = tai_mcp()?;
    let mut failed = false;
    let mut here = 0;
    for client in &chosen {
        let server = Server {
            command: &command,
            instance: args.instance.as_deref().unwrap_or(client.slug),
            profile,
        };
        let file = client.file(&bases);
        if args.print {
            print(&format!("# {}: {}", client.name, file.display()));
            print(edit::example(client, &server).trim_end_matches('\n'));
            continue;
        }
        // A client that is named is set up; of the others those that are here.
        let is_here = file.parent().is_some_and(Path::exists) && is_own_dir(&file, &bases);
        if args.clients.is_empty() && !file.exists() && !is_here {
            continue;
        }
        here += 1;
        if let Err(problem) = change(client, &file, &server, args) {
            failed = true;
            say(
                &format!("{} is not set up: {}", client.name, file.display()),
                &problem.to_string(),
                "It is as it was. Mend it and run this again, or use --print.",
            );
        }
    }
    if here == 0 && !args.print {
        say(
            "no MCP client that we know is here",
            "none of their configurations was found",
            "Name one (`--help` lists them), or use --print and write it yourself.",
        );
        return Err(Failure::Failed);
    }
    match failed {
        true => Err(Failure::Failed),
        false => Ok(()),
    }
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn chosen(names: &[String]) -> Result<Vec<&'static Client>, Failure> {
    if names.is_empty() {
        return Ok(CLIENTS.iter().collect());
    }
    let find = |name: &String| {
        let known = CLIENTS.iter().find(|client| client.slug == name);
        known.ok_or_else(|| {
            let slugs: Vec<&str> = CLIENTS.iter().map(|client| client.slug).collect();
            say(
                &format!("there is no client {name:?} that we know"),
                &format!("we know {}", slugs.join(", ")),
                "For another one use --print with the one it is most like.",
            );
            Failure::Failed
        })
    };
    names.iter().map(find).collect()
}

/// The tai-mcp that was installed with this taid.
fn tai_mcp() -> Result<String, Failure> {
    let name = format!("tai-mcp{}", std::env::consts::EXE_SUFFIX);
    let path = executable()?.with_file_name(name);
    if path.is_file() {
        return Ok(path.to_string_lossy().into_owned());
    }
    say(
        "tai-mcp is not installed next to taid",
        &format!("{} is not there", path.display()),
        "Install both from one release, into one directory.",
    );
    Err(Failure::Failed)
}

/// Whether the file's directory is the client's own, and so says that the client is here.
fn is_own_dir(file: &Path, bases: &Bases) -> bool {
    let dir = file.parent();
    dir != Some(&bases.home) && dir != Some(&bases.config) && dir != Some(&bases.dot_config)
}

fn change(
    client: &Client,
    file: &Path,
    server: &Server<'_>,
    args: &SetupArgs,
) -> Result<(), Problem> {
    let before = match fs::read_to_string(file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let text = before.as_deref().unwrap_or_default();
    let after = match (args.remove, &before) {
        (true, None) => String::new(),
        (true, Some(_)) => edit::remove(client, text)?,
        (false, _) => edit::add(client, text, server)?,
    };
    if after == text {
        print(&format!(
            "{}: as it should be ({})",
            client.name,
            file.display()
        ));
        return Ok(());
    }
    let diff = TextDiff::from_lines(text, &after);
    let path = file.to_string_lossy();
    let mut shown = diff.unified_diff();
    print(
        shown
            .header(&path, &path)
            .to_string()
            .trim_end_matches('\n'),
    );
    if args.dry_run {
        return Ok(());
    }
    if before.is_some() {
        let backup = backup(file)?;
        print(&format!(
            "{}: before it was {}",
            client.name,
            backup.display()
        ));
    }
    replace(file, &after)?;
    print(&format!("{}: done. Restart it.", client.name));
    Ok(())
}

/// Copies the file beside itself, under a name that is free.
fn backup(file: &Path) -> io::Result<PathBuf> {
    for number in 1.. {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-tai-{number}"));
        let path = PathBuf::from(name);
        if !path.exists() {
            fs::copy(file, &path)?;
            return Ok(path);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Writes the file in one step, with the permissions it had, and through a link to what the
/// link leads to.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let target = match fs::canonicalize(file) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(dir) = file.parent() {
                fs::create_dir_all(dir)?;
            }
            file.to_owned()
        }
        Err(error) => return Err(error),
    };
    let mut name = target.as_os_str().to_owned();
    name.push(".tai-new");
    let new = PathBuf::from(name);
    fs::write(&new, text)?;
    if let Ok(meta) = fs::metadata(&target) {
        fs::set_permissions(&new, meta.permissions())?;
    }
    fs::rename(&new, &target)
}
