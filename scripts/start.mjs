// `npm start`: installs what is missing, builds, runs the main job on the sample, and opens the window on it.
// `npm start -- --no-window` leaves the window out.
import { buildUi } from "./build-ui.mjs";
import { setup } from "./setup.mjs";
import { built, give, run, seconds, step } from "./steps.mjs";

const started = performance.now();
const wantsWindow = !process.argv.includes("--no-window");
const hasDisplay = process.platform !== "linux" || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);

try {
  await setup("start");
  await step("The window's pages", buildUi);
  // The same packages and features as in `npm test`, so that each builds on what the other built.
  await step("Building (the first time takes minutes)", () => run("cargo", ["build", "--workspace", "--bins"]));
  await step("The main job on the sample", () => run(built("algom"), ["demo"]));
  console.log(`\nReady after ${seconds(started)}.`);
  console.log(`The command line: ${built("algom")} --help`);
  const open = `${built("algomosaic")} --sample`;
  if (!wantsWindow) console.log(`The window: ${open}`);
  else if (!hasDisplay) console.log(`There is no display here. On one, the window opens with\n  ${open}`);
  else await step("The window (close it to end)", () => run(built("algomosaic"), ["--sample"]));
} catch (up) {
  give(up);
}
