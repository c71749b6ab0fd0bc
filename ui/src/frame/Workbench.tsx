/**
 * What every page may do: open a workspace, start and cancel jobs, run the sample. It keeps the list of jobs up to
 * date, says aloud how each one ended, and opens the result of those a person is waiting for.
 */
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import {
  Failure,
  type JobRecord,
  type Outcome,
  type Problem,
  problemOf,
  type Request,
  useClient,
  type WorkspaceInfo,
} from "../api/client";
import { forgetResults, forgetWorkspace, keys, rememberJob, useJobs, useStartState } from "../api/queries";
import { hashOf, navigate, type PageName, parseRoute } from "../lib/route";

type Workbench = {
  workspace: WorkspaceInfo | null;
  /** Newest first. */
  running: JobRecord[];
  /** Starts a job and answers with its id; throws a `Failure`. With `open`, its result shows when it is done and the page is still the same. */
  start: (request: Request, after: "open" | "stay") => Promise<string>;
  cancel: (id: string) => Promise<void>;
  /** Opens the sample, making it where it is missing, and runs the main job on it. */
  runSample: () => Promise<void>;
  openWorkspace: (path: string) => Promise<boolean>;
  createWorkspace: (path: string) => Promise<boolean>;
  closeWorkspace: () => Promise<void>;
};

const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (workbench === null) throw new Error("useWorkbench needs a WorkbenchProvider above it");
  return workbench;
}

/** The run a finished job made, if it made one. */
export function runOfOutcome(outcome: Outcome | null): string | null {
  switch (outcome?.kind) {
    case "train":
    case "repeat":
      return outcome.model_execution_id;
    case "demo":
      return outcome.model_execution_ids[0] ?? null;
    default:
      return null;
  }
}

/** The table a finished job filled, if it filled one. */
export function tableOfOutcome(outcome: Outcome | null): string | null {
  switch (outcome?.kind) {
    case "import":
    case "features":
    case "predict":
      return outcome.table ?? null;
    default:
      return null;
  }
}

/** Where what a finished job made can be seen. */
function addressOf(outcome: Outcome | null): string | null {
  const run = runOfOutcome(outcome);
  if (run !== null) return hashOf(outcome?.kind === "repeat" ? "models" : "train", run);
  const table = tableOfOutcome(outcome);
  return table === null ? null : hashOf("data", table);
}

/** What a repetition found, in words. */
export function repeatWords(outcome: Extract<Outcome, { kind: "repeat" }>): string {
  const { same_data, same_scores, differs } = outcome;
  if (same_data && same_scores && differs.length === 0) return "Same data, same scores.";
  const words = `${same_data ? "Same" : "Other"} data, ${same_scores ? "same" : "other"} scores.`;
  return differs.length === 0 ? words : `${words} Differs: ${differs.slice(0, 6).join(", ")}.`;
}

export function showProblem(title: string, problem: Problem): void {
  notifications.show({
    title,
    message: `${problem.message} ${problem.hint}`,
    color: "var(--negative)",
    autoClose: 12_000,
    role: "alert",
  });
}

const ENDINGS: Record<Exclude<JobRecord["state"], "running">, { word: string; color: string }> = {
  done: { word: "Done", color: "var(--positive)" },
  failed: { word: "Failed", color: "var(--negative)" },
  cancelled: { word: "Cancelled", color: "var(--control)" },
  interrupted: { word: "Interrupted", color: "var(--warning)" },
};

export function WorkbenchProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const queries = useQueryClient();
  const startState = useStartState().data;
  const jobs = useJobs().data;
  const workspace = startState?.workspace ?? null;
  const [announcement, setAnnouncement] = useState("");
  const [awaited, setAwaited] = useState<ReadonlyMap<string, PageName>>(new Map());
  const said = useRef(new Set<string>());

  useEffect(
    () =>
      client.onJobChanged((job) => {
        rememberJob(queries, job);
        if (job.state === "running" || said.current.has(job.id)) return;
        said.current.add(job.id);
        forgetResults(queries);
        const ending = ENDINGS[job.state];
        const address = addressOf(job.outcome);
        const found = job.outcome?.kind === "repeat" ? ` ${repeatWords(job.outcome)}` : "";
        const reason = job.problem === null ? found : ` ${job.problem.message} ${job.problem.hint}`;
        setAnnouncement(`${ending.word}: ${job.title}.${reason}`);
        notifications.show({
          title: `${ending.word}: ${job.title}`,
          message:
            address === null ? (
              reason.trim()
            ) : (
              <>
                {reason.trim()} <a href={address}>Open the result</a>
              </>
            ),
          color: ending.color,
          autoClose: job.state === "failed" ? 12_000 : 4000,
        });
      }),
    [client, queries],
  );

  useEffect(() => {
    const ended = jobs?.filter((job) => awaited.has(job.id) && job.state !== "running") ?? [];
    if (ended.length === 0) return;
    setAwaited((waits) => new Map([...waits].filter(([id]) => !ended.some((job) => job.id === id))));
    for (const job of ended) {
      const address = addressOf(job.outcome);
      const isStillThere = parseRoute(window.location.hash).page === awaited.get(job.id);
      if (job.state === "done" && address !== null && isStillThere) window.location.hash = address;
    }
  }, [jobs, awaited]);

  const start = useCallback(
    async (request: Request, after: "open" | "stay") => {
      const id = await client.startJob(request);
      if (after === "open") setAwaited((waits) => new Map([...waits, [id, parseRoute(window.location.hash).page]]));
      await queries.invalidateQueries({ queryKey: keys.jobs });
      return id;
    },
    [client, queries],
  );

  const workbench = useMemo((): Workbench => {
    const attempt = async (title: string, change: () => Promise<unknown>) => {
      try {
        await change();
        await forgetWorkspace(queries);
        return true;
      } catch (thrown) {
        showProblem(title, problemOf(thrown));
        return false;
      }
    };
    const openSample = async (path: string) => {
      try {
        await client.createWorkspace(path, true);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.problem.code === "AlreadyExists")) throw thrown;
        await client.openWorkspace(path);
      }
    };
    return {
      workspace,
      running: jobs?.filter((job) => job.state === "running") ?? [],
      start,
      async cancel(id) {
        try {
          await client.cancelJob(id);
        } catch (thrown) {
          showProblem("The job was not cancelled", problemOf(thrown));
        }
      },
      async runSample() {
        if (startState === undefined) return;
        const title = "The sample did not start";
        const isOpen =
          workspace?.is_sample === true || (await attempt(title, () => openSample(startState.sample_path)));
        if (!isOpen) return;
        try {
          await start({ operation: "demo", out: null }, "open");
        } catch (thrown) {
          showProblem(title, problemOf(thrown));
        }
      },
      openWorkspace: (path) => attempt("The workspace was not opened", () => client.openWorkspace(path)),
      createWorkspace: (path) => attempt("The workspace was not created", () => client.createWorkspace(path, false)),
      async closeWorkspace() {
        if (await attempt("The workspace was not closed", () => client.closeWorkspace())) navigate("start");
      },
    };
  }, [client, queries, workspace, startState, jobs, start]);

  return (
    <WorkbenchContext.Provider value={workbench}>
      {children}
      <output className="visually-hidden" aria-live="polite" data-testid="announcement">
        {announcement}
      </output>
    </WorkbenchContext.Provider>
  );
}
