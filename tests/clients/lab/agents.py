"""The agents of the lab: their installation, and the command that runs one prompt without a person.

`tai-mcp setup` configures each of them, as for a user. `run` adds the address of the scripted model
and the flags for a run without a terminal.
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
# Packages and their versions.
NPM = {"@anthropic-ai/claude-code": "2.1.332", "@openai/codex": "0.171.0", "@google/gemini-cli": "0.61.0",
       "opencode-ai": "1.18.33", "@qwen-code/qwen-code": "0.24.4", "@github/copilot": "1.0.102"}
PIP = {"openai-agents": "0.24.0", "pydantic-ai-slim[mcp,openai]": "2.66.0", "google-genai": "3.6.1",
       "jsonschema": "4.26.0"}
PROMPT = "Use the tools as you see fit."


@dataclass
class Home:
    """Home directory of one agent: the agent, tai-mcp and taid run in it."""

    path: Path
    env: dict  # Environment of the agent's user.
    bin: Path  # Directory with `claude`, `codex` and so on.
    python: Path  # Interpreter with the libraries.
    server: list  # Command of the MCP server, for the libraries.


@dataclass
class Agent:
    name: str
    slug: str  # Name in `tai-mcp setup`; empty for a library.
    package: str  # A key of `NPM` or `PIP`.
    flags: str  # Flags of its user that permit calls without a question.
    run: Callable  # (Home, URL of the model, flags) -> (arguments, environment)
    allow: str = ""  # Flags that permit the calls which the agent refuses after the setup.
    before: tuple = ()  # File below the home directory and its content before the setup.

    @property
    def version(self):
        return (NPM | PIP)[self.package]

    @property
    def instance(self):
        return self.slug or self.name


def claude(home, url, flags):
    argv = [home.bin / "claude", "-p", PROMPT, "--model", "claude-sonnet-4-5", *flags]
    return argv, {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "lab",
                  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def codex(home, url, flags):
    provider = f'{{name="lab", base_url="{url}/v1", wire_api="responses", env_key="LAB_KEY"}}'
    argv = [home.bin / "codex", "exec", "--skip-git-repo-check", "-c", "model=\"gpt-5\"",
            "-c", "model_provider=\"lab\"", "-c", f"model_providers.lab={provider}", *flags, PROMPT]
    return argv, {"LAB_KEY": "lab"}


def gemini(home, url, flags):
    argv = [home.bin / "gemini", "-p", PROMPT, "-m", "gemini-2.5-flash", *flags]
    return argv, {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": "lab",
                  "GEMINI_TELEMETRY_ENABLED": "false"}


def opencode(home, url, flags):
    provider = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": f"{url}/v1", "apiKey": "lab"},
                "models": {"lab": {"limit": {"context": 1000000, "output": 8000}}}}
    config = {"provider": {"lab": provider}, "autoupdate": False, "share": "disabled"}
    argv = [home.bin / "opencode", "run", *flags, "-m", "lab/lab", PROMPT]
    return argv, {"OPENCODE_CONFIG_CONTENT": json.dumps(config), "OPENCODE_DISABLE_MODELS_FETCH": "1"}


def qwen(home, url, flags):
    argv = [home.bin / "qwen", "-p", PROMPT, "--auth-type", "openai", *flags]
    return argv, {"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "lab", "OPENAI_MODEL": "lab"}


def copilot(home, url, flags):
    argv = [home.bin / "copilot", "-p", PROMPT, "--no-auto-update", *flags]
    return argv, {"COPILOT_PROVIDER_BASE_URL": f"{url}/v1", "COPILOT_PROVIDER_API_KEY": "lab",
                  "COPILOT_MODEL": "lab", "COPILOT_OFFLINE": "true"}


def library(name):
    def run(home, url, flags):
        argv = [home.python, HERE / "library.py", name, url, PROMPT, *home.server]
        return argv, {"OPENAI_API_KEY": "lab", "GEMINI_API_KEY": "lab"}

    return run


AGENTS = [
    Agent("Claude Code", "claude-code", "@anthropic-ai/claude-code", "--allowedTools mcp__tai", claude),
    Agent("Codex", "codex", "@openai/codex", "", codex,
          "-c mcp_servers.tai.default_tools_approval_mode=\"approve\""),
    Agent("Gemini CLI", "gemini", "@google/gemini-cli", "--approval-mode yolo --skip-trust", gemini, before=(
        ".gemini/settings.json", '{"security": {"auth": {"selectedType": "gemini-api-key"}}}')),
    Agent("opencode", "opencode", "opencode-ai", "", opencode),
    Agent("Qwen Code", "qwen", "@qwen-code/qwen-code", "--approval-mode yolo", qwen),
    Agent("Copilot CLI", "copilot", "@github/copilot", "--allow-tool=tai", copilot),
    Agent("openai-agents", "", "openai-agents", "", library("openai-agents")),
    Agent("pydantic-ai", "", "pydantic-ai-slim[mcp,openai]", "", library("pydantic-ai")),
    Agent("google-genai", "", "google-genai", "", library("google-genai")),
]


def install(directory):
    """Installs all agents into a directory. Returns the cause of a failure, or `None`."""
    marker = directory / "installed"
    if marker.exists():
        return None
    directory.mkdir(parents=True, exist_ok=True)
    steps = [("npm", ["npm", "install", "--silent", "--no-audit", "--no-fund", "--fetch-retries=1",
                      "--prefix", directory, *map("@".join, NPM.items())]),
             ("python3 -m venv", [sys.executable, "-m", "venv", directory / "python"]),
             ("pip", [directory / "python/bin/pip", "install", "--quiet", "--disable-pip-version-check",
                      *map("==".join, PIP.items())])]
    for name, argv in steps:
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.TimeoutExpired) as problem:
            return f"{name}: {problem}"
        if done.returncode:
            return f"{name}: {done.stderr.strip()[-200:]}"
    marker.touch()
    return None


def start(agent, home, url, allow, log):
    """Starts an agent in its own session, with its output in a file."""
    flags = shlex.split(agent.flags) + (shlex.split(agent.allow) if allow else [])
    argv, env = agent.run(home, url, flags)
    work = home.path / "work"
    work.mkdir(exist_ok=True)
    with open(log, "w") as out:
        return subprocess.Popen([str(part) for part in argv], env={**home.env, **env}, cwd=work,
                                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                start_new_session=True)


def environment(home):
    """Returns the environment of a user with a shell and a terminal."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "USER", "LOGNAME") if name in os.environ}
    # Agents leave the results of tools in temporary files.
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    return {**keep, "HOME": str(home), "SHELL": "/bin/sh", "TERM": "xterm", "CI": "1",
            "TMPDIR": str(temporary), "CLAUDE_CODE_TMPDIR": str(temporary)}
