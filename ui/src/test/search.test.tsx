import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Param, RunDetail, Scores, SearchSpec, Trial } from "../api/client";
import { fakeClient } from "../api/fake";
import { foldsOf, searchedOf, withTraining } from "../api/fakeTraining";
import { importanceKinds, measured } from "../pages/train/importance";
import { firstRange, rangeRefusal } from "../pages/train/search";
import { columnsOf, sorted, trialsCsv } from "../pages/train/TrialTable";
import { show } from "./show";

const SEARCH: SearchSpec = { kind: "random", trials: 12, folds: 3, ranges: { alpha: { min: 0.001, max: 1 } } };

/** The newest run of the sample, with what a training over folds with a search leaves. */
async function trained(change: Partial<RunDetail> = {}): Promise<RunDetail> {
  const fake = fakeClient({ delayMs: 0 });
  const [first] = await fake.queryRuns({});
  const run = await fake.runDetail(first?.model_execution_id ?? "");
  const folds = foldsOf(3, run.scores);
  return { ...run, ...withTraining(run, { folds, search: searchedOf(SEARCH, 12) }), ...change };
}

const param = (name: string, kind: Param["kind"]): Param => ({ name, label: name, unit: "", help: "", kind });
const float = (value: number, min: number, max: number) => param("x", { kind: "float", default: value, min, max });
const int = (value: number, min: number, max: number) => param("n", { kind: "int", default: value, min, max });

describe("the first range of a parameter", () => {
  it.each<[Param, number, number, boolean]>([
    [float(0.001, 1e-9, 1e6), 0.0001, 0.01, true],
    [float(0.5, 0, 1), 0, 1, false],
    [int(100, 1, 500), 10, 500, true],
    [int(0, -5, 5), -5, 5, false],
  ])("of %j is from %d to %d", (declared, min, max, log) => {
    const range = firstRange(declared);
    expect([range.form, range.min, range.max, range.log]).toEqual(["range", min, max, log]);
    expect(rangeRefusal(declared, range, true)).toBeNull();
  });
  it("of a choice is every option, and of a switch yes and no", () => {
    const options: [string, string][] = [
      ["a", "A"],
      ["b", "B"],
    ];
    expect(firstRange(param("c", { kind: "choice", default: "a", options })).picked).toEqual(["a", "b"]);
    expect(firstRange(param("b", { kind: "bool", default: true })).picked).toEqual([true, false]);
  });
});

describe("a range", () => {
  const base = firstRange(float(0.5, 0, 10));
  it.each([
    [{ min: 5, max: 5 }, "x must begin below its end."],
    [{ min: -1 }, "x must be between 0 and 10, but is -1."],
    [{ min: 0, log: true }, "x must begin above 0 where ratios count."],
    [{ min: "", max: 1 }, "x needs a number, but is empty."],
    [{ steps: 1 }, "Steps must be between 2 and 1,000, but is 1."],
    [{ form: "list" as const, list: " , " }, "x needs at least one value."],
    [{ form: "list" as const, list: "0.1, 11" }, "x must be between 0 and 10, but is 11."],
    [{ form: "list" as const, list: "0.1, 1" }, null],
  ])("%j is answered with: %s", (change, sentence) => {
    expect(rangeRefusal(float(0.5, 0, 10), { ...base, ...change }, true)).toBe(sentence);
  });
});

/** Most of the time goes into clicks in a form of many fields. */
const SLOW_MS = 60_000;

