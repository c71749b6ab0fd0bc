"""How often a training without signal is called better than chance, and one with a planted signal: bars of make_bars.py
(clustered volatility, nothing to predict), 22 features, the return of the next 10 bars, 20 repeats of the control.

    cargo build --release -p algomosaic-model --example bench_chance
    python tests/bench/chance.py --binary target/release/examples/bench_chance --control mirrored_blocks

With `--plant std20=0.05` the outcome also follows the feature std20, which then tells 5 % of its variance.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from make_bars import bars

HORIZON = 10
CHANCE = 1 / 21


def difference(values, bars_back):
    made = np.full_like(values, np.nan)
    made[bars_back:] = values[bars_back:] - values[:-bars_back]
    return made


def rolling(values, window, of):
    made = np.full_like(values, np.nan)
    made[window - 1 :] = of(sliding_window_view(values, window), axis=1)
    return made


def smooth(values, share):
    made = np.empty_like(values)
    last = values[0]
    for i, value in enumerate(values):
        last += share * (value - last)
        made[i] = last
    return made


def features(seed, count):
    """Returns, volatility, averages (levels of the price), distances from them, ranges and oscillators; the outcome."""
    _, _, high, low, close, volume = bars(count, seed=seed)
    log, before = np.log(close), np.concatenate((close[:1], close[:-1]))
    change = close - before
    made = {f"ror{n}": difference(log, n) for n in (1, 2, 3, 5, 10, 20, 50)}
    made["volume5"] = difference(np.log(volume), 5)
    made |= {f"std{n}": rolling(np.nan_to_num(made["ror1"]), n, np.std) for n in (5, 20)}
    made |= {f"ema{n}": smooth(close, 2 / (n + 1)) for n in (10, 20, 50)}
    made |= {f"above{n}": log - np.log(made[f"ema{n}"]) for n in (10, 20, 50)}
    made["atr"] = smooth(np.maximum(high, before) - np.minimum(low, before), 1 / 14)
    made["atr_share"] = made["atr"] / close
    made["macd"] = smooth(close, 2 / 13) - smooth(close, 2 / 27)
    made["rsi"] = smooth(np.maximum(change, 0), 1 / 14) / np.maximum(smooth(np.abs(change), 1 / 14), 1e-12)
    top, bottom = rolling(high, 14, np.max), rolling(low, 14, np.min)
    made["stochastic"] = (close - bottom) / np.maximum(top - bottom, 1e-12)
    made["range"] = (high - low) / close
    outcome = np.full_like(log, np.nan)
    outcome[:-HORIZON] = log[HORIZON:] - log[:-HORIZON]
    return made, outcome


def write(path, seed, count, plant):
    made, outcome = features(seed, count)
    if plant:
        name, share = plant.split("=")
        tells = made[name] - np.nanmean(made[name])
        outcome = outcome + tells * np.sqrt(float(share)) * np.nanstd(outcome) / np.nanstd(tells)
    rows = np.column_stack([*made.values(), outcome])
    rows[np.isfinite(rows).all(axis=1)].tofile(path)
    return len(made)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--algorithm", default="elastic_net")
    parser.add_argument("--params", default="", help="such as alpha=0.0001")
    parser.add_argument("--control", default="mirrored_blocks")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--bars", type=int, default=4000)
    parser.add_argument("--plant", default="", help="a feature and the share of variance it tells: rsi=0.03")
    args = parser.parse_args()
    params = args.params.replace(",", "\n")
    request = f'outcome = "y"\nalgorithm = "{args.algorithm}"\n[params]\n{params}\n[control]\nkind = "{args.control}"\n'
    with tempfile.TemporaryDirectory() as folder:
        train = Path(folder) / "train.toml"
        train.write_text(request)
        seeds = range(args.first, args.first + args.seeds)
        files = [Path(folder) / str(seed) for seed in seeds]
        width = [write(file, seed, args.bars, args.plant) for seed, file in zip(seeds, files)][0]
        done = subprocess.run([args.binary, train, str(width), *files], check=True, capture_output=True, text=True)
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    found = sum(run["p"] <= 0.05 for run in runs)
    learned = np.mean([run["learned"] for run in runs]), np.mean([run["controls_learned"] for run in runs])
    print(
        f"{args.algorithm} {args.params} {args.control} {args.plant}: {len(runs)} runs, p <= 0.05 in {found} "
        f"({found / len(runs):.1%}, by chance {CHANCE:.1%}); models that are not the mean {learned[0]:.0%}, of the control "
        f"{learned[1]:.0%}; R² mean {np.mean([run['rsquared'] for run in runs]):.4f}, of the control "
        f"{np.mean([run['control'] for run in runs]):.4f}"
    )


if __name__ == "__main__":
    main()
