//! Texts of the programs as those of a user without `--home`.

use std::process::Output;

/// Returns a text without `--home` in its commands. The programs repeat it, and each command of a
/// machine has it.
pub fn without_home(text: &str) -> String {
    let mut parts = text.split(" --home ");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_in_command = ["`taid", "`tai-mcp"]
            .iter()
            .any(|name| plain.ends_with(name));
        match part.split_once(' ') {
            Some((_, rest)) if is_in_command => plain.push_str(&format!(" {rest}")),
            _ => plain.push_str(&format!(" --home {part}")),
        }
    }
    plain
}

/// Returns the output of a command, [without `--home`](without_home).
pub(crate) fn plain_output(output: Output) -> Output {
    let plain = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) => without_home(&text).into_bytes(),
        Err(error) => error.into_bytes(),
    };
    Output {
        status: output.status,
        stdout: plain(output.stdout),
        stderr: plain(output.stderr),
    }
}
