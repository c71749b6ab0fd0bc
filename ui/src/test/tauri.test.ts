import { beforeEach, describe, expect, it, vi } from "vitest";

const invoke = vi.hoisted(() => vi.fn());
const open = vi.hoisted(() => vi.fn());
vi.mock("@tauri-apps/api/core", async (original) => ({ ...(await original<object>()), invoke }));
vi.mock("@tauri-apps/plugin-dialog", () => ({ open }));

import { problemOf } from "../api/client";
import { tauriClient } from "../api/tauri";

describe("the client of the real window", () => {
  beforeEach(() => {
    invoke.mockReset();
    open.mockReset();
  });

  it("hands on what a command answers", async () => {
    invoke.mockResolvedValue([]);
    await expect(tauriClient.listTables()).resolves.toEqual([]);
  });
  it("throws what a command refuses, with its code and hint", async () => {
    const problem = { code: "NotFound", message: "There is no table a.b.", hint: "Refresh the list." };
    invoke.mockRejectedValue(problem);
    const thrown = await tauriClient.tablePage("local.a.b", 0, 200).catch((error: unknown) => error);
    expect(problemOf(thrown)).toEqual(problem);
  });
  it("says that a broken connection is a fault of the application", async () => {
    invoke.mockRejectedValue(new Error("no such command"));
    const thrown = await tauriClient.listJobs().catch((error: unknown) => error);
    expect(problemOf(thrown)).toMatchObject({ code: "Internal", message: "no such command" });
  });
  it("counts a closed dialog as no choice", async () => {
    open.mockResolvedValue(null);
    await expect(tauriClient.pickFiles("Choose")).resolves.toEqual([]);
    await expect(tauriClient.pickFolder("Choose")).resolves.toBeNull();
  });
});
