"""Checks that `tai-mcp setup` finds the directories of agents whose own variable names another one, and
that agents pass the environment which `taid doctor --as` expects. Needs no model and no taid.
"""

import json
import subprocess

import agents

# Agent -> program, variable, configuration below its directory, beginning of the line in `mcp list`.
VARIABLES = {
    "claude-code": ("claude", "CLAUDE_CONFIG_DIR", ".claude.json", "tai: "),
    "codex": ("codex", "CODEX_HOME", "config.toml", "tai "),
    "gemini": ("gemini", "GEMINI_CLI_HOME", ".gemini/settings.json", "✓ tai: "),
    "qwen": ("qwen", "QWEN_HOME", "settings.json", "tai: "),
    "copilot": ("copilot", "COPILOT_HOME", "mcp-config.json", "tai (local)"),
}
# Agent -> lines of tai-mcp's environment; the entry has references in three notations.
PASSED = {
    "claude-code": ["MY_PASSWORD=secret", "BRACES=value", "DOLLAR=$VALUE", "UNSET=${GONE}"],
    "gemini": ["BRACES=value", "DOLLAR=value", "UNSET="],
    "qwen": ["MY_PASSWORD=secret", "BRACES=value", "DOLLAR=value", "UNSET=${GONE}"],
}
KEPT_BACK = {"gemini": "MY_PASSWORD="}
CURSOR = """
import asyncio, json, sys
from fastmcp import Client
async def main():
    async with Client(json.load(open(sys.argv[1]))) as client:
        print("listed", [tool.name for tool in await client.list_tools()])
asyncio.run(main())
"""


def check(bin, installed, directory):
    """Returns the problems."""
    home, work = directory / "setups", directory / "setups/work"
    work.mkdir(parents=True)
    programs = installed / "node_modules/.bin"
    env = {**agents.environment(home), "VALUE": "value", "MY_PASSWORD": "secret"}
    for _, variable, file, _ in VARIABLES.values():
        env[variable] = str(home / variable.lower())
        (home / variable.lower() / file).parent.mkdir(parents=True)
    trusted = home / "gemini_cli_home/.gemini/trustedFolders.json"
    trusted.write_text(json.dumps({str(work): "TRUST_FOLDER"}))
    run([bin / "tai-mcp", "setup", "cursor", *VARIABLES], env, work)

    problems = []
    for agent, (program, variable, _, listed) in VARIABLES.items():
        said = run([programs / program, "mcp", "list"], env, work)
        lines = [line for line in said.splitlines() if listed in line]
        if not any(word in line for line in lines for word in ("Connected", "enabled", "(local)")):
            problems.append(f"{agent} with {variable} does not list tai: {said}")
    said = run([installed / "python/bin/python", "-c", CURSOR, home / ".cursor/mcp.json"], env, work)
    if "listed ['send_email', " not in said:
        problems.append(f"the file for Cursor: {said}")

    for agent, expected in PASSED.items():
        program, variable, file, _ = VARIABLES[agent]
        passed = environment_of(home / agent, home / variable.lower() / file,
                                [programs / program, "mcp", "list"], env, work)
        if not set(expected) <= set(passed):
            problems.append(f"{agent} does not pass {set(expected) - set(passed)}")
        if agent in KEPT_BACK and any(line.startswith(KEPT_BACK[agent]) for line in passed):
            problems.append(f"{agent} passes {KEPT_BACK[agent]}")
    return problems


def environment_of(server, config, argv, env, work):
    """Returns the environment in which an agent starts a server, as lines."""
    server.write_text(f"#!/bin/sh\nenv > {server}.env\n")
    server.chmod(0o755)
    value = json.loads(config.read_text())
    value["mcpServers"]["tai"] = {"command": str(server), "env": {
        "BRACES": "${VALUE}", "DOLLAR": "$VALUE", "UNSET": "${GONE}"}}
    config.write_text(json.dumps(value))
    run(argv, env, work)
    passed = server.with_suffix(".env")
    return passed.read_text().splitlines() if passed.exists() else []


def run(argv, env, work):
    """Returns the output of a program."""
    try:
        done = subprocess.run(argv, env=env, cwd=work, stdin=subprocess.DEVNULL, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return "time-out"
    return done.stdout
