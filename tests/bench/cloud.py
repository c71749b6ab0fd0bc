"""BigQuery's emulator: a load of a million rows by ten columns, and reading them by streams and by pages in one run.

usage: cloud.py BENCH_BIGQUERY EMULATORS FOLDER
BENCH_BIGQUERY is the release build of the example, EMULATORS where `npm test` installed them, FOLDER keeps the rows.
Ends with an error where reading is slower than the goals below.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 1_000_000
# Read page by page: enough for a rate, few enough not to wait for minutes.
LISTED = 200_000
LEAST_ROWS_PER_S = 300_000
LEAST_TIMES_LIST = 20

MAKE = f"""
import sys, duckdb
duckdb.sql('''COPY (
  SELECT i, 'T' || (i % 500) AS ticker, TIMESTAMP '2020-01-01' + INTERVAL 1 MINUTE * i AS ticker_time,
    DATE '2020-01-01' + (i // 500)::INTEGER AS day, 100 + 10 * sin(i) AS open, 101 + 10 * sin(i) AS high,
    99 + 10 * sin(i) AS low, 100 + 10 * cos(i) AS close, hash(i) % 1000000 AS volume, i % 2 = 0 AS is_final
  FROM range({ROWS}) AS r(i)) TO \\'''' + sys.argv[1] + '''\\' (FORMAT parquet)''')
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, child):
    for _ in range(1200):
        if child.poll() is not None:
            sys.exit(f"the emulator ended with {child.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the emulator does not answer")


def main(bench, emulators, folder):
    emulators, folder = Path(emulators), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rows.parquet"
    home = {**os.environ, "HOME": str(emulators / "home")}
    if not file.exists():
        subprocess.run([emulators / "venv/bin/python", "-c", MAKE, str(file)], check=True, env=home)
    rest, read = free_port(), free_port()
    with tempfile.TemporaryDirectory() as data, open(Path(data) / "log", "w") as log:
        child = subprocess.Popen(
            [emulators / "bin/local-bigquery", "--host", "127.0.0.1", "--port", str(rest), "--grpc-port", str(read)]
            + ["--project", "proj", "--data-dir", str(Path(data) / "data")],
            env=home,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(rest, child)
            places = {
                "BIGQUERY_EMULATOR_HOST": f"127.0.0.1:{rest}",
                "BIGQUERY_STORAGE_EMULATOR_HOST": f"127.0.0.1:{read}",
            }
            command = [bench, str(file), "proj", "bench", str(LISTED)]
            done = subprocess.run(command, check=True, env={**os.environ, **places}, capture_output=True, text=True)
        finally:
            child.terminate()
            child.wait()
    took = json.loads(done.stdout)
    print("\n### BigQuery's emulator: a million rows by ten columns\n")
    print("| | rows/s | seconds |\n|---|---|---|")
    print(f"| load of Parquet ({took['file_bytes'] / 1e6:.0f} MB) | {took['load_rows_per_s']:,.0f} | {took['load_s']:.2f} |")
    print(
        f"| read by {took['streams']} streams ({took['arrow_bytes'] / 1e6:.0f} MB, {took['read_cpu_s']:.2f} s of CPU here)"
        f" | {took['read_rows_per_s']:,.0f} | {took['read_s']:.2f} |"
    )
    print(f"| `tabledata.list`, {took['list_rows']:,} rows | {took['list_rows_per_s']:,.0f} | |")
    print(f"\nReading is {took['times_list']:.1f} times `tabledata.list`.")
    if took["read_rows_per_s"] < LEAST_ROWS_PER_S or took["times_list"] < LEAST_TIMES_LIST:
        sys.exit(f"the goals are {LEAST_ROWS_PER_S:,} rows/s and {LEAST_TIMES_LIST} times `tabledata.list`")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
