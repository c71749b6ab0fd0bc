import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { costWords } from "../lib/cost";
import { usd } from "../lib/number";
import { failing, show, waiting } from "./show";

const THIN = "\u2009";

describe("a price", () => {
  it.each([
    [0, "0"],
    [0.0000596, "0.000060"],
    [0.0625, "0.063"],
    [6.25, "6.25"],
    [1234.5, "1,234.50"],
  ])("of %s US$ is said with the digits that mean something", (price, expected) => {
    expect(usd(price)).toBe(`US$${THIN}${expected}`);
  });
  it("says when nothing is billed", () => {
    expect(costWords({ bytes_billed: 0, usd: 0 })).toBe("nothing billed by BigQuery");
    expect(costWords({ bytes_billed: 10_485_760, usd: 0.0000596 })).toBe(
      `10${THIN}MB billed by BigQuery, about US$${THIN}0.000060`,
    );
  });
});

describe("the connection", () => {
  const open = (options: Parameters<typeof show>[0] = {}) => show({ hash: "#/settings", ...options });

  it("says that it is loading, and what failed", async () => {
    open({ client: { connection: waiting } });
    await screen.findByText("Reading the connection");
  });
  it("shows the failure of its own reading", async () => {
    open({ client: { connection: failing("Permission", "google-cloud.toml cannot be read", "Correct it.") } });
    expect((await screen.findByTestId("failed")).textContent).toContain("google-cloud.toml cannot be read");
  });
  it("is made with gcloud's login, without a workspace", async () => {
    const { user, client } = open({ fake: { workspace: "none" } });
    const connectGoogle = vi.spyOn(client, "connectGoogle");
    await user.type(await screen.findByTestId("connect-impersonate"), "bot@p.iam.gserviceaccount.com");
    await user.click(screen.getByTestId("connect"));
    await screen.findByRole("heading", { name: "Connected as ana@example.com" });
    expect(connectGoogle.mock.calls[0]?.[1]).toEqual({
      by: "adc",
      project: null,
      location: null,
      bucket: null,
      impersonate: "bot@p.iam.gserviceaccount.com",
    });
    screen.getByText("Connected as ana@example.com.", { selector: "output *" });
  });
  it("is made with a key by its file alone, which may be deleted then", async () => {
    const { user, client } = open();
    const deleteKeyFile = vi.spyOn(client, "deleteKeyFile");
    await user.click(await screen.findByText("Key file"));
    expect(screen.getByTestId<HTMLButtonElement>("connect").disabled).toBe(true);
    await user.click(screen.getByRole("button", { name: "Browse…" }));
    await waitFor(() =>
      expect(screen.getByTestId<HTMLInputElement>("connect-file").value).toBe(
        "/home/ana/algomosaic/downloads/key.json",
      ),
    );
    await user.click(screen.getByTestId("connect"));
    await user.click(await screen.findByTestId("delete-key"));
    await screen.findByText("/home/ana/algomosaic/downloads/key.json is deleted.");
    expect(deleteKeyFile).toHaveBeenCalledOnce();
  });
  it("says why it was not made, and keeps what was typed", async () => {
    const { user } = open();
    await user.click(await screen.findByText("Key file"));
    await user.type(screen.getByTestId("connect-file"), "/missing/key.json");
    await user.click(screen.getByTestId("connect"));
    expect((await screen.findByRole("alert")).textContent).toContain("the key file is not there: /missing/key.json");
    expect(screen.getByTestId<HTMLInputElement>("connect-file").value).toBe("/missing/key.json");
  });
  it("waits for the browser with the address, and can be cancelled", async () => {
    const { user } = open({ fake: { taskMs: 60_000 } });
    await user.click(await screen.findByText("Browser"));
    screen.getByText("A login in the browser names no project: name it");
    await user.type(screen.getByTestId("connect-project"), "my-project");
    await user.click(screen.getByTestId("connect"));
    const address = await screen.findByTestId("login-address");
    expect(address.textContent).toContain("https://accounts.google.com/");
    const shown = await screen.findByTestId("waiting");
    expect(shown.textContent).toContain("Waiting for the login in the browser");
    await user.click(within(shown).getByRole("button", { name: "Cancel" }));
    await screen.findByTestId("connect");
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("shows what is granted, what is missing and what is unknown, and why", async () => {
    open({ fake: { google: "connected" } });
    const table = await screen.findByTestId("permissions");
    const line = (name: string) => within(table).getByText(name).closest("tr")?.textContent;
    expect(line("bigquery.jobs.create")).toContain("yes");
    expect(line("bigquery.datasets.create")).toContain("missing");
    expect(line("storage.objects.list")).toContain("unknown");
    screen.getByText(/Unknown, because the bucket models was not found/);
    screen.getByText(/Ask who administers the project/);
    screen.getByText(/^1 min 02 s old, renewed by itself/);
  });
  it("says why it cannot be asked, and still can be removed", async () => {
    const { user } = open({
      fake: { google: "connected" },
      client: { connectionStatus: failing("Permission", "the login has expired", "Log in again.") },
    });
    expect((await screen.findByRole("alert")).textContent).toContain("the login has expired");
    await user.click(screen.getByTestId("remove-connection"));
    const dialog = within(await screen.findByRole("dialog"));
    dialog.getByText("gcloud's login stays as it is.");
    await user.click(dialog.getByTestId("remove-now"));
    await screen.findByRole("heading", { name: "Connect to Google Cloud" });
    await screen.findByText("ana@example.com is forgotten.");
  });
  it("is kept when the question is answered so", async () => {
    const { user } = open({ fake: { google: "connected" } });
    await user.click(await screen.findByTestId("remove-connection"));
    await user.click(await screen.findByRole("button", { name: "Keep it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    screen.getByTestId("connected");
  });
});

describe("the warehouse", () => {
  const open = (options: Parameters<typeof show>[0] = {}) => show({ hash: "#/settings/warehouse", ...options });
  const field = (name: string) => screen.findByTestId<HTMLInputElement>(`setting-${name}`);
  const save = () => screen.getByTestId<HTMLButtonElement>("save-settings");

  it("says how to get a workspace when none is open", async () => {
    open({ fake: { workspace: "none" } });
    await screen.findByText("No workspace is open");
  });
  it("says that it is loading, and what failed", async () => {
    open({ client: { googleSettings: waiting } });
    await screen.findByText("Reading the settings");
  });
  it("shows the failure of its own reading", async () => {
    open({ client: { googleSettings: failing("BadInput", "algomosaic.toml cannot be read", "Correct the file.") } });
    expect((await screen.findByTestId("failed")).textContent).toContain("algomosaic.toml cannot be read");
  });
  it("says what another choice changes before it is saved", async () => {
    const { user, client } = open({ fake: { google: "connected" } });
    const saveGoogleSettings = vi.spyOn(client, "saveGoogleSettings");
    await user.click(await screen.findByTestId("warehouse-bigquery"));
    const changes = await screen.findByTestId("warehouse-changes");
    expect(changes.textContent).toContain("runs are written to ana-research and billed there");
    await user.type(await field("max_bytes"), "50GB");
    expect(screen.getByTestId("settings-state").textContent).toBe("Not saved yet");
    await user.click(save());
    await waitFor(() => expect(screen.getByTestId("settings-state").textContent).toBe("As saved in"));
    expect(saveGoogleSettings.mock.calls[0]?.[0]).toMatchObject({ warehouse: "bigquery", max_bytes: "50GB" });
    await screen.findByText("BigQuery, embedded · sample");
  });
  it("names the field that is refused, and saves nothing", async () => {
    const { user } = open({ fake: { google: "beside" } });
    await user.type(await field("copy_limit"), "much");
    await user.click(save());
    await screen.findByText(/"much" is no size: .* Write it as 100GB\./);
    expect(screen.getByTestId("settings-state").textContent).toBe("Not saved yet");
    await user.type(await field("copy_limit"), "x");
    expect(screen.queryByText(/"much" is no size/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo the changes" }));
    expect((await field("copy_limit")).value).toBe("");
    expect(save().disabled).toBe(true);
  });
  it("says why it was not saved", async () => {
    const { user } = open({
      fake: { google: "connected" },
      client: { saveGoogleSettings: failing("Usage", "a job still runs", "Wait for it.") },
    });
    await user.type(await field("domain"), "research");
    await user.click(save());
    expect((await screen.findByRole("alert")).textContent).toContain("a job still runs");
  });
  it("says that nobody is connected", async () => {
    const { user } = open();
    await user.click(await screen.findByTestId("warehouse-embedded"));
    await screen.findByText(/Nobody is connected to Google Cloud/);
  });
});

describe("both warehouses", () => {
  it("stand in one tree, each with its datasets", async () => {
    show({ hash: "#/data", fake: { google: "beside" } });
    await screen.findByTestId("table-market.ticks");
    expect(screen.getByTestId("project-ana-research").textContent).toContain("BigQuery");
    expect(screen.getByTestId("project-local").textContent).toContain("embedded");
    screen.getByTestId("table-market.bars_us_daily");
  });
  it("are listed without BigQuery when it cannot be reached, with the reason and a way to try again", async () => {
    let tries = 0;
    const { user } = show({
      hash: "#/data",
      fake: { google: "beside" },
      client: {
        listBigQueryTables: async () => {
          tries += 1;
          if (tries === 1) return failing("Remote", "BigQuery cannot be reached", "Check the network.")();
          return [];
        },
      },
    });
    const failed = await screen.findByTestId("bigquery-failed");
    expect(failed.textContent).toContain("ana-research on BigQuery: BigQuery cannot be reached");
    expect(failed.textContent).toContain("Check the network.");
    screen.getByTestId("table-market.bars_us_daily");
    await user.click(screen.getByTestId("bigquery-again"));
    await screen.findByText("ana-research on BigQuery holds no tables yet.");
  });
  it("show the embedded tables while BigQuery is asked, which can be stopped", async () => {
    const { user } = show({ hash: "#/data", fake: { google: "beside" }, client: { listBigQueryTables: waiting } });
    await screen.findByTestId("table-market.bars_us_daily");
    const asked = await screen.findByText("Listing ana-research");
    await user.click(within(asked.parentElement ?? document.body).getByRole("button", { name: "Cancel" }));
    await screen.findByTestId("bigquery-stopped");
  });
});

describe("the Start page", () => {
  it("names the warehouse and who is connected", async () => {
    show({ fake: { google: "beside" } });
    await screen.findByText("Embedded and BigQuery");
    await screen.findByText("ana@example.com");
  });
});
