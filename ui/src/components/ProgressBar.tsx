/** How far something is; null while that is unknown. */
import { Progress } from "@mantine/core";

export function ProgressBar({ fraction, label }: { fraction: number | null; label: string }) {
  // Without a value the bar only says that something goes on.
  const unknown = { value: 100, striped: true, animated: true, withAria: false, role: "progressbar" };
  return (
    <Progress.Root size={4} radius="xs" bg="var(--control-soft)">
      <Progress.Section
        {...(fraction === null ? unknown : { value: Math.floor(100 * fraction) })}
        color="var(--accent)"
        aria-label={label}
      />
    </Progress.Root>
  );
}
