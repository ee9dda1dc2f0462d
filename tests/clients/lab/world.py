"""The sandbox bridge, and for each agent a home directory with its own taid and account."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import agents
import tai

VARIANTS = ("", "-allowed", "-probe")  # Runs of one agent that need a mailbox of their own.


def wait_for(condition, seconds):
    """Returns the first true value of a condition, or its last one."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value


class Sandbox(tai.Sandbox):
    """The mail bridge that all agents share. Each has an account of its own."""

    def __init__(self, bin):
        super().__init__(bin, *(account(agent, variant) for agent in agents.AGENTS for variant in VARIANTS))

    def is_read(self, id):
        """Returns whether a mail is marked read, or gone."""
        return all(mail["is_read"] for mail in self.switch("mails") if mail["id"] == id)


class World:
    """One agent's home, account and taid. The instance is named after the agent."""

    def __init__(self, agent, variant, bin, installed, sandbox, directory):
        self.agent, self.bin, self.sandbox = agent, bin, sandbox
        self.home = directory / f"{agent.instance}{variant}"
        self.home.mkdir()
        self.account = account(agent, variant)
        self.profile = f"lab-{os.getpid()}-{self.account}"
        self.address = f"{agent.instance}.{self.account}@tai.chat"
        self.env = agents.environment(self.home)
        entry = [f"TAI_MCP_INSTANCE={agent.instance}", f"TAI_MCP_PROFILE={self.profile}"]
        self.place = agents.Home(self.home, self.env, installed / "node_modules/.bin",
                                 installed / "python/bin/python", [*entry, bin / "tai-mcp"])
        if agent.before:
            file = self.home / agent.before[0]
            file.parent.mkdir(parents=True)
            file.write_text(agent.before[1])
        if agent.slug:
            self.command("tai-mcp", "setup", agent.slug, "--profile", self.profile, check=True)

    def command(self, program, *arguments, check=False):
        return subprocess.run([self.bin / program, *arguments], env=self.env, text=True, check=check,
                              capture_output=True, timeout=30)

    def taid_command(self, *arguments):
        return self.command("taid", *arguments, "--profile", self.profile, "--home", self.home)

    def configure(self, confirm_send):
        """Writes the configuration of taid."""
        password = self.home / "password"
        password.touch(0o600)
        password.write_text(tai.PASSWORD)
        config = self.home / f".config/tai/config-{self.profile}.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f'api_base_url = "{self.sandbox.url}"\nusername = "{self.account}"\n'
                          f'password_file = "{password}"\nconfirm_send = "{confirm_send}"\n')

    def start_on_demand(self):
        """Makes tai-mcp start taid in this home, which is not that of the user database."""
        wrapper = self.home / "on-demand"
        wrapper.write_text(f'#!/bin/sh\nexport TAI_MCP_AUTOSTART=1\n'
                           f'exec "{self.bin}/tai-mcp" --home "{self.home}" "$@"\n')
        wrapper.chmod(0o755)
        self.replace_server(wrapper)

    def is_running(self):
        """Returns whether taid answers."""
        return self.taid_command("status").returncode == 0

    def deliver(self, subject, body, sender):
        """Delivers a mail to the instance and returns its ID."""
        mail = {"from": sender, "to": self.address, "subject": subject, "body_text": body}
        return self.sandbox.switch("deliver", mail)["id"]

    def held(self):
        """Returns the output of `taid approve`: the mails that wait for approval."""
        return self.taid_command("approve").stdout

    def open_calls(self):
        """Returns the number of calls that clients wait for."""
        status = self.taid_command("status", "--json").stdout
        clients = json.loads(status)["clients"] if status else []
        return sum(client["in_flight"] for client in clients)

    def start(self, model, name, allow):
        """Starts the agent, with its output in a file."""
        return agents.start(self.agent, self.place, model.url, allow, self.home / f"{name}.log")

    def run(self, model, name, allow=False, seconds=60):
        """Runs the agent until it ends. Returns its exit code, or `None` after a time-out."""
        process = self.start(model, name, allow)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            end_session(process)

    def shims(self):
        """Returns the processes of tai-mcp that belong to this home."""
        return [pid for pid, argv in self.processes() if argv[0].endswith("/tai-mcp")]

    def processes(self):
        """Yields (pid, arguments) of each process with this home directory."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                argv = (entry / "cmdline").read_text().split("\0")
                env = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"HOME={self.home}".encode() in env:
                yield int(entry.name), argv

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends every process of this home: agents leave some behind."""
        for pid, _ in list(self.processes()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def replace_server(self, command):
        """Replaces tai-mcp in the agent's configuration and in the library's command."""
        own = str(self.bin / "tai-mcp")
        self.place.server[-1] = command
        for file in self.home.rglob("*"):
            if file.is_file() and file.suffix in (".json", ".toml") and own in file.read_text():
                file.write_text(file.read_text().replace(own, str(command)))


def account(agent, variant):
    return f"{agent.instance}{variant}".replace("-", "")


def end_session(process, sent=signal.SIGKILL, seconds=None):
    """Ends an agent that did not end, with a signal to its process group as a terminal sends it. Kills
    it if it goes on."""
    if process.poll() is None:
        os.killpg(process.pid, sent)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            end_session(process)
