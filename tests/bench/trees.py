"""Tree ensembles beside their peers: boosting, a random forest and predictions, same data and settings, CPU in one run.

usage: trees.py BENCH_TREES FOLDER [--only small,large,shallow,forest] [--runs 3] [--threads 1]
BENCH_TREES is the release build of the example `bench_trees`, FOLDER keeps the data.

The data: correlated columns with a nonlinear target whose best reachable R2 is 0.67; the first 80 % of the rows are
trained on. What is timed is binning and training, not reading the file.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

import numpy as np

from measure import once

PYTHON = sys.executable
BEST_R2 = 0.67

# Name: rows, columns, kind, parameters of ours.
TASKS = {
    "small": (100_000, 100, "boosting", {"n_estimators": 200, "num_leaves": 31, "learning_rate": 0.1}),
    "large": (1_000_000, 50, "boosting", {"n_estimators": 200, "num_leaves": 31, "learning_rate": 0.1}),
    "shallow": (
        20_000,
        100,
        "boosting",
        {"n_estimators": 800, "num_leaves": 8, "max_depth": 3, "learning_rate": 0.1},
    ),
    "forest": (20_000, 100, "forest", {"n_estimators": 100, "max_features": 0.33, "min_samples_leaf": 5}),
}

PEER = """
import json, resource, sys, time
import numpy as np
path, name, task, threads = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4])
with open(path, "rb") as file:
    header = json.loads(file.readline())
    rows, width = header["rows"], len(header["columns"]) - 1
    x = np.empty((rows, width))
    for column in range(width):
        x[:, column] = np.fromfile(file, "<f8", rows)
    y = np.fromfile(file, "<f8", rows)
cut = rows * 4 // 5
p = task["params"]
if name == "lightgbm":
    from lightgbm import LGBMRegressor
    model = LGBMRegressor(n_estimators=p["n_estimators"], num_leaves=p["num_leaves"], max_depth=p.get("max_depth", -1),
                          learning_rate=p["learning_rate"], n_jobs=threads, verbose=-1, force_row_wise=rows >= 1_000_000,
                          force_col_wise=rows < 1_000_000)
elif name == "xgboost":
    from xgboost import XGBRegressor
    model = XGBRegressor(n_estimators=p["n_estimators"], max_leaves=p["num_leaves"], max_depth=p.get("max_depth", 0),
                         grow_policy="lossguide", tree_method="hist", max_bin=255, min_child_weight=20, reg_lambda=0,
                         learning_rate=p["learning_rate"], n_jobs=threads)
elif name == "hist":
    from sklearn.ensemble import HistGradientBoostingRegressor
    model = HistGradientBoostingRegressor(max_iter=p["n_estimators"], max_leaf_nodes=p["num_leaves"],
                                          max_depth=p.get("max_depth"), learning_rate=p["learning_rate"],
                                          early_stopping=False)
else:
    from sklearn.ensemble import RandomForestRegressor
    model = RandomForestRegressor(n_estimators=p["n_estimators"], max_features=p["max_features"],
                                  min_samples_leaf=p["min_samples_leaf"], n_jobs=threads, random_state=0)
cpu, wall = time.process_time(), time.monotonic()
model.fit(x[:cut], y[:cut])
cpu, wall = time.process_time() - cpu, time.monotonic() - wall
start = time.process_time()
predicted = model.predict(x[cut:])
predicting = time.process_time() - start
test = y[cut:]
print(json.dumps({"train_cpu_s": cpu, "train_wall_s": wall, "predict_us": predicting * 1e6 / len(test),
                  "r2": 1 - ((test - predicted) ** 2).sum() / ((test - test.mean()) ** 2).sum(),
                  "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def make(path, rows, width):
    """Columns that share factors, some heavy-tailed, and a target of steps, bends and products of a few of them."""
    random = np.random.default_rng(20240607)
    factors = random.normal(size=(8, rows))
    mixing = random.normal(size=(width, 8)) / np.sqrt(8)
    x = np.empty((width, rows))
    for column in range(width):
        x[column] = 0.6 * mixing[column] @ factors + 0.8 * random.normal(size=rows)
        if column % 5 == 4:
            x[column] = np.sinh(x[column])
        x[column] = (x[column] - x[column].mean()) / x[column].std()
    signal = (
        np.tanh(2 * x[0]) + 0.8 * x[1] * x[2] + 1.0 * (x[3] > 0.5) * (x[5] < 0.3) + 0.7 * np.tanh(x[6] - x[7])
        + 0.6 * np.abs(x[8]) + 0.5 * np.sin(2 * x[10]) + 0.4 * x[11] * (x[12] > 0) + 0.3 * x[13]
    )
    noise = random.normal(size=rows) * signal.std() * np.sqrt(1 / BEST_R2 - 1)
    y = signal + noise
    names = [f"x{column}" for column in range(width)] + ["y"]
    with open(path, "wb") as file:
        file.write(json.dumps({"rows": rows, "columns": names}).encode() + b"\n")
        for column in x:
            file.write(column.astype("<f8").tobytes())
        file.write(y.astype("<f8").tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_trees")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(TASKS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default="lightgbm,xgboost,hist,sklearn")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for name in args.only.split(","):
        rows, width, kind, params = TASKS[name]
        path = args.folder / f"{rows}x{width}.bin"
        if not path.exists():
            make(path, rows, width)
        task = {"kind": kind, "params": params, "threads": args.threads}
        commands = {"ours": [args.bench_trees, str(path), json.dumps(task)]}
        peers = ["lightgbm", "xgboost", "hist"] if kind == "boosting" else ["sklearn"]
        for peer in peers:
            if peer in args.peers.split(","):
                commands[peer] = [PYTHON, "-c", PEER, str(path), peer, json.dumps(task), str(args.threads)]
        taken = {command: [] for command in commands}
        threads = {variable: str(args.threads) for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        for _ in range(args.runs):
            for command, arguments in commands.items():
                taken[command].append(json.loads(once(arguments, {**os.environ, **threads})["output"]))
        report(f"{name}: {kind}, {rows * 4 // 5:,} x {width}, {json.dumps(params)}", taken)


def report(title, taken):
    middle = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in taken.items()
    }
    print(f"\n### {title}\n\n| | CPU s | wall s | CPU, ours / this | predict us a row | R2 | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for name, row in middle.items():
        print(
            f"| {name} | {row['train_cpu_s']:.2f} | {row['train_wall_s']:.2f} "
            f"| {middle['ours']['train_cpu_s'] / row['train_cpu_s']:.2f} | {row['predict_us']:.2f} "
            f"| {row['r2']:.4f} | {row['peak_bytes'] / 1e6:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
