//! Many configurations: an addition gives a valid file with the entry, a second one changes
//! nothing, and a removal gives back the same bytes and mode and leaves no other file.

use super::*;
use crate::cli::setup::registry::{CLIENTS, Format};
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};
use tai_proto::names::Profile;

/// Number of configurations that the promise names.
const PROMISED: usize = 95;

const SERVER: Server<'_> = Server {
    command: "/home/alice/my bin/tai-mcp",
    default_instance: "desk",
    instance: None,
    profile: None,
    socket: None,
    approves_tools: false,
};

/// Original files of a client by their kind; `None` for no file.
fn originals(client: &McpClient) -> Vec<(&'static str, Option<String>)> {
    let mut all = vec![("absent", None), ("empty", Some(String::new()))];
    let shapes = match client.format {
        Format::Json(_) => json(client.key),
        Format::Toml => toml(),
        Format::Yaml => yaml(),
    };
    all.extend(shapes.into_iter().map(|(kind, text)| (kind, Some(text))));
    all
}

fn json(key: &str) -> Vec<(&'static str, String)> {
    let other = r#"{"command": "x", "args": ["--é", "\u00e9"], "env": {"TOKEN": "t"}}"#;
    let deep = r#"{"a": {"b": [{"c": [1, 2.50, -3e5, null, true, ""]}]}, "q": "\"\\/\n", "x": []}"#;
    let pretty = |indent: &str, end: &str| {
        let lines = [
            "{".to_owned(),
            format!("{indent}\"theme\": \"dark\","),
            format!("{indent}\"{key}\": {{"),
            format!("{indent}{indent}\"other\": {other}"),
            format!("{indent}}},"),
            format!("{indent}\"last\": 1"),
            "}".to_owned(),
        ];
        lines.join(end) + end
    };
    vec![
        ("{}", "{}".to_owned()),
        ("{} with a newline", "{}\n".to_owned()),
        ("blank lines", "\n\n".to_owned()),
        ("no servers", "{\"theme\": \"dark\"}\n".to_owned()),
        ("empty servers", format!("{{\n  \"{key}\": {{}}\n}}\n")),
        ("null servers", format!("{{\"{key}\": null}}")),
        (
            "one line",
            format!(r#"{{"{key}":{{"other":{other}}},"deep":{deep}}}"#),
        ),
        ("two spaces", pretty("  ", "\n")),
        ("four spaces", pretty("    ", "\n")),
        ("tabs", pretty("\t", "\n")),
        ("CRLF", pretty("  ", "\r\n")),
        (
            "byte order mark",
            format!("\u{feff}{}", pretty("  ", "\r\n")),
        ),
        ("no final newline", pretty("  ", "\n").trim_end().to_owned()),
        (
            "comments",
            format!(
                "// ü\n{{ /* a */ \"{key}\": {{ // b\n  \"other\": {other}, // c\n }}, }} // d\n"
            ),
        ),
        (
            "trailing commas",
            format!("{{\n  \"{key}\": {{\n    \"other\": {other},\n  }},\n}}\n"),
        ),
        (
            "others before and after",
            format!(
                "{{\"z\": {deep}, \"{key}\": {{\"a\": {other}, \"z\": {other}}}, \"a\": {deep}}}\n"
            ),
        ),
        (
            "unicode",
            format!("{{\"日本\": \"🚀 é\", \"{key}\": {{\"日本\": {other}}}}}\n"),
        ),
        (
            "an older tai-mcp",
            format!(
                "{{\"{key}\": {{\"tai\": {{\"command\": \"/old/tai-mcp\", \"disabled\": true}}}}}}\n"
            ),
        ),
        (
            "the Node server",
            format!(
                "{{\"{key}\": {{\"tai-email\": {{\"command\": \"npx\", \"args\": [\"-y\", \"tai-mcp\"], \"env\": {{\"NAME\": \"alice\", \"PASSWORD\": \"p\"}}}}}}}}\n"
            ),
        ),
    ]
}

fn toml() -> Vec<(&'static str, String)> {
    let other = "[mcp_servers.other]\ncommand = \"x\" # keep\nenv = { TOKEN = 't' }\n";
    let pretty = format!(
        "# mine\nmodel = \"o3\" # really\n\n{other}\n[profiles.x]\nat = 2026-01-02T03:04:05Z\n"
    );
    vec![
        ("a newline", "\n".to_owned()),
        ("only comments", "# mine\n".to_owned()),
        ("no servers", "model = \"o3\"\n".to_owned()),
        ("empty servers", "[mcp_servers]\n".to_owned()),
        ("pretty", pretty.clone()),
        ("CRLF", pretty.replace('\n', "\r\n")),
        ("mixed line ends", pretty.replacen('\n', "\r\n", 3)),
        ("byte order mark", format!("\u{feff}{pretty}")),
        ("mark and CRLF", format!("\u{feff}{}", pretty.replace('\n', "\r\n"))),
        ("no final newline", pretty.trim_end().to_owned()),
        ("inline servers", "mcp_servers = { gh = { command = \"x\" } } # keep\nmodel = \"m\"\n".to_owned()),
        ("dotted keys", "mcp_servers.other.command = \"x\"\nmodel = '''a\nb'''\n".to_owned()),
        ("servers in the middle", format!("[a]\nb = 1\n\n{other}\n[c]\nd = [ 1,\n  2, ]\n")),
        ("tabs and spaces", "\t[mcp_servers.other]\n\tcommand   =   'x'\n\n\n".to_owned()),
        ("unicode", "\"日本\" = \"🚀 é\"\n".to_owned()),
        ("an older tai-mcp", "[mcp_servers.mail] # mine\ncommand = \"/old/tai-mcp\"\n".to_owned()),
        ("the Node server", "[mcp_servers.tai-email]\ncommand = \"npx\"\nargs = [\"-y\", \"tai-mcp\"]\nenv = { NAME = \"alice\" } # mine\n".to_owned()),
    ]
}

fn yaml() -> Vec<(&'static str, String)> {
    let pretty = "# mine\nGOOSE_MODEL: m # really\n\nextensions:\n  other:\n    cmd: x # keep\n    args: [-y, \"é\"]\n    envs:\n      TOKEN: 't'\nlast: |\n  text\n   more\n";
    vec![
        ("a newline", "\n".to_owned()),
        ("only comments", "# mine\n# yours\n".to_owned()),
        ("only a start", "---\n".to_owned()),
        ("no servers", "GOOSE_MODEL: m\n".to_owned()),
        ("null servers", "extensions:\nGOOSE_MODEL: m\n".to_owned()),
        ("tilde servers", "GOOSE_MODEL: m\nextensions: ~\n".to_owned()),
        ("empty servers", "extensions: {}\n".to_owned()),
        ("flow servers", "extensions: {other: {cmd: x, args: []}}\n".to_owned()),
        ("pretty", pretty.to_owned()),
        ("four spaces", "extensions:\n    other:\n        cmd: x\n        args:\n        - a\n".to_owned()),
        ("CRLF", pretty.replace('\n', "\r\n")),
        ("mixed line ends", pretty.replacen('\n', "\r\n", 3)),
        ("byte order mark", format!("\u{feff}{pretty}")),
        ("no final newline", pretty.trim_end().to_owned()),
        ("a start and an end", "---\nextensions:\n  other:\n    cmd: x\n...\n".to_owned()),
        ("unicode", "日本: \"🚀 é\"\n".to_owned()),
        ("an older tai-mcp", "extensions:\n  mail:\n    cmd: /old/tai-mcp # mine\n    envs:\n      TAI_MCP_INSTANCE: desk\n    enabled: false\n".to_owned()),
        ("the Node server", "extensions:\n  tai-email:\n    cmd: npx\n    args: [-y, tai-mcp]\n    envs:\n      NAME: alice # mine\n    enabled: true\n".to_owned()),
    ]
}

/// Reads a configuration with another parser than the edits have, where there is one.
fn is_valid(client: &McpClient, text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match client.format {
        Format::Json(_) => {
            let plain: Vec<&str> = text
                .lines()
                .map(|line| line.split("//").next().unwrap_or(""))
                .collect();
            let plain = plain.join("\n").replace("/* a */", "");
            let compact: String = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            let strict = compact.replace(", }", " }").replace(",}", "}");
            serde_json::from_str::<Value>(&strict).is_ok()
        }
        Format::Toml => text.parse::<::toml::Table>().is_ok(),
        Format::Yaml => saphyr_parser::Parser::new_from_str(text).all(|event| event.is_ok()),
    }
}

fn files(dir: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        }
        found.insert(path);
    }
    found
}

