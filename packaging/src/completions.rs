//! Shell completions. Values that only a running system knows, such as the numbers of waiting mails,
//! come from the hidden command `taid complete`, which the scripts call.

use crate::programs::{Program, visible};
use clap::{Arg, Command};
use clap_complete::{Shell, generate};
use std::{fs, io, path::Path};

/// Arguments whose values `taid complete` knows, the kind of the values, and the marker in their
/// place.
const DYNAMIC: [(&str, &str, &str); 3] = [
    ("profile", "profiles", "@profiles@"),
    ("instance", "instances", "@instances@"),
    ("number", "held", "@held@"),
];

/// Writes the completions of a program for each shell.
pub(crate) fn write(program: &Program, dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    for (shell, file) in [
        (Shell::Bash, format!("{}.bash", program.name)),
        (Shell::Zsh, format!("_{}", program.name)),
        (Shell::Fish, format!("{}.fish", program.name)),
        (Shell::PowerShell, format!("_{}.ps1", program.name)),
    ] {
        fs::write(dir.join(file), script(program, shell))?;
    }
    Ok(())
}

/// Returns the completion of a program.
pub(crate) fn script(program: &Program, shell: Shell) -> String {
    let mut command = with_markers(visible(&program.command));
    let mut script = Vec::new();
    generate(shell, &mut command, program.name, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let name = program.name;
    match shell {
        Shell::Bash => {
            // clap_complete 4.6 writes a hyphen of the program's name in two ways.
            let wrong = name.replace('-', "__subcmd__");
            let script = script.replace(&wrong, &name.replace('-', "__"));
            fill(script, |kind| {
                format!(r#"$({name} complete {kind} -- "${{COMP_WORDS[@]:1}}" 2>/dev/null)"#)
            })
        }
        Shell::Zsh => fill(script, |kind| {
            format!(r#"$({name} complete {kind} -- "${{(@Q)${{(z)LBUFFER}}}}" 2>/dev/null)"#)
        }),
        Shell::Fish => {
            let script = script + &positionals_of_fish(name, &command);
            fill(script, |kind| {
                format!("({name} complete {kind} -- (commandline -opc)[2..] 2>/dev/null)")
            })
        }
        // PowerShell completes names alone.
        _ => script,
    }
}

/// Returns the lines of fish for arguments without a name, which clap_complete leaves out.
fn positionals_of_fish(program: &str, command: &Command) -> String {
    let mut lines = String::new();
    let function = format!("__fish_{}_using_subcommand", program.replace('-', "_"));
    for sub in command.get_subcommands() {
        let values = sub.get_positionals().flat_map(Arg::get_possible_values);
        let values: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
        if !values.is_empty() {
            let (sub, values) = (sub.get_name(), values.join(" "));
            lines += &format!("complete -c {program} -n \"{function} {sub}\" -f -a \"{values}\"\n");
        }
    }
    lines
}

/// Replaces the marker of each kind of values.
fn fill(script: String, call: impl Fn(&str) -> String) -> String {
    let markers = DYNAMIC.iter();
    markers.fold(script, |script, (_, kind, marker)| {
        script.replace(marker, &call(kind))
    })
}

/// Gives each argument with dynamic values a marker as its only value.
fn with_markers(command: Command) -> Command {
    command
        .mut_args(with_marker)
        .mut_subcommands(|command| command.mut_args(with_marker))
}

fn with_marker(arg: Arg) -> Arg {
    let dynamic = DYNAMIC.iter().find(|(id, _, _)| arg.get_id() == id);
    match dynamic {
        Some((_, _, marker)) => arg.value_parser([*marker]),
        None => arg,
    }
}
