/** The first rows of a file as it would be read. */
import type { ImportPreview } from "../../../api/client";
import { isNumberType } from "../cells";
import { previewCell } from "./draft";
import styles from "./Import.module.css";

const align = (type: string) => (isNumberType(type) ? "right" : "left");

export function PreviewTable({ preview }: { preview: ImportPreview }) {
  const { columns, rows } = preview;
  return (
    <section className={styles.previewBox} aria-label="Preview" data-testid="preview">
      <table className={styles.preview}>
        <caption className="label">The first {rows.length} rows</caption>
        <thead>
          <tr>
            {columns.map(({ source, type }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a file may have two columns of one name
              <th key={i} scope="col" data-align={align(type)}>
                {source}
                <small>{type}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
            <tr key={i}>
              {columns.map(({ type }, k) => {
                const cell = previewCell(preview, i, k);
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: as their columns
                    key={k}
                    data-align={align(type)}
                    data-null={cell === null}
                    title={cell ?? "No value (NULL)"}
                  >
                    {cell ?? "–"}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
