/** Hands a document to the browser, to be saved as a file. */
export function saveJson(name: string, content: object): void {
  const text = `${JSON.stringify(content, undefined, 2)}\n`;
  saveText(name, text, 'application/json');
}

/** The same for text as it is. */
export function saveText(
  name: string,
  text: string,
  type = 'text/plain',
): void {
  saveBlob(name, new Blob([text], { type }));
}

/** The same for bytes. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the end of this task.
  setTimeout(() => URL.revokeObjectURL(url));
}
