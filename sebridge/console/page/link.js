// The way to the bridge: signing in, one WebSocket which comes back by itself, commands with their
// answers, and subscriptions to what the bridge publishes, by its MQTT topics below the gateway's.

import { translated } from "./language.js";

const t = await translated("link");

const PROTOCOL = 1;
const SHORTEST_PAUSE = 500; // milliseconds before another try
const LONGEST_PAUSE = 10_000;
const PATIENCE = 120_000; // milliseconds for an answer: methods have their own, shorter limits

const at = (path) => new URL(`console/${path}`, document.baseURI);

/** Why a command failed: `code` and `data` as RPC has them. */
export class CommandError extends Error {
  constructor({ message, code = 0, data = {} }) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Raise a CommandError where something is refused by HTTP. */
async function check(answer) {
  if (answer.ok) return;
  const { error } = await answer.json().catch(() => ({}));
  throw new CommandError({ message: error ?? answer.statusText, code: answer.status });
}

/** Return what tells whether a topic matches one of these filters, as MQTT has them. */
export function matcher(filters) {
  const texts = filters.map((filter) => {
    const levels = filter.split("/").map((level) => {
      if (level === "+") return "[^/]*";
      return level === "#" ? "#" : level.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    });
    const text = levels.join("/");
    return text === "#" ? ".*" : text.replace(/\/#$/, "(?:/.*)?");
  });
  const pattern = new RegExp(`^(?:${texts.join("|")})$`, "s");
  return (topic) => pattern.test(topic);
}

class Link {
  /** `starting`, `signed out`, `refused`, `connecting`, `open` or `away`. */
  state = "starting";
  /** What the bridge said first: version, topic, name, scope. */
  hello = null;
  /** Why the bridge lets nobody in from here, while it is `refused`; it is asked again. */
  refusal = null;
  /** Messages that did not come, as this page was too slow. */
  lost = 0;

  #socket = null;
  #pause = SHORTEST_PAUSE;
  #timer = 0;
  #last = 0;
  #waiting = new Map(); // commands by their message_id
  #subscriptions = new Set();
  #wanted = new Map(); // how many subscriptions want a filter
  #watchers = new Set();

  /** Call back whenever `state` changes; return what ends that. */
  watch(callback) {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  /** Sign in with what the address has, or with the cookie, and connect. */
  async start() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
      history.replaceState(null, "", location.pathname + location.search);
      await this.signIn(given).catch(() => undefined); // the form says why
      if (this.state !== "starting") return;
    }
    await this.#resume();
  }

  /** Show a token; raises a CommandError where it is not known. */
  async signIn(token) {
    const answer = await fetch(at("session"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    await check(answer);
    await this.#resume();
  }

  /** Hand in a package of a plug-in, or its signature; raises a CommandError where it is refused. */
  async upload(file) {
    const answer = await fetch(at(`package?filename=${encodeURIComponent(file.name)}`), { method: "POST", body: file });
    await check(answer);
  }

  /** Give the cookie back. */
  async signOut() {
    await fetch(at("session"), { method: "DELETE" });
    this.#become("signed out");
    this.#socket?.close();
  }

  async #resume() {
    try {
      const answer = await fetch(at("session"));
      const { scope, error } = await answer.json();
      if (scope) this.#connect();
      else if (answer.ok) this.#become("signed out");
      else this.#later(error);
    } catch {
      this.#later();
    }
  }

  #connect() {
    this.#become(this.hello ? "away" : "connecting");
    const address = at("socket");
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = () => this.#closed();
  }

  #closed() {
    this.#socket = null;
    for (const { reject } of this.#waiting.values()) {
      reject(new CommandError({ message: t("the connection to the bridge ended; nobody knows whether it was done") }));
    }
    this.#waiting.clear();
    if (this.state !== "signed out") this.#later();
  }

  #later(refusal = null) {
    this.refusal = refusal;
    this.#become(refusal ? "refused" : this.hello ? "away" : "connecting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#resume(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #become(state) {
    this.state = state;
    for (const callback of this.#watchers) callback(state);
  }

  #take(message) {
    if (message.hello) this.#greeted(message.hello);
    else if (message.changes) this.#changed(message);
    else this.#answered(message);
  }

  #greeted(hello) {
    if (hello.protocol !== PROTOCOL || (this.hello && this.hello.version !== hello.version)) {
      location.reload(); // another version of the bridge has another page
      return;
    }
    this.hello = hello;
    this.#pause = SHORTEST_PAUSE;
    for (const subscription of this.#subscriptions) subscription.values.clear();
    if (this.#wanted.size) this.#send("subscribe", { topics: [...this.#wanted.keys()] });
    this.#become("open");
  }

  #answered({ message_id, status, result, error }) {
    const waiting = this.#waiting.get(message_id);
    if (!waiting) return;
    this.#waiting.delete(message_id);
    clearTimeout(waiting.timer);
    if (status === "ok") waiting.resolve(result);
    else waiting.reject(new CommandError(error));
  }

  #changed({ changes, lost }) {
    if (lost !== this.lost) {
      this.lost = lost;
      this.#become(this.state); // whoever shows it draws anew
    }
    for (const subscription of this.#subscriptions) {
      let touched = false;
      for (const { topic, payload, kept } of changes) {
        if (!subscription.matches(topic)) continue;
        touched = true;
        if (!kept) subscription.onStreamed?.(topic, payload);
        else if (payload === null) subscription.values.delete(topic);
        else subscription.values.set(topic, payload);
      }
      if (touched) subscription.onChange?.();
    }
  }

  #send(command, args) {
    const message_id = ++this.#last;
    this.#socket.send(JSON.stringify({ command, message_id, args }));
    return message_id;
  }

  /** Carry out a command; resolves with its result, rejects with a CommandError. */
  call(command, args = {}) {
    if (this.state !== "open") {
      return Promise.reject(new CommandError({ message: t("the bridge is away") }));
    }
    return new Promise((resolve, reject) => {
      const message_id = this.#send(command, args);
      const timer = setTimeout(() => {
        this.#waiting.delete(message_id);
        reject(new CommandError({ message: t("no answer came in time") }));
      }, PATIENCE);
      this.#waiting.set(message_id, { resolve, reject, timer });
    });
  }

  /**
   * Subscribe to topics; `values` of what is returned has what they hold, by topic. `onChange` is
   * called after changes came, `onStreamed` with each message that no topic holds.
   */
  subscribe(filters, { onChange, onStreamed } = {}) {
    const subscription = { values: new Map(), matches: matcher(filters), onChange, onStreamed };
    this.#subscriptions.add(subscription);
    for (const filter of filters) this.#wanted.set(filter, (this.#wanted.get(filter) ?? 0) + 1);
    if (this.state === "open") this.#send("subscribe", { topics: filters });
    subscription.end = () => {
      this.#subscriptions.delete(subscription);
      const unwanted = filters.filter((filter) => this.#release(filter));
      if (unwanted.length && this.state === "open") this.#send("unsubscribe", { topics: unwanted });
    };
    return subscription;
  }

  #release(filter) {
    const left = this.#wanted.get(filter) - 1;
    if (left) this.#wanted.set(filter, left);
    else this.#wanted.delete(filter);
    return !left;
  }
}

export const link = new Link();
