/** The page's name and what is open in it; the palette, the connection and the colours. */
import { spotlight } from "@mantine/spotlight";
import type { WorkspaceInfo } from "../api/client";
import { useWorkspace } from "../api/queries";
import { DetailsIcon } from "../components/icons";
import { KEYS } from "../lib/commands";
import styles from "./Frame.module.css";
import { LooksMenu } from "./LooksMenu";

type HeaderProps = {
  title: string;
  crumbs: readonly string[];
  /** What the right panel holds, and how to open it where it is a drawer. */
  details: { label: string; open: () => void } | null;
};

/** The warehouses, the one that names without a project mean first. */
export function warehouseWords({ bigquery }: WorkspaceInfo): string {
  if (bigquery === null) return "embedded";
  return bigquery.is_default ? "BigQuery, embedded" : "embedded, BigQuery";
}

export function Header({ title, crumbs, details }: HeaderProps) {
  const workspace = useWorkspace();
  const trail = crumbs.flatMap((crumb, i) => (i === 0 ? [crumb] : ["›", crumb]));
  return (
    <header className={styles.header}>
      <h1 className={styles.title}>{title}</h1>
      <div className={styles.crumbs}>
        {trail.map((crumb, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a trail is only ever replaced as a whole
          <span key={i}>{crumb}</span>
        ))}
      </div>
      <button type="button" className={styles.paletteButton} onClick={spotlight.open}>
        Search or run a command <kbd className={styles.key}>{KEYS.palette}</kbd>
      </button>
      <span className={styles.connection} title={workspace?.path}>
        <span className={styles.dot} data-open={workspace !== null && workspace !== undefined} />
        {workspace
          ? `${warehouseWords(workspace)} · ${workspace.name}${workspace.read_only ? " · read only" : ""}`
          : "no workspace"}
      </span>
      {details !== null && (
        <button
          type="button"
          className={styles.iconButton}
          aria-label={`Show ${details.label}`}
          title={`Show ${details.label}`}
          aria-haspopup="dialog"
          onClick={details.open}
          data-testid="show-details"
        >
          <DetailsIcon size={16} aria-hidden />
        </button>
      )}
      <LooksMenu />
    </header>
  );
}
