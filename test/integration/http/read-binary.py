"""Reads a Parquet file and a stream of Arrow with pyarrow, and prints what is in them as JSON: types, then rows."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def as_texts(column):
    # Without pandas, times of nanoseconds are no objects of Python.
    return column.cast(pa.string()) if pa.types.is_timestamp(column.type) else column


def shown(table):
    types = {field.name: str(field.type) for field in table.schema}
    texts = pa.table({name: as_texts(table[name]) for name in table.column_names})
    rows = [{name: None if value is None else str(value) for name, value in row.items()} for row in texts.to_pylist()]
    return {"types": types, "rows": rows}


parquet, arrow = sys.argv[1:]
with pa.OSFile(arrow) as stream:
    print(json.dumps({"parquet": shown(pq.read_table(parquet)), "arrow": shown(pa.ipc.open_stream(stream).read_all())}))