/// Returns a directory in memory, where there is one, in which `fsync` takes no time.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Adds and removes the server. Returns the first broken promise.
fn round_trip(client: &McpClient, original: Option<&str>, mode: u32) -> Result<(), String> {
    let (home, state) = (in_memory(), in_memory());
    let file = home
        .path()
        .join("a/b")
        .join(client.path.rsplit('/').next().unwrap());
    if let Some(text) = original {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }
    let before = files(home.path());
    let add = |server: &Server<'_>| {
        let mut records = Records::lock(state.path()).unwrap();
        add(client, &file, server, &mut records).map_err(|error| error.to_string())
    };
    add(&SERVER)?;
    let text = fs::read_to_string(&file).unwrap();
    let servers = edit::servers(client, &text).map_err(|error| error.to_string())?;
    let entries = entry::entries(&servers);
    let starts_ours =
        |entry: &Entry| entry.server == ServerKind::TaiMcp && entry.command == SERVER.command;
    if entries.len() != 1 || !entries.iter().all(starts_ours) {
        return Err(format!("no entry: {text}"));
    }
    if !is_valid(client, &text) {
        return Err(format!("not valid: {text}"));
    }
    if !matches!(add(&SERVER)?, Outcome::Unchanged(_)) {
        return Err("a second addition changed the file".to_owned());
    }
    let work = Profile::new("work").unwrap();
    let other = Server {
        instance: Some("second"),
        profile: Some(&work),
        socket: Some("/run/tai.sock"),
        ..SERVER
    };
    add(&other)?;
    if !matches!(add(&other)?, Outcome::Unchanged(_)) {
        return Err("a second change changed the file".to_owned());
    }
    let mut records = Records::lock(state.path()).unwrap();
    match remove(client, &file, &mut records).map_err(|error| error.to_string())? {
        Outcome::Restored(_) => {}
        outcome => return Err(format!("not restored: {outcome:?}")),
    }
    let after = fs::read(&file).ok();
    if after.as_deref() != original.map(str::as_bytes) {
        return Err(format!("other bytes: {after:?}"));
    }
    let left = files(state.path());
    if files(home.path()) != before || left != [state.path().join("setup-lock")].into() {
        return Err(format!("other files: {:?}", files(home.path())));
    }
    let now = fs::metadata(&file).map(|meta| meta.permissions().mode() & 0o777);
    match now.is_err() || now.is_ok_and(|now| now == mode) {
        true => Ok(()),
        false => Err("another mode".to_owned()),
    }
}

