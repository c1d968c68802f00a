/** Hands a document to the browser, to be saved as a file. */
export function saveJson(name: string, content: object): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(content, undefined, 2)}\n`], {
      type: 'application/json',
    }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the end of this task.
  setTimeout(() => URL.revokeObjectURL(url));
}