describe("the form of a search", { timeout: SLOW_MS }, () => {
  it("takes parameters of the algorithm with their values, and sends them", async () => {
    const startJob = vi.fn(async () => "job-1");
    const { user } = show({ hash: "#/train", client: { startJob } });
    await user.click(await screen.findByTestId("search-on"));
    // Nothing is searched for yet.
    await screen.findByText("Choose at least one parameter to search for.");
    expect(screen.getByTestId("train-button")).toHaveProperty("disabled", true);
    await user.click(await screen.findByTestId("search-alpha"));
    await waitFor(() => expect(screen.queryByTestId("param-alpha")).toBeNull());
    fireEvent.change(screen.getByTestId("search-alpha-max"), { target: { value: "1" } });
    await user.click(screen.getByTestId("search-l1_ratio"));
    const [, lists] = screen.getAllByText("List");
    await user.click(lists as HTMLElement);
    fireEvent.change(await screen.findByTestId("search-l1_ratio-list"), { target: { value: "0.1, 0.5, 1" } });
    await user.click(screen.getByTestId("search-fit_intercept"));
    await user.click(screen.getByTestId("train-button"));
    await waitFor(() => expect(startJob).toHaveBeenCalledOnce());
    expect(startJob).toHaveBeenCalledWith(
      expect.objectContaining({
        spec: expect.objectContaining({
          params: { standardize: true, max_iter: 1000, tol: 0.0001 },
          search: {
            kind: "tpe",
            trials: 30,
            folds: 3,
            ranges: {
              alpha: { min: 0.0001, max: 1, log: true, steps: 5 },
              l1_ratio: [0.1, 0.5, 1],
              fit_intercept: [true, false],
            },
          },
        }),
      }),
    );
  });
  it("says how many combinations a grid has, and asks for no number of trials", async () => {
    const { user } = show({ hash: "#/train" });
    await user.click(await screen.findByTestId("search-on"));
    await user.click(await screen.findByTestId("search-alpha"));
    await user.click(screen.getByTestId("search-fit_intercept"));
    const kind = screen.getAllByTestId("param-kind")[0] as HTMLElement;
    await user.click(kind);
    await user.click(await screen.findByRole("option", { name: "Grid", hidden: true }));
    await screen.findByText(/^10 combinations\./);
    expect(screen.queryByTestId("param-trials")).toBeNull();
  });
  it("is refused in a split that leaves no row unseen", async () => {
    const { user } = show({ hash: "#/train" });
    await user.click(await screen.findByTestId("search-on"));
    await user.click(await screen.findByTestId("search-alpha"));
    await user.click(screen.getAllByTestId("param-kind")[1] as HTMLElement);
    await user.click(await screen.findByRole("option", { name: "Purged k-fold", hidden: true }));
    await screen.findByText(
      "A search needs held-out rows that it never sees: choose the split Chronological or Walk-forward or Shuffled (leaks).",
    );
  });
});

describe("a search that runs", () => {
  it("shows its trials, is cancelled, and goes on from what was kept", async () => {
    const client = fakeClient({ stepMs: 60, delayMs: 0, taskMs: 0 });
    const started = vi.fn(client.startJob);
    const { user } = show({ hash: "#/train", client: { ...client, startJob: started } });
    await user.click(await screen.findByTestId("search-on"));
    await user.click(await screen.findByTestId("search-alpha"));
    await user.click(screen.getByTestId("train-button"));
    const now = await screen.findByTestId("search-now");
    within(now).getByText(/^\d+ of 30 trials/);
    within(now).getByTestId("chart-search_trials");
    await user.click(screen.getByTestId("cancel-job"));
    await screen.findByText(/It keeps \d+ of 30 trials; best R²/);
    await user.click(await screen.findByTestId("resume-search"));
    await waitFor(() => expect(started).toHaveBeenCalledTimes(2));
    expect(started.mock.calls[1]).toEqual(started.mock.calls[0]);
  });
});

describe("a run with a search", () => {
  it("shows the best trial beside the score of the rows it never saw", async () => {
    const run = await trained();
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    const card = within(await screen.findByTestId("search"));
    expect(card.getByTestId("search-inner").dataset.value).toBe(String(run.search?.inner_score));
    expect(card.getByTestId("search-unseen").dataset.value).toBe("0.0214387");
    card.getByText(/^control −0\.0\d\d, p = /);
    screen.getByTestId("chart-search_trials");
    screen.getByTestId("chart-learning_curve");
  });
  it("sorts the trials by any column, marks the best, and says why one failed", async () => {
    const run = await trained();
    const { user } = show({ hash: "#/train/x", client: { runDetail: async () => run } });
    await user.click(await screen.findByTestId("show-trials"));
    const scores = () => screen.getAllByTestId("trial").map((row) => row.dataset.value ?? "");
    const best = screen.getAllByTestId("trial")[0] as HTMLElement;
    expect([best.dataset.best, best.dataset.value]).toEqual(["true", String(run.search?.inner_score)]);
    // The one that failed is last in either order.
    expect(scores().at(-1)).toBe("");
    await user.click(screen.getByTestId("trials-by-score"));
    expect(scores().at(-1)).toBe("");
    expect(Number(scores()[0])).toBeLessThan(Number(scores()[10]));
    expect(screen.getByRole("columnheader", { name: /R², inner/ }).getAttribute("aria-sort")).toBe("ascending");
    screen.getByText("failed");
  });
  it("writes every trial as CSV, with the reason of those that failed", () => {
    const trials: Trial[] = [
      { number: 0, params: { alpha: 0.5, kind: "a,b" }, score: 0.1, fold_scores: [0.2], seed: 0, error: null },
      { number: 1, params: { alpha: 1, kind: "c" }, score: null, fold_scores: [], seed: 1, error: "no fit" },
    ];
    expect(trialsCsv(trials)).toBe(
      'Trial,"R², inner",alpha,kind,Fold 1,failed\n1,0.1,0.5,"a,b",0.2,\n2,,1,c,,no fit\n',
    );
    const alpha = columnsOf(trials)[2];
    expect(alpha !== undefined && sorted(trials, alpha, true).map(({ number }) => number)).toEqual([1, 0]);
  });
  it("shows each fold with its rows, its dates and its score", async () => {
    const run = await trained();
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    const rows = await screen.findAllByTestId("fold");
    const cells = within(rows[1] as HTMLElement)
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
    expect(cells.slice(0, 5)).toEqual(["2015-01-02 to 2017-01-02", "2,520", "50", "2017-01-02 to 2018-01-02", "1,260"]);
    expect(screen.getAllByTestId("fold-score").map((cell) => cell.textContent)).toEqual(["0.021", "0.011", "0.001"]);
    screen.getByTestId("chart-fold_scores");
  });
  it("has no table of folds where there is one fold", async () => {
    const run = await trained({ folds: [] });
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    await screen.findByTestId("chart-learning_curve");
    expect(screen.queryByTestId("folds")).toBeNull();
  });
});

