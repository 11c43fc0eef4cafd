"""Data frame libraries: writes the writer and number of each entry of a log as JSON lines.

usage: frames.py pandas|polars|duckdb PATH
"""

from __future__ import annotations

import sys

Rows = list[tuple[int, int, str]]


def read(library: str, path: str) -> Rows:
    if library == "pandas":
        import pandas

        frame = pandas.read_json(path, lines=True, compression="gzip", dtype={"pad": str})
        return list(frame.itertuples(index=False, name=None))
    if library == "polars":
        import polars

        return list(polars.read_ndjson(path).rows())
    import duckdb

    columns = "{writer: 'BIGINT', n: 'BIGINT', pad: 'VARCHAR'}"
    query = f"select * from read_json(?, columns={columns}, format='newline_delimited')"
    return list(duckdb.execute(query, [path]).fetchall())


for writer, number, pad in read(sys.argv[1], sys.argv[2]):
    print(f'{{"writer":{writer},"n":{number},"pad":"{pad}"}}')
