//! Command lines of tai-mcp, of the Node server, and of other programs that mention them.

use super::*;

/// Returns what a line of words starts. A word in `"` may contain blanks.
fn server(line: &str) -> String {
    let words = line.split('|').map(str::trim).map(str::to_owned);
    match started(&words.collect::<Vec<_>>()) {
        None => "another".to_owned(),
        Some(Started { server, behind }) => match behind {
            None => format!("{server:?}"),
            Some(behind) => format!("{server:?} {behind}"),
        },
    }
}

fn page(lines: &[&str]) -> String {
    let lines = lines
        .iter()
        .map(|line| format!("{line} -> {}\n", server(line)));
    lines.collect()
}

#[test]
fn tai_mcp_is_recognised_where_a_program_stands() {
    insta::assert_snapshot!(page(&[
        "tai-mcp",
        "/opt/bin/tai-mcp|--home|/x",
        "/home/alice/my bin/tai-mcp",
        r"C:\Program Files\tai\tai-mcp.exe",
        "wsl.exe|-d|Ubuntu|--exec|/usr/bin/env|TAI_MCP_INSTANCE=windows|/usr/bin/tai-mcp",
        "wsl|-d|tai-mcp|--|tai-mcp",
        "bwrap|--unshare-pid|tai-mcp",
        "bwrap|--ro-bind|/|/|--dev|/dev|--setenv|A|1|--|/usr/bin/tai-mcp",
        "/usr/bin/env|-u|LANG|A=1|/usr/bin/tai-mcp",
        "nice|-n|5|timeout|1h|/usr/bin/tai-mcp|--home|/x",
        "/bin/sh|-c|exec /usr/bin/env A=1 /usr/bin/tai-mcp",
        "bash|-lc|cd '/my dir' && A=1 exec \"/my bin/tai-mcp\" --home /x",
        "bash|-l|/opt/tai-mcp",
        "sh|-c|PASSWORD=$(pass show tai) exec /usr/bin/tai-mcp",
        "cmd|/d|/c|tai-mcp.cmd",
        "powershell.exe|-ExecutionPolicy|Bypass|-Command|tai-mcp --home x",
        "op|run|--env-file|.env|--|tai-mcp",
        "mise|exec|node@20|--|/usr/bin/tai-mcp",
        "docker|run|-i|--rm|--name|mail|-e|A=1|other/image|tai-mcp",
        "docker|compose|exec|-T|mail|/usr/bin/tai-mcp",
        "ssh|-i|/key|host|tai-mcp",
        "ssh|host|cd /x; exec tai-mcp --home /x",
        "distrobox|enter|box|--|tai-mcp",
    ]), @r#"
    tai-mcp -> TaiMcp
    /opt/bin/tai-mcp|--home|/x -> TaiMcp
    /home/alice/my bin/tai-mcp -> TaiMcp
    C:\Program Files\tai\tai-mcp.exe -> TaiMcp
    wsl.exe|-d|Ubuntu|--exec|/usr/bin/env|TAI_MCP_INSTANCE=windows|/usr/bin/tai-mcp -> Wrapped
    wsl|-d|tai-mcp|--|tai-mcp -> Wrapped
    bwrap|--unshare-pid|tai-mcp -> Wrapped
    bwrap|--ro-bind|/|/|--dev|/dev|--setenv|A|1|--|/usr/bin/tai-mcp -> Wrapped
    /usr/bin/env|-u|LANG|A=1|/usr/bin/tai-mcp -> Wrapped /usr/bin/tai-mcp
    nice|-n|5|timeout|1h|/usr/bin/tai-mcp|--home|/x -> Wrapped /usr/bin/tai-mcp
    /bin/sh|-c|exec /usr/bin/env A=1 /usr/bin/tai-mcp -> Wrapped
    bash|-lc|cd '/my dir' && A=1 exec "/my bin/tai-mcp" --home /x -> Wrapped
    bash|-l|/opt/tai-mcp -> Wrapped /opt/tai-mcp
    sh|-c|PASSWORD=$(pass show tai) exec /usr/bin/tai-mcp -> Wrapped
    cmd|/d|/c|tai-mcp.cmd -> Wrapped
    powershell.exe|-ExecutionPolicy|Bypass|-Command|tai-mcp --home x -> Wrapped
    op|run|--env-file|.env|--|tai-mcp -> Wrapped
    mise|exec|node@20|--|/usr/bin/tai-mcp -> Wrapped
    docker|run|-i|--rm|--name|mail|-e|A=1|other/image|tai-mcp -> Wrapped
    docker|compose|exec|-T|mail|/usr/bin/tai-mcp -> Wrapped
    ssh|-i|/key|host|tai-mcp -> Wrapped
    ssh|host|cd /x; exec tai-mcp --home /x -> Wrapped
    distrobox|enter|box|--|tai-mcp -> Wrapped
    "#);
}

#[test]
fn the_node_server_is_recognised_as_a_package_or_a_file() {
    insta::assert_snapshot!(page(&[
        "npx|-y|tai-mcp",
        "npx|tai-mcp@1.2.0|--home|/x",
        "npx|-y|--registry|https://r.example|tai-mcp-server",
        "npx|--package=tai-mcp@1|tai-mcp",
        "npm|exec|--|tai-mcp",
        "pnpm|dlx|tai-mcp@latest",
        "bunx|tai-mcp",
        "deno|run|-A|npm:tai-mcp@1",
        "npx|-y|github:someone/tai-mcp#v1",
        "cmd|/c|npx|-y|tai-mcp",
        r"cmd.exe|/c|C:\Program Files\nodejs\npx.cmd|-y|tai-mcp",
        "powershell|-NoProfile|-Command|npx -y tai-mcp",
        "bash|-lc|exec npx -y tai-mcp",
        "node|/srv/node_modules/tai-mcp/dist/index.js",
        "node|-r|dotenv/config|/home/me/tai-mcp/index.js",
        r"node|C:\x\tai-mcp\build\index.js",
        "npx|tsx|/home/me/tai-mcp/src/index.ts",
        "node|/usr/local/bin/tai-mcp",
    ]), @r"
    npx|-y|tai-mcp -> Node
    npx|tai-mcp@1.2.0|--home|/x -> Node
    npx|-y|--registry|https://r.example|tai-mcp-server -> Node
    npx|--package=tai-mcp@1|tai-mcp -> Node
    npm|exec|--|tai-mcp -> Node
    pnpm|dlx|tai-mcp@latest -> Node
    bunx|tai-mcp -> Node
    deno|run|-A|npm:tai-mcp@1 -> Node
    npx|-y|github:someone/tai-mcp#v1 -> Node
    cmd|/c|npx|-y|tai-mcp -> Node
    cmd.exe|/c|C:\Program Files\nodejs\npx.cmd|-y|tai-mcp -> Node
    powershell|-NoProfile|-Command|npx -y tai-mcp -> Node
    bash|-lc|exec npx -y tai-mcp -> Node
    node|/srv/node_modules/tai-mcp/dist/index.js -> Node
    node|-r|dotenv/config|/home/me/tai-mcp/index.js -> Node
    node|C:\x\tai-mcp\build\index.js -> Node
    npx|tsx|/home/me/tai-mcp/src/index.ts -> Node
    node|/usr/local/bin/tai-mcp -> Node
    ");
}

#[test]
fn another_program_with_an_argument_of_the_name_is_another_server() {
    let others = [
        "npx|-y|@modelcontextprotocol/server-filesystem|/home/me/tai-mcp",
        "uvx|mcp-server-git|--repository|/home/me/tai-mcp",
        "docker|run|--name|tai-mcp|other/image",
        "docker|run|-i|--rm|-v|/home/me/tai-mcp:/x|other/image",
        "docker|run|other/image|--dir|tai-mcp",
        "docker|run|-i|me/tai-mcp",
        "docker|exec|-i|tai-mcp|other-server",
        "npx|-y|@modelcontextprotocol/inspector|tai-mcp",
        "npx|-y|some-proxy|/usr/bin/tai-mcp",
        "npx|-p|tai-mcp|other",
        "npx|-y|@someone/tai-mcp",
        "deno|run|npm:@someone/tai-mcp@1",
        "node|/srv/node_modules/@someone/tai-mcp/dist/index.js",
        "sh|-c|exec $(tai-mcp --version)",
        "npx|-y|tai-mcp-weather",
        "npm|--prefix|/home/me/tai-mcp|start",
        "node|/home/me/tai-mcp/node_modules/other/dist/index.js",
        "node|/home/me/tai-mcp/tools/weather.js",
        "node|--title|tai-mcp|server.js",
        "node|server.js|--root|/home/me/tai-mcp/index.js",
        "wsl.exe|-d|tai-mcp|--|other",
        "bwrap|--bind|/home/me/tai-mcp|/home/me/tai-mcp|--|other",
        "bwrap|--chdir|/home/me/tai-mcp|other|--|tai-mcp",
        "env|-C|/home/me/tai-mcp|other",
        "env|DIR=/home/me/tai-mcp|other",
        "timeout|5|other|tai-mcp",
        "ssh|tai-mcp|other",
        "ssh|-l|me|host|other|/home/me/tai-mcp",
        "sh|-c|cd /home/me/tai-mcp && exec other",
        "sh|-c|other /home/me/tai-mcp",
        "sh|-c|tai-mcp --version; other",
        "sh|/home/me/other.sh|tai-mcp",
        "git|log|--|tai-mcp",
        "op|run|--account|tai-mcp|--|other",
        "python3|/home/me/tai-mcp",
        "/opt/with-secrets|tai-mcp",
        "tai",
        "npx|-y|tai",
        "docker|run|tai-analysis",
        // The Node server in a place that its replacement would leave.
        "env|A=1|npx|-y|tai-mcp",
        "wsl.exe|--|npx|-y|tai-mcp",
        "bash|-c|cd /x && npx -y tai-mcp",
        "bash|-c|A=1 npx -y tai-mcp",
        // A line as the program.
        "docker run -v /home/me/tai-mcp",
        "/usr/bin/env A=1 /usr/bin/tai-mcp",
        "/usr/bin/docker run me/tai-mcp",
        "npx -y tai-mcp",
    ];
    let ours = others.into_iter().filter(|line| server(line) != "another");
    assert_eq!(ours.collect::<Vec<_>>(), [""; 0]);
    let deep: Vec<String> = vec!["env".to_owned(); 100_000];
    assert_eq!(started(&deep), None);
}
