// Files that the reader keeps: what the bridge answered, handed to the browser as a download.

/** Have the browser save content: a text, or octets as base64 where `{ base64 }` is given. */
export function save(name, content) {
  const octets = content.base64 ? Uint8Array.from(atob(content.base64), (one) => one.charCodeAt(0)) : content;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([octets]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // by then it is saved
}