describe("several classes", () => {
  const report = (name: string, rows: number, predicted: number) => {
    return { class: name, rows, predicted, precision: 0.5, recall: rows > 0 ? 0.25 : null, f1: null };
  };
  const classified = (scores: Scores): Scores => ({
    ...scores,
    mae: null,
    direction_hits: null,
    information_coefficient: null,
    classes: {
      accuracy: 0.55,
      balanced_accuracy: 0.4125,
      precision: 0.5,
      recall: 0.25,
      f1: null,
      log_loss: 1.0625,
      roc_auc: 0.625,
      brier: 0.5,
    },
  });
  it("are told with their counts, and scored as classes", async () => {
    const plain = await trained();
    const run: RunDetail = {
      ...plain,
      scores: classified(plain.scores),
      folds: (plain.folds ?? []).map((fold) => ({ ...fold, scores: classified(fold.scores) })),
      classes: {
        classes: [report("down", 1300, 900), report("flat", 0, 400), report("up", 1000, 1000)],
        confusion: [
          [800, 200, 300],
          [0, 0, 0],
          [100, 200, 700],
        ],
      },
    };
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    const rows = await screen.findAllByTestId("class");
    const texts = rows.map((row) => Array.from(row.children).map((cell) => cell.textContent));
    expect(texts).toEqual([
      ["down", "800", "200", "300", "1,300", "50.0 %", "25.0 %", "–"],
      ["flat", "0", "0", "0", "0", "50.0 %", "–", "–"],
      ["up", "100", "200", "700", "1,000", "50.0 %", "25.0 %", "–"],
    ]);
    expect(screen.getByTestId("score-balanced_accuracy").textContent).toBe("41.3 %");
    expect(screen.getByTestId("score-log_loss").getAttribute("data-value")).toBe("1.0625");
    expect(screen.queryByTestId("score-mae")).toBeNull();
    within(screen.getByTestId("folds")).getByRole("columnheader", { name: "ROC AUC" });
    expect(
      within(screen.getAllByTestId("fold")[0] as HTMLElement)
        .getAllByRole("cell")
        .at(-2)?.textContent,
    ).toBe("41.3 %");
  });
  it("are not shown for a run without them", async () => {
    const run = await trained();
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    await screen.findByTestId("score-mae");
    expect(screen.queryByTestId("classes")).toBeNull();
  });
});

describe("importance", () => {
  const rows = [
    { variable: "a", importance: 3, rank: 1, pct_rank: 1, split: 1, shap: 0.1 },
    { variable: "b", importance: 2, rank: 2, pct_rank: 0.5, split: 9, shap: null },
  ];
  it("has only the kinds that the run has", () => {
    expect(importanceKinds(rows)).toEqual(["importance", "split", "shap"]);
    expect(measured(rows, "split").map(({ variable }) => variable)).toEqual(["b", "a"]);
  });
  it("is chosen among them, and not where there is one kind", async () => {
    const run = await trained({ importance: rows });
    show({ hash: "#/train/x", client: { runDetail: async () => run } });
    const card = within(await screen.findByTestId("importance"));
    const user = userEvent.setup();
    await user.click(card.getByTestId("importance-kind"));
    await user.click(await screen.findByRole("option", { name: "Splits", hidden: true }));
    await card.findByText("How often the trees split by the feature.");
    expect(card.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["b", "a"]);
  });
  it("needs no choice where a run has the model's own measure alone", async () => {
    show({ hash: "#/train" });
    await screen.findByTestId("importance");
    expect(screen.queryByTestId("importance-kind")).toBeNull();
  });
});
