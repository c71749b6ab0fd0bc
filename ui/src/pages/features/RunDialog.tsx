/** Asks into which table the columns go, says what becomes of one that exists, and starts the job. */
import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf, type Recipe, useClient } from "../../api/client";
import { useTables } from "../../api/queries";
import { Note, ProblemNote } from "../../components/Message";
import { useWorkbench } from "../../frame/Workbench";
import { whole } from "../../lib/number";
import { shortTable, tableId } from "../../lib/tables";

type RunDialogProps = {
  recipe: Recipe;
  /** Where the bars come from. */
  table: string;
  tickers: number;
  onStarted: (job: string) => void;
  onClose: () => void;
};

/** A name that a table may have. */
function tableName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  return `features.${plain === "" ? "recipe" : plain}`;
}

export function RunDialog({ recipe, table, tickers, onStarted, onClose }: RunDialogProps) {
  const client = useClient();
  const { start } = useWorkbench();
  const tables = useTables().data ?? [];
  const [target, setTarget] = useState(tableName(recipe.name));
  const [way, setWay] = useState("update");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isStarting, setStarting] = useState(false);
  const wanted = target.trim();
  const existing = tables.find((info) => tableId(info) === wanted || shortTable(tableId(info)) === wanted);
  const isUpdate = existing !== undefined && way === "update";
  const isSource = existing !== undefined && tableId(existing) === table;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSource || wanted === "") return;
    setProblem(null);
    setStarting(true);
    try {
      const text = await client.recipeText(recipe);
      const from = { kind: "table" as const, table };
      onStarted(
        await start({ operation: "features", recipe: text, from, table: wanted, out: null, update: isUpdate }, "stay"),
      );
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setStarting(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Run the recipe" size={460}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p className="muted">
          Every column is computed for {tickers > 1 ? `all ${whole(tickers)} tickers` : "all bars"} of{" "}
          {shortTable(table)}, beside the bars' own columns.
        </p>
        <TextInput
          label="Table"
          description="dataset.table"
          value={target}
          error={isSource ? "The bars are read from this table; choose another." : undefined}
          onChange={(event) => setTarget(event.currentTarget.value)}
          data-autofocus
          data-testid="run-table"
        />
        {existing !== undefined && !isSource && (
          <Radio.Group
            label={`${shortTable(tableId(existing))} exists with ${whole(existing.rows)} rows`}
            value={way}
            onChange={setWay}
          >
            <div className="stack" style={{ paddingTop: 6 }}>
              <Radio
                value="update"
                label="Update it with newer bars"
                description="Adds their rows, and completes labels that were not known yet"
              />
              <Radio
                value="replace"
                label="Replace it"
                description="Computes every row anew"
                data-testid="run-replace"
              />
            </div>
          </Radio.Group>
        )}
        {existing !== undefined && way === "replace" && !isSource && (
          <Note tone="warning">The {whole(existing.rows)} rows that are there now are removed.</Note>
        )}
        {problem !== null && <ProblemNote problem={problem} />}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={isStarting} disabled={wanted === "" || isSource} data-testid="run-now">
            {existing === undefined || isSource ? "Run" : isUpdate ? "Update the table" : "Replace the table"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
