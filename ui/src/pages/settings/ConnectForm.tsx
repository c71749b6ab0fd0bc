/** Connecting to Google Cloud in one of four ways. A key is named by its file, which only the application reads. */
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import {
  type ConnectBy,
  type ConnectedDocument,
  type ConnectionInfo,
  type LoginWaiting,
  useClient,
} from "../../api/client";
import { Copyable } from "../../components/Facts";
import { FolderIcon } from "../../components/icons";
import { ProblemNote } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { useTask } from "../../frame/task";
import styles from "./Settings.module.css";

type Way = "adc" | "key" | "browser" | "metadata";

const WAYS: { value: Way; label: string }[] = [
  { value: "adc", label: "gcloud's login" },
  { value: "key", label: "Key file" },
  { value: "browser", label: "Browser" },
  { value: "metadata", label: "Machine at Google" },
];

const ABOUT: Record<Way, string> = {
  adc: "Run “gcloud auth application-default login” in a terminal first. The file that gcloud wrote is read each time and never changed; GOOGLE_APPLICATION_CREDENTIALS may name another.",
  key: "The JSON file of a service account's key, as Google's console gives it. It is read once and tried; then the key is in the keyring.",
  browser:
    "A page of Google opens; tick the box for Google Cloud data and allow. It needs an OAuth client of the kind Desktop app and a project.",
  metadata: "On Compute Engine, Cloud Run and GKE tokens come from the machine itself. Nothing is kept.",
};

const DOING: Record<Way, string> = {
  adc: "Signing in with gcloud's login",
  key: "Signing in with the key",
  browser: "Waiting for the login in the browser",
  metadata: "Asking the metadata server",
};

const EMPTY = { file: "", client: "", project: "", location: "", bucket: "", impersonate: "" };

type ConnectFormProps = {
  replaces: ConnectionInfo | null;
  /** With the key's file, where one was given. */
  onConnected: (done: ConnectedDocument, keyFile: string | null) => Promise<void>;
};

export function ConnectForm({ replaces, onConnected }: ConnectFormProps) {
  const client = useClient();
  const { state, run, stop } = useTask();
  const [way, setWay] = useState<Way>("adc");
  const [draft, setDraft] = useState(EMPTY);
  const [login, setLogin] = useState<LoginWaiting | null>(null);
  useEffect(() => client.onLoginWaiting(setLogin), [client]);

  const typed = (name: keyof typeof EMPTY) => draft[name].trim();
  const given = (name: keyof typeof EMPTY) => (typed(name) === "" ? null : typed(name));
  const by = (): ConnectBy => {
    switch (way) {
      case "key":
        return { key: { file: typed("file") } };
      case "browser":
        return { browser: { client: given("client") } };
      default:
        return way;
    }
  };
  const lacks =
    way === "key" && typed("file") === ""
      ? "Name the key's file"
      : way === "browser" && typed("project") === ""
        ? "A login in the browser names no project: name it"
        : null;
  const connect = async (event: FormEvent) => {
    event.preventDefault();
    if (lacks !== null || state.status === "running") return;
    const request = {
      by: by(),
      project: given("project"),
      location: given("location"),
      bucket: given("bucket"),
      impersonate: given("impersonate"),
    };
    const done = await run((task) => client.connectGoogle(task, request));
    if (done.status !== "done") return;
    setDraft(EMPTY);
    await onConnected(done.value, way === "key" ? typed("file") : null);
  };
  const field = (name: keyof typeof EMPTY, label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={draft[name]}
      onChange={(event) => {
        const value = event.currentTarget.value;
        setDraft((now) => ({ ...now, [name]: value }));
      }}
      spellCheck={false}
      autoComplete="off"
      data-testid={`connect-${name}`}
    />
  );
  const file = (name: "file" | "client", label: string, placeholder: string) => (
    <div className={styles.path}>
      {field(name, label, placeholder)}
      <Button
        variant="default"
        leftSection={<FolderIcon size={15} />}
        onClick={async () => {
          const picked = await client.pickFile(label, "json");
          if (picked !== null) setDraft((now) => ({ ...now, [name]: picked }));
        }}
      >
        Browse…
      </Button>
    </div>
  );
  const waiting = state.status === "running" && login?.task === state.task.id ? login : null;
  return (
    <form className="card card-body" aria-label="Connect to Google Cloud" onSubmit={(event) => void connect(event)}>
      <h2 className="card-title">{replaces === null ? "Connect to Google Cloud" : "Connect as somebody else"}</h2>
      <SegmentedControl
        size="xs"
        aria-label="Way to connect"
        data={WAYS}
        value={way}
        onChange={setWay}
        data-testid="connect-way"
      />
      <p className="muted">{ABOUT[way]}</p>
      {way === "key" && file("file", "Key file", "/path/to/key.json")}
      {way === "browser" && file("client", "OAuth client file", "the one that ALGOMOSAIC_OAUTH_CLIENT names")}
      <div className="pair">
        {field("project", "Project", way === "browser" ? "my-project" : "the credential's")}
        {field("impersonate", "Act as a service account", "nobody else")}
      </div>
      <div className="pair">
        {field("location", "Location of new datasets", "BigQuery's choice")}
        {field("bucket", "Bucket of models", "none")}
      </div>
      {state.status === "failed" && <ProblemNote problem={state.problem} />}
      {state.status === "running" ? (
        <>
          <TaskWaiting what={DOING[way]} task={state.task} onCancel={stop} />
          {waiting !== null && (
            <div className={styles.address} data-testid="login-address">
              <p className="muted">If no page opens, open this address on this computer:</p>
              <Copyable text={waiting.address} what="the address of the login" />
            </div>
          )}
        </>
      ) : (
        <div className={styles.action}>
          <Button type="submit" disabled={lacks !== null} data-testid="connect">
            Connect
          </Button>
          {lacks !== null && <span className="label">{lacks}</span>}
          {lacks === null && replaces !== null && (
            <span className="label">It replaces {replaces.principal} once it has been tried</span>
          )}
        </div>
      )}
    </form>
  );
}
