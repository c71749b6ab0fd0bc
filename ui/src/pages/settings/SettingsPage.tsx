/** The connection to Google Cloud, and which warehouse the workspace uses within which limits. */
import type { ReactNode } from "react";
import { Section } from "../../components/Facts";
import { PageLayout } from "../../frame/PageLayout";
import { navigate } from "../../lib/route";
import { ConnectionSection } from "./ConnectionSection";
import styles from "./Settings.module.css";
import { WarehouseSection } from "./WarehouseSection";

const SECTIONS = [
  { id: "connection", title: "Google Cloud", about: "who is connected, and as whom" },
  { id: "warehouse", title: "Warehouse", about: "where tables and models are, and limits" },
] as const;

type SectionId = (typeof SECTIONS)[number]["id"];

const HELP: Record<SectionId, ReactNode> = {
  connection: (
    <>
      <Section title="Secrets">
        <p className="muted">
          A key or a login is kept in the keyring of this computer, and never in a file, a log or this page. A
          connection belongs to you, not to a workspace.
        </p>
      </Section>
      <Section title="Which way?">
        <p className="muted">
          On your own computer gcloud's login is the shortest way. A key suits a service account that runs unattended.
          The browser needs an OAuth client of the kind Desktop app. Machines at Google have an identity of their own.
        </p>
      </Section>
    </>
  ),
  warehouse: (
    <>
      <Section title="Two warehouses">
        <p className="muted">
          The embedded one is a folder of this computer and costs nothing. BigQuery bills what a query reads. Tables of
          both can stand in one query.
        </p>
      </Section>
      <Section title="Limits">
        <p className="muted">
          A query that would read more than its limit is refused by BigQuery before it runs, and costs nothing. A table
          beyond the limit of copies is paged where it is; select what you need of it.
        </p>
      </Section>
    </>
  ),
};

export function SettingsPage({ section }: { section: string | null }) {
  const current = SECTIONS.find(({ id }) => id === section) ?? SECTIONS[0];
  return (
    <PageLayout
      page="settings"
      crumbs={[current.title]}
      leftLabel="Sections"
      left={
        <nav className={styles.sections} aria-label="Sections">
          {SECTIONS.map(({ id, title, about }) => (
            <button
              key={id}
              type="button"
              className={styles.section}
              aria-current={id === current.id ? "page" : undefined}
              onClick={() => navigate("settings", id)}
              data-testid={`settings-${id}`}
            >
              <span>{title}</span>
              <span className="label">{about}</span>
            </button>
          ))}
        </nav>
      }
      rightLabel="About these settings"
      right={<div className="stack">{HELP[current.id]}</div>}
    >
      <div className="cards">{current.id === "connection" ? <ConnectionSection /> : <WarehouseSection />}</div>
    </PageLayout>
  );
}
