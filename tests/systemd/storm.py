"""Makes 1,000 calls from 10 clients while taid is killed repeatedly with SIGKILL. Each read must be
answered, and each send must happen once or be reported as unknown. usage: storm.py SANDBOX

`run` copies it beside the programs and tests/lib/tai.py."""

import os
import subprocess
import sys
import threading
import time

from tai import Shim, switch

CLIENTS, CALLS, KILLS = 10, 100, 5
sandbox = sys.argv[1]
lock = threading.Lock()
reads, sends = [], {}  # what each read found; the error of each send, by its subject
failures = []
# A thread that ends with an exception makes no more calls.
threading.excepthook = lambda ended: failures.append(f"a client ended: {ended.exc_type.__name__}: {ended.exc_value}")


def client(number):
    shim = Shim(["./tai-mcp"], env=os.environ | {"TAI_MCP_INSTANCE": "desk"})
    for call in range(CALLS):
        if call % 2:
            found, error = shim.call("list_inbox", {"limit": 1})
            with lock:
                reads.append(found)
                if error:
                    failures.append(error)
        else:
            subject = f"{number}-{call}"
            _, error = shim.call("send_email", {"to": "desk.alice@tai.chat", "subject": subject, "content": subject})
            with lock:
                sends[subject] = error
    shim.close()


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

delivered = {}
for mail in switch(sandbox, "mails"):
    delivered[mail["subject"]] = delivered.get(mail["subject"], 0) + 1
sent = [subject for subject, error in sends.items() if error is None]
unknown = [subject for subject, error in sends.items() if error and "unknown" in error]
refused = [error for error in sends.values() if error is not None and "unknown" not in error]
assert not failures, failures[:3]
assert len(reads) + len(sends) == CLIENTS * CALLS and sent, f"{len(reads)} reads, {len(sends)} sends, {len(sent)} done"
assert kills == KILLS, f"taid was killed {kills} times"
assert all(delivered.get(s, 0) == 1 for s in sent), "a sent mail was not delivered exactly once"
assert all(delivered.get(s, 0) <= 1 for s in sends), "a mail was delivered twice"
assert not refused, refused[:3]
print(f"ok: {len(reads)} reads answered, {len(sent)} sends done once, {len(unknown)} unknown, {kills} times SIGKILL")
