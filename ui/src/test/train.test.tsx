import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Control, Verdict } from "../api/client";
import { fakeClient } from "../api/fake";
import { failing, show } from "./show";

async function field(name: string): Promise<HTMLInputElement> {
  return (await screen.findByTestId(`param-${name}`)) as HTMLInputElement;
}

describe("the training form", () => {
  it("is drawn from the declared parameters of the algorithm", async () => {
    const { user } = show({ hash: "#/train" });
    expect((await field("alpha")).value).toBe("0.001");
    await user.click(screen.getByTestId("train-algorithm"));
    await user.click(await screen.findByRole("option", { name: "LinearRegression", hidden: true }));
    await waitFor(() => expect(screen.queryByTestId("param-alpha")).toBeNull());
    screen.getByTestId("param-fit_intercept");
    screen.getByText("bars");
  });
  it("refuses a value out of range with a sentence", async () => {
    const { user } = show({ hash: "#/train" });
    const testSize = await field("test_size");
    await user.clear(testSize);
    await user.type(testSize, "2");
    await screen.findByText("Test size must be between 0.01 and 0.99, but is 2.");
    expect(screen.getByTestId("train-button")).toHaveProperty("disabled", true);
  });
  it("refuses what is no number instead of sending a zero", async () => {
    const startJob = vi.fn(async () => "job-1");
    const { user } = show({ hash: "#/train", client: { startJob } });
    const repeats = await field("repeats");
    await user.clear(repeats);
    await screen.findByText("Repeats needs a number, but is empty.");
    await user.type(repeats, "-");
    await screen.findByText("Repeats needs a number, but is “-”.");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.getByTestId("train-button")).toHaveProperty("disabled", true);
    expect(startJob).not.toHaveBeenCalled();
  });
  it("says how many labels are kept out", async () => {
    show({ hash: "#/train" });
    await screen.findByText("8 label columns are kept out: they read later bars.");
  });
  it("leaves a group of features out", async () => {
    const { user } = show({ hash: "#/train" });
    await screen.findByText("Features, 34 of 34 chosen");
    await user.click(screen.getByRole("button", { name: "Leave out AROR_*" }));
    await screen.findByText("Features, 27 of 34 chosen");
  });
  it("sends every choice as it stands", async () => {
    const startJob = vi.fn(async () => "job-1");
    const { user } = show({ hash: "#/train", client: { startJob } });
    await user.click(await screen.findByTestId("train-button"));
    await waitFor(() => expect(startJob).toHaveBeenCalledOnce());
    expect(startJob).toHaveBeenCalledWith({
      operation: "train",
      from: { kind: "table", table: "local.features.us_daily" },
      spec: {
        outcome: "ROR_n1",
        features: expect.arrayContaining(["AROR_1", "ADX_14_14"]),
        algorithm: "elastic_net",
        params: {
          alpha: 0.001,
          l1_ratio: 0.5,
          fit_intercept: true,
          standardize: true,
          max_iter: 1000,
          tol: 0.0001,
        },
        split: { kind: "chronological", test_size: 0.3, embargo_bars: 0 },
        control: { kind: "mirrored_blocks", repeats: 20, seed: 0 },
      },
    });
  });
  it("says why the application refused", async () => {
    const startJob = failing("BadInput", "ROR_n1 has no values.", "Choose another label.");
    const { user } = show({ hash: "#/train", client: { startJob } });
    await user.click(await screen.findByTestId("train-button"));
    await screen.findByText("ROR_n1 has no values.");
    screen.getByText("Choose another label.");
  });
});

describe("a training", () => {
  it("starts with Ctrl+Enter and shows its result", async () => {
    const { user } = show({ hash: "#/train" });
    const before = (await screen.findByTestId("run-id")).dataset.value;
    await screen.findByTestId("train-button");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() => expect(screen.getByTestId("run-id").dataset.value).not.toBe(before), { timeout: 15_000 });
    expect((await screen.findByTestId("verdict")).textContent).toMatch(/^Cannot be told from chance: p = 0\.\d+$/);
  });
  it("can be cancelled while it runs, and leaves the page as it was", async () => {
    const { user } = show({ hash: "#/train", fake: { stepMs: 60 } });
    await user.click(await screen.findByTestId("train-button"));
    await user.click(await screen.findByTestId("cancel-job"));
    await waitFor(() => expect(screen.queryByTestId("cancel-job")).toBeNull(), { timeout: 15_000 });
    expect(screen.getByTestId("announcement").textContent).toContain("Cancelled: Train ElasticNet");
    screen.getByTestId("score-rsquared");
  });
});

