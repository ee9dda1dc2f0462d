"""A client on the standard streams of tai-mcp, and the switches of the sandbox."""

import json
import subprocess
import urllib.request


class Shim:
    def __init__(self, bin, env):
        self.process = subprocess.Popen([bin / "tai-mcp"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        self.number = 0
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {},
                                "clientInfo": {"name": "soak", "version": "1"}})

    def say(self, method, params):
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.say(method, params)
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.number:
                return answer

    def call(self, tool, arguments):
        """Returns the structured result, and the text of an error."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})["result"]
        if result.get("isError"):
            return None, result["content"][0]["text"]
        return result["structuredContent"], None

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def switch(url, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/__sandbox/{path}", data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
