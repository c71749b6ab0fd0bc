// Checks what must be there, and installs what may be installed: packages of the system, npm packages, libduckdb.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { installEmulators } from "./emulators.mjs";
import { isInstalled } from "./stamp.mjs";
import { ask, Refusal, root, run, step } from "./steps.mjs";

const NODE_MAJOR = 20;
const RUST_MINOR = 95;

/** Debian's names of what the window is built with. */
const BUILD_PACKAGES = [
  "libwebkit2gtk-4.1-dev",
  "libgtk-3-dev",
  "librsvg2-dev",
  "libayatana-appindicator3-dev",
  "libxdo-dev",
  "libssl-dev",
  "build-essential",
  "pkg-config",
  "file",
];
/** Debian's names of what the tests drive the window with. */
const TEST_PACKAGES = [
  "webkit2gtk-driver",
  "xvfb",
  "xauth",
  "dbus",
  "dbus-x11",
  "gnome-keyring",
  "libsecret-tools",
  "fonts-dejavu-core",
];

/** @param {"start" | "test"} purpose what is set up for; tests need more */
export async function setup(purpose) {
  await step("Tools", () => checkTools(purpose));
  await step("System packages", () => installSystemPackages(purpose));
  await step("npm packages and libduckdb", installNpmPackages);
  if (purpose === "test") {
    await step("WebAssembly targets", installWasmTargets);
    await step("Emulators of Google Cloud", installEmulators);
  }
}

/** What Rust calls WebAssembly alone, and WebAssembly with files and output. */
export const WASM_TARGETS = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/** Whether the compiler has its library for WebAssembly. */
export function hasWasm() {
  const folder = ask("rustc", ["--print", "sysroot"]);
  return folder !== null && WASM_TARGETS.every((name) => existsSync(join(folder, "lib", "rustlib", name, "lib")));
}

async function installWasmTargets() {
  if (!hasWasm() && ask("rustup", ["--version"]) !== null) {
    await run("rustup", ["target", "add", ...WASM_TARGETS], { mayFail: true });
  }
}

function checkTools(purpose) {
  const node = Number(process.versions.node.split(".")[0]);
  if (node < NODE_MAJOR) {
    throw new Refusal(
      `Node ${NODE_MAJOR} or later is needed, but this is ${process.version}. Install it from https://nodejs.org.`,
    );
  }
  // Rust's installer changes the path of later shells only.
  const cargoHome = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin");
  if (ask("cargo", ["--version"]) === null && existsSync(cargoHome)) {
    process.env.PATH = `${cargoHome}${delimiter}${process.env.PATH}`;
  }
  const rust = ask("rustc", ["--version"]);
  if (rust === null || ask("cargo", ["--version"]) === null) {
    throw new Refusal(
      `Rust is needed, but there is no cargo. Install Rust 1.${RUST_MINOR} or later from https://rustup.rs, then run this again.`,
    );
  }
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(rust) ?? [];
  if (Number(major) === 1 && Number(minor) < RUST_MINOR) {
    throw new Refusal(`Rust 1.${RUST_MINOR} or later is needed, but this is ${rust}. Run \`rustup update stable\`.`);
  }
  if (purpose === "test") {
    for (const part of ["fmt", "clippy"]) {
      if (ask("cargo", [part, "--version"]) === null) {
        throw new Refusal(`\`cargo ${part}\` is missing. Run \`rustup component add rustfmt clippy\`.`);
      }
    }
  }
  console.log(`Node ${process.versions.node}; ${rust}`);
  // Nothing is built with Python; it makes golden files anew, opens exported notebooks, and runs the emulators.
  const python = ask("python3", ["--version"]) ?? ask("python", ["--version"]);
  console.log(python ?? "Python 3 is missing: only making golden files anew and Google Cloud's emulators need it.");
}

async function installSystemPackages(purpose) {
  if (process.platform !== "linux") {
    console.log(`None are needed on ${process.platform}.`);
    return;
  }
  const wanted = purpose === "test" ? [...BUILD_PACKAGES, ...TEST_PACKAGES] : BUILD_PACKAGES;
  if (ask("dpkg-query", ["--version"]) === null) {
    if (ask("pkg-config", ["--exists", "webkit2gtk-4.1"]) === null) {
      throw new Refusal(
        `WebKitGTK 4.1 with its development files is missing. On Debian and Ubuntu the packages are\n  ${wanted.join(" ")}\nInstall what your system calls them, then run this again.`,
      );
    }
    console.log("This is no Debian: WebKitGTK is there, and the rest is taken on trust.");
    return;
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg fills it in
  const missing = wanted.filter((name) => ask("dpkg-query", ["-W", "-f", "${db:Status-Status}", name]) !== "installed");
  if (missing.length === 0) {
    console.log("All are there.");
    return;
  }
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? [] : ask("sudo", ["-n", "true"]) === null ? null : ["sudo", "-n"];
  if (prefix === null) {
    throw new Refusal(
      `packages of the system are missing, and this user may not install them without a password. Run\n  sudo apt-get install -y ${missing.join(" ")}\nthen run this again.`,
    );
  }
  console.log(`Installing ${missing.join(" ")}`);
  const apt = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  const [command, ...rest] = apt;
  // Old lists often do: fetching new ones may fail where a mirror is away.
  await run(command, [...rest, "update"], { mayFail: true });
  await run(command, [...rest, "install", "-y", "--no-install-recommends", ...missing]);
}

async function installNpmPackages() {
  if (isInstalled()) {
    console.log("package-lock.json is as installed.");
  } else {
    // The configuration `npm start` hands down must not leave out what builds and tests.
    await run("npm", ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"]);
  }
  const library = join(root, "node_modules", ".libduckdb");
  if (!existsSync(library)) await run(process.execPath, [join(root, "scripts", "link-duckdb.mjs")]);
}
