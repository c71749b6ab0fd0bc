"""Compares the predictions of exported models by onnxruntime with those of `algom predict`. `npm run parity onnx` runs it.

    python tests/parity/onnx_parity.py PATH/TO/algom [--only ridge,random_forest] [--rows 1020]

Trains each algorithm on generated bars, with each preparation, exports the model as ONNX, and predicts the same rows with
both. The first rows have undefined features, so that those without a prediction are compared too. Prints the greatest
difference of each model: absolute, and as a share of the prediction and of the greatest prediction. Exit code 1 when the
last is above 1e-12, or when one predicts a row that the other does not.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import pyarrow
import pyarrow.parquet as parquet

BOUND = 1e-12
RECIPE = """name = "parity"
[[feature]]
indicator = "algom.aror"
n = [1, 2, 5, 10, 20]
[[feature]]
indicator = "ta.rsi"
timeperiod = [7, 14]
[[feature]]
indicator = "ta.atr"
timeperiod = 14
[[feature]]
transform = "lag"
column = "volume"
n = 3
[[label]]
indicator = "algom.ror"
n = -10
"""
# Each algorithm with parameters that leave it something to predict.
ALGORITHMS = {
    "elastic_net": "alpha = 1e-6",
    "ols": "",
    "ridge": "",
    "lasso": "alpha = 1e-6",
    "pls": "",
    "linear_svr": "epsilon = 0.0",
    "logistic": "",
    "baseline": 'strategy = "last"\ncolumn = "AROR_10"',
    "gradient_boosting": "n_estimators = 200",
    "gradient_boosting_classifier": "n_estimators = 200",
    "random_forest": "",
    "random_forest_classifier": "",
    "extra_trees": "",
    "extra_trees_classifier": "",
}
PREPARATIONS = {
    "as they are": "",
    "filled": 'impute = "mean"',
    "winsorised": "winsorize = 0.02",
    "both": 'impute = "median"\nwinsorize = 0.02',
    "kept": 'impute = "keep"\nwinsorize = 0.02',
}
# Those that can learn from undefined features.
TREES = ("gradient_boosting", "random_forest", "extra_trees")


class Algom:
    """`algom` with a workspace and a home of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = str(pathlib.Path(program).resolve()), folder
        self("init", ".workspace")

    def __call__(self, *arguments):
        workspace = [] if arguments[0] == "init" else ["--workspace", ".workspace"]
        command = [self.program, "--quiet", "--json", *workspace, *arguments]
        environment = {"ALGOMOSAIC_HOME": str(self.folder / "home"), "PATH": ""}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed: {done.stderr or done.stdout}")
        return done.stdout


def prepare_data(algom, folder):
    """Hourly bars of a random walk, and their features."""
    rng = np.random.default_rng(11)
    count = 4000
    close = 100 * np.exp(np.cumsum(rng.standard_t(4, count) * 0.005))
    opened = np.concatenate([[100.0], close[:-1]])
    spread = 1 + np.abs(rng.normal(0, 0.003, (2, count)))
    columns = {
        "ticker_time": np.datetime64("2020-01-01", "us") + np.arange(count).astype("timedelta64[h]"),
        "open": opened,
        "high": np.maximum(opened, close) * spread[0],
        "low": np.minimum(opened, close) / spread[1],
        "close": close,
        "volume": np.round(np.exp(rng.normal(10, 1, count))),
    }
    parquet.write_table(pyarrow.table(columns), folder / "bars.parquet")
    (folder / "recipe.toml").write_text(RECIPE)
    algom("import", "bars.parquet", "--table", "market.bars", "--ticker", "WALK", "--interval", "1h")
    algom("features", "recipe.toml", "--from", "market.bars", "--table", "features.bars")


def ours(algom, folder, rows, algorithm, params, preparation):
    """The exported model and the predictions of `algom`."""
    (folder / "train.toml").write_text(
        f'outcome = "ROR_n10"\nalgorithm = "{algorithm}"\n[params]\n{params}\n'
        f"[prepare]\n{preparation}\n[control]\nrepeats = 1\n"
    )
    run = json.loads(algom("train", "train.toml", "--from", "features.bars"))["model_execution_id"]
    algom("models", "export", run, "--out", "model.onnx", "--force")
    select = f"SELECT * FROM features.bars ORDER BY ticker_time LIMIT {rows}"
    algom("predict", "--model", run, "--from", select, "--out", "predictions.parquet")
    return folder / "model.onnx", numbers(folder / "predictions.parquet", ["predictions"])[:, 0]


def numbers(path, names):
    """Columns of a Parquet file by time, undefined as NaN."""
    table = parquet.read_table(path, columns=["ticker_time", *names])
    columns = np.column_stack([table[name].to_numpy().astype(float) for name in names])
    return columns[np.argsort(table["ticker_time"].to_numpy())]


def theirs(path, rows):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    about = {entry.key: entry.value for entry in model.metadata_props}
    features = numbers(rows, json.loads(about["features"]))
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    return session.run(["prediction"], {"features": features})[0][:, 0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("algom")
    parser.add_argument("--only", default="")
    parser.add_argument("--rows", type=int, default=1020)
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        algom = Algom(arguments.algom, folder)
        prepare_data(algom, folder)
        select = f"SELECT * FROM features.bars ORDER BY ticker_time LIMIT {arguments.rows}"
        algom("query", select, "--out", "rows.parquet")
        print(f"onnxruntime {onnxruntime.__version__}, {arguments.rows} rows\n")
        print("| model | features | predicted | absolute | of the prediction | of the greatest |")
        print("|---|---|---|---|---|---|")
        for algorithm, params in ALGORITHMS.items():
            if only and algorithm not in only:
                continue
            for words, preparation in PREPARATIONS.items():
                if words == "kept" and not algorithm.startswith(TREES):
                    continue
                path, mine = ours(algom, folder, arguments.rows, algorithm, params, preparation)
                other = theirs(path, folder / "rows.parquet")
                known = ~np.isnan(mine)
                if not np.array_equal(known, ~np.isnan(other)):
                    worst = float("inf")
                    print(f"| {algorithm} | {words} | {known.sum()} here, {(~np.isnan(other)).sum()} there | | | |")
                    continue
                mine, other = mine[known], other[known]
                absolute = np.abs(mine - other)
                relative = np.divide(absolute, np.abs(mine), out=np.zeros_like(absolute), where=absolute > 0)
                share = absolute.max() / np.abs(mine).max()
                worst = max(worst, share)
                print(
                    f"| {algorithm} | {words} | {known.sum()} | {absolute.max():.1e} | {relative.max():.1e} | {share:.1e} |"
                )
    print(f"\nthe greatest share is {worst:.1e}, and at most {BOUND:.0e} is allowed")
    return 0 if worst <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
