/** The recipe that is edited: kept while the window is open, with all that can be undone. */
import { useCallback, useEffect, useState } from "react";
import { begun, edited, type History, redone, undone } from "./history";
import { EMPTY_RECIPE, type RecipeDraft } from "./recipe";

/** The recipe as it stands, and the name under which it was opened or saved last. */
type Edited = { draft: RecipeDraft; savedAs: string | null };

export type RecipeEditor = Edited & {
  /** Edits of the same `what` that follow at once are undone together. */
  change: (edit: (draft: RecipeDraft) => RecipeDraft, what?: string) => void;
  /** Shows another recipe. Undo brings this one back. */
  open: (draft: RecipeDraft, savedAs: string | null) => void;
  /** The recipe is saved under this name now. */
  saved: (name: string) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
};

const keyOf = (workspace: string) => `algomosaic.features.recipe.${workspace}`;

function kept(workspace: string): Edited {
  const text = sessionStorage.getItem(keyOf(workspace));
  // Only this file writes it.
  return text === null ? { draft: EMPTY_RECIPE, savedAs: null } : (JSON.parse(text) as Edited);
}

export function useRecipe(workspace: string): RecipeEditor {
  const [history, setHistory] = useState<History<Edited>>(() => begun(kept(workspace)));
  const { present } = history;
  useEffect(() => {
    sessionStorage.setItem(keyOf(workspace), JSON.stringify(present));
  }, [workspace, present]);

  const change = useCallback<RecipeEditor["change"]>((edit, what) => {
    setHistory((now) => {
      const draft = edit(now.present.draft);
      const next = draft === now.present.draft ? now.present : { ...now.present, draft };
      return edited(now, next, what ?? null, Date.now());
    });
  }, []);
  const open = useCallback<RecipeEditor["open"]>((draft, savedAs) => {
    setHistory((now) => edited(now, { draft, savedAs }, null, Date.now()));
  }, []);
  const saved = useCallback((name: string) => {
    setHistory((now) => ({
      ...now,
      present: { draft: { ...now.present.draft, name }, savedAs: name },
      last: null,
    }));
  }, []);
  const undo = useCallback(() => setHistory(undone), []);
  const redo = useCallback(() => setHistory(redone), []);
  return {
    ...present,
    change,
    open,
    saved,
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
