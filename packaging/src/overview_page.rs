//! The manual page `tai(7)`: what tai is, the first steps, and where everything is.

use crate::page::Page;
use clap_mangen::roff::bold;

const DESCRIPTION: &str = "tai gives AI agents mail addresses. Each MCP client, such as Claude Code, Cursor or Codex, \
    starts its own `tai-mcp`, an MCP server on standard input and output. tai-mcp has no password and \
    no token. It forwards each call to `taid`, the daemon of the user, which has the only login to the \
    mail bridge.

The mail bridge is the server of the account, `https://tai.chat` by default. Each client is an instance with \
an address of its own, `INSTANCE.USERNAME@tai.chat`. The account itself \
has the address `USERNAME@tai.chat`. `taid inbox` lists the mail of all of them.

A profile is a taid with an account and a configuration of its own: `taid --profile NAME`. It inherits \
nothing of the default configuration.

The first call of a client, and `taid login`, start taid in the background. An auto-started taid exits \
after 30 minutes without clients. `taid install` runs it as a service instead.";

const FIRST_STEPS: &str = "taid register alice --save  create an account, or sign in:
taid login alice --save     save the password in the keyring of the system
taid setup                  set up your MCP clients
taid doctor                 check the setup
taid status                 show the account, the session and the clients";

const APPROVAL: &str = "An agent sends mail without a question unless `confirm_send` of tai-config(5) is set. If it is, \
    the MCP client asks you. If it cannot ask, the mail waits for an hour for `taid approve`, which shows the \
    mail as its recipient gets it. `taid open` shows the same in a browser.

A mail can contain instructions that an agent follows. The tables `[instances.NAME]` of tai-config(5) \
limit what an agent can read and whom it can write to. `taid audit` shows what was sent and approved.";

const TROUBLE: [(&str, &str); 7] = [
    (
        "A client shows no tools",
        "`taid setup --check`, then restart the client. `taid doctor --as CLIENT` starts tai-mcp as the client does.",
    ),
    (
        "Calls fail",
        "`taid status` says why, and when the next login is tried. `taid doctor` checks everything and suggests fixes.",
    ),
    (
        "taid is not signed in",
        "`taid login --save` saves the password in the keyring. tai-config(5) lists the other sources, for a machine without a keyring.",
    ),
    (
        "A mail was not sent",
        "`taid approve` lists the mails that wait. `taid status` lists sends with unknown outcome.",
    ),
    (
        "A mail does not arrive",
        "`taid inbox` lists the mail of all addresses, also of those that no client uses.",
    ),
    (
        "taid does not answer",
        "`taid logs` shows its log. `kill` ends it, with the number that the error names; the next call starts it again.",
    ),
    (
        "A bug",
        "`taid bugreport` writes a file without private text for a report.",
    ),
];

const FILES: [(&str, &str); 4] = [
    (
        "~/.config/tai/config.toml",
        "Configuration, optional. tai-config(5) has the keys.",
    ),
    (
        "~/.local/state/tai/",
        "State: logs, the audit log, locks, the ledger of sends, and encrypted mails that wait for approval.",
    ),
    (
        "$XDG_RUNTIME_DIR/tai/",
        "Sockets. Without it they are in `/run/user/UID/tai/`, or else in `~/.local/state/tai/run/`.",
    ),
    (
        "/usr/share/doc/tai/",
        "README and documentation, if a package installed tai.",
    ),
];

/// Returns the page.
pub(crate) fn page() -> Page {
    let mut page = Page::new(
        "tai",
        7,
        "mail for AI agents, with one login for every MCP client",
    );
    page.section("DESCRIPTION");
    page.text(DESCRIPTION);
    page.section("FIRST STEPS");
    page.example(FIRST_STEPS.lines());
    page.section("APPROVAL AND RULES");
    page.text(APPROVAL);
    page.section("TROUBLESHOOTING");
    for (symptom, action) in TROUBLE {
        page.entry(vec![bold(symptom)], &[action]);
    }
    page.section("FILES");
    page.text("Paths on Linux. On macOS, the configuration is in `~/Library/Application Support/chat.tai.tai/`.");
    for (path, about) in FILES {
        page.entry(vec![bold(path)], &[about]);
    }
    page.see_also(&[
        "taid(1)",
        "taid-login(1)",
        "taid-setup(1)",
        "taid-doctor(1)",
        "tai-mcp(1)",
        "tai-config(5)",
    ]);
    page
}
