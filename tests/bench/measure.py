"""Runs commands and says what each took: CPU (user and system), wall time, peak memory. Peers alternate, so that a busy
machine weighs on both alike; the figure is the median of the runs, and only ratios within one run compare."""

import os
import statistics
import subprocess
import sys
import tempfile
import time


def once(command, env=None):
    """CPU seconds, wall seconds, peak bytes and standard output of one run. A failure ends the benchmark."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            sys.exit(f"{command} failed with {child.returncode}: {err.read().decode()[-2000:]}")
        return {
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "wall_s": wall,
            "peak_bytes": usage.ru_maxrss * 1024,
            "output": out.read().decode(),
        }


def side_by_side(commands, runs=5, before=None):
    """The medians of each of `commands` (name to argument list), run in turns `runs` times."""
    taken = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            if before:
                before(name)
            taken[name].append(once(command))
    return {
        name: {key: statistics.median(run[key] for run in runs) for key in ("cpu_s", "wall_s", "peak_bytes")}
        for name, runs in taken.items()
    }


def table(title, rows, against):
    """Prints the medians as Markdown, with the ratio of CPU to the peer `against`."""
    print(f"\n### {title}\n")
    print(f"| | CPU s | wall s | peak MB | CPU / {against} |")
    print("|---|---|---|---|---|")
    for name, row in rows.items():
        ratio = row["cpu_s"] / rows[against]["cpu_s"]
        print(
            f"| {name} | {row['cpu_s']:.2f} | {row['wall_s']:.2f} | {row['peak_bytes'] / 1e6:.0f} | {ratio:.2f} |"
        )
