/** Queries to open again: those that ran, and those a person saved. */
import { Button, Modal, Tabs, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Problem, problemOf, useClient } from "../../../api/client";
import { keys } from "../../../api/queries";
import { AskName } from "../../../components/AskName";
import { ProblemNote, Shown } from "../../../components/Message";
import { costWords } from "../../../lib/cost";
import { whole } from "../../../lib/number";
import { elapsed, timestamp } from "../../../lib/time";
import { viewOf } from "../../../lib/view";
import styles from "./Query.module.css";

type QueryLibraryProps = {
  shows: "history" | "saved";
  onOpen: (sql: string, title?: string) => void;
  onClose: () => void;
};

const isLike = (text: string, wanted: string) => text.toLowerCase().includes(wanted.trim().toLowerCase());

export function QueryLibrary({ shows, onOpen, onClose }: QueryLibraryProps) {
  const [wanted, setWanted] = useState("");
  const open = (sql: string, title?: string) => {
    onOpen(sql, title);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Queries" size={720}>
      <div className="stack">
        <TextInput
          aria-label="Search queries"
          placeholder="Search"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data-autofocus
        />
        <Tabs defaultValue={shows} keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="history">History</Tabs.Tab>
            <Tabs.Tab value="saved">Saved</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="history" pt={8}>
            <History wanted={wanted} onOpen={open} />
          </Tabs.Panel>
          <Tabs.Panel value="saved" pt={8}>
            <Saved wanted={wanted} onOpen={open} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </Modal>
  );
}

type ListProps = { wanted: string; onOpen: (sql: string, title?: string) => void };

function History({ wanted, onOpen }: ListProps) {
  const client = useClient();
  const view = viewOf(useQuery({ queryKey: keys.sqlHistory, queryFn: () => client.sqlHistory(), staleTime: 0 }));
  return (
    <Shown view={view} loading="Reading the history" failed="The history was not read">
      {(records) => {
        const found = records.filter(({ sql }) => isLike(sql, wanted));
        if (found.length === 0) {
          return (
            <p className="muted">{records.length === 0 ? "No query has run yet." : "No query holds this text."}</p>
          );
        }
        return (
          <ul className={styles.list}>
            {found.map((record, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same query may have run twice in a second
              <li key={`${record.ran_at} ${i}`}>
                <button type="button" className={styles.entry} onClick={() => onOpen(record.sql)}>
                  <code>{record.sql}</code>
                  <span className="label">
                    {timestamp(record.ran_at).slice(0, 19)}, {elapsed(record.seconds)}
                    {record.rows !== null && `, ${whole(record.rows)} rows`}
                    {record.cost !== null && record.cost !== undefined && `, ${costWords(record.cost)}`}
                    {record.problem !== null && `, failed: ${record.problem}`}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        );
      }}
    </Shown>
  );
}

function Saved({ wanted, onOpen }: ListProps) {
  const client = useClient();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const [renamed, setRenamed] = useState<string | null>(null);
  const view = viewOf(useQuery({ queryKey: keys.savedQueries, queryFn: () => client.savedQueries(), staleTime: 0 }));
  const remove = async (name: string) => {
    try {
      await client.deleteQuery(name);
      setProblem(null);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setAsked(null);
    await queries.invalidateQueries({ queryKey: keys.savedQueries });
  };
  return (
    <Shown view={view} loading="Reading saved queries" failed="The saved queries were not read">
      {(saved) => {
        const found = saved.filter(({ name, sql }) => isLike(`${name} ${sql}`, wanted));
        return (
          <div className="stack">
            {problem !== null && <ProblemNote problem={problem} />}
            {found.length === 0 && (
              <p className="muted">{saved.length === 0 ? "No query is saved yet." : "No query holds this text."}</p>
            )}
            <ul className={styles.list}>
              {found.map(({ name, sql, changed_at }) => (
                <li key={name} className={styles.savedLine}>
                  <button type="button" className={styles.entry} onClick={() => onOpen(sql, name)}>
                    <strong>{name}</strong>
                    <code>{sql}</code>
                    <span className="label">{timestamp(changed_at).slice(0, 16)}</span>
                  </button>
                  {asked === name ? (
                    <Button variant="default" onClick={() => void remove(name)} data-autofocus>
                      Delete {name}
                    </Button>
                  ) : (
                    <>
                      <button
                        type="button"
                        className="link"
                        aria-label={`Rename ${name}…`}
                        onClick={() => setRenamed(name)}
                      >
                        Rename…
                      </button>
                      <button
                        type="button"
                        className="link"
                        aria-label={`Delete ${name}…`}
                        onClick={() => setAsked(name)}
                      >
                        Delete…
                      </button>
                    </>
                  )}
                </li>
              ))}
            </ul>
            {renamed !== null && (
              <AskName
                title={`Rename ${renamed}`}
                label="Name"
                verb="Rename"
                initial={renamed}
                onName={async (name) => {
                  await client.renameQuery(renamed, name);
                  await queries.invalidateQueries({ queryKey: keys.savedQueries });
                }}
                onClose={() => setRenamed(null)}
              />
            )}
          </div>
        );
      }}
    </Shown>
  );
}
