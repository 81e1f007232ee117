"""Reads a log that was exported with an Avro library that is not ours (fastavro).

    python3 fastavro-archive-check.py ARCHIVE EXPECTED

EXPECTED holds a line of JSON for each record: topic, partition, offset, timestamp (ms), key, headers, and either "json", the text
of its event, or "bytes", in base64, with "schema", or neither. Prints how many records are as expected; exits 1 at the first that
is not.
"""

import base64
import datetime
import importlib.util
import json
import pathlib
import sys

import fastavro

spec = importlib.util.spec_from_file_location("wire", pathlib.Path(__file__).with_name("fastavro-check.py"))
wire = importlib.util.module_from_spec(spec)
spec.loader.exec_module(wire)

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def head(record):
    millis = (record["timestamp"] - EPOCH) // datetime.timedelta(milliseconds=1)
    return {**{name: record[name] for name in ("topic", "partition", "offset", "key", "headers")}, "timestamp": millis}


def same_value(value, expected):
    if value is None:
        return "json" not in expected and "bytes" not in expected
    name, body = value
    if name == "experience.ExperienceEventEnvelope":
        return "json" in expected and wire.same(wire.wire_value(body), json.loads(expected["json"]))
    return base64.b64encode(body["bytes"]).decode() == expected.get("bytes") and body["schema"] == expected["schema"]


def main():
    count = 0
    with open(sys.argv[1], "rb") as archive, open(sys.argv[2], encoding="utf-8") as lines:
        for record, line in zip(fastavro.reader(archive, return_record_name=True), lines, strict=True):
            expected = json.loads(line)
            given = head(record)
            if given != {name: expected[name] for name in given} or not same_value(record["value"], expected):
                print(f"different: {record!r:.500}\n           {line:.500}")
                sys.exit(1)
            count += 1
    print(f"{count} records as expected")


if __name__ == "__main__":
    main()
