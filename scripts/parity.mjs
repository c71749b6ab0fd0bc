// `npm run parity`: compares values with those of other libraries, each script of tests/parity in turn.
// `npm run parity onnx` runs the one of that name.
import { join } from "node:path";
import { installPeers } from "./peers.mjs";
import { setup } from "./setup.mjs";
import { give, Refusal, root, run, step, target } from "./steps.mjs";

try {
  // The build of `npm run bench`.
  const release = join(target, "release");
  const programs = {
    onnx: [join(release, "algom")],
    talib: ["--server", join(release, "examples", "indicator_server")],
  };
  const known = Object.keys(programs);
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Refusal(`There is no comparison ${unknown}; there are ${known.join(", ")}.`);
  await setup("start");
  const python = await step("Peers", () => installPeers("parity"));
  await step("Release build", () =>
    run("cargo", ["build", "--release", "--workspace", "--exclude", "algomosaic-desktop", "--bins", "--examples"]),
  );
  for (const name of asked.length === 0 ? known : asked) {
    const script = join(root, "tests", "parity", `${name}_parity.py`);
    await step(`Parity: ${name}`, () => run(python, [script, ...programs[name]]));
  }
} catch (up) {
  give(up);
}
