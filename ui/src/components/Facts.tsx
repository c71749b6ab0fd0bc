/** Names and values in two columns, and values that are copied with a click. */
import { useClipboard } from "@mantine/hooks";
import type { ReactNode } from "react";
import styles from "./Facts.module.css";
import { CopyIcon, OkIcon } from "./icons";

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2 className="heading">{title}</h2>
      {children}
    </section>
  );
}

/** A value of null leaves its line out. */
export function Facts({ facts }: { facts: readonly [name: string, value: ReactNode | null][] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

type CopyableProps = {
  text: string;
  shown?: string;
  /** What is copied, for people who hear the page. */
  what: string;
  kind?: "code" | "words";
  testId?: string;
};

/** Text that a click copies whole, even where only its beginning shows. */
export function Copyable({ text, shown = text, what, kind = "code", testId }: CopyableProps) {
  const clipboard = useClipboard({ timeout: 1200 });
  return (
    <button
      type="button"
      className={styles.copy}
      title={`${text}\nClick to copy`}
      aria-label={kind === "words" ? shown : `Copy ${what} ${shown}`}
      data-testid={testId}
      data-kind={kind}
      data-value={text}
      onClick={() => clipboard.copy(text)}
    >
      <span>{shown}</span>
      {clipboard.copied ? <OkIcon size={12} aria-hidden /> : <CopyIcon size={12} aria-hidden />}
    </button>
  );
}

/** The first characters of an identifier, copied whole. */
export function Id({ id, what, testId }: { id: string; what: string; testId?: string }) {
  return <Copyable text={id} shown={`${id.slice(0, 8)}…`} what={what} {...(testId === undefined ? {} : { testId })} />;
}