describe("a run", () => {
  it("shows its score, three metrics and the control's medians with all digits", async () => {
    show({ hash: "#/train" });
    expect((await screen.findByTestId("score-rsquared")).dataset.value).toBe("0.0214387");
    expect(screen.getByTestId("score-mae").dataset.value).toBe("0.041213");
    expect(screen.getByTestId("score-direction_hits").textContent).toBe("53.1\u2009%");
    expect(screen.getByTestId("score-information_coefficient").textContent).toBe("0.118");
    for (const name of ["Mean absolute error", "Direction right", "Information coefficient"]) {
      within(screen.getByRole("region", { name })).getByText(/^control /);
    }
  });
  it("shows a chart as a table, and saves it with the path shown", async () => {
    const { user } = show({ hash: "#/train" });
    const card = within(await screen.findByTestId("chart-error_histogram"));
    await user.click(card.getByRole("button", { name: "table" }));
    card.getByRole("columnheader", { name: "errors" });
    await user.click(card.getByRole("button", { name: "Save Errors as PNG" }));
    await screen.findByText(/_error_histogram\.png$/);
    // The message can be closed by everyone.
    expect(screen.getAllByRole("button", { name: "Close" }).length).toBeGreaterThan(0);
  });
  it("shows the score, the control and p of every recent run without a hover", async () => {
    show({ hash: "#/train" });
    const [first, second] = await screen.findAllByTestId("recent-run");
    expect(first?.textContent).toMatch(/LinearRegression0\.021.*control −0\.0\d\d, p = 0\.02/);
    expect(second?.textContent).toMatch(/ElasticNet−0\.006.*control −0\.0\d\d, p = 0\.\d+/);
  });
  it("reopens an earlier run", async () => {
    const { user } = show({ hash: "#/train" });
    await screen.findByTestId("score-rsquared");
    await user.click(screen.getByRole("link", { name: /ElasticNet/ }));
    await waitFor(() => expect(screen.getByTestId("verdict").dataset.sign).toBe("unsure"));
  });
  it("warns where the split leaks", async () => {
    const fake = fakeClient({ delayMs: 0 });
    const [first] = await fake.queryRuns({});
    const run = await fake.runDetail(first?.model_execution_id ?? "");
    show({ hash: "#/train/x", client: { runDetail: async () => ({ ...run, split: { ...run.split, leaks: true } }) } });
    await screen.findByText(/every score here is too good/);
  });
});

describe("the control strip", () => {
  type Words = [verdict: Verdict, p: number | null, sign: string, words: string];
  it.each<Words>([
    ["better_than_chance", 0.0196, "better", "Better than chance: p = 0.02"],
    ["cannot_be_told", 0.41, "unsure", "Cannot be told from chance: p = 0.41"],
    ["cannot_be_told", null, "undefined", "No verdict: the score or its control is undefined"],
  ])("says of %s with p = %s what it means", async (verdict, p_value, sign, words) => {
    const fake = fakeClient({ delayMs: 0 });
    const [first] = await fake.queryRuns({});
    const run = await fake.runDetail(first?.model_execution_id ?? "");
    const control: Control = { ...run.control, verdict, p_value, sentence: words };
    const scores = p_value === null ? { ...run.scores, rsquared: null } : run.scores;
    show({ hash: "#/train/x", client: { runDetail: async () => ({ ...run, scores, control }) } });
    const shown = await screen.findByTestId("verdict");
    expect(shown.textContent).toBe(words);
    expect(shown.dataset.sign).toBe(sign);
    expect(screen.getByTestId("p-value").dataset.value).toBe(p_value === null ? "" : String(p_value));
    if (p_value === null) {
      expect(screen.getByTestId("score-rsquared").textContent).toBe("–");
      expect(screen.getByTestId("score-rsquared").title).toMatch(/^Undefined/);
    }
  });
});
