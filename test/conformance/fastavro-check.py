"""Reads what this package writes with an Avro library that is not ours (fastavro).

    python3 -m venv .venv && .venv/bin/pip install fastavro
    npx tsx test/conformance/write-wire-records.ts | .venv/bin/python test/conformance/fastavro-check.py

Standard input holds lines of JSON: {"record": <wire-format record in base64>, "json": <the envelope's JSON text>}.
Every record must decode with schemas/avro/experience-event-envelope.avsc to the values of its JSON, and decode again after
fastavro has written it; every per-kind .avsc file must parse by itself. Prints counts by kind; exits 1 on a difference.
"""

import base64
import collections
import io
import json
import math
import pathlib
import struct
import sys

import fastavro

AVRO = pathlib.Path(__file__).resolve().parents[2] / "schemas" / "avro"
MAX_INT64 = 2**63
SHOWN_DIFFERENCES = 5

# Records of tagged unions whose word on the wire is not the record's name (schemas/contract).
WORDS = {
    "LocalTrace": "Local",
    "RemoteTrace": "Remote",
    "KernelPolicy": "Kernel",
    "RoutingPolicy": "Routing",
    "RecallPolicy": "Recall",
    "EngineError": "Error",
    "GateReject": "Reject",
    "OtherArtifactKind": "Other",
    "OtherBudgetResource": "Other",
}
TRACES = {"LocalTrace", "RemoteTrace"}
POLICIES = {"KernelPolicy", "RoutingPolicy", "RecallPolicy"}
# Records that may be null, but are no variants.
OPTIONAL_RECORDS = {"AdapterTrace", "RecallTrace"}
MAPS = {"metadata", "provider_metadata", "truth_preferences", "risk_tier_backends", "data_classification_backends"}
OMITTED_WHEN_DEFAULT = {"metadata": {}, "contradiction_id": None}


def wire_value(value, field=""):
    """The JSON value that a decoded Avro value stands for. Records in unions come as (name, record) pairs."""
    if isinstance(value, tuple):
        return wire_variant(value[0].removeprefix("experience."), value[1], field)
    if field == "structured_payload" and value is not None:
        return json.loads(value)
    if field in MAPS:
        return value
    if isinstance(value, dict):
        return wire_record(value)
    if isinstance(value, list):
        return [wire_value(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return value + 2 * MAX_INT64  # the 64 bits of an unsigned integer
    return value


def wire_variant(name, value, field):
    if isinstance(value, str):
        return value
    word = WORDS.get(name, name)
    body = wire_record(value)
    if name in OPTIONAL_RECORDS:
        return body
    if name in TRACES:
        return {"type": word, **body}
    if name in POLICIES:
        return {"type": word, "policy": body}
    if field == "event":
        return {"type": word, "data": body}
    return {word: body["value"] if word == "Other" else body}


def wire_record(record):
    return {
        name: wire_value(value, name)
        for name, value in record.items()
        if not (name in OMITTED_WHEN_DEFAULT and value == OMITTED_WHEN_DEFAULT[name])
    }


def same(decoded, written, field=""):
    """Whether a decoded value is the one in the JSON text. A float of 32 bits is so after rounding to its width."""
    if isinstance(written, dict):
        return (
            isinstance(decoded, dict)
            and decoded.keys() == written.keys()
            and all(same(decoded[key], written[key], key) for key in written)
        )
    if isinstance(written, list):
        return (
            isinstance(decoded, list)
            and len(decoded) == len(written)
            and all(same(a, b, field) for a, b in zip(decoded, written))
        )
    if isinstance(written, float) and isinstance(decoded, float):
        return decoded == written or decoded == as_float32(written)
    return type(decoded) is type(written) and decoded == written


def as_float32(value):
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.inf


def main():
    envelope = fastavro.parse_schema(json.loads((AVRO / "experience-event-envelope.avsc").read_text()))
    files = sorted((AVRO / "events").glob("*.avsc"))
    for file in files:
        fastavro.parse_schema(json.loads(file.read_text()))
    print(f"{len(files)} files of single kinds parse")

    counts = collections.Counter()
    differences = 0
    for line in sys.stdin:
        given = json.loads(line)
        framed = base64.b64decode(given["record"])
        body = io.BytesIO(framed[5:])
        decoded = fastavro.schemaless_reader(body, envelope, return_record_name=True)
        written = json.loads(given["json"])
        rewritten = io.BytesIO()
        fastavro.schemaless_writer(rewritten, envelope, decoded)
        ok = (
            framed[0] == 0
            and body.read() == b""
            and same(wire_value(decoded), written)
            and rewritten.getvalue() == framed[5:]
        )
        counts[written["event"]["type"]] += 1
        if not ok:
            differences += 1
            if differences <= SHOWN_DIFFERENCES:
                print(f"different: {given['json'][:500]}\n           {wire_value(decoded)!r:.500}", file=sys.stderr)

    for kind, count in sorted(counts.items()):
        print(f"{count:6} {kind}")
    print(f"{sum(counts.values())} records, {len(counts)} kinds, {differences} differences")
    sys.exit(1 if differences or len(counts) != len(files) else 0)


if __name__ == "__main__":
    main()
