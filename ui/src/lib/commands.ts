/** Every action the palette offers, as values: what it is called, its keys, and what it does. */

import type { JobRecord, RecentWorkspace, RunSummary, WorkspaceInfo } from "../api/client";
import { hashOf, PAGES, type PageName } from "./route";
import type { FeatureWish, ModelWish } from "./wishes";

export type Command = {
  id: string;
  group: string;
  label: string;
  description?: string;
  keys?: string;
  run: () => void;
};

export const PAGE_TITLES: Record<PageName, string> = {
  start: "Start",
  data: "Data",
  features: "Features",
  train: "Train",
  models: "Models",
  jobs: "Jobs",
  settings: "Settings",
};

/** The keys of the window, for the palette, the buttons and the list that `?` shows. */
export const KEYS = {
  palette: "Ctrl K",
  run: "Ctrl Enter",
  page: (page: PageName) => `Ctrl ${PAGES.indexOf(page) + 1}`,
  save: "Ctrl S",
  row: "Ctrl G",
  help: "?",
  close: "Esc",
} as const;

export const KEY_LIST: [keys: string, does: string][] = [
  [KEYS.palette, "Search or run a command"],
  [KEYS.run, "Train with what the form holds; run the query; run the recipe"],
  [KEYS.save, "Save the recipe"],
  ["Ctrl Z, Ctrl Shift Z", "Undo or redo a change of the recipe"],
  ["Alt Up, Alt Down", "Move an entry of the recipe"],
  ["Ctrl D, Delete", "Duplicate or remove an entry of the recipe"],
  ["[ and ]", "The ticker before or after, on the candles"],
  ["Ctrl Shift Enter", "Run the selected part of a query"],
  ["Ctrl Space", "Complete in a query"],
  ["Ctrl Shift F", "Lay out a query"],
  ...PAGES.map((page): [string, string] => [KEYS.page(page), `Go to ${PAGE_TITLES[page]}`]),
  ["Space", "Mark a run of the list for a comparison"],
  ["Arrow keys", "Walk through a grid, a tree or a chart"],
  ["Page Up, Page Down", "A screen of rows up or down"],
  ["Ctrl Home, Ctrl End", "The first or the last row of a grid"],
  [KEYS.row, "Go to a row of a grid"],
  ["Shift with arrows", "Select cells of a grid"],
  ["Ctrl C, Ctrl Shift C", "Copy the selected cells, or with the names of their columns"],
  ["Enter, Shift Enter", "Sort a grid by the column, or add it to the order"],
  ["Alt Left, Alt Right", "Narrow or widen the column"],
  ["Shift F10", "The menu of a column, a table or a result"],
  [KEYS.help, "This list"],
  [KEYS.close, "Close what is on top"],
];

const FEATURE_COMMANDS: readonly { wish: FeatureWish; label: string; keys?: string; needsWriting?: boolean }[] = [
  { wish: "feature", label: "Add an indicator…" },
  { wish: "check-recipe", label: "Check the recipe" },
  { wish: "correlate", label: "Correlations of the recipe" },
  { wish: "run-recipe", label: "Run the recipe…", needsWriting: true },
  { wish: "save-recipe", label: "Save the recipe", keys: KEYS.save, needsWriting: true },
  { wish: "open-recipe", label: "Open a recipe…" },
  { wish: "new-recipe", label: "New recipe" },
];

const MODEL_COMMANDS: readonly { wish: ModelWish; label: string; needsWriting?: boolean }[] = [
  { wish: "predict", label: "Predict with the model…", needsWriting: true },
  { wish: "compare-champion", label: "Compare the run with the champion" },
  { wish: "repeat-run", label: "Repeat the run", needsWriting: true },
  { wish: "export-model", label: "Export the model…" },
  { wish: "delete-run", label: "Delete the run", needsWriting: true },
  { wish: "export-runs", label: "Export the list of runs…" },
];

export type CommandContext = {
  workspace: WorkspaceInfo | null;
  recent: readonly RecentWorkspace[];
  runs: readonly RunSummary[];
  running: readonly JobRecord[];
  go: (hash: string) => void;
  runSample: () => void;
  train: () => void;
  importFiles: () => void;
  /** Whether the Data page shows a table. */
  hasTable: boolean;
  newQuery: () => void;
  /** Of the table that shows. */
  exportTable: () => void;
  profileTable: () => void;
  goToRow: () => void;
  /** Asks the Features page. */
  askFeatures: (wish: FeatureWish) => void;
  /** Whether the Models page shows. */
  onModels: boolean;
  /** Asks the Models page, of the run that shows. */
  askModels: (wish: ModelWish) => void;
  cancel: (id: string) => void;
  openWorkspace: (path: string) => void;
  closeWorkspace: () => void;
  setTheme: (theme: "toggle" | "auto") => void;
  /** Whether what rises and falls is blue and orange. */
  isColourBlind: boolean;
  setColourBlind: (isColourBlind: boolean) => void;
  showKeys: () => void;
};

