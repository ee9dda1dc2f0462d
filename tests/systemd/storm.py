"""Makes 1,000 calls from 10 clients while taid is killed repeatedly with SIGKILL. Each read must be
answered, and each send must happen once or be reported as unknown. usage: storm.py SANDBOX"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

CLIENTS, CALLS, KILLS = 10, 100, 5
sandbox = sys.argv[1]
lock = threading.Lock()
reads, sends = [], {}
failures = []
# A thread that ends with an exception makes no more calls.
threading.excepthook = lambda ended: failures.append(f"a client ended: {ended.exc_type.__name__}: {ended.exc_value}")


class Shim:
    def __init__(self):
        environ = dict(os.environ, TAI_MCP_INSTANCE="desk")
        self.process = subprocess.Popen(["./tai-mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environ, text=True)
        self.id = 0
        self.request("initialize", {"protocolVersion": "2025-06-18", "capabilities": {},
                                    "clientInfo": {"name": "storm", "version": "1"}})

    def request(self, method, params):
        self.id += 1
        message = {"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.id:
                return answer["result"]

    def call(self, name, arguments):
        return self.request("tools/call", {"name": name, "arguments": arguments})


def client(number):
    shim = Shim()
    for call in range(CALLS):
        if call % 2:
            result = shim.call("list_inbox", {"limit": 1})
            with lock:
                reads.append(result)
                if result.get("isError"):
                    failures.append(result["content"][0]["text"])
        else:
            subject = f"{number}-{call}"
            result = shim.call("send_email", {"to": "desk.alice@tai.chat", "subject": subject, "content": subject})
            with lock:
                sends[subject] = result
    shim.process.stdin.close()
    shim.process.wait()


threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
for thread in threads:
    thread.start()
kills = 0
while any(thread.is_alive() for thread in threads) and kills < KILLS:
    done = len(reads) + len(sends)
    while len(reads) + len(sends) < done + 150 and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    subprocess.run(["systemctl", "--user", "kill", "-s", "KILL", "taid.service"], check=True)
    kills += 1
for thread in threads:
    thread.join(120)
    assert not thread.is_alive(), "a client got no answer"

mails = json.load(urllib.request.urlopen(f"{sandbox}/__sandbox/mails"))
delivered = {}
for mail in mails:
    delivered[mail["subject"]] = delivered.get(mail["subject"], 0) + 1
sent = [s for s, r in sends.items() if not r.get("isError")]
unknown = [s for s, r in sends.items() if r.get("isError") and "unknown" in r["content"][0]["text"]]
refused = [r["content"][0]["text"] for s, r in sends.items() if s not in sent and s not in unknown]
assert not failures, failures[:3]
assert len(reads) + len(sends) == CLIENTS * CALLS and sent, f"{len(reads)} reads, {len(sends)} sends, {len(sent)} done"
assert kills == KILLS, f"taid was killed {kills} times"
assert all(delivered.get(s, 0) == 1 for s in sent), "a sent mail was not delivered exactly once"
assert all(delivered.get(s, 0) <= 1 for s in sends), "a mail was delivered twice"
assert not refused, refused[:3]
print(f"ok: {len(reads)} reads answered, {len(sent)} sends done once, {len(unknown)} unknown, {kills} times SIGKILL")
