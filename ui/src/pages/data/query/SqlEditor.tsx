/** The SQL editor. Loaded when the first query is opened, since its code is larger than the rest of the page. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { sql as sqlLanguage } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { stretchAt } from "../../../lib/sqlText";
import { type Catalogue, completionSource } from "./completion";
import { BIG_QUERY } from "./dialect";
import { HIGHLIGHT, THEME } from "./editorTheme";
import styles from "./Query.module.css";

/** Where the text is wrong, from line 1 and column 1. */
export type Mark = { line: number; column: number; message: string };

export type EditorHandle = {
  focus: () => void;
  /** Empty when nothing is selected. */
  selected: () => string;
  /** Puts a text in place of all there is; undo brings it back. */
  replace: (text: string) => void;
};

type SqlEditorProps = {
  label: string;
  initial: string;
  onChange: (text: string) => void;
  onSelected: (hasSelection: boolean) => void;
  onRun: (what: "all" | "selection") => void;
  onFormat: () => void;
  catalogue: Catalogue;
  mark: Mark | null;
  handle: Ref<EditorHandle>;
};

export default function SqlEditor(props: SqlEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  // The editor lives longer than a render, and asks for what holds now.
  const now = useRef(props);
  now.current = props;

  useEffect(() => {
    if (box.current === null) return;
    const run = (what: "all" | "selection") => () => {
      now.current.onRun(what);
      return true;
    };
    const editor = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: now.current.initial,
        extensions: [
          lineNumbers(),
          EditorView.lineWrapping,
          highlightActiveLine(),
          highlightActiveLineGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [completionSource(() => now.current.catalogue)], icons: false }),
          sqlLanguage({ dialect: BIG_QUERY, upperCaseKeywords: true }),
          syntaxHighlighting(HIGHLIGHT),
          THEME,
          // The card around the editor would cut them off.
          tooltips({ parent: document.body }),
          placeholder("SELECT …"),
          EditorView.contentAttributes.of({ "aria-label": now.current.label, "data-testid": "sql-editor" }),
          keymap.of([
            { key: "Mod-Enter", run: run("all") },
            { key: "Mod-Shift-Enter", run: run("selection") },
            {
              key: "Mod-Shift-f",
              run: () => {
                now.current.onFormat();
                return true;
              },
            },
            { key: "Tab", run: acceptCompletion },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current.onChange(update.state.doc.toString());
            if (update.selectionSet || update.docChanged) now.current.onSelected(!update.state.selection.main.empty);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  const { mark } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const marks = mark === null ? [] : [{ ...stretchAt(editor.state.doc.toString(), mark.line, mark.column), mark }];
    editor.dispatch(
      setDiagnostics(
        editor.state,
        marks.map(({ from, to, mark: { message } }) => ({ from, to, message, severity: "error" })),
      ),
    );
  }, [mark]);

  useImperativeHandle(props.handle, () => ({
    focus: () => view.current?.focus(),
    selected: () => {
      const state = view.current?.state;
      return state === undefined ? "" : state.sliceDoc(state.selection.main.from, state.selection.main.to);
    },
    replace: (text) => {
      const editor = view.current;
      editor?.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
    },
  }));
  return <div ref={box} className={styles.editor} />;
}
