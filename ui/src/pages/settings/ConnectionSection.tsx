/** Who is connected to Google Cloud: what that account may do, connecting in one of four ways, and forgetting it. */
import { Button, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ConnectedDocument, type ConnectionInfo, type ConnectionStatus, useClient } from "../../api/client";
import { forgetWorkspace, keys, useConnection } from "../../api/queries";
import { Facts } from "../../components/Facts";
import { FailedIcon, OkIcon, UnknownIcon } from "../../components/icons";
import { Note, ProblemNote, Shown } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { taskQuery, useTask, useTaskOf } from "../../frame/task";
import { duration, timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import { ConnectForm } from "./ConnectForm";
import { KeyFile } from "./KeyFile";
import styles from "./Settings.module.css";

/** What was done last, to be said until something else is done. */
type Said = { text: string; note: string | null; keyFile: string | null };

export function ConnectionSection() {
  const queries = useQueryClient();
  const view = viewOf(useConnection());
  const [said, setSaid] = useState<Said | null>(null);
  const changed = async (next: Said) => {
    queries.removeQueries({ queryKey: keys.connectionStatus });
    await queries.invalidateQueries({ queryKey: keys.connection });
    setSaid(next);
    await forgetWorkspace(queries);
  };
  const connected = ({ connection, note }: ConnectedDocument, keyFile: string | null) =>
    changed({ text: `Connected as ${connection.principal}.`, note, keyFile });
  return (
    <Shown view={view} loading="Reading the connection" failed="The connection was not read">
      {(connection) => (
        <>
          {said !== null && (
            <output className={styles.choices} data-testid="connection-said">
              <Note tone="positive">{said.text}</Note>
              {said.note !== null && <Note tone="warning">{said.note}</Note>}
              {said.keyFile !== null && <KeyFile key={said.keyFile} file={said.keyFile} />}
            </output>
          )}
          {connection !== null && (
            <Connected
              connection={connection}
              onRemoved={(note) => changed({ text: `${connection.principal} is forgotten.`, note, keyFile: null })}
            />
          )}
          <ConnectForm replaces={connection} onConnected={connected} />
        </>
      )}
    </Shown>
  );
}

type ConnectedProps = { connection: ConnectionInfo; onRemoved: (note: string | null) => Promise<void> };

function Connected({ connection, onRemoved }: ConnectedProps) {
  const client = useClient();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const key = [...keys.connectionStatus, connection.connected_at];
  const query = useQuery({
    ...taskQuery(client, queries, key, (task) => client.connectionStatus(task)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const task = useTaskOf(key);
  const view = viewOf(query);
  return (
    <section className="card card-body" aria-label="Connected" data-testid="connected">
      <h2 className="card-title">Connected as {connection.principal}</h2>
      <div className={styles.facts}>
        <Facts
          facts={[
            ["By", connection.by],
            ["Acts as", connection.impersonate],
            ["Project", connection.project],
            ["Location", connection.location],
            ["Bucket", connection.bucket],
            ["Since", timestamp(connection.connected_at).slice(0, 19)],
            ["Token", view.status === "ready" ? tokenWords(view.data) : null],
          ]}
        />
      </div>
      {query.fetchStatus === "fetching" && task !== null ? (
        <TaskWaiting
          what="Asking Google"
          task={task}
          onCancel={() => void queries.cancelQueries({ queryKey: key, exact: true })}
        />
      ) : (
        <>
          {view.status === "failed" && <ProblemNote problem={view.problem} />}
          {view.status === "ready" && <Permissions status={view.data} />}
          <div className={styles.action}>
            <Button variant="default" onClick={() => void query.refetch()} data-testid="ask-status">
              Ask again
            </Button>
            <Button variant="default" onClick={() => setAsking(true)} data-testid="remove-connection">
              Remove…
            </Button>
          </div>
        </>
      )}
      {isAsking && (
        <Remove
          connection={connection}
          onDone={async (note) => {
            setAsking(false);
            await onRemoved(note);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

function tokenWords({ token_age_s, token_expires_in_s }: ConnectionStatus): string {
  const age = `${duration(token_age_s ?? 0)} old`;
  return token_expires_in_s === null
    ? age
    : `${age}, renewed by itself before it ends in ${duration(token_expires_in_s)}`;
}

const GRANTED = {
  yes: { word: "yes", Icon: OkIcon },
  no: { word: "missing", Icon: FailedIcon },
  unknown: { word: "unknown", Icon: UnknownIcon },
} as const;

function Permissions({ status }: { status: ConnectionStatus }) {
  const isMissing = status.permissions.some(({ granted }) => granted === false);
  return (
    <>
      <table className={styles.table} data-testid="permissions">
        <thead>
          <tr>
            <th scope="col">To</th>
            <th scope="col">Granted</th>
            <th scope="col">Permission</th>
            <th scope="col">On</th>
          </tr>
        </thead>
        <tbody>
          {status.permissions.map(({ what_for, name, on, granted }) => {
            const state = granted === null ? "unknown" : granted ? "yes" : "no";
            const { word, Icon } = GRANTED[state];
            return (
              <tr key={name + on}>
                <td>{what_for}</td>
                <td>
                  <span className={styles.granted} data-granted={state}>
                    <Icon size={14} aria-hidden /> {word}
                  </span>
                </td>
                <td>
                  <code>{name}</code>
                </td>
                <td>{on}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {status.unknown.map((why) => (
        <Note key={why} tone="warning">
          Unknown, because {why}
        </Note>
      ))}
      {isMissing && (
        <Note tone="warning">
          Ask who administers the project for roles with the missing permissions, such as BigQuery Data Editor, BigQuery
          Job User, BigQuery Read Session User and Storage Object User. A dataset may grant more than its project does.
        </Note>
      )}
    </>
  );
}

type RemoveProps = {
  connection: ConnectionInfo;
  onDone: (note: string | null) => Promise<void>;
  onClose: () => void;
};

/** What is lost by forgetting a connection, by how it was made. */
const REMOVED: Record<string, string> = {
  key: "Its key is removed from the keyring. The key itself stays valid at Google until it is deleted in Google's console.",
  browser: "Its login is removed from the keyring and made void at Google.",
  adc: "gcloud's login stays as it is.",
  metadata: "The machine's identity stays as it is.",
};

function Remove({ connection, onDone, onClose }: RemoveProps) {
  const client = useClient();
  const { state, run, stop } = useTask();
  const remove = async () => {
    const done = await run((task) => client.disconnectGoogle(task));
    if (done.status === "done") await onDone(done.value.note);
  };
  return (
    <Modal opened onClose={onClose} title={`Forget ${connection.principal}?`} size={440}>
      <div className="stack">
        <p>{REMOVED[connection.kind] ?? "Its secret is removed from the keyring."}</p>
        <p className="muted">BigQuery's tables can be used again once somebody is connected.</p>
        {state.status === "failed" && <ProblemNote problem={state.problem} />}
        {state.status === "running" && <TaskWaiting what="Forgetting" task={state.task} onCancel={stop} />}
        <div className="buttons">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button
            color="var(--negative)"
            variant="outline"
            loading={state.status === "running"}
            onClick={() => void remove()}
            data-testid="remove-now"
          >
            Forget
          </Button>
        </div>
      </div>
    </Modal>
  );
}
