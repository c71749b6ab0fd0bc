/** Asks for a name, and says why the application refused it. */
import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Problem, problemOf } from "../api/client";
import { ProblemNote } from "./Message";

type AskNameProps = {
  title: string;
  label: string;
  /** What the button does: `Save`. */
  verb: string;
  initial: string;
  /** Closes when it is done; what it throws is shown. */
  onName: (name: string) => Promise<void>;
  onClose: () => void;
  children?: ReactNode;
};

export function AskName({ title, label, verb, initial, onName, onClose, children }: AskNameProps) {
  const [name, setName] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setWaiting(true);
    try {
      await onName(name.trim());
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setWaiting(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size={420}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          label={label}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          data-testid="name"
        />
        {children}
        {problem !== null && <ProblemNote problem={problem} />}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={isWaiting} disabled={name.trim() === ""} data-testid="name-done">
            {verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
