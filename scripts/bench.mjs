// `npm run bench`: builds the release programs and the peers' environment, then runs each benchmark of tests/bench.
// `npm run bench data` runs the one of that name. Figures are kept in docs/benchmarks.md by hand, with their date.
import { join } from "node:path";
import { emulators, installEmulators } from "./emulators.mjs";
import { cacheOf, installPeers } from "./peers.mjs";
import { setup } from "./setup.mjs";
import { give, Refusal, root, run, step, target } from "./steps.mjs";

const cache = cacheOf("bench");
const folder = join(root, "tests", "bench");

try {
  const known = ["data", "indicators", "linear", "chance", "trees", "cloud"];
  const release = join(target, "release");
  const example = (name) => join(release, "examples", name);
  const programs = {
    data: [join(release, "algom"), example("bench_pages"), join(cache, "data")],
    indicators: ["--server", example("indicator_server"), "--features", example("bench_features")],
    linear: ["--binary", example("bench_linear")],
    chance: ["--binary", example("bench_chance")],
    trees: [example("bench_trees"), join(cache, "trees")],
    cloud: [example("bench_bigquery"), emulators, join(cache, "cloud")],
  };
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Refusal(`There is no benchmark ${unknown}; there are ${known.join(", ")}.`);
  await setup("start");
  const python = await step("Peers", () => installPeers("bench"));
  await step("Emulators of Google Cloud", installEmulators);
  await step("Release build", () =>
    run("cargo", ["build", "--release", "--workspace", "--exclude", "algomosaic-desktop", "--bins", "--examples"]),
  );
  for (const name of asked.length === 0 ? known : asked) {
    await step(`Benchmark: ${name}`, () => run(python, [join(folder, `${name}.py`), ...programs[name]]));
  }
} catch (up) {
  give(up);
}
