/** Says that a task runs and how much of it is done, and offers to stop it. */
import { Waiting } from "../components/Waiting";
import { type Task, useTaskShare } from "./task";

type TaskWaitingProps = { what: string; task: Task; onCancel: () => void };

export function TaskWaiting({ what, task, onCancel }: TaskWaitingProps) {
  const share = useTaskShare(task);
  return <Waiting key={task.id} what={what} startedAt={task.startedAt} share={share} onCancel={onCancel} />;
}
