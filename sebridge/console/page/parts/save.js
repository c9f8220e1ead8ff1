// Files that the reader keeps: what the bridge answered, handed to the browser as a download.

const KEPT = 60_000; // milliseconds, by which it is saved

/** Have the browser save parts as one file: texts, or octets as `{ base64 }`. */
export function save(name, ...parts) {
  const octets = ({ base64 }) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const href = URL.createObjectURL(new Blob(parts.map((part) => (part.base64 ? octets(part) : part))));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}
