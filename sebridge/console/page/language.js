// Words, numbers and times as the reader has them. English is what stands in the code; the German of
// each module, in a file of the same name below texts/de/, is loaded for who reads German.

const KEPT = "sebridge.language";
const KNOWN = ["en", "de"];

function chosen() {
  const kept = localStorage.getItem(KEPT);
  if (KNOWN.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

export const language = chosen();
/** The locale for numbers and dates: the browser's own where it speaks our language. */
export const locale = navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;

/** Take another language, which loads the page anew. */
export function choose(wanted) {
  localStorage.setItem(KEPT, wanted);
  location.reload();
}

/** Return what translates the texts of a module: `{name}` in one is replaced by the value of that name. */
export async function translated(module) {
  const german = await textsOf(module);
  return (text, values = {}) =>
    (german[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

async function textsOf(name) {
  if (language === "en") return {};
  const nothing = { default: {} }; // and what is said is said in English
  return (await import(`./texts/${language}/${name}.js`).catch(() => nothing)).default;
}

const SAID = ["help", "description", "words"];

/** Load what the bridge's own words, which are English, are in the reader's language. */
export function bridgeTexts() {
  return textsOf("bridge");
}

/** Return what the bridge told, with its words of settings and methods by those texts. */
export function readable(told, texts) {
  const paragraph = (text) => texts[text.replace(/\s+/g, " ")] ?? text;
  return JSON.parse(JSON.stringify(told), (key, value) =>
    SAID.includes(key) && typeof value === "string" ? value.split("\n\n").map(paragraph).join("\n\n") : value,
  );
}

/** Return a number with at most so many digits behind the point; a dash for none. */
export function number(value, digits = 3) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** Return an amount with its unit, such as `0.25 EUR/kWh`. */
export function amount(value, unit, digits = 3) {
  const shown = number(value, digits);
  return shown === "–" || !unit ? shown : `${shown}\u00a0${unit}`;
}

const DAY = 86_400_000;

function isToday(date) {
  return date.toDateString() === new Date().toDateString();
}

/** Return a moment (a Date or ISO 8601): its time, with the date unless that is today. */
export function moment(value) {
  if (!value) return "–";
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  const time = { hour: "2-digit", minute: "2-digit" };
  const form = isToday(date) ? time : { day: "numeric", month: "short", ...time };
  return new Intl.DateTimeFormat(locale, form).format(date);
}

const STEPS = [
  ["second", 1000, 60_000],
  ["minute", 60_000, 3_600_000],
  ["hour", 3_600_000, DAY],
  ["day", DAY, Infinity],
];

/**
 * Return how long ago something was: `2 minutes ago`. What is said to be in the future, as in a
 * simulated house whose time runs faster, is shown as a moment.
 */
export function ago(value, now = Date.now()) {
  if (!value) return "–";
  const difference = new Date(value).getTime() - now;
  if (Number.isNaN(difference)) return "–";
  if (difference > 60_000) return moment(value);
  const [unit, length] = STEPS.find(([, , below]) => Math.abs(difference) < below);
  const form = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  return form.format(Math.min(Math.round(difference / length), 0), unit);
}
