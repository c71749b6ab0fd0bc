/** The states of a job, in words, icons and colours. */
import type { JobState } from "../../api/client";
import { CancelIcon, DoneIcon, FailedIcon, InterruptedIcon, RunningIcon } from "../../components/icons";

export const JOB_STATES: Record<JobState, { word: string; Icon: typeof DoneIcon; colour: string }> = {
  running: { word: "Running", Icon: RunningIcon, colour: "var(--accent)" },
  done: { word: "Done", Icon: DoneIcon, colour: "var(--positive)" },
  failed: { word: "Failed", Icon: FailedIcon, colour: "var(--negative)" },
  cancelled: { word: "Cancelled", Icon: CancelIcon, colour: "var(--muted)" },
  interrupted: {
    word: "Interrupted",
    Icon: InterruptedIcon,
    colour: "var(--warning)",
  },
};
