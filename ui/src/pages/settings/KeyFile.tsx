/** Offers to delete a key's file once the key is in the keyring. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { type Problem, problemOf, useClient } from "../../api/client";
import { Note, ProblemNote } from "../../components/Message";
import styles from "./Settings.module.css";

type State = { status: "asks" } | { status: "deleted" } | { status: "kept" } | { status: "failed"; problem: Problem };

export function KeyFile({ file }: { file: string }) {
  const client = useClient();
  const [state, setState] = useState<State>({ status: "asks" });
  const remove = async () => {
    try {
      await client.deleteKeyFile();
      setState({ status: "deleted" });
    } catch (thrown) {
      setState({ status: "failed", problem: problemOf(thrown) });
    }
  };
  switch (state.status) {
    case "deleted":
      return <Note tone="positive">{file} is deleted.</Note>;
    case "kept":
      return null;
    case "failed":
      return <ProblemNote problem={state.problem} />;
    case "asks":
      return (
        <Note tone="warning">
          <p>The key is in the keyring now. Its file is no longer needed, and whoever reads it has the key: {file}</p>
          <div className={styles.action}>
            <Button variant="default" onClick={() => void remove()} data-testid="delete-key">
              Delete the file
            </Button>
            <Button variant="default" onClick={() => setState({ status: "kept" })}>
              Keep it
            </Button>
          </div>
        </Note>
      );
  }
}
