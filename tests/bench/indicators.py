"""CPU of every function of family `ta` over a million bars, beside PyPI TA-Lib in the same run, one thread each.

    python tests/bench/indicators.py --server PATH [--features PATH] [--only RSI,SMA] [--rows 1000000] [--repeat 5]

Prints nanoseconds a bar of both and their ratio, the ratio of the sums, the geometric mean and the worst. With `--features`
also the framework's list of features over 50,000 bars, and over 100 tickers with one thread and with two.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time

import numpy as np
from talib import abstract

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "parity"))
from talib_parity import CATALOGUE, Server, walk  # noqa: E402


def peer(function, inputs, repeat):
    """The least CPU seconds of TA-Lib."""
    least = math.inf
    for _ in range(repeat):
        start = time.thread_time()
        function(inputs)
        least = min(least, time.thread_time() - start)
    return least


def market(rng, rows):
    """Walks of 2,000 bars one after the other: a single long one sinks below a cent, where rounded bars are flat."""
    walks = [walk(rng, min(2000, rows - begin)) for begin in range(0, rows, 2000)]
    return {name: np.concatenate([bars[name] for bars in walks]) for name in walks[0]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--features")
    parser.add_argument("--only", default="")
    parser.add_argument("--groups", default="")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    bars = market(np.random.default_rng(1), args.rows)
    server = Server(args.server, bars)
    only = {name.upper() for name in args.only.split(",") if name}
    groups = [group for group in args.groups.split(",") if group]
    lines = []
    for entry in json.load(open(CATALOGUE))["catalogue"]:
        if only and entry["name"] not in only or groups and not any(entry["group"].startswith(g) for g in groups):
            continue
        answer = server.ask("ta." + entry["name"].lower(), {}, repeat=args.repeat, values=False)
        if "error" in answer:
            print(entry["name"], answer["error"])
            continue
        theirs = peer(abstract.Function(entry["name"]), bars, args.repeat)
        lines.append((entry["name"], answer["cpu_ns"] / args.rows, theirs * 1e9 / args.rows))
    server.close()
    for name, ours, theirs in sorted(lines, key=lambda line: -line[1] / line[2]):
        print(f"{name:22} {ours:8.2f} ns  TA-Lib {theirs:8.2f} ns  ratio {ours / theirs:5.2f}")
    ours, theirs = sum(line[1] for line in lines), sum(line[2] for line in lines)
    mean = math.exp(sum(math.log(line[1] / line[2]) for line in lines) / len(lines))
    print(f"{len(lines)} functions: {ours * args.rows / 1e9:.3f} s beside {theirs * args.rows / 1e9:.3f} s, "
          f"ratio {ours / theirs:.3f}, geometric mean {mean:.3f}")
    if args.features:
        recipe = os.path.join(os.path.dirname(os.path.abspath(__file__)), "framework.toml")
        for bars, tickers, threads in [(50_000, 1, 1), (10_000, 100, 1), (10_000, 100, 2)]:
            command = [args.features, recipe, str(bars), str(tickers), "15" if tickers == 1 else "3"]
            environment = {**os.environ, "RAYON_NUM_THREADS": str(threads), "POLARS_MAX_THREADS": str(threads)}
            print(f"{threads} threads:", subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main()
