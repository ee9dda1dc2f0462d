//! The manual page `tai-config(5)`, generated from the definitions of the configuration keys.

use crate::page::Page;
use clap_mangen::roff::bold;
use taid::config::{
    docs::{VARIABLES, facts},
    keys,
};

const INTRODUCTION: &str = "Every key is optional. A value comes from the environment of taid, then from the file, then \
                            from the default. An empty variable counts as unset. `taid doctor` lists every value that is set. \
                            A changed `confirm_send` or `[instances.NAME]` counts from the next call on, any other change \
                            from the next start of taid on.";
const PASSWORD: &str = "taid reads the password from the first configured source: the variable \
                        `TAI_MCP_PASSWORD` or `PASSWORD`, the systemd credential `tai-password`, \
                        `password_command`, `password_file`, the keyring of the system, the configuration \
                        of an MCP client. `password_command` and `password_file` must not both be set. `taid login` overrides all sources until taid exits.";
const INSTANCES: &str = "A table `[instances.NAME]` restricts the agent with this instance. A refused call names the rule. \
                         Instances without a table have no rules. Names are case-insensitive. The tables are only in \
                         the configuration file.";
const INSTANCE_KEYS: [(&str, &str); 7] = [
    (
        "read_only",
        "`true` refuses send_email, reply_email and delete_email.",
    ),
    ("tools", "List of the permitted tools."),
    (
        "allow_to",
        "List of patterns of the recipients of sends and replies, such as `*@example.com`.",
    ),
    (
        "allow_from",
        "List of patterns of the senders whose mail the instance may read.",
    ),
    ("sends_per_hour", "Limit of sends in one hour, 1 to 1000."),
    ("sends_per_day", "Limit of sends in 24 hours, 1 to 1000."),
    (
        "socket",
        "`true` gives the instance a socket of its own, for a container or a sandbox.",
    ),
];
const EXAMPLE: &str = r#"username = "alice"
password_command = ["pass", "show", "tai"]
user_email = "alice@example.com"
confirm_send = "external"

[instances.desk]
allow_to = ["*@example.com"]
sends_per_day = 100"#;
const FILES: [(&str, &str); 3] = [
    (
        "~/.config/tai/config.toml",
        "Configuration of the default profile on Linux.",
    ),
    (
        "~/Library/Application Support/chat.tai.tai/config.toml",
        "Configuration of the default profile on macOS.",
    ),
    (
        "config-PROFILE.toml",
        "Configuration of another profile, in the same directory. It inherits nothing of `config.toml`.",
    ),
];

/// Returns the page.
pub(crate) fn page() -> Page {
    let mut page = Page::new("tai-config", 5, "configuration file of taid");
    page.section("DESCRIPTION");
    page.text(INTRODUCTION);
    page.section("KEYS");
    for key in keys() {
        page.entry(vec![bold(key.name)], &[key.about, &facts(&key)]);
    }
    page.section("INSTANCES");
    page.text(INSTANCES);
    for (key, about) in INSTANCE_KEYS {
        page.entry(vec![bold(key)], &[about]);
    }
    page.section("PASSWORD");
    page.text(PASSWORD);
    page.section("EXAMPLES");
    page.example(EXAMPLE.lines());
    page.section("ENVIRONMENT");
    for variable in VARIABLES {
        page.entry(vec![bold(variable.names.join(", "))], &[variable.about]);
    }
    page.section("FILES");
    for (path, about) in FILES {
        page.entry(vec![bold(path)], &[about]);
    }
    page.see_also(&["taid(1)", "taid-doctor(1)", "tai-mcp(1)", "tai(7)"]);
    page
}
