//! References to variables in a client's configuration.

use super::rules::References;

/// A text after the client has replaced its references.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    /// The text that the server gets.
    pub(super) text: String,
    /// Problem of a reference that is left, without a value.
    pub(super) problem: Option<Problem>,
}

/// Problem of a reference. Its text is kept out, because it may be a part of a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The client replaces the reference, and this variable is not set.
    Unset(String),
    /// A reference of this form gets no value.
    NoValue(&'static str),
}

/// Replaces the references in `text` as the client does. `get` looks up a variable.
pub(super) fn replace(
    text: &str,
    rule: References,
    get: &dyn Fn(&str) -> Option<String>,
) -> Replaced {
    let mut out = String::new();
    let mut problem = None;
    let mut rest = text;
    while let Some((before, reference, after)) = next(rest) {
        out.push_str(before);
        rest = after;
        let found = reference.name_in(rule);
        let value =
            found.and_then(|(name, default)| get(name).or_else(|| default.map(str::to_owned)));
        let is_kept = rule != References::DollarOrEmpty || reference.form == Form::Braces;
        out.push_str(match &value {
            Some(value) => value,
            None if is_kept => reference.text,
            None => "",
        });
        // A kept `$NAME` may be a part of a password.
        if value.is_none() && !(is_kept && reference.form == Form::Dollar) {
            problem.get_or_insert_with(|| match found {
                Some((name, _)) if reference.form != Form::Dollar => {
                    Problem::Unset(name.to_owned())
                }
                Some(_) | None => Problem::NoValue(reference.form.shown()),
            });
        }
    }
    out.push_str(rest);
    Replaced { text: out, problem }
}

/// A reference in the form of some client.
struct Reference<'a> {
    /// The whole reference.
    text: &'a str,
    form: Form,
    /// The text in the braces, or the name after `$`.
    inner: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `$NAME`.
    Dollar,
    /// `${...}`.
    DollarBraces,
    /// `{env:...}`.
    Braces,
}

impl Form {
    fn shown(self) -> &'static str {
        match self {
            Form::Dollar => "$NAME",
            Form::DollarBraces => "${...}",
            Form::Braces => "{env:...}",
        }
    }
}

impl<'a> Reference<'a> {
    /// Returns the name and the default of a reference that a client with this rule replaces.
    fn name_in(&self, rule: References) -> Option<(&'a str, Option<&'a str>)> {
        let with_default = || match self.inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (self.inner, None),
        };
        let env = || Some((self.inner.strip_prefix("env:")?, None));
        let found = match (rule, self.form) {
            (References::Braces | References::DollarOrEmpty, Form::DollarBraces) => with_default(),
            (References::Dollar, Form::DollarBraces)
            | (References::Dollar | References::DollarOrEmpty, Form::Dollar) => (self.inner, None),
            (References::DollarEnv, Form::DollarBraces) | (References::BracesEnv, Form::Braces) => {
                env()?
            }
            (References::None, _)
            | (References::Braces, Form::Dollar | Form::Braces)
            | (References::Dollar | References::DollarOrEmpty, Form::Braces)
            | (References::DollarEnv, Form::Dollar | Form::Braces)
            | (References::BracesEnv, Form::Dollar | Form::DollarBraces) => return None,
        };
        is_name(found.0).then_some(found)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the text before the first reference, the reference, and the text after it.
fn next(text: &str) -> Option<(&str, Reference<'_>, &str)> {
    for (start, c) in text.char_indices() {
        let (before, at) = text.split_at(start);
        let found = match c {
            '$' => braced(at, "${", Form::DollarBraces).or_else(|| bare(at)),
            '{' => braced(at, "{", Form::Braces)
                .filter(|(reference, _)| reference.inner.starts_with("env:")),
            _ => None,
        };
        if let Some((reference, after)) = found {
            return Some((before, reference, after));
        }
    }
    None
}

fn braced<'a>(text: &'a str, open: &str, form: Form) -> Option<(Reference<'a>, &'a str)> {
    let (inner, after) = text.strip_prefix(open)?.split_once('}')?;
    let whole = text.len() - after.len();
    let reference = Reference {
        text: text.get(..whole)?,
        form,
        inner,
    };
    (!inner.is_empty()).then_some((reference, after))
}

