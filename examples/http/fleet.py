#!/usr/bin/env python3
"""Emits events over HTTP, asks for them, and follows the log, with Python's standard library: `python3 examples/http/fleet.py`.

Needs `npx experience-log serve` in another terminal. Where the server asks for a key, set EXPERIENCE_LOG_KEY.
"""

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("EXPERIENCE_LOG_URL", "http://127.0.0.1:7070").rstrip("/")
KEY = os.environ.get("EXPERIENCE_LOG_KEY")
RETRY_FOR_S = 30
NDJSON = "application/x-ndjson"


class Refused(Exception):
    """What the server answers of a request, or of one of its events."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.field = error.get("field")


def ask(path, body=None, headers=None, timeout=120):
    """Opens an answer. Asks again while that may help: the same event again counts once."""
    request = urllib.request.Request(URL + path, data=body, headers=dict(headers or {}))
    if KEY:
        request.add_header("Authorization", f"Bearer {KEY}")
    until = time.monotonic() + RETRY_FOR_S
    pause = 0.1
    while True:
        wait = pause * random.random()  # not all clients of a server come back at the same time
        try:
            return urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            text = error.read()
            if error.code not in (429, 503) or time.monotonic() > until:
                raise refused(error.code, text) from None
            wait += float(error.headers.get("Retry-After") or 0)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
        time.sleep(wait)
        pause = min(pause * 2, 10)


def refused(status, text):
    try:
        return Refused(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return Refused({"code": "StorageError", "message": f"the server answered {status}"})


def emit(events):
    """Appends events; returns the positions, which `query` takes to see them. Raises Refused for the first that is wrong."""
    body = "".join(json.dumps(event) + "\n" for event in events).encode()
    with ask("/v1/events", body, {"Content-Type": NDJSON}) as answer:
        told = json.load(answer)
        if told["errors"]:
            raise Refused(told["errors"][0])
        return answer.headers.get("Experience-Position")


def query(question, positions=None):
    """Finds events. Python's integers are as large as they need to be: 64 bits come back exactly."""
    headers = {"Content-Type": "application/json", "Accept": NDJSON}
    if positions:
        headers["Experience-Position"] = positions
    with ask("/v1/events/query", json.dumps(question).encode(), headers) as answer:
        lines = [json.loads(line) for line in answer]
    # The last line counts the others: without it the answer is not whole.
    if not lines or lines[-1].get("count") != len(lines) - 1:
        raise ConnectionError("the answer broke off")
    return lines[:-1]


def tail(**parameters):
    """Follows the log without end. Where the connection breaks it goes on behind the last item: none is lost or doubled."""
    token = None
    while True:
        headers = {"Accept": NDJSON, **({"Last-Event-ID": token} if token else {})}
        try:
            # The server is heard of every few seconds.
            with ask("/v1/tail?" + urllib.parse.urlencode(parameters), headers=headers, timeout=60) as answer:
                for line in answer:
                    if not line.endswith(b"\n"):
                        break
                    item = json.loads(line)
                    token = item.get("token", token)
                    if item["type"] in ("event", "bad-record", "lost"):
                        yield item
        except (OSError, ValueError):
            pass
        time.sleep(random.random())


def outcome(number, **data):
    return {
        "event_id": f"py-{number}",
        "occurred_at": f"2026-04-23T09:14:0{number}Z",
        "tenant_id": "acme",
        "event": {
            "type": "OutcomeRecorded",
            "data": {"chain_id": "chain-py", "step": "Planning", "passed": True, **data},
        },
    }


if __name__ == "__main__":
    positions = emit([outcome(1, tokens=1450), outcome(2, tokens=2**64 - 1)])
    for event in query({"tenant_id": "acme", "chain_id": "chain-py"}, positions):
        print(event["event_id"], event["event"]["data"]["tokens"])

    try:
        emit([outcome(3, tokens=-1)])
    except Refused as error:
        print("refused:", error.code, error.field)

    seen = 0
    for item in tail(tenant_id="acme", chain_id="chain-py", **{"from": "beginning"}):
        if item["type"] == "event":
            print("live:", item["envelope"]["event_id"])
            seen += 1
        if seen == 2:
            break
