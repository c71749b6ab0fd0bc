/** Recipes kept with the workspace, and a recipe as text. */
import { Button, FileButton, Modal, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Problem, problemOf, type Recipe, type SavedRecipe, useClient } from "../../api/client";
import { keys, useRecipes } from "../../api/queries";
import { ProblemNote, Shown } from "../../components/Message";
import { copyText } from "../../lib/clipboard";
import { counted } from "../../lib/lists";
import { timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import styles from "./Features.module.css";

type OpenRecipeProps = {
  canWrite: boolean;
  onOpen: (recipe: Recipe, savedAs: string) => void;
  /** A file that is no recipe, to be mended as text. */
  onMend: (text: string) => void;
  onClose: () => void;
};

export function OpenRecipe({ canWrite, onOpen, onMend, onClose }: OpenRecipeProps) {
  const client = useClient();
  const queries = useQueryClient();
  const [wanted, setWanted] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const view = viewOf(useRecipes());
  const remove = async (name: string) => {
    try {
      await client.deleteRecipe(name);
      setProblem(null);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setAsked(null);
    await queries.invalidateQueries({ queryKey: keys.recipes });
  };
  const open = ({ recipe, name, text }: SavedRecipe) => {
    if (recipe === null) onMend(text);
    else onOpen(recipe, name);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Recipes" size={560}>
      <Shown view={view} loading="Reading recipes" failed="The recipes were not read">
        {(saved) => {
          const found = saved.filter(({ name, text }) =>
            `${name} ${text}`.toLowerCase().includes(wanted.trim().toLowerCase()),
          );
          return (
            <div className="stack">
              <TextInput
                aria-label="Search recipes"
                placeholder="Search"
                value={wanted}
                onChange={(event) => setWanted(event.currentTarget.value)}
                data-autofocus
              />
              {problem !== null && <ProblemNote problem={problem} />}
              {found.length === 0 && (
                <p className="muted">
                  {saved.length === 0 ? "No recipe is saved in this workspace yet." : "No recipe holds this text."}
                </p>
              )}
              <ul className={styles.saved}>
                {found.map((one) => (
                  <li key={one.name}>
                    <button type="button" className={styles.savedOne} onClick={() => open(one)}>
                      <b>{one.name}</b>
                      <span className="label">
                        {one.recipe === null
                          ? `No recipe: ${one.problem}. Open it to mend its text.`
                          : `${counted(one.recipe.feature?.length ?? 0, "feature entry", "feature entries")}, ${counted(one.recipe.label?.length ?? 0, "label entry", "label entries")}, ${timestamp(one.changed_at).slice(0, 16)}`}
                      </span>
                    </button>
                    {canWrite &&
                      (asked === one.name ? (
                        <Button color="var(--negative)" onClick={() => void remove(one.name)} data-autofocus>
                          Delete {one.name}
                        </Button>
                      ) : (
                        <button
                          type="button"
                          className="link"
                          aria-label={`Delete ${one.name}…`}
                          onClick={() => setAsked(one.name)}
                        >
                          Delete…
                        </button>
                      ))}
                  </li>
                ))}
              </ul>
            </div>
          );
        }}
      </Shown>
    </Modal>
  );
}

type RecipeTextProps = {
  /** The recipe to show, or the text of a file that is none. */
  of: Recipe | string;
  onUse: (recipe: Recipe) => void;
  onClose: () => void;
};

export function RecipeText({ of, onUse, onClose }: RecipeTextProps) {
  const client = useClient();
  const [text, setText] = useState(typeof of === "string" ? of : null);
  const [original, setOriginal] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (typeof of === "string") return;
    let isGone = false;
    client.recipeText(of).then(
      (written) => {
        if (isGone) return;
        setText(written);
        setOriginal(written);
      },
      (thrown: unknown) => {
        if (isGone) return;
        setText("");
        setProblem(problemOf(thrown));
      },
    );
    return () => {
      isGone = true;
    };
  }, [client, of]);
  const write = (changed: string) => {
    setText(changed);
    setProblem(null);
    setCopied(false);
  };
  const use = async () => {
    try {
      onUse(await client.readRecipe(text ?? ""));
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  const copy = async () => {
    try {
      await copyText(text ?? "");
      setCopied(true);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  return (
    <Modal opened onClose={onClose} title="Recipe as TOML" size={620}>
      <div className="stack">
        <p className="muted">`algom features` reads this file. Change it here, or paste another one in its place.</p>
        <Textarea
          aria-label="The recipe as TOML"
          autosize
          minRows={12}
          maxRows={22}
          spellCheck={false}
          classNames={{ input: styles.code ?? "" }}
          value={text ?? ""}
          disabled={text === null}
          onChange={(event) => write(event.currentTarget.value)}
          data-autofocus
          data-testid="recipe-text"
        />
        {problem !== null && <ProblemNote problem={problem} />}
        <div className="buttons">
          <FileButton accept=".toml,text/plain" onChange={(file) => void file?.text().then(write)}>
            {(props) => (
              <Button variant="default" {...props}>
                Open a file…
              </Button>
            )}
          </FileButton>
          <Button variant="default" onClick={() => void copy()} disabled={text === null}>
            {isCopied ? "Copied" : "Copy"}
          </Button>
          <Button
            onClick={() => void use()}
            disabled={text === null || text.trim() === "" || text === original}
            title={text === original ? "The text is that of the recipe" : undefined}
            data-testid="use-recipe-text"
          >
            Use this text
          </Button>
        </div>
      </div>
    </Modal>
  );
}
