/**
 * What a page waits for, can be told the share of, and can stop: work under an id of its own, either one piece at a time,
 * where a new one or leaving the page stops the one before, or as a question all who show its answer share.
 */
import { type QueryClient, type QueryKey, skipToken, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Client, type Problem, problemOf, useClient } from "../api/client";
import { showProblem } from "./Workbench";

export type Task = { id: string; startedAt: number };

export type TaskState = { status: "idle" } | { status: "running"; task: Task } | { status: "failed"; problem: Problem };

export type TaskOutcome<T> =
  | { status: "done"; value: T }
  | { status: "failed"; problem: Problem }
  /** Nobody waits for it any longer; the value is there when it came all the same. */
  | { status: "stopped"; value: T | null };

let count = 0;

function newTask(): Task {
  count += 1;
  const startedAt = Date.now();
  return { id: `task-${startedAt.toString(36)}-${count}`, startedAt };
}

function cancelTask(client: Client, id: string): void {
  client.cancelTask(id).catch((thrown: unknown) => showProblem("It could not be stopped", problemOf(thrown)));
}

export function useTask() {
  const client = useClient();
  const current = useRef<string | null>(null);
  const [state, setState] = useState<TaskState>({ status: "idle" });

  const stop = useCallback(() => {
    const id = current.current;
    current.current = null;
    setState((now) => (now.status === "idle" ? now : { status: "idle" }));
    if (id !== null) cancelTask(client, id);
  }, [client]);

  const run = useCallback(
    async <T>(work: (task: string) => Promise<T>): Promise<TaskOutcome<T>> => {
      stop();
      const task = newTask();
      const { id } = task;
      current.current = id;
      setState({ status: "running", task });
      try {
        const value = await work(id);
        if (current.current !== id) return { status: "stopped", value };
        current.current = null;
        setState({ status: "idle" });
        return { status: "done", value };
      } catch (thrown) {
        if (current.current !== id) return { status: "stopped", value: null };
        current.current = null;
        const problem = problemOf(thrown);
        // Being cancelled is not a failure.
        setState(problem.code === "Cancelled" ? { status: "idle" } : { status: "failed", problem });
        return { status: "failed", problem };
      }
    },
    [stop],
  );

  useEffect(() => stop, [stop]);
  return { state, run, stop };
}

const runningKey = (queryKey: QueryKey) => [...queryKey, "task"];

/** A question whose answer takes work; the work stops when nobody waits for the answer any longer. */
export function taskQuery<T>(
  client: Client,
  queries: QueryClient,
  queryKey: QueryKey,
  work: (task: string) => Promise<T>,
) {
  return {
    queryKey,
    queryFn: ({ signal }: { signal: AbortSignal }) => {
      const task = newTask();
      queries.setQueryData(runningKey(queryKey), task);
      signal.addEventListener("abort", () => cancelTask(client, task.id));
      return work(task.id);
    },
  };
}

/** The work that was last begun for such a question. */
export function useTaskOf(queryKey: QueryKey): Task | null {
  return useQuery<Task>({ queryKey: runningKey(queryKey), queryFn: skipToken }).data ?? null;
}

const ASKED_EVERY_MS = 500;

/** How much of it is done, from 0 to 1; null while that is unknown. */
export function useTaskShare({ id }: Task): number | null {
  const client = useClient();
  const share = useQuery({
    queryKey: ["task-share", id],
    queryFn: () => client.taskShare(id),
    refetchInterval: ASKED_EVERY_MS,
    gcTime: 0,
  });
  return share.data ?? null;
}
