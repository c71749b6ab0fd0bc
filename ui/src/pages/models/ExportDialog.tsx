/** Writes the model of a run to a file for other programs. */
import { Button, Modal, SegmentedControl, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { type ModelFormat, type Problem, problemOf, type RunSummary, useClient } from "../../api/client";
import { ProblemNote } from "../../components/Message";
import { bytes } from "../../lib/number";

const FORMATS: Record<ModelFormat, { label: string; help: string }> = {
  onnx: {
    label: "ONNX",
    help: "A graph that any ONNX runtime computes: features in by name, the prediction out.",
  },
  json: { label: "JSON", help: "Every number of the model by its name, to be read or computed by hand." },
};

type ExportDialogProps = { run: RunSummary; onClose: () => void };

export function ExportDialog({ run, onClose }: ExportDialogProps) {
  const client = useClient();
  const [format, setFormat] = useState<ModelFormat>("onnx");
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWriting, setWriting] = useState(false);
  const exists = problem?.code === "AlreadyExists";
  const browse = async () => {
    try {
      const name = `${run.model_type}_${run.outcome}_${run.model_execution_id.slice(0, 8)}.${format}`;
      const picked = await client.pickSaveFile(`Export ${run.model_type}`, name, [format]);
      if (picked === null) return;
      setPath(picked);
      // The system's dialog asks before a file is replaced.
      await write(picked, true);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  const write = async (to: string, replace: boolean) => {
    setProblem(null);
    setWriting(true);
    try {
      const file = await client.exportModel(run.model_execution_id, format, to, replace);
      notifications.show({
        title: `Exported ${run.model_type} as ${FORMATS[format].label}, ${bytes(file.bytes)}`,
        message: file.path,
        color: "var(--positive)",
        autoClose: 8000,
      });
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setWriting(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() === "") void browse();
    else void write(path.trim(), false);
  };
  return (
    <Modal opened onClose={onClose} title={`Export ${run.model_type}`} size={480}>
      <form className="stack" onSubmit={submit}>
        <SegmentedControl
          aria-label="Format"
          data={Object.entries(FORMATS).map(([value, { label }]) => ({ value, label }))}
          value={format}
          onChange={(value) => {
            const chosen: ModelFormat = value === "json" ? "json" : "onnx";
            setFormat(chosen);
            setPath((now) => now.replace(/\.(onnx|json)$/, `.${chosen}`));
            setProblem(null);
          }}
        />
        <p className="muted">{FORMATS[format].help}</p>
        <TextInput
          label="File"
          placeholder={`/path/to/model.${format}`}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          rightSection={
            <button type="button" className="link" onClick={() => void browse()} data-testid="browse-model">
              Browse…
            </button>
          }
          rightSectionWidth={72}
          data-testid="export-path"
        />
        {problem !== null && (
          <ProblemNote problem={exists ? { ...problem, hint: "Choose another file, or replace that one." } : problem}>
            {exists && (
              <button
                type="button"
                className="link"
                onClick={() => void write(path.trim(), true)}
                data-testid="replace-model"
              >
                Replace it
              </button>
            )}
          </ProblemNote>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={isWriting} data-testid="export-now">
            {path.trim() === "" ? "Choose a file…" : "Export"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
