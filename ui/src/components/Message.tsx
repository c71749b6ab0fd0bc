/** Words for what is not there: empty, loading, failed; and notes that speak in sentences. */
import { Button, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../api/client";
import type { View } from "../lib/view";
import { OkIcon, WarningIcon } from "./icons";
import styles from "./Message.module.css";

type MessageProps = { title: string; text: string; children?: ReactNode };

/** Nothing to show: what would be here, and how to get there. */
export function Empty({ title, text, children }: MessageProps) {
  return (
    <section className={`${styles.message} ${styles.centred}`} data-testid="empty">
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>{text}</p>
      {children}
    </section>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div className={`${styles.message} ${styles.centred}`} role="status" data-testid="loading">
      <div className={styles.title}>
        <Loader size={16} color="var(--accent)" /> {what}
      </div>
    </div>
  );
}

export function Failed({ title, problem, retry }: { title: string; problem: Problem; retry?: () => void }) {
  return (
    <section className={`${styles.message} ${styles.centred} ${styles.failed}`} role="alert" data-testid="failed">
      <h2 className={styles.title}>
        <WarningIcon size={18} aria-hidden /> {title}
      </h2>
      <p className={styles.text}>{problem.message}</p>
      {problem.hint !== "" && <p className="muted">{problem.hint}</p>}
      {retry !== undefined && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </section>
  );
}

type ShownProps<T> = {
  view: View<T>;
  /** What is being read: "Reading tables". */
  loading: string;
  /** What did not work: "The tables were not read". */
  failed: string;
  children: (data: T) => ReactNode;
};

/** One of the three states of a view. */
export function Shown<T>({ view, loading, failed, children }: ShownProps<T>) {
  switch (view.status) {
    case "loading":
      return <Loading what={loading} />;
    case "failed":
      return <Failed title={failed} problem={view.problem} retry={view.retry} />;
    case "ready":
      return children(view.data);
  }
}

/** A sentence with a sign, in the colour of its tone. */
export function Note({ tone, children }: { tone: "positive" | "warning" | "negative"; children: ReactNode }) {
  const Icon = tone === "positive" ? OkIcon : WarningIcon;
  return (
    <div className={styles.note} data-tone={tone} role={tone === "negative" ? "alert" : undefined}>
      <Icon size={14} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** What happened and what to do next, as a note. */
export function ProblemNote({ problem, children }: { problem: Problem; children?: ReactNode }) {
  return (
    <Note tone="negative">
      <p>{problem.message}</p>
      {problem.hint !== "" && <p>{problem.hint}</p>}
      {children}
    </Note>
  );
}
