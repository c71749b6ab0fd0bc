/** Asks whether a table is to be removed, with its name and its rows. */
import { Button, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Problem, problemOf, type TableInfo, useClient } from "../../api/client";
import { forgetResults } from "../../api/queries";
import { Note, ProblemNote } from "../../components/Message";
import { whole } from "../../lib/number";
import { shortTable, tableId } from "../../lib/tables";

type DropTableProps = { info: TableInfo; onDropped: () => void; onClose: () => void };

export function DropTable({ info, onDropped, onClose }: DropTableProps) {
  const client = useClient();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const name = shortTable(tableId(info));
  const drop = async () => {
    setWaiting(true);
    try {
      await client.dropTable(tableId(info));
      onDropped();
      onClose();
      forgetResults(queries);
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setWaiting(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={`Drop ${name}?`} size={440}>
      <div className="stack">
        <Note tone="warning">
          {name} and {info.rows === null ? "all its" : `its ${whole(info.rows)}`} rows are removed. Models that were
          trained on it stay; they cannot be trained again on the same rows.
        </Note>
        {problem !== null && <ProblemNote problem={problem} />}
        <div className="buttons">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button color="var(--negative)" loading={isWaiting} onClick={() => void drop()} data-testid="drop-now">
            Drop {info.rows === null ? "the table" : `${whole(info.rows)} rows`}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
