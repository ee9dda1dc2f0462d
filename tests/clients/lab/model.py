"""A scripted model on loopback, for real agents.

A script is a generator that yields a tool and its arguments, and receives the `Result` that
reached the model:

    def script():
        result = yield "fetch_email", {"email_id": 7}
        assert "untrusted" in result.text

When it returns, the model ends the turn. Requests without the tools of the script (titles,
summaries, token counts, lists of models) get a short answer and do not advance it. If the agent
defers its tools, the model searches for them first, as the agent's instructions say.
"""

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wires import Call, Reply, wire_of

DONE = "done"
SEARCHES = ("ToolSearch", "tool_search")  # Claude Code, Qwen Code
BRIDGE = "tool_call"  # Qwen Code: calls a tool that stays hidden


@dataclass
class Result:
    """Result of a call, as it reached the model."""

    tool: str
    arguments: dict
    text: str
    offered: bool = True  # Whether the agent offered the tool to the model.


class Model:
    """Serves one run of one agent. `results` grows while the agent works."""

    def __init__(self, script, tools):
        self.script, self.tools = script, tools
        self.results, self.requests = [], []
        self.finished = threading.Event()
        self.failure = None
        self.next = None  # Tool and arguments of the script's next call.
        self.call = None  # Last answer: that call, or the search for its tool.
        self.has_searched = False
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def generate(self, wire, body):
        """Returns the reply to a request: the next call of the script, or a text."""
        with self.lock:
            offered = wire.offered(body)
            is_ours = any(name in SEARCHES or self.is_tool(name) for name in offered)
            if self.finished.is_set() or not is_ours:
                return wire.answer(body, None, DONE)
            try:
                self.advance(wire, body, offered)
            except Exception as failure:  # A failed script ends the turn; the lab reports it.
                self.failure, self.call = failure, None
                self.finished.set()
            return wire.answer(body, self.call, DONE)

    def is_tool(self, name):
        return any(is_named(name, tool) for tool in self.tools)

    def advance(self, wire, body, offered):
        """Sets `call`. A repeated request, which lacks the last result, gets the same call."""
        if self.call:
            text = wire.result(body, self.call)
            if text is None:
                return
            if self.call.name not in SEARCHES:
                self.step(text)
        elif self.next is None:
            self.step(None)
        while self.next:
            self.call = self.call_of(offered, json.dumps(body))
            if self.call:
                return
            self.step("", False)
        self.call = None
        self.finished.set()

    def step(self, text, is_offered=True):
        """Hands a result to the script and takes the next call from it."""
        result = None
        if text is not None:
            result = Result(*self.next, text, is_offered)
            self.results.append(result)
        try:
            self.next = self.script.send(result)
        except StopIteration:
            self.next = None

    def call_of(self, offered, request):
        """Returns the call of the next tool in the agent's terms; `None` if the agent has no such tool."""
        tool, arguments = self.next
        id = f"call_{len(self.results):04}{'' if self.has_searched else '_'}"
        for name in sorted(offered, key=len):
            if is_named(name, tool):
                return Call(id, arguments, name, offered[name])
        deferred = sorted({name for name in re.findall(r"mcp__\w+", request) if self.is_tool(name)})
        search = next((name for name in SEARCHES if name in offered), None)
        if deferred and search and not self.has_searched:
            self.has_searched = True
            return Call(id, {"query": "select:" + ",".join(deferred)}, search)
        hidden = next((name for name in deferred if is_named(name, tool)), None)
        if hidden and BRIDGE in offered:
            return Call(id, {"name": hidden, "arguments": arguments}, BRIDGE)
        return None


def is_named(name, tool):
    """Returns whether an agent's name, such as mcp__tai__fetch_email, is that of a tool."""
    return re.fullmatch(rf"(.*[^a-z])?{tool}", name) is not None


def handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self, reply):
            kind, content = reply.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):
            one = {"id": "lab", "object": "model", "owned_by": "lab", "name": "models/lab"}
            self.reply(Reply({"object": "list", "data": [one], "models": [one]}))

        def do_POST(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                body = json.loads(raw or b"{}")
            except ValueError:
                body = {}
            model.requests.append((self.path, body))
            wire = wire_of(self.path)
            if wire is None:
                # Token counts and telemetry.
                self.reply(Reply({"input_tokens": 10, "totalTokens": 10}))
                return
            if ":stream" in self.path:
                body["stream"] = True
            self.reply(model.generate(wire, body))

        def log_message(self, *_):
            pass

    return Handler
