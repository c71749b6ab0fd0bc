/** Asks which rows a model is to predict, and starts the job. */
import { Button, Modal, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf, type RunSummary } from "../../api/client";
import { useTables } from "../../api/queries";
import { ProblemNote } from "../../components/Message";
import { useWorkbench } from "../../frame/Workbench";
import { shortTable, tableId } from "../../lib/tables";

type PredictDialogProps = { run: RunSummary; onClose: () => void };

export function PredictDialog({ run, onClose }: PredictDialogProps) {
  const { start } = useWorkbench();
  const tables = (useTables().data ?? []).filter(({ dataset }) => !dataset.startsWith("model_")).map(tableId);
  const source = tables.find((id) => id === run.source || shortTable(id) === run.source) ?? tables[0] ?? null;
  const [chosen, setChosen] = useState<string | null>(null);
  const [target, setTarget] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isStarting, setStarting] = useState(false);
  const table = chosen ?? source;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (table === null) return;
    setProblem(null);
    setStarting(true);
    try {
      await start(
        {
          operation: "predict",
          model: run.model_execution_id,
          from: { kind: "table", table },
          table: target.trim() === "" ? null : target.trim(),
          out: null,
        },
        "stay",
      );
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setStarting(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Predict with ${run.model_type}`} size={460}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p className="muted">
          Each row of a table gets a prediction of {run.outcome}. The table needs the model's features by name; the
          result opens from the message when the job is done.
        </p>
        <Select
          label="Rows of"
          data={tables.map((id) => ({ value: id, label: shortTable(id) }))}
          value={table}
          onChange={setChosen}
          allowDeselect={false}
          searchable
          data-testid="predict-from"
        />
        <TextInput
          label="Table for the predictions"
          description="Empty: the predictions of the day, beside those of other models"
          placeholder="predictions.mine"
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
          data-testid="predict-table"
        />
        {problem !== null && <ProblemNote problem={problem} />}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={isStarting} disabled={table === null} data-testid="predict-now">
            Predict
          </Button>
        </div>
      </form>
    </Modal>
  );
}
