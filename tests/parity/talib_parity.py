"""Compares the catalogue's family `ta` with PyPI TA-Lib on many series and settings.

    cargo build --release -p algomosaic-indicators --example indicator_server
    python tests/parity/talib_parity.py --server PATH [--only RSI,SMA] [--seeds 3] [--stream] [--verbose]

Needs numpy and TA-Lib==0.8.2. Exit code 1 when any value differs: floats by more than 1e-9 of their size, whole numbers
and the place of the first value at all.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import talib
from talib import abstract
from talib import _ta_lib as lib

HERE = os.path.dirname(os.path.abspath(__file__))
CATALOGUE = os.path.join(HERE, "..", "golden", "talib_catalogue.json")
CANDLES = ["body_long", "body_very_long", "body_short", "body_doji", "shadow_long", "shadow_very_long",
           "shadow_short", "shadow_very_short", "near", "far", "equal"]


def walk(rng, rows, start=100.0, digits=2, volume=1e6, step=0.01):
    """Bars of a random walk, rounded as prices are."""
    close = start * np.exp(np.cumsum(rng.normal(0, step, rows)))
    opens = np.concatenate([[start], close[:-1]]) * np.exp(rng.normal(0, 0.004, rows))
    high = np.maximum(opens, close) * np.exp(np.abs(rng.normal(0, 0.005, rows)))
    low = np.minimum(opens, close) * np.exp(-np.abs(rng.normal(0, 0.005, rows)))
    vol = np.round(volume * np.exp(rng.normal(0, 0.5, rows)))
    bars = {"open": opens, "high": high, "low": low, "close": close}
    bars = {name: np.round(x, digits) for name, x in bars.items()}
    return finish({**bars, "volume": vol})


def finish(bars):
    rows = len(bars["close"])
    bars["periods"] = 2.0 + (np.arange(rows) * 7) % 29
    return {name: np.asarray(x, dtype=float).copy() for name, x in bars.items()}


def candles(rng, rows):
    """Bars of few price levels, so that candle patterns and equal prices are frequent."""
    close = 50 + np.cumsum(rng.integers(-3, 4, rows)) * 0.5
    opens = np.where(rng.random(rows) < 0.4, np.concatenate([[50], close[:-1]]), close + rng.integers(-6, 7, rows) * 0.25)
    high = np.maximum(opens, close) + rng.integers(0, 5, rows) * 0.25 * (rng.random(rows) < 0.6)
    low = np.minimum(opens, close) - rng.integers(0, 5, rows) * 0.25 * (rng.random(rows) < 0.6)
    return finish({"open": opens, "high": high, "low": low, "close": close, "volume": rng.integers(0, 50, rows) * 10.0})


def moods(rng, rows):
    """Candles of changing size in moves that hold their direction, so that even rare patterns are found."""
    close, sign, size, found = 0.0, 1, 8, []
    for t in range(rows):
        keeps = t // 1000 % 2 == 0
        if keeps or rng.random() < 0.3:
            sign = int(rng.choice([-1, 1]))
        draw = rng.random()
        size = 8 if keeps else 2 ** int(rng.integers(0, 5)) if draw < 0.3 else max(1, size // 2) if draw < 0.6 else size
        opens = close + (0 if rng.random() < 0.4 else int(rng.integers(-2 * size, 2 * size + 1)))
        close = opens + sign * int(rng.integers(0, 2 * size + 1))
        upper, lower = (0 if rng.random() < 0.6 else int(rng.integers(0, 3 * size)) for _ in range(2))
        found.append((opens, max(opens, close) + upper, min(opens, close) - lower, close))
    # Hundredths, whose sums round: then the order of summing shows where a price stands right on a limit.
    columns = np.round(100 + np.array(found, dtype=float).reshape(-1, 4).T / 100, 2)
    return finish({**dict(zip(["open", "high", "low", "close"], columns)), "volume": np.full(rows, 1.0)})


def series(seeds):
    rng = np.random.default_rng(7)
    found = {}
    for seed in range(seeds):
        found[f"walk{seed}"] = walk(np.random.default_rng(100 + seed), 700)
        found[f"candles{seed}"] = candles(np.random.default_rng(200 + seed), 3000)
        found[f"patterns{seed}"] = moods(np.random.default_rng(300 + seed), 30_000)
    flat = finish({name: np.full(300, 42.5) for name in ["open", "high", "low", "close", "volume"]})
    found["constant"] = flat
    thirds = finish({name: np.full(300, 0.1) for name in ["open", "high", "low", "close", "volume"]})
    found["constant_tenth"] = thirds
    zero = finish({name: np.zeros(300) for name in ["open", "high", "low", "close", "volume"]})
    found["zero"] = zero
    no_volume = walk(rng, 400)
    no_volume["volume"][:] = 0
    found["no_volume"] = no_volume
    some = walk(rng, 400)
    some["volume"][rng.random(400) < 0.4] = 0
    found["some_volume"] = some
    runs = walk(rng, 400)
    for name in ["open", "high", "low", "close"]:
        runs[name][100:220] = runs["close"][100]
    found["flat_stretch"] = runs
    head = walk(rng, 400)
    head["close"][:7] = np.nan
    head["volume"][:11] = np.nan
    found["nan_head"] = head
    hole = walk(rng, 400)
    for name in ["open", "high", "low", "close", "volume"]:
        hole[name][200] = np.nan
    found["nan_hole"] = hole
    for name, size in [("large", 1e9), ("small", 1e-6)]:
        found[name] = walk(rng, 400, start=size, digits=12)
    signed = {name: rng.normal(0, 1, 400) for name in ["open", "high", "low", "close", "volume"]}
    found["signed"] = finish(signed)
    unit = {name: rng.random(400) for name in ["open", "high", "low", "close", "volume"]}
    found["unit"] = finish(unit)
    for rows in [1, 2, 3, 4, 5, 10, 33, 64, 90]:
        found[f"rows{rows}"] = walk(rng, rows)
    found["rows0"] = walk(rng, 0)
    return found


def settings(entry, rng, count):
    """Parameter sets: defaults, TA-Lib's other set, least values, random ones."""
    sets = [{}, dict(entry["nondefault"])]
    params = entry["parameters"]
    if params:
        sets.append({p["name"]: p["min"] for p in params if p["kind"] == "int"})
        for place in range(count):
            drawn = {}
            for p in params:
                if p["kind"] == "int":
                    drawn[p["name"]] = int(rng.integers(p["min"], 60))
                elif p["kind"] == "enum":
                    drawn[p["name"]] = int(rng.choice([value for value, _ in p["values"]]))
                else:
                    low, high = max(p["min"], -3.0), min(p["max"], 3.0)
                    if p["name"] == "percentile":
                        low, high = 0.0, 100.0
                    drawn[p["name"]] = float(np.round(rng.uniform(low, high), 3))
            sets.append(drawn)
    return [s for i, s in enumerate(sets) if s not in sets[:i]]


