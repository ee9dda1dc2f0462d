//! Commands of taid in texts for agents and persons.

use crate::names::Profile;
use std::borrow::Cow;

/// Beginning of a command in a text.
const COMMAND: &str = "`taid ";

/// Returns a command line of taid for the profile.
pub fn command(profile: &Profile, name: &str) -> String {
    match profile.is_default() {
        true => format!("taid {name}"),
        false => format!("taid {name} --profile {profile}"),
    }
}

/// Returns a text whose commands, such as `` `taid login` ``, are for the profile. A command that
/// names a profile is unchanged.
pub fn for_profile<'t>(text: &'t str, profile: &Profile) -> Cow<'t, str> {
    if profile.is_default() || !text.contains(COMMAND) {
        return text.into();
    }
    let (mut named, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(COMMAND)
        && let Some((name, after)) = after.split_once('`')
    {
        let command = match name.contains("--profile") {
            true => format!("taid {name}"),
            false => command(profile, name),
        };
        named.push_str(&format!("{before}`{command}`"));
        rest = after;
    }
    named.push_str(rest);
    named.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_of_a_text_names_the_profile_once() {
        let text = "run `taid login --save`, or `taid login bob --profile b`; see `config.toml` and \
                    `taid doctor`, `taid";
        let named = for_profile(text, &Profile::new("work").unwrap());
        insta::assert_snapshot!(named, @"run `taid login --save --profile work`, or `taid login bob --profile b`; see `config.toml` and `taid doctor --profile work`, `taid");
        assert_eq!(for_profile(text, &Profile::default()), text);
    }
}
