// What stands on a device, in whatever form: its address and its installation code.

const OCTETS_OF_EUI64 = 8;
const LENGTHS = [8, 10, 14, 18]; // octets of an installation code with its CRC

// a word, and the digits behind it; a single letter is one only with a colon
const TAGGED = /(?:\b(EUI(?:-?64)?|MAC|IEEE|ADDRESS|(?:INSTALL(?:ATION)?[\s_-]*)?CODE|IC)\s*[:=\s]|(Z|I)\s*[:=])\s*([0-9a-f](?:[0-9a-f\s:.-]*[0-9a-f])?)(?![a-z])/gi;

const digits = (text) => text.replace(/[^0-9a-f]/gi, "").toUpperCase();

/**
 * Return `{ address, code }` of a label's text, each undefined where it is not found: a QR code such as
 * `Z:000D6F000A000001$I:83FE…`, or lines as people type them off, with any delimiters.
 */
export function readLabel(text) {
  const found = { address: undefined, code: undefined };
  const tagged = [...text.matchAll(TAGGED)];
  const groups = tagged.length
    ? tagged.map(([, word, letter, value]) => ({ isCode: /^(I$|IC$|.*CODE$)/i.test(word ?? letter), value: digits(value) }))
    : text.split(/[\n,;$|]+/).map((value) => ({ value: digits(value) }));
  for (const { isCode, value } of groups) {
    const length = value.length / 2;
    // eight octets are an address, unless it is said that they are a code, or there is one already
    if (length === OCTETS_OF_EUI64 && !isCode && !found.address) found.address = value;
    else if (LENGTHS.includes(length) && isCode !== false) found.code ??= value;
  }
  return found;
}

/** Return an address as the bridge writes it: `00:0d:6f:00:0a:00:00:01`. */
export function addressOf(text) {
  const found = digits(text.replace(/^0x/i, "")).toLowerCase();
  return found.match(/../g)?.join(":") ?? text;
}
