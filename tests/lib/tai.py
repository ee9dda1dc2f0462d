"""The programs as the tests in Python use them: an MCP client on the standard streams of tai-mcp, a
sandbox bridge with its switches, a taid, and waits with a limit."""

import json
import os
import select
import subprocess
import sys
import time
import urllib.request

PASSWORD = "sandbox-password"  # of each account of a sandbox
ALICE = {"TAI_MCP_USERNAME": "alice", "TAI_MCP_PASSWORD": PASSWORD}
ANSWER_LIMIT = 120  # seconds; tai-mcp answers each call within one minute


def skip(why):
    print(f"skipped: {why}")
    sys.exit(0)


def wait_until(what, condition, seconds=20):
    """Waits until a condition is true. Fails after some seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"timed out: {what}")
        time.sleep(0.02)


def environment(home):
    """Returns the environment of a user with a private home directory, who starts taid himself."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "TAI_MCP_AUTOSTART": "0"}


def start_taid(bin, env, secret={}, around=(), **options):
    """Starts taid, and returns its process when it answers. Only taid has the variables of `secret`."""
    taid = subprocess.Popen([*around, bin / "taid", "run"], env=env | secret,
                            **{"stderr": subprocess.DEVNULL, **options})

    def answers():
        if taid.poll() is not None:
            raise RuntimeError(f"taid ended with {taid.returncode}")
        return subprocess.run([*around, bin / "taid", "status"], env=env, capture_output=True).returncode == 0

    try:
        wait_until("taid answers", answers, 60)
    except BaseException:
        taid.kill()
        raise
    return taid


class Shim:
    """An MCP client with its tai-mcp. `start` starts the command as `subprocess.Popen` does. Without a
    revision, there is no handshake. Leaving it closes the input."""

    def __init__(self, command, start=subprocess.Popen, revision="2025-06-18", **options):
        pipe = subprocess.PIPE
        self.process = start(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, **options)
        self.number, self.unread = 0, b""
        if revision:
            self.ask("initialize", {"protocolVersion": revision, "capabilities": {},
                                    "clientInfo": {"name": "test", "version": "1"}})
            self.write({"method": "notifications/initialized"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def say(self, method, params):
        """Sends a request, and leaves its answer unread."""
        self.number += 1
        self.write({"id": self.number, "method": method, "params": params})

    def line(self):
        """Returns the next line of tai-mcp, which is empty after its end."""
        while b"\n" not in self.unread:
            if not select.select([self.process.stdout], [], [], ANSWER_LIMIT)[0]:
                raise TimeoutError("tai-mcp does not answer")
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return b""
            self.unread += piece
        line, _, self.unread = self.unread.partition(b"\n")
        return line

    def ask(self, method, params):
        """Returns the result of a request."""
        self.say(method, params)
        while line := self.line():
            answer = json.loads(line)
            if answer.get("id") == self.number and "method" not in answer:
                if "result" not in answer:
                    raise RuntimeError(f"{method}: {answer}")
                return answer["result"]
        raise EOFError("tai-mcp ended")

    def call(self, tool, arguments={}):
        """Returns the structured result, and the text of an error."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            return None, result["content"][0]["text"]
        return result["structuredContent"], None

    def close(self):
        self.process.stdin.close()
        self.process.wait(ANSWER_LIMIT)
        self.process.stdout.close()


class Sandbox:
    """A sandbox bridge with accounts, and its switches."""

    def __init__(self, bin, *accounts, options=()):
        named = [word for account in accounts for word in ("--account", f"{account}:{PASSWORD}")]
        self.process = subprocess.Popen([bin / "tai-sandbox", "--quiet", *named, *options], stdout=subprocess.PIPE)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            raise RuntimeError("tai-sandbox does not start")

    def switch(self, path, body=None, method=None):
        return switch(self.url, path, body, method)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def switch(url, path, body=None, method=None):
    """Uses a switch of a sandbox (tests/sandbox/src/admin.rs), and returns its answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/__sandbox/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=ANSWER_LIMIT) as answer:
        return json.load(answer)
