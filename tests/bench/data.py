"""The warehouse beside its peers: import of a CSV file, pages of a large table, a column profile, a window query.

usage: data.py ALGOM BENCH_PAGES FOLDER
ALGOM is the release build of the command line, BENCH_PAGES that of the example `bench_pages`, FOLDER keeps the bars.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from measure import once, side_by_side, table

HERE = Path(__file__).parent
PYTHON = sys.executable
DUCKDB = str(Path(sys.executable).parent / "duckdb")

# Below the size of the file.
LIMIT_MB = 256

POLARS = """
import polars as pl, sys
pl.read_csv(sys.argv[1], try_parse_dates=True).write_parquet(sys.argv[2])
"""
PANDAS = """
import pandas as pd, sys
pd.read_csv(sys.argv[1], parse_dates=["time"]).to_parquet(sys.argv[2])
"""
DUCK = """
import duckdb, sys
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""
# LAG and the 20-row mean per ticker, over every row; one row comes back, so that printing costs nothing.
WINDOW = """
SELECT COUNT(*) AS n, SUM(previous) AS previous, SUM(mean) AS mean FROM (
  SELECT LAG(close) OVER (PARTITION BY ticker ORDER BY ticker_time) AS previous,
         AVG(close) OVER (PARTITION BY ticker ORDER BY ticker_time ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS mean
  FROM {table})
"""


def main(algom, bench_pages, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    csv = folder / "bars_5m.csv"
    if not csv.exists():
        subprocess.run([PYTHON, HERE / "make_bars.py", "5000000", csv], check=True)
    workspace = folder / "workspace"
    if not (workspace / "algomosaic.toml").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        once([algom, "init", str(workspace)])
    said = once([algom, "--version"])["output"].strip()
    print(f"{said}; polars, pandas and DuckDB as in tests/bench/requirements.txt")

    ours = [algom, "-w", str(workspace), "-q"]
    out = str(folder / "peer.parquet")
    importing = side_by_side(
        {
            "algom import": [*ours, "import", str(csv), "--table", "bench.bars", "--ticker", "T0", "--if-exists", "replace"],
            "polars": [PYTHON, "-c", POLARS, str(csv), out],
            "pandas": [PYTHON, "-c", PANDAS, str(csv), out],
            "duckdb": [PYTHON, "-c", DUCK, str(csv), out],
        }
    )
    table("Import of 5 million bars, 319 MB of CSV, to a table", importing, "polars")

    limited = folder / "limited"
    shutil.rmtree(limited, ignore_errors=True)
    once([algom, "init", str(limited)])
    settings = limited / "algomosaic.toml"
    settings.write_text(settings.read_text() + f'\n[limits]\nmemory = "{LIMIT_MB}MB"\n')
    peak = once([algom, "-w", str(limited), "-q", "import", str(csv), "--table", "bench.bars", "--ticker", "T0"])
    print(f"\nPeak memory of that import with a limit of {LIMIT_MB} MB: {peak['peak_bytes'] / 1e6:.0f} MB")
    shutil.rmtree(limited)

    large = workspace / "warehouse" / "bench" / "bars_20m"
    if not large.exists():
        for number in range(4):
            once([*ours, "import", str(csv), "--table", "bench.bars_20m", "--ticker", f"T{number}", "--if-exists", "append"])
    # Examples lie a folder deeper than the engine's library.
    library = {"LD_LIBRARY_PATH": str(Path(algom).parent)}
    large_pages = json.loads(once([bench_pages, str(workspace), "bench.bars_20m"], library)["output"])
    seven = "SELECT ticker_time, ticker, open, high, low, close, volume FROM bench.bars"
    once([*ours, "query", f"CREATE OR REPLACE TABLE bench.bars_7 AS {seven}"])
    profile = json.loads(once([bench_pages, str(workspace), "bench.bars_7"], library)["output"])
    print("\n### Pages of 200 rows of a table of 20 million\n")
    print(json.dumps(large_pages, indent=2))
    print("\n### The same, and the profile, of 5 million rows by 7 columns\n")
    print(json.dumps(profile, indent=2))

    parts = str(large / "**" / "part-*.parquet")
    window = side_by_side(
        {
            "algom query": [*ours, "query", WINDOW.format(table="bench.bars_20m"), "--json"],
            "duckdb cli": [DUCKDB, "-json", "-c", WINDOW.format(table=f"read_parquet('{parts}')")],
        },
        runs=3,
    )
    table("LAG and 20-row mean per ticker over 20 million rows", window, "duckdb cli")


if __name__ == "__main__":
    main(*sys.argv[1:])
