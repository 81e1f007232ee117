"""What clickhouse-connect, with its defaults and with each way of compressing, asks of the door. Usage: connect-check.py PORT KEY DATABASE"""

import decimal
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

port, key, database = int(sys.argv[1]), sys.argv[2], sys.argv[3]
checks = 0


def check(name, got, wanted):
    global checks
    if got != wanted:
        sys.exit(f"{name}: got {repr(got)[:500]}, wanted {repr(wanted)[:500]}")
    checks += 1


def questions(client, label):
    check(f"{label}: ping", client.ping(), True)
    views = client.query(f"SELECT name, comment FROM system.tables WHERE database = '{database}'").result_rows
    check(f"{label}: views", "outcomes" in [name for name, _ in views], True)
    check(f"{label}: comments", all(comment for _, comment in views), True)
    described = client.query("DESCRIBE TABLE outcomes").named_results()
    check(f"{label}: column comments", all(row["comment"] for row in described), True)
    result = client.query("SELECT event_id, backend, tokens, cost_usd, passed, instant FROM outcomes ORDER BY event_id")
    check(f"{label}: columns", result.column_names, ("event_id", "backend", "tokens", "cost_usd", "passed", "instant"))
    check(
        f"{label}: rows",
        [row[:5] for row in result.result_rows],
        [
            ("a", "x", 18446744073709551615, decimal.Decimal("1.5"), True),
            ("b", 'y, "z"\nw', None, None, False),
        ],
    )
    check(
        f"{label}: by step",
        client.query("SELECT step, countIf(passed) AS n, uniq(backend) FROM outcomes GROUP BY step").result_rows,
        [("Planning", 1, 2)],
    )
    check(
        f"{label}: parameters",
        client.query(
            "SELECT event_id FROM events WHERE backend = {b:String} AND event_id IN {ids:Array(String)}",
            parameters={"b": 'y, "z"\nw', "ids": ["b", "c", "it's"]},
        ).result_rows,
        [("b",)],
    )
    with client.query_rows_stream("SELECT number FROM numbers(100000)") as stream:
        check(f"{label}: stream", sum(row[0] for row in stream), 4999950000)


for options in ({}, {"compress": False}, {"compress": "gzip"}, {"compress": "zstd"}, {"form_encode_query_params": True}):
    with clickhouse_connect.get_client(host="127.0.0.1", port=port, username="me", password=key, **options) as client:
        questions(client, repr(options))

with clickhouse_connect.get_client(host="127.0.0.1", port=port, access_token=key, database=database) as client:
    check("token", client.command("SELECT count() FROM events"), 4)
    check("database", client.command("SELECT currentDatabase()"), database)
    check("version", client.server_version, client.command("SELECT version()"))
    check("no rows", client.query("SELECT 1 AS one WHERE 0").result_rows, [])
    check("columns only", client.query("SELECT backend FROM outcomes LIMIT 0").column_names, ("backend",))
    check("raw", client.raw_query("SELECT 1 AS a", fmt="JSONEachRow"), b'{"a":1}\n')
    check("setting", client.query("SELECT 1 AS a", settings={"max_execution_time": 1000}).result_rows, [(1,)])
    for statement, code in (
        ("SELECT * FROM nowhere", 60),
        ("SELECT nothing FROM outcomes", 47),
        ("SELECT toUInt8(assumeNotNull(backend)) FROM outcomes", 6),
        ("DROP TABLE outcomes", 164),
    ):
        try:
            client.query(statement)
            check(statement, None, "a DatabaseError")
        except DatabaseError as error:
            check(statement, error.code, code)

try:
    clickhouse_connect.get_client(host="127.0.0.1", port=port, password="wrong")
    check("wrong key", None, "a DatabaseError")
except DatabaseError as error:
    check("wrong key", error.code, 516)

print(f"{checks} checks")
