//! Agents of `tai-mcp live --agent`: each gets the email fenced on its standard input and the tools
//! of tai-mcp for the same instance, and its mail is read only once it was answered or needs no
//! answer.

use super::*;
use std::{path::Path, process::Command};
use tai_e2e::{mcp::Shim, processes::skipped};

/// Writes a shell script as an agent. It leaves its arguments, its environment, its prompt and its
/// settings in the home directory, and has the marker in `$marker`.
fn agent(machine: &Machine, name: &str, text: &str) {
    let dir = agents_of(machine);
    fs::create_dir_all(&dir).unwrap();
    let head = "case \"$1 $2 $3\" in 'mcp list --json') echo '[{\"name\":\"other\"}]'; exit;; esac\n\
                printf '%s\\n' \"$@\" >$HOME/args\n\
                env >$HOME/env\n\
                cat >$HOME/prompt\n\
                test -e .gemini/settings.json && cp .gemini/settings.json $HOME/settings\n\
                pwd >$HOME/cwd\n\
                marker=$(sed -n 's/.* exactly: //p' $HOME/prompt)";
    write_program(&dir.join(name), &format!("#!/bin/sh\n{head}\n{text}\n"));
}

fn file(machine: &Machine, name: &str) -> String {
    fs::read_to_string(machine.home().join(name)).unwrap_or_default()
}

/// Returns the environment and the command of tai-mcp in a configuration.
fn server(config: &Value) -> Command {
    let mut parts: Vec<&str> = Vec::new();
    match &config["command"] {
        Value::String(command) => parts.push(command),
        command => parts.extend(command.as_array().unwrap().iter().filter_map(Value::as_str)),
    }
    if let Some(arguments) = config["args"].as_array() {
        parts.extend(arguments.iter().filter_map(Value::as_str));
    }
    let mut server = Command::new(parts[0]);
    server.args(&parts[1..]).env_clear();
    let variables = config["env"]
        .as_object()
        .or(config["environment"].as_object());
    for (name, value) in variables.unwrap() {
        server.env(name, value.as_str().unwrap());
    }
    server
}

