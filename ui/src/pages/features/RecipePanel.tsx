/** The recipe: its name, its entries as cards, and what can be done with it. */
import { Button, Menu, TextInput } from "@mantine/core";
import type { BarSource, IndicatorForm, PreviewColumn } from "../../api/client";
import { MoreIcon, RedoIcon, SaveIcon, UndoIcon } from "../../components/icons";
import { KEYS } from "../../lib/commands";
import { counted } from "../../lib/lists";
import { type EntryActions, EntryCard } from "./EntryCard";
import styles from "./Features.module.css";
import type { Item } from "./recipe";
import { keyAt, type Preview } from "./usePreview";
import type { RecipeEditor } from "./useRecipe";

export type RecipeActions = {
  save: () => void;
  saveAs: () => void;
  openList: () => void;
  openText: () => void;
  startNew: () => void;
  check: () => void;
  correlate: () => void;
  run: () => void;
};

type RecipePanelProps = {
  editor: RecipeEditor;
  formOf: (id: string) => IndicatorForm | undefined;
  preview: Preview | null;
  source: BarSource;
  chosen: string | null;
  hidden: ReadonlySet<string>;
  /** It differs from the file of its name, or has none. */
  isUnsaved: boolean;
  /** Why it cannot be saved or run, or null. */
  refusal: string | null;
  entries: EntryActions;
  actions: RecipeActions;
};

const EMPTY = "Add an indicator first.";

export function RecipePanel(props: RecipePanelProps) {
  const { editor, isUnsaved, refusal, actions, preview } = props;
  const { draft } = editor;
  const isEmpty = draft.items.length === 0;
  const features = draft.items.filter((item) => !item.isLabel);
  const labels = draft.items.filter((item) => item.isLabel);
  const columnsOf = (isLabel: boolean) => preview?.columns.filter((column) => column.is_label === isLabel).length ?? 0;
  const work = isEmpty ? EMPTY : refusal;
  return (
    <div className={styles.recipe} data-recipe>
      <div className={styles.recipeHead}>
        <TextInput
          aria-label="Name of the recipe"
          placeholder="Name of the recipe"
          value={draft.name}
          onChange={(event) => {
            const name = event.currentTarget.value;
            editor.change((now) => ({ ...now, name }), "name");
          }}
          data-testid="recipe-name"
        />
        <Menu position="bottom-end" shadow="sm" transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <button
              type="button"
              className={styles.iconButton}
              aria-label="More for recipes"
              title="Recipes"
              data-testid="recipe-more"
            >
              <MoreIcon size={16} aria-hidden />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={actions.openList} data-testid="recipe-open">
              Open…
            </Menu.Item>
            <Menu.Item onClick={actions.saveAs} disabled={isEmpty || refusal !== null} title={refusal ?? undefined}>
              Save as…
            </Menu.Item>
            <Menu.Item onClick={actions.openText} data-testid="recipe-toml">
              As TOML…
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={actions.startNew} disabled={isEmpty && draft.name === ""}>
              New recipe
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={styles.recipeTools}>
        <Button
          variant="default"
          leftSection={<SaveIcon size={14} aria-hidden />}
          disabled={isEmpty || refusal !== null || !isUnsaved}
          title={refusal ?? `Save (${KEYS.save})`}
          onClick={actions.save}
          data-testid="save-recipe"
        >
          Save
        </Button>
        <span className="label" data-testid="recipe-state">
          {isEmpty ? "" : isUnsaved ? "unsaved" : "saved"}
        </span>
        <span className={styles.grow} />
        <button
          type="button"
          className={styles.iconButton}
          aria-label="Undo"
          title="Undo (Ctrl Z)"
          disabled={!editor.canUndo}
          onClick={editor.undo}
        >
          <UndoIcon size={16} aria-hidden />
        </button>
        <button
          type="button"
          className={styles.iconButton}
          aria-label="Redo"
          title="Redo (Ctrl Shift Z)"
          disabled={!editor.canRedo}
          onClick={editor.redo}
        >
          <RedoIcon size={16} aria-hidden />
        </button>
      </div>
      <div className={styles.entries}>
        {isEmpty && (
          <p className="muted">
            The recipe is empty. Choose an indicator on the left and press Enter; its columns show on the candles.
          </p>
        )}
        <Entries {...props} title="Features" count={columnsOf(false)} items={features} />
        <Entries {...props} title="Labels" count={columnsOf(true)} items={labels} />
        {!isEmpty && labels.length === 0 && (
          <p className="label">
            No label yet. Train needs one: a column that reads later bars, such as algom.ror, added as label.
          </p>
        )}
      </div>
      <div className={styles.work}>
        <div className={styles.looks}>
          <Button
            variant="default"
            disabled={isEmpty}
            title={isEmpty ? EMPTY : "Whether a column looks ahead, and how many rows it takes to settle"}
            onClick={actions.check}
            data-testid="check-recipe"
          >
            Check
          </Button>
          <Button
            variant="default"
            disabled={isEmpty}
            title={isEmpty ? EMPTY : "Of the columns with each other and with the labels"}
            onClick={actions.correlate}
            data-testid="correlate"
          >
            Correlation
          </Button>
        </div>
        <Button
          fullWidth
          disabled={work !== null}
          title={work ?? "Compute the columns of every ticker into a table"}
          onClick={actions.run}
          data-testid="run-recipe"
        >
          Run… <kbd className={styles.key}>Ctrl ⏎</kbd>
        </Button>
      </div>
    </div>
  );
}

type EntriesProps = RecipePanelProps & { title: string; count: number; items: readonly Item[] };

function Entries({ title, count, items, formOf, preview, source, chosen, hidden, entries, editor }: EntriesProps) {
  if (items.length === 0) return null;
  const columnsOf = (key: string): PreviewColumn[] =>
    preview?.columns.filter((column) => keyAt(preview, column) === key) ?? [];
  /** The table's columns, and those of the entries above. */
  const offeredTo = (item: Item): string[] => {
    const above = editor.draft.items.slice(0, editor.draft.items.indexOf(item)).map(({ key }) => key);
    const made = preview?.columns.filter((column) => above.includes(keyAt(preview, column) ?? "")) ?? [];
    return [...source.columns, ...made.map(({ name }) => name)];
  };
  return (
    <section aria-label={title}>
      <h2 className={`heading ${styles.entriesTitle}`}>
        {title} <span className="label">{counted(count, "column")}</span>
      </h2>
      <ul className={styles.entryList} data-testid={`entries-${title.toLowerCase()}`}>
        {items.map((item) => (
          <EntryCard
            key={item.key}
            item={item}
            form={formOf(item.id)}
            columns={columnsOf(item.key)}
            problem={preview?.problems.find((problem) => keyAt(preview, problem) === item.key)}
            isChosen={item.key === chosen}
            isHidden={hidden.has(item.key)}
            offered={item.key === chosen ? offeredTo(item) : []}
            actions={entries}
          />
        ))}
      </ul>
    </section>
  );
}
