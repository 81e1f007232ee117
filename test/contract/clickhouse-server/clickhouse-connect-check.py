"""What ClickHouse's own Python client, with its defaults, asks of a server. Usage: clickhouse-connect-check.py HOST PORT"""

import datetime
import decimal
import sys
import uuid

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

host, port = sys.argv[1], int(sys.argv[2])
checks = 0


def check(name, got, wanted):
    global checks
    if got != wanted:
        sys.exit(f"{name}: got {repr(got)[:500]}, wanted {repr(wanted)[:500]}")
    checks += 1


def round_trip(client, label):
    table = f"connect_{uuid.uuid4().hex}"
    client.command(
        f"CREATE TABLE {table} (id UInt64, text String, at DateTime64(3, 'UTC'), price Decimal(18, 4),"
        " tags Array(String), kind LowCardinality(String), maybe Nullable(Float64)) ENGINE = MergeTree ORDER BY id"
    )
    at = datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)
    rows = [
        [n, f"text {n}\n\n; 'x'", at, decimal.Decimal("1.2345"), ["a", "b"], "kind", None if n % 2 else 0.5]
        for n in range(20_000)
    ]
    client.insert(table, rows)
    check(f"{label}: count", client.command(f"SELECT count() FROM {table}"), 20_000)
    result = client.query(f"SELECT * FROM {table} ORDER BY id")
    # The client gives instants of UTC back without their zone.
    naive = [[*row[:2], at.replace(tzinfo=None), *row[3:]] for row in rows]
    check(f"{label}: rows", [list(row) for row in result.result_rows], naive)
    selected = client.query(
        f"SELECT text FROM {table} WHERE id IN {{ids:Array(UInt64)}} ORDER BY id", parameters={"ids": [3, 5]}
    )
    check(f"{label}: parameters", selected.result_rows, [("text 3\n\n; 'x'",), ("text 5\n\n; 'x'",)])
    client.insert(table, [[30_000, "few columns"]], column_names=["id", "text"])
    check(f"{label}: few columns", client.command(f"SELECT text FROM {table} WHERE id = 30000"), "few columns")
    client.raw_insert(table, ["id", "text"], "40000,csv\n40001,csv\n", fmt="CSV")
    check(f"{label}: raw insert", client.command(f"SELECT count() FROM {table} WHERE text = 'csv'"), 2)
    with client.query_rows_stream(f"SELECT id FROM {table} ORDER BY id LIMIT 10") as stream:
        check(f"{label}: stream", [row[0] for row in stream], list(range(10)))
    client.command(f"DROP TABLE {table}")


for compress in (True, "zstd", "gzip", False):
    with clickhouse_connect.get_client(host=host, port=port, compress=compress) as client:
        round_trip(client, f"compress={compress}")

with clickhouse_connect.get_client(host=host, port=port, form_encode_query_params=True) as client:
    round_trip(client, "form")

with clickhouse_connect.get_client(host=host, port=port) as client:
    check("ping", client.ping(), True)
    check("version", client.server_version, client.command("SELECT version()"))
    check("no rows", client.query("SELECT 1 AS one WHERE 0").result_rows, [])
    check("columns only", client.query("SELECT 1 AS one LIMIT 0").column_names, ("one",))
    check("setting", client.command("SELECT getSetting('max_threads')", settings={"max_threads": 3}), 3)
    client.command("CREATE TEMPORARY TABLE mine (a Int32)")
    client.insert("mine", [[1], [2]])
    check("session", client.command("SELECT sum(a) FROM mine"), 3)
    check("raw", client.raw_query("SELECT 1 AS a", fmt="JSONEachRow"), b'{"a":1}\n')
    try:
        client.query("SELECT * FROM nowhere")
        check("error", None, "a DatabaseError")
    except DatabaseError as error:
        check("error", error.code, 60)

print(f"{checks} checks")