class Server:
    def __init__(self, path, bars):
        self.folder = tempfile.mkdtemp()
        file = os.path.join(self.folder, "series")
        rows = len(bars["close"])
        with open(file, "wb") as out:
            out.write(json.dumps({"rows": rows, "columns": list(bars)}).encode() + b"\n")
            for x in bars.values():
                out.write(np.ascontiguousarray(x, dtype="<f8").tobytes())
        self.rows = rows
        self.process = subprocess.Popen([path, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, id, params, repeat=1, stream=False, values=True):
        out = os.path.join(self.folder, "out") if values else None
        question = {"id": id, "params": params, "out": out, "repeat": repeat, "stream": stream}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if values and "error" not in answer:
            numbers = np.fromfile(out, dtype="<f8").reshape(len(answer["outputs"]), self.rows)
            answer["values"] = dict(zip(answer["outputs"], numbers))
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def reference(entry, bars, params, unstable=0, candle=None):
    """TA-Lib's outputs by name, or the error it gives."""
    function = abstract.Function(entry["name"])
    try:
        if entry["unstable"]:
            talib.set_unstable_period(entry["name"], unstable)
        for setting in candle or []:
            lib._ta_set_candle_settings(*setting)
        inputs = {name: x.copy() for name, x in bars.items()}
        result = function(inputs, **params)
    except Exception as error:  # TA-Lib raises bare exceptions
        return str(error)
    finally:
        if entry["unstable"]:
            talib.set_unstable_period(entry["name"], 0)
        for setting in candle or []:
            lib._ta_restore_candle_default_settings(setting[0])
    result = result if isinstance(result, (list, tuple)) else [result]
    return {output["name"]: np.asarray(x) for output, x in zip(entry["outputs"], result)}


def difference(ours, theirs, whole, look_back, begin):
    """Where two outputs differ, in words, or None."""
    theirs = theirs.astype(float)
    if whole:
        # TA-Lib writes 0 where nothing is defined.
        theirs = theirs.copy()
        theirs[: begin + look_back] = np.nan
    missing = np.isnan(ours) != np.isnan(theirs)
    if missing.any():
        t = int(np.argmax(missing))
        return f"row {t} of {len(ours)}: ours {ours[t]!r}, TA-Lib {theirs[t]!r} ({int(missing.sum())} rows)"
    both = ~np.isnan(ours)
    a, b = ours[both], theirs[both]
    with np.errstate(invalid="ignore", over="ignore"):
        off = (a != b) & ~(np.abs(a - b) <= 1e-9 * np.maximum(np.abs(a), np.abs(b)))
    if off.any():
        t = int(np.flatnonzero(both)[np.argmax(off)])
        return f"row {t}: ours {ours[t]!r}, TA-Lib {theirs[t]!r} ({int(off.sum())} rows)"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--groups", default="")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--sets", type=int, default=4)
    parser.add_argument("--series", default="")
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    catalogue = json.load(open(CATALOGUE))["catalogue"]
    only = {name.upper() for name in args.only.split(",") if name}
    groups = [group for group in args.groups.split(",") if group]
    entries = [e for e in catalogue
               if (not only or e["name"] in only) and (not groups or any(e["group"].startswith(g) for g in groups))]
    faults, checked, marks = {}, 0, {}
    for title, bars in series(args.seeds).items():
        if args.series and title not in args.series.split(","):
            continue
        server = Server(args.server, bars)
        for entry in entries:
            rng = np.random.default_rng(11)
            cases = [(params, 0, None) for params in settings(entry, rng, args.sets)]
            if entry["unstable"]:
                cases += [({}, 30, None), ({}, 1, None)]
            is_pattern = entry["group"] == "Pattern Recognition"
            if title.startswith("patterns") and not is_pattern:
                continue
            if is_pattern and title.startswith("candles"):
                cases += [({}, 0, [(k, int(rng.integers(0, 3)), int(rng.integers(0, 15)), float(rng.choice([0.05, 0.3, 1.0, 1.7])))])
                          for k in range(len(CANDLES))]
                cases += [({}, 0, [(k, int(rng.integers(0, 3)), int(rng.integers(15, 400)), 1.0)]) for k in range(len(CANDLES))]
            if is_pattern and title.startswith("patterns"):
                cases += [({}, 0, [(k, int(rng.integers(0, 3)), int(rng.integers(0, 15)), float(rng.choice([0.05, 0.3, 1.0, 1.7])))
                                   for k in range(len(CANDLES))]) for _ in range(3 * args.sets)]
            for params, unstable, candle in cases:
                asked = dict(params)
                if unstable:
                    asked["unstable_period"] = unstable
                for setting in candle or []:
                    name = "candle_" + CANDLES[setting[0]]
                    values = {f"{name}_range": setting[1], f"{name}_period": setting[2], f"{name}_factor": setting[3]}
                    # A setting that the pattern does not use must not change TA-Lib's values either, which are compared.
                    if len(candle) == 1 or "error" not in server.ask("ta." + entry["name"].lower(), values, values=False):
                        asked |= values
                answer = server.ask("ta." + entry["name"].lower(), asked)
                if candle and "there is no parameter" in answer.get("error", ""):
                    # The pattern does not use this setting: then TA-Lib's values must not depend on it either.
                    a, b = reference(entry, bars, params), reference(entry, bars, params, 0, candle)
                    if not all(np.array_equal(a[k], b[k]) for k in a):
                        faults.setdefault(entry["name"], []).append(f"{title} {asked}: the setting is missing")
                    continue
                theirs = reference(entry, bars, params, unstable, candle)
                checked += 1
                place = f"{title} {asked}"
                if isinstance(theirs, str):
                    if "error" not in answer and len(bars["close"]) and "inputs are all NaN" not in theirs:
                        faults.setdefault(entry["name"], []).append(f"{place}: TA-Lib refuses: {theirs.splitlines()[0]}")
                    continue
                if "error" in answer:
                    # Without bars TA-Lib looks at no parameter.
                    if not len(bars["close"]):
                        continue
                    faults.setdefault(entry["name"], []).append(f"{place}: we refuse: {answer['error']}")
                    continue
                if list(theirs) != answer["outputs"]:
                    faults.setdefault(entry["name"], []).append(f"outputs {answer['outputs']} for {list(theirs)}")
                    continue
                used = [x for spec in entry["inputs"].values() for x in (spec if isinstance(spec, list) else [spec])]
                defined = ~np.any([np.isnan(bars[name]) for name in used], axis=0)
                begin = int(np.argmax(defined)) if defined.any() else len(defined)
                for (name, values), whole in zip(theirs.items(), answer["integer"]):
                    said = difference(answer["values"][name], values, whole, answer["look_back"], begin)
                    if is_pattern and not said:
                        marks[entry["name"]] = marks.get(entry["name"], 0) + int(np.count_nonzero(values))
                    if said:
                        faults.setdefault(entry["name"], []).append(f"{place} {name}: {said}")
                if args.stream and answer["streams"]:
                    again = server.ask("ta." + entry["name"].lower(), asked, stream=True)["values"]
                    for name, values in again.items():
                        said = difference(values, answer["values"][name], False, 0, 0)
                        if said:
                            faults.setdefault(entry["name"], []).append(f"{place} {name} as a stream: {said}")
        server.close()
    for name, said in faults.items():
        print(f"{name}: {len(said)} differences")
        for line in said if args.verbose else said[:4]:
            print("   ", line)
    if marks:
        print("patterns found, the rarest:", sorted((count, name) for name, count in marks.items())[:8])
    print(f"{len(entries)} functions, {checked} comparisons, {len(faults)} functions differ")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
