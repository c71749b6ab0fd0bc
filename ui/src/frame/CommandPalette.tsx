/** Every action, found by typing; and the list of keys. */
import { Modal, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useRuns, useStartState } from "../api/queries";
import { type Command, commandsFor, KEY_LIST } from "../lib/commands";
import { navigate, PAGES, useRoute } from "../lib/route";
import { askFor } from "../lib/wishes";
import { useUpDown } from "../styles/scheme";
import styles from "./Frame.module.css";
import { useWorkbench } from "./Workbench";

function grouped(commands: readonly Command[]): SpotlightActionGroupData[] {
  const groups: SpotlightActionGroupData[] = [];
  for (const { id, group, label, description, keys, run } of commands) {
    const action = {
      id,
      label,
      onClick: run,
      ...(description === undefined ? {} : { description }),
      ...(keys === undefined ? {} : { rightSection: <kbd className={styles.key}>{keys}</kbd> }),
    };
    const known = groups.find((entry) => entry.group === group);
    if (known === undefined) groups.push({ group, actions: [action] });
    else known.actions.push(action);
  }
  return groups;
}

export function CommandPalette() {
  const workbench = useWorkbench();
  const recent = useStartState().data?.recent ?? [];
  const runs = useRuns().data ?? [];
  const { page, id } = useRoute();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useComputedColorScheme("light");
  const [upDown, setUpDown] = useUpDown();
  const [isShown, keys] = useDisclosure(false);

  const commands = commandsFor({
    workspace: workbench.workspace,
    recent,
    runs,
    running: workbench.running,
    go: (hash) => {
      window.location.hash = hash;
    },
    runSample: () => void workbench.runSample(),
    train: () => {
      navigate("train");
      askFor("train");
    },
    importFiles: () => {
      if (page !== "data") navigate("data");
      askFor("import");
    },
    hasTable: page === "data" && id !== null,
    newQuery: () => {
      if (page !== "data") navigate("data");
      askFor("query");
    },
    exportTable: () => askFor("export"),
    profileTable: () => askFor("profile"),
    goToRow: () => askFor("row"),
    askFeatures: (wish) => {
      if (page !== "features") navigate("features");
      askFor(wish);
    },
    onModels: page === "models",
    askModels: askFor,
    cancel: (id) => void workbench.cancel(id),
    openWorkspace: (path) => void workbench.openWorkspace(path),
    closeWorkspace: () => void workbench.closeWorkspace(),
    setTheme: (wanted) => setColorScheme(wanted === "auto" ? "auto" : theme === "light" ? "dark" : "light"),
    isColourBlind: upDown === "colour_blind",
    setColourBlind: (isColourBlind) => setUpDown(isColourBlind ? "colour_blind" : "usual"),
    showKeys: keys.open,
  });

  useHotkeys(
    PAGES.map((page, i) => [`mod+${i + 1}`, () => navigate(page)]),
    [],
  );
  useHotkeys([
    ["shift+?", keys.open],
    ["?", keys.open],
  ]);

  return (
    <>
      <Spotlight
        actions={grouped(commands)}
        shortcut="mod+K"
        nothingFound="No command has this name"
        highlightQuery
        classNames={{ search: styles.search ?? "", actionsGroup: styles.group ?? "" }}
        overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
        scrollable
        maxHeight={420}
        searchProps={{
          placeholder: "Search or run a command",
          "aria-label": "Search or run a command",
        }}
      />
      <Modal opened={isShown} onClose={keys.close} title="Keys">
        <dl className={styles.keyList}>
          {KEY_LIST.map(([combination, does]) => (
            <div key={combination} style={{ display: "contents" }}>
              <dt>
                <kbd className={styles.key}>{combination}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
