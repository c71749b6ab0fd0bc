/** Writes a whole table to a file a person chooses, and says where it is. */
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { problemOf, useClient } from "../../api/client";
import { useTask } from "../../frame/task";
import { showProblem } from "../../frame/Workbench";

export function useExport() {
  const client = useClient();
  const { state, run, stop } = useTask();
  const [name, setName] = useState("");
  const start = async (table: string, suggestedName: string) => {
    try {
      const path = await client.pickSaveFile(`Export ${suggestedName}`, `${suggestedName}.csv`);
      if (path === null) return;
      setName(suggestedName);
      const done = await run((task) => client.exportTable(task, table, path));
      if (done.status === "done") {
        notifications.show({
          title: `Exported ${suggestedName}`,
          message: done.value.path,
          color: "var(--positive)",
          autoClose: 8000,
        });
      } else if (done.status === "failed" && done.problem.code !== "Cancelled") {
        showProblem(`${suggestedName} was not exported`, done.problem);
      }
    } catch (thrown) {
      showProblem(`${suggestedName} was not exported`, problemOf(thrown));
    }
  };
  return { start, name, state, stop };
}
