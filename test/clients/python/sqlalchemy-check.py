"""What SQLAlchemy's two dialects for ClickHouse ask of the door. Usage: sqlalchemy-check.py PORT KEY DATABASE DIALECT"""

import sys

import sqlalchemy

port, key, database, dialect = sys.argv[1:5]
checks = 0


def check(name, got, wanted):
    global checks
    if got != wanted:
        sys.exit(f"{dialect}: {name}: got {repr(got)[:500]}, wanted {repr(wanted)[:500]}")
    checks += 1


engine = sqlalchemy.create_engine(f"{dialect}://me:{key}@127.0.0.1:{port}/{database}")
with engine.connect() as connection:
    check("one", connection.execute(sqlalchemy.text("SELECT 1")).scalar(), 1)
    inspector = sqlalchemy.inspect(engine)
    check("schemas", database in inspector.get_schema_names(), True)
    views = set(inspector.get_table_names(schema=database)) | set(inspector.get_view_names(schema=database))
    check("views", {"events", "outcomes", "facts"} <= views, True)
    check("has table", inspector.has_table("outcomes", schema=database), True)
    check("has no table", inspector.has_table("nothing", schema=database), False)
    columns = inspector.get_columns("outcomes", schema=database)
    check("columns", [column["name"] for column in columns][:3], ["tenant_id", "instant", "event_id"])
    if dialect == "clickhousedb":
        check("column comments", all(column["comment"] for column in columns), True)
        check("comment", bool(inspector.get_table_comment("outcomes", schema=database)["text"]), True)
    outcomes = sqlalchemy.table(
        "outcomes", sqlalchemy.column("event_id"), sqlalchemy.column("backend"), sqlalchemy.column("passed")
    )
    check(
        "select",
        [tuple(row) for row in connection.execute(sqlalchemy.select(outcomes.c.event_id).order_by(outcomes.c.event_id))],
        [("a",), ("b",)],
    )
    counted = sqlalchemy.select(sqlalchemy.func.count()).select_from(outcomes).where(outcomes.c.backend == "x")
    check("where", connection.execute(counted).scalar(), 1)
    grouped = sqlalchemy.select(outcomes.c.passed, sqlalchemy.func.count().label("n")).group_by(outcomes.c.passed)
    check("group by", {row.n for row in connection.execute(grouped)}, {1})

print(f"{checks} checks")
