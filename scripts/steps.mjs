// One step after another, each with a heading and its time. A step that fails ends the program.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");
const isWindows = process.platform === "win32";
/** Where cargo puts what it builds. */
export const target = process.env.CARGO_TARGET_DIR || join(root, "target");

/** A program that cargo built. */
export function built(name) {
  return join(target, "debug", isWindows ? `${name}.exe` : name);
}

/** Something that cannot be done, said in a sentence with the next step. */
export class Refusal extends Error {}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Does `work` under a heading, and says how long it took. */
export async function step(title, work) {
  const started = performance.now();
  console.log(`\n== ${title}`);
  try {
    return await work();
  } finally {
    console.log(`-- ${title}: ${seconds(started)}`);
  }
}

/** What a command prints, or null when it is missing or fails. */
export function ask(command, args = []) {
  const answer = spawnSync(command, args, { encoding: "utf8", cwd: root, shell: isWindows });
  return answer.status === 0 ? answer.stdout.trim() : null;
}

/**
 * Runs a command, its output passing through, and answers with that output. Refuses when the command fails, unless
 * `mayFail`; then the answer says how it ended.
 */
export function run(command, args, { env = {}, mayFail = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["inherit", "pipe", "pipe"],
      shell: isWindows,
    });
    let output = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding("utf8");
      from.on("data", (text) => {
        output += text;
        to.write(text);
      });
    }
    child.on("error", (error) => reject(new Refusal(`${command} cannot be run: ${error.message}`)));
    child.on("close", (code, signal) => {
      const ok = code === 0;
      if (ok || mayFail) resolve({ ok, output });
      else reject(new Refusal(`\`${[command, ...args].join(" ")}\` failed (${signal ?? `exit code ${code}`})`));
    });
  });
}

/** Runs a script of a package in node_modules with this Node. */
export function tool(path, args, options) {
  return run(process.execPath, [join(root, "node_modules", ...path.split("/")), ...args], options);
}

/** Ends the program, with the sentence of whatever was thrown. */
export function give(up) {
  console.error(`\nerror: ${up instanceof Refusal ? up.message : (up?.stack ?? up)}`);
  process.exitCode = 1;
}
