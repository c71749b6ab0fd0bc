/** How far something is. */
import { Progress } from "@mantine/core";

export function ProgressBar({ fraction, label }: { fraction: number | null; label: string }) {
  return (
    <Progress.Root size={4} radius="xs" bg="var(--control-soft)">
      <Progress.Section value={100 * (fraction ?? 0)} color="var(--accent)" aria-label={label} />
    </Progress.Root>
  );
}
