"""CPU of every function of family `ta` over a million bars, beside PyPI TA-Lib in the same run, one thread each.

    python tests/bench/indicators.py --server PATH [--only RSI,SMA] [--rows 1000000] [--repeat 5]

Prints nanoseconds a bar of both and their ratio, the ratio of the sums, the geometric mean and the worst.
"""

import argparse
import json
import math
import os
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--groups", default="")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    # A free walk of a million bars sinks to prices of 0.00, where averages decay into numbers too small to be quick.
    bars = walk(np.random.default_rng(1), args.rows, within=3)
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


if __name__ == "__main__":
    main()