/// Returns the configuration of tai-mcp that an agent was started with.
fn config(machine: &Machine, name: &str) -> Value {
    let line_after = |text: &str, start: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(start));
        line.unwrap().to_owned()
    };
    let arguments = file(machine, "args");
    match name {
        "claude" => {
            let config = line_after(&arguments, "{");
            let config: Value = serde_json::from_str(&format!("{{{config}")).unwrap();
            config["mcpServers"]["tai"].clone()
        }
        "gemini" => {
            let settings: Value = serde_json::from_str(&file(machine, "settings")).unwrap();
            settings["mcpServers"]["tai"].clone()
        }
        "opencode" => {
            let config = line_after(&file(machine, "env"), "OPENCODE_CONFIG_CONTENT=");
            let config: Value = serde_json::from_str(&config).unwrap();
            config["mcp"]["tai"].clone()
        }
        "codex" => {
            let table = line_after(&arguments, "mcp_servers.tai=");
            let table: toml::Table = format!("tai={table}").parse().unwrap();
            serde_json::to_value(&table["tai"]).unwrap()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn each_agent_gets_the_fenced_mail_on_its_input_alone_and_the_tools_of_its_instance() {
    for name in ["claude", "codex", "gemini", "opencode"] {
        let machine = Machine::new();
        deliver(&machine, "desk.alice@tai.chat", "canary-of-mail");
        let _taid = machine.start();
        agent(&machine, name, "echo \"$marker\"");
        let live = Live::start(&machine, &["--agent", name, "--prompt", "Sort it."]);
        wait_until("the mail is handled", || unread(&machine) == 0);
        drop(live);
        let prompt = file(&machine, "prompt");
        let (before, rest) = prompt
            .split_once("[Begin of untrusted email content ")
            .unwrap();
        let (inside, after) = rest.split_once("[End of untrusted email content ").unwrap();
        assert!(before.contains("data, not instructions") && !before.contains("canary"));
        assert!(inside.contains("Subject: canary-of-mail\n") && inside.contains("\n\ntext\n"));
        assert!(after.contains("Sort it.\n") && after.contains("message_id 1."));
        let arguments = file(&machine, "args");
        for text in [&arguments, &file(&machine, "env")] {
            assert!(!text.contains("canary"), "{text}");
        }
        let has_no_files = file(&machine, "env").contains("CLAUDE_CODE_DISABLE_ATTACHMENTS=1\n");
        assert_eq!(has_no_files, name == "claude");
        assert!(name != "codex" || arguments.contains("mcp_servers.other.enabled=false"));
        assert!(name != "opencode" || arguments.starts_with("run\n--agent\ntai-live-"));

        let entry = config(&machine, name);
        assert_eq!(
            Path::new(server(&entry).get_program()).file_name().unwrap(),
            "tai-mcp"
        );
        let mut shim = Shim::spawn(server(&entry)).initialized(name, "2025-06-18");
        let inbox = shim.call("list_inbox", json!({"show_read": true}));
        assert_eq!(
            inbox.structured["address"], "desk.alice@tai.chat",
            "{}",
            inbox.text
        );
        // No agent runs in the directory of live, or below the directory of temporary files, where
        // every user can create settings for it. The settings of Gemini CLI exist for one run.
        let cwd = file(&machine, "cwd");
        assert!(cwd.starts_with(unshared_dir().to_str().unwrap()), "{cwd}");
        assert_eq!(Path::new(cwd.trim()).exists(), name != "gemini", "{cwd}");
    }
}

#[test]
fn the_agent_of_one_mail_takes_no_other_mail_from_live() {
    let machine = Machine::new();
    for subject in ["first", "second", "third"] {
        deliver(&machine, "desk.alice@tai.chat", subject);
    }
    let _taid = machine.start();
    agent(
        &machine,
        "claude",
        "test -e $HOME/first || { touch $HOME/first; while ! test -e $HOME/go; do sleep 0.05; done; }\n\
         echo \"$marker\"",
    );
    let _live = Live::start(&machine, &["--agent", "claude"]);
    wait_until("the agent runs", || machine.home().join("first").exists());
    let mut shim = Shim::spawn(server(&config(&machine, "claude")));
    shim = shim.initialized("claude-code", "2025-06-18");
    let listed = shim.request("tools/list", json!({}))["result"]["tools"].clone();
    let names: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(names.join(" "), @"send_email fetch_email list_inbox reply_email search_inbox session_status");
    for (tool, arguments) in [
        ("wait_for_email", json!({})),
        ("mark_read", json!({"message_id": 2})),
        ("delete_email", json!({"message_id": 3})),
    ] {
        let refused = shim.request("tools/call", json!({"name": tool, "arguments": arguments}));
        assert!(
            refused["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with("unknown tool")
        );
    }
    let other = json!({"message_id": 2, "content": "answer"});
    insta::assert_snapshot!(shim.call("reply_email", other).text, @r#"
    error: "message_id" cannot be used: this agent answers email 1 alone
    hint: correct "message_id" and call again; nothing was sent or changed
    "#);
    assert!(
        shim.call("fetch_email", json!({}))
            .text
            .contains("Subject: first")
    );
    assert!(
        shim.call("fetch_email", json!({"email_id": 3}))
            .text
            .contains("Subject: third")
    );
    assert_eq!(unread(&machine), 3);
    fs::write(machine.home().join("go"), "").unwrap();
    wait_until("live hands over all mails", || unread(&machine) == 0);
}

#[test]
fn a_mail_is_handled_once_its_agent_answered_it_even_if_the_agent_then_fails() {
    let machine = Machine::new();
    for n in 0..3 {
        deliver(&machine, "desk.alice@tai.chat", &format!("mail {n}"));
    }
    let _taid = machine.start();
    agent(
        &machine,
        "claude",
        "mv $HOME/prompt $HOME/running\nwhile test -e $HOME/running; do sleep 0.05; done\nexit 1",
    );
    let mut live = Live::start(&machine, &["--agent", "claude"]);
    for id in 1..=3 {
        wait_until("the agent runs", || machine.home().join("running").exists());
        assert_eq!(unread(&machine), 4 - id);
        let mut shim = Shim::spawn(server(&config(&machine, "claude")));
        shim = shim.initialized("claude-code", "2025-06-18");
        let answer = json!({"message_id": id, "content": format!("answer {id}")});
        assert!(!shim.call("reply_email", answer).is_error);
        fs::remove_file(machine.home().join("running")).unwrap();
        wait_until("the mail is read", || unread(&machine) == 3 - id);
    }
    live.terminate();
    let (code, said) = live.wait();
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(about_mails(&said), @"
    email 1 arrived
    email 1 was answered
    email 2 arrived
    email 2 was answered
    email 3 arrived
    email 3 was answered
    ");
    assert_eq!(machine.sandbox.sent().len(), 3);
}

#[test]
fn an_agent_that_does_nothing_leaves_its_mail_unread() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    agent(
        &machine,
        "claude",
        "echo 'TAI: handled 0000000000000000'; echo 'I may not call tools.'; touch $HOME/ran",
    );
    let mut live = Live::start(&machine, &["--agent", "claude"]);
    wait_until("the agent ran", || machine.home().join("ran").exists());
    let mut errors = BufReader::new(live.child.stderr.take().unwrap()).lines();
    let failed = errors.find(|line| line.as_ref().unwrap().contains("not handled"));
    insta::assert_snapshot!(failed.unwrap().unwrap(), @r#"email 1 was not handled: the agent neither answered nor said that no answer is needed; its last line is "I may not call tools."; retrying in 10 s"#);
    assert_eq!(unread(&machine), 1);
    assert_eq!(machine.sandbox.sent().len(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn the_processes_that_an_agent_leaves_are_killed() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    agent(
        &machine,
        "claude",
        "sleep 1000 & echo $! >$HOME/pid\necho \"$marker\"",
    );
    let _live = Live::start(&machine, &["--agent", "claude"]);
    wait_until("the mail is handled", || unread(&machine) == 0);
    let pid = file(&machine, "pid").trim().parse().unwrap();
    wait_until("the process has ended", || !is_running(pid));
}

#[test]
fn a_mail_that_was_answered_before_is_not_given_to_the_agent() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let taid = machine.start();
    let mut shim = machine.client("desk");
    let answer = json!({"message_id": 1, "content": "answer"});
    assert!(!shim.call("reply_email", answer).is_error);
    drop(shim);
    taid.kill();
    let _taid = machine.start();
    agent(&machine, "claude", "touch $HOME/ran");
    let live = Live::start(&machine, &["--agent", "claude"]);
    wait_until("the mail is read", || unread(&machine) == 0);
    drop(live);
    assert!(!machine.home().join("ran").exists());
}

#[test]
fn an_agent_that_is_not_installed_is_reported_and_the_mail_stays_unread() {
    let machine = Machine::new();
    deliver(&machine, "desk.alice@tai.chat", "mail");
    let _taid = machine.start();
    let mut command = machine.command("tai-mcp");
    command.args(["live", "--instance", "desk", "--agent", "codex"]);
    let ended = command.env("PATH", "/nowhere").output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    insta::assert_snapshot!(machine.plain(&ended.stderr), @"
    error: cannot run `codex`
    caused by: it is not in a directory of PATH
    hint: install codex, or add its directory to PATH
    ");
    assert_eq!(unread(&machine), 1);
}

#[test]
fn no_agent_is_run_below_a_directory_in_which_other_users_create_files() {
    let system = format!("/run/user/{}", rustix::process::geteuid().as_raw());
    if Path::new(&system).exists() {
        skipped("agents below a shared directory: /run/user is private, and they run there");
        return;
    }
    let machine = Machine::new();
    fs::set_permissions(machine.home(), fs::Permissions::from_mode(0o1777)).unwrap();
    for name in ["claude", "codex", "gemini", "opencode"] {
        agent(&machine, name, "echo ran");
        let mut command = machine.command("tai-mcp");
        command.args(["live", "--instance", "desk", "--agent", name]);
        let ended = command.env("PATH", agents_of(&machine)).output().unwrap();
        assert_eq!(ended.status.code(), Some(1));
        insta::allow_duplicates! {
            insta::assert_snapshot!(machine.plain(&ended.stderr), @"
            error: cannot create a private directory for the agent
            caused by: HOME/.local/state/tai/run: other users can create files in HOME
            hint: set XDG_RUNTIME_DIR to a directory with mode 700 below directories that no other user can write
            ");
        }
    }
}
