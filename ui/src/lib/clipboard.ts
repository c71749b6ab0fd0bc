/** Puts text on the clipboard, also where the engine only allows it to the copy command. */

function copyByCommand(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.appendChild(field);
  const before = document.activeElement;
  field.select();
  const isCopied = document.execCommand?.("copy") === true;
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  return isCopied;
}

/** Throws where the system refuses. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (refusal) {
    if (!copyByCommand(text)) throw refusal;
  }
}

/** A field between tabs, quoted as spreadsheets do where it holds a tab or a line break. */
export function fieldText(field: string): string {
  return /[\t\n\r"]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