#[test]
fn each_configuration_comes_back_byte_for_byte() {
    let mut failed = Vec::new();
    let mut kinds = BTreeSet::new();
    let mut count = 0;
    for client in CLIENTS {
        for (kind, original) in originals(client) {
            count += 1;
            kinds.insert(kind);
            let mode = if count % 2 == 0 { 0o600 } else { 0o644 };
            if let Err(why) = round_trip(client, original.as_deref(), mode) {
                failed.push(format!("{}, {kind}: {why}", client.slug));
            }
        }
    }
    println!(
        "{count} configurations of {} clients, {} kinds",
        CLIENTS.len(),
        kinds.len()
    );
    assert_eq!(failed, Vec::<String>::new(), "{}", failed.join("\n"));
    assert!(count >= PROMISED && CLIENTS.len() >= 10);
}

#[test]
fn the_original_of_an_edited_file_stays_and_its_entry_of_setup_does_not_come_back() {
    let (home, state) = (in_memory(), in_memory());
    let client = CLIENTS.iter().find(|client| client.slug == "cursor");
    let client = client.unwrap();
    let file = home.path().join("mcp.json");
    let original = "{\n  \"theme\": \"dark\"\n}";
    fs::write(&file, original).unwrap();
    let add = |server: &Server<'_>| {
        let mut records = Records::lock(state.path()).unwrap();
        add(client, &file, server, &mut records).unwrap()
    };
    let edit = || {
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("dark", "light")).unwrap();
    };
    add(&SERVER);
    edit();
    add(&Server {
        instance: Some("second"),
        ..SERVER
    });
    let mut records = Records::lock(state.path()).unwrap();
    let outcome = remove(client, &file, &mut records).unwrap();
    assert!(matches!(outcome, Outcome::Written { .. }), "{outcome:?}");
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        original.replace("dark", "light")
    );
    let backup = home.path().join("mcp.json.before-tai");
    assert_eq!(fs::read_to_string(backup).unwrap(), original);
    assert_eq!(files(home.path()).len(), 4, "two more backups");
    let again = remove(client, &file, &mut records).unwrap();
    assert!(matches!(again, Outcome::Unchanged(_)), "{again:?}");
}

#[test]
fn the_entry_that_an_option_changes_is_named_and_so_are_the_others() {
    let (home, state) = (in_memory(), in_memory());
    let client = CLIENTS.iter().find(|client| client.slug == "cursor");
    let file = home.path().join("mcp.json");
    let entry = |key: &str, name: &str| {
        format!(r#""{key}": {{"command": "/bin/tai-mcp", "env": {{"NAME": "{name}"}}}}"#)
    };
    let entries = [entry("a", "alice"), entry("b", "alice"), entry("c", "bob")];
    fs::write(
        &file,
        format!(r#"{{"mcpServers": {{{}}}}}"#, entries.join(", ")),
    )
    .unwrap();
    let notes = |server: &Server<'_>| {
        let mut records = Records::lock(state.path()).unwrap();
        match add(client.unwrap(), &file, server, &mut records).unwrap() {
            Outcome::Written { changes, .. } => changes.notes,
            Outcome::Unchanged(notes) => notes,
            outcome => panic!("{outcome:?}"),
        }
    };
    let profile = Profile::new("work").unwrap();
    let work = Server {
        profile: Some(&profile),
        socket: Some("/run/tai.sock"),
        ..SERVER
    };
    assert_eq!(notes(&SERVER), Vec::<String>::new());
    let said = [r#"only "a" is changed by --profile, --socket; not changed: "b", "c""#];
    assert_eq!(notes(&work), said);
    assert_eq!(notes(&work), said, "also without a change");
}
