// What stands in for Google in the window's test: its identity services here, BigQuery's emulator, a keyring of its own.
import { createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const ACCOUNT = "writer@my-project.iam.gserviceaccount.com";

/** Says why something is left out; on a build server nothing is. */
function leftOut(what) {
  if (process.env.CI) throw new Error(`${what} is missing`);
  console.log(`LEFT OUT: ${what} is missing`);
  return null;
}

const inPath = (name) => (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Identity services that verify what a client proves, and remember every secret that was given or sent. */
export async function startIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const secrets = privateKey.split("\n").filter((line) => line.length > 20 && !line.includes("---"));
  const granted = ["bigquery.jobs.create", "bigquery.tables.getData", "storage.objects.get"];
  const tokens = new Set();
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const answer = (status, document) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(document));
      };
      if (url === "/token") {
        const assertion = new URLSearchParams(body).get("assertion") ?? "";
        secrets.push(assertion);
        const [head, claims, signature] = assertion.split(".");
        const isTrue = createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url");
        if (!isTrue) return answer(400, { error: "invalid_grant", error_description: "Invalid JWT Signature." });
        const token = `ya29.${randomBytes(24).toString("hex")}`;
        secrets.push(token);
        tokens.add(token);
        return answer(200, { access_token: token, expires_in: 3599, token_type: "Bearer" });
      }
      if (!tokens.has((headers.authorization ?? "").replace("Bearer ", ""))) return answer(401, {});
      const asked = url.includes("testIamPermissions")
        ? JSON.parse(body).permissions
        : new URL(url, "http://x").searchParams.getAll("permissions");
      return answer(200, { permissions: asked.filter((name) => granted.includes(name)) });
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const key = {
    type: "service_account",
    project_id: "my-project",
    private_key_id: randomBytes(20).toString("hex"),
    private_key: privateKey,
    client_email: ACCOUNT,
    client_id: "100000000000000000001",
    token_uri: `${address}/token`,
    universe_domain: "googleapis.com",
  };
  return {
    key,
    secrets,
    granted,
    account: ACCOUNT,
    env: {
      CLOUDSDK_AUTH_TOKEN_HOST: `${address}/token`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: address,
      STORAGE_EMULATOR_HOST: address,
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A bus with an unlocked keyring, both in private folders; null where this machine has none. */
export async function startKeyring({ start, folder, env }) {
  if (!inPath("dbus-daemon") || !inPath("gnome-keyring-daemon")) return leftOut("gnome-keyring or dbus");
  const config = join(folder, "bus.conf");
  // Without folders of services, nothing is started on demand.
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:tmpdir=${folder}</listen><policy context="default">
     <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const bus = start("dbus-daemon", [`--config-file=${config}`, "--print-address=3", "--nofork"], {
    env,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const address = await Promise.race([
    new Promise((resolve) => bus.child.stdio[3].once("data", (text) => resolve(String(text).trim()))),
    bus.failed,
  ]);
  const own = { DBUS_SESSION_BUS_ADDRESS: address };
  const keyring = start("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
    env: { ...env, ...own },
    stdio: ["pipe", "ignore", "ignore"],
  });
  keyring.child.stdin.end("pw");
  return own;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** BigQuery's emulator with the project `proj`; null where it is not installed. */
export async function startBigQuery({ start, folder, env, freePort }) {
  const emulators = process.env.ALGOMOSAIC_EMULATORS ?? join(homedir(), ".cache", "algomosaic", "emulators");
  const program = join(emulators, "bin", "local-bigquery");
  if (!existsSync(program)) return leftOut(`${program}, which \`npm test\` installs,`);
  const [port, grpc] = [await freePort(), await freePort()];
  const numbers = ["--port", String(port), "--grpc-port", String(grpc)];
  const emulator = start(
    program,
    ["--host", "127.0.0.1", ...numbers, "--project", "proj", "--data-dir", join(folder, "bigquery")],
    { cwd: folder, env: { ...env, HOME: join(emulators, "home") }, stdio: "ignore" },
  );
  const began = performance.now();
  while (!(await answers(port))) {
    if (performance.now() - began > 120_000) throw new Error("BigQuery's emulator does not answer");
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 100)), emulator.failed]);
  }
  return {
    env: {
      BIGQUERY_EMULATOR_HOST: `http://127.0.0.1:${port}`,
      BIGQUERY_STORAGE_EMULATOR_HOST: `http://127.0.0.1:${grpc}`,
    },
    end: emulator.end,
  };
}