/// `$NAME` in capitals. Other texts with a dollar, such as passwords, are no references.
fn bare(text: &str) -> Option<(Reference<'_>, &str)> {
    let name = text.strip_prefix('$')?;
    let end = name
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(name.len());
    let (inner, after) = name.split_at(end);
    let reference = Reference {
        text: text.get(..end + 1)?,
        form: Form::Dollar,
        inner,
    };
    inner
        .starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        .then_some((reference, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_replaces_only_its_own_form() {
        let get = |name: &str| (name == "HOME").then(|| "/home/alice".to_owned());
        let mut table = String::new();
        for text in [
            "${HOME}/bin",
            "$HOME/bin",
            "${env:HOME}/bin",
            "{env:HOME}/bin",
            "${GONE}",
            "${GONE:-x}",
            "${input:password}",
            "pa$$word{1}$SECRET",
        ] {
            for rule in [
                References::None,
                References::Braces,
                References::Dollar,
                References::DollarOrEmpty,
                References::DollarEnv,
                References::BracesEnv,
            ] {
                let replaced = replace(text, rule, &get);
                table.push_str(&format!(
                    "{text:18} {:13} {:18} {:?}\n",
                    format!("{rule:?}"),
                    replaced.text,
                    replaced.problem
                ));
            }
        }
        insta::assert_snapshot!(table, @r#"
        ${HOME}/bin        None          ${HOME}/bin        Some(NoValue("${...}"))
        ${HOME}/bin        Braces        /home/alice/bin    None
        ${HOME}/bin        Dollar        /home/alice/bin    None
        ${HOME}/bin        DollarOrEmpty /home/alice/bin    None
        ${HOME}/bin        DollarEnv     ${HOME}/bin        Some(NoValue("${...}"))
        ${HOME}/bin        BracesEnv     ${HOME}/bin        Some(NoValue("${...}"))
        $HOME/bin          None          $HOME/bin          None
        $HOME/bin          Braces        $HOME/bin          None
        $HOME/bin          Dollar        /home/alice/bin    None
        $HOME/bin          DollarOrEmpty /home/alice/bin    None
        $HOME/bin          DollarEnv     $HOME/bin          None
        $HOME/bin          BracesEnv     $HOME/bin          None
        ${env:HOME}/bin    None          ${env:HOME}/bin    Some(NoValue("${...}"))
        ${env:HOME}/bin    Braces        ${env:HOME}/bin    Some(NoValue("${...}"))
        ${env:HOME}/bin    Dollar        ${env:HOME}/bin    Some(NoValue("${...}"))
        ${env:HOME}/bin    DollarOrEmpty /bin               Some(NoValue("${...}"))
        ${env:HOME}/bin    DollarEnv     /home/alice/bin    None
        ${env:HOME}/bin    BracesEnv     ${env:HOME}/bin    Some(NoValue("${...}"))
        {env:HOME}/bin     None          {env:HOME}/bin     Some(NoValue("{env:...}"))
        {env:HOME}/bin     Braces        {env:HOME}/bin     Some(NoValue("{env:...}"))
        {env:HOME}/bin     Dollar        {env:HOME}/bin     Some(NoValue("{env:...}"))
        {env:HOME}/bin     DollarOrEmpty {env:HOME}/bin     Some(NoValue("{env:...}"))
        {env:HOME}/bin     DollarEnv     {env:HOME}/bin     Some(NoValue("{env:...}"))
        {env:HOME}/bin     BracesEnv     /home/alice/bin    None
        ${GONE}            None          ${GONE}            Some(NoValue("${...}"))
        ${GONE}            Braces        ${GONE}            Some(Unset("GONE"))
        ${GONE}            Dollar        ${GONE}            Some(Unset("GONE"))
        ${GONE}            DollarOrEmpty                    Some(Unset("GONE"))
        ${GONE}            DollarEnv     ${GONE}            Some(NoValue("${...}"))
        ${GONE}            BracesEnv     ${GONE}            Some(NoValue("${...}"))
        ${GONE:-x}         None          ${GONE:-x}         Some(NoValue("${...}"))
        ${GONE:-x}         Braces        x                  None
        ${GONE:-x}         Dollar        ${GONE:-x}         Some(NoValue("${...}"))
        ${GONE:-x}         DollarOrEmpty x                  None
        ${GONE:-x}         DollarEnv     ${GONE:-x}         Some(NoValue("${...}"))
        ${GONE:-x}         BracesEnv     ${GONE:-x}         Some(NoValue("${...}"))
        ${input:password}  None          ${input:password}  Some(NoValue("${...}"))
        ${input:password}  Braces        ${input:password}  Some(NoValue("${...}"))
        ${input:password}  Dollar        ${input:password}  Some(NoValue("${...}"))
        ${input:password}  DollarOrEmpty                    Some(NoValue("${...}"))
        ${input:password}  DollarEnv     ${input:password}  Some(NoValue("${...}"))
        ${input:password}  BracesEnv     ${input:password}  Some(NoValue("${...}"))
        pa$$word{1}$SECRET None          pa$$word{1}$SECRET None
        pa$$word{1}$SECRET Braces        pa$$word{1}$SECRET None
        pa$$word{1}$SECRET Dollar        pa$$word{1}$SECRET None
        pa$$word{1}$SECRET DollarOrEmpty pa$$word{1}        Some(NoValue("$NAME"))
        pa$$word{1}$SECRET DollarEnv     pa$$word{1}$SECRET None
        pa$$word{1}$SECRET BracesEnv     pa$$word{1}$SECRET None
        "#);
    }
}
