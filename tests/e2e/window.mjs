// A real window on a screen of its own: Xvfb, WebKitWebDriver, the built program, and folders that touch nobody's home.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "webdriverio";

const SCREEN = "1400x1000x24";
/** A session starts in seconds, also on a busy machine; a program that dies at once never answers. */
const LIMIT_MS = 60_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Starts a program as the leader of its own group, so that it can be ended with all it started. */
function start(command, args, options) {
  const child = spawn(command, args, { detached: true, ...options });
  const failed = new Promise((_, reject) => {
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("exit", (code, signal) => reject(new Error(`${command} ended early (${signal ?? `exit code ${code}`})`)));
  });
  failed.catch(() => {});
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    for (const signal of ["SIGTERM", "SIGKILL"]) {
      try {
        process.kill(-child.pid, signal);
      } catch {
        return;
      }
      const isGone = await Promise.race([gone.then(() => true), new Promise((late) => setTimeout(late, 2000, false))]);
      if (isGone) return;
    }
  };
  return { child, failed, end };
}

/**
 * Opens the window of `binary`; `close` ends all that was started and removes the folders. `beside` may start what the
 * window talks to, and answers with more of its environment. `said` is what the window wrote to its terminal.
 */
export async function openWindow(binary, beside = async () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), "algomosaic-e2e-"));
  const started = [];
  let browser = null;
  const close = async () => {
    if (browser !== null) await within(10_000, "closing the window", browser.deleteSession()).catch(() => {});
    for (const program of started.reverse()) await program.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const own = { ALGOMOSAIC_HOME: join(folder, "home"), TMPDIR: join(folder, "tmp") };
    for (const name of ["RUNTIME_DIR", "DATA_HOME", "CONFIG_HOME", "CACHE_HOME"])
      own[`XDG_${name}`] = join(folder, name);
    for (const path of Object.values(own)) mkdirSync(path, { mode: 0o700 });

    const screen = start("Xvfb", ["-displayfd", "3", "-screen", "0", SCREEN, "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    started.push(screen);
    const number = new Promise((resolve) => screen.child.stdio[3].once("data", (text) => resolve(String(text).trim())));
    const display = `:${await within(LIMIT_MS, "starting Xvfb", Promise.race([number, screen.failed]))}`;

    const env = {
      ...process.env,
      ...own,
      DISPLAY: display,
      GDK_BACKEND: "x11",
      TAURI_WEBVIEW_AUTOMATION: "true",
      // No bus of a desktop is there, and none is to be looked for.
      GIO_USE_VFS: "local",
      GTK_USE_PORTAL: "0",
      NO_AT_BRIDGE: "1",
      LANG: "C.UTF-8",
    };
    for (const name of ["WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "LC_ALL", "LC_MESSAGES"]) delete env[name];
    const port = await freePort();
    const begin = (...what) => {
      started.push(start(...what));
      return started.at(-1);
    };
    Object.assign(
      env,
      await within(2 * LIMIT_MS, "starting what the window talks to", beside({ start: begin, folder, env, freePort })),
    );
    const driver = begin("WebKitWebDriver", [`--port=${port}`], { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    for (const stream of [driver.child.stdout, driver.child.stderr])
      stream.on("data", (text) => said.push(String(text)));
    driver.child.stderr.pipe(process.stderr);
    const session = remote({
      hostname: "127.0.0.1",
      port,
      logLevel: "error",
      connectionRetryTimeout: LIMIT_MS,
      connectionRetryCount: 5,
      capabilities: { "wdio:enforceWebDriverClassic": true, "webkitgtk:browserOptions": { binary, args: [] } },
    });
    browser = await within(LIMIT_MS, "opening the window", Promise.race([session, driver.failed]));
    return { browser, folder, home: own.ALGOMOSAIC_HOME, env, said, close };
  } catch (error) {
    await close();
    throw error;
  }
}
