/** The page's name and what is open in it; the palette, the connection and the theme. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { useWorkspace } from "../api/queries";
import { DetailsIcon, MoonIcon, SunIcon } from "../components/icons";
import { KEYS } from "../lib/commands";
import styles from "./Frame.module.css";

type HeaderProps = {
  title: string;
  crumbs: readonly string[];
  onDetails: (() => void) | null;
};

export function Header({ title, crumbs, onDetails }: HeaderProps) {
  const workspace = useWorkspace();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useComputedColorScheme("light");
  const other = theme === "light" ? "dark" : "light";
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
        {workspace ? `embedded · ${workspace.name}${workspace.read_only ? " · read only" : ""}` : "no workspace"}
      </span>
      {onDetails !== null && (
        <button type="button" className={styles.iconButton} aria-label="Details" title="Details" onClick={onDetails}>
          <DetailsIcon size={16} />
        </button>
      )}
      <button
        type="button"
        className={styles.iconButton}
        aria-label={`Use the ${other} theme`}
        title={`Use the ${other} theme`}
        onClick={() => setColorScheme(other)}
      >
        {theme === "light" ? <MoonIcon size={16} /> : <SunIcon size={16} />}
      </button>
    </header>
  );
}
