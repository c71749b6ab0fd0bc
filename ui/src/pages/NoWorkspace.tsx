/** What a page says while no workspace is open. */
import { Button } from "@mantine/core";
import { Empty } from "../components/Message";
import { navigate } from "../lib/route";

export function NoWorkspace({ shows }: { shows: string }) {
  return (
    <Empty title="No workspace is open" text={`${shows} Open a workspace first, or run the sample.`}>
      <Button onClick={() => navigate("start")}>Go to Start</Button>
    </Empty>
  );
}