export function commandsFor(context: CommandContext): Command[] {
  const { workspace, go } = context;
  const pages = PAGES.map((page): Command => {
    return {
      id: `go-${page}`,
      group: "Go to",
      label: PAGE_TITLES[page],
      keys: KEYS.page(page),
      run: () => go(hashOf(page)),
    };
  });
  const features: Command[] =
    workspace === null
      ? []
      : FEATURE_COMMANDS.filter(({ needsWriting }) => !needsWriting || !workspace.read_only).map(
          ({ wish, label, keys }): Command => ({
            id: wish,
            group: "Features",
            label,
            ...(keys === undefined ? {} : { keys }),
            run: () => context.askFeatures(wish),
          }),
        );
  const models: Command[] = context.onModels
    ? MODEL_COMMANDS.filter(({ needsWriting }) => !needsWriting || workspace?.read_only === false).map(
        ({ wish, label }): Command => ({ id: wish, group: "Models", label, run: () => context.askModels(wish) }),
      )
    : [];
  const canWrite = workspace !== null && !workspace.read_only;
  const actions: Command[] = [
    ...(context.running.some((job) => job.operation === "demo")
      ? []
      : [{ id: "run-sample", group: "Run", label: "Run the sample", run: context.runSample }]),
    ...(canWrite
      ? [
          {
            id: "train",
            group: "Run",
            label: "Train a model",
            keys: KEYS.run,
            run: context.train,
          },
          {
            id: "import",
            group: "Run",
            label: "Import files…",
            run: context.importFiles,
          },
        ]
      : []),
    ...(workspace === null ? [] : [{ id: "query", group: "Data", label: "New query", run: context.newQuery }]),
    ...(context.hasTable
      ? [
          { id: "profile", group: "Data", label: "Profile the table", run: context.profileTable },
          { id: "export", group: "Data", label: "Export the table…", run: context.exportTable },
          { id: "row", group: "Data", label: "Go to row…", keys: KEYS.row, run: context.goToRow },
        ]
      : []),
    ...context.running
      .filter((job) => job.here)
      .map((job) => ({
        id: `cancel-${job.id}`,
        group: "Run",
        label: `Cancel: ${job.title}`,
        run: () => context.cancel(job.id),
      })),
  ];
  const runs = context.runs.slice(0, 8).map((run): Command => {
    return {
      id: `run-${run.model_execution_id}`,
      group: "Open a run",
      label: `${run.model_type} on ${run.outcome}`,
      description: run.model_execution_id.slice(0, 8),
      run: () => go(hashOf("train", run.model_execution_id)),
    };
  });
  const workspaces = context.recent
    .filter((known) => known.exists && known.path !== workspace?.path)
    .map((known): Command => {
      return {
        id: `open-${known.path}`,
        group: "Workspace",
        label: `Open ${known.name}`,
        description: known.path,
        run: () => context.openWorkspace(known.path),
      };
    });
  const close: Command[] =
    workspace === null
      ? []
      : [
          {
            id: "close",
            group: "Workspace",
            label: `Close ${workspace.name}`,
            run: context.closeWorkspace,
          },
        ];
  const window_: Command[] = [
    {
      id: "connect",
      group: "Settings",
      label: "Connect to Google Cloud…",
      run: () => go(hashOf("settings", "connection")),
    },
    {
      id: "warehouse",
      group: "Settings",
      label: "Choose the warehouse and its limits…",
      run: () => go(hashOf("settings", "warehouse")),
    },
    {
      id: "theme",
      group: "Window",
      label: "Switch between light and dark",
      run: () => context.setTheme("toggle"),
    },
    {
      id: "theme-system",
      group: "Window",
      label: "Follow the system's theme",
      run: () => context.setTheme("auto"),
    },
    {
      id: "up-down",
      group: "Window",
      label: context.isColourBlind ? "Green and red for up and down" : "Blue and orange for up and down",
      description: context.isColourBlind ? "As most charts have them" : "Told apart by the colour-blind",
      run: () => context.setColourBlind(!context.isColourBlind),
    },
    {
      id: "keys",
      group: "Window",
      label: "List the keys",
      keys: KEYS.help,
      run: context.showKeys,
    },
  ];
  return [...pages, ...actions, ...features, ...models, ...workspaces, ...close, ...runs, ...window_];
}
