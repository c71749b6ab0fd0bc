/**
 * What a page waits for and can stop: one piece of work at a time under an id of its own. A new one, or leaving the page,
 * stops the one before.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { type Client, type Problem, problemOf, useClient } from "../api/client";
import { showProblem } from "./Workbench";

export type TaskState =
  | { status: "idle" }
  | { status: "running"; startedAt: number }
  | { status: "failed"; problem: Problem };

export type TaskOutcome<T> =
  | { status: "done"; value: T }
  | { status: "failed"; problem: Problem }
  /** Nobody waits for it any longer; the value is there when it came all the same. */
  | { status: "stopped"; value: T | null };

let count = 0;

export function newTaskId(): string {
  count += 1;
  return `task-${Date.now().toString(36)}-${count}`;
}

export function cancelTask(client: Client, id: string): void {
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
      const id = newTaskId();
      current.current = id;
      setState({ status: "running", startedAt: Date.now() });
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
