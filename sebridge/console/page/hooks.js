// What components share of the bridge and of time.

import { useEffect, useMemo, useReducer, useRef, useState } from "./vendor/preact.js";
import { bridgeTexts, readable } from "./language.js";
import { link } from "./link.js";

const RANKS = ["read", "command", "admin"];

/** Return the state of the link; the component is drawn anew when it changes, or `link.lost` does. */
export function useLink() {
  const [, draw] = useReducer((count) => count + 1, 0);
  useEffect(() => link.watch(draw), []);
  return link.state;
}

/** Return whether whoever has signed in may do what needs a scope: read, command or admin. */
export function may(scope) {
  return RANKS.indexOf(link.hello?.scope) >= RANKS.indexOf(scope);
}

/**
 * Return what topics hold, as a Map by topic; the component is drawn anew when something changes,
 * at most once in a frame. `onStreamed(topic, payload)` hears what no topic holds.
 */
export function useTopics(filters, onStreamed) {
  const [, draw] = useReducer((count) => count + 1, 0);
  const heard = useRef(onStreamed);
  heard.current = onStreamed;
  const key = filters.join(" ");
  const subscription = useRef(null);
  useEffect(() => {
    let frame = 0;
    const one = link.subscribe(filters, {
      onChange: () => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(draw);
      },
      onStreamed: (topic, payload) => heard.current?.(topic, payload),
    });
    subscription.current = one;
    return () => {
      cancelAnimationFrame(frame);
      one.end();
    };
  }, [key]);
  return subscription.current?.values ?? NOTHING;
}

const NOTHING = new Map();

/** Return what one topic holds; undefined where that is nothing. */
export function useTopic(topic) {
  return useTopics([topic]).get(topic);
}

/**
 * Return `{ result, error, isRunning, again }` of a command, which is carried out when the component
 * appears, when its arguments change, and when `again` is called.
 */
export function useCommand(command, args = {}) {
  const [state, take] = useState({ isRunning: true });
  const [turn, again] = useReducer((count) => count + 1, 0);
  const linkState = useLink();
  const key = JSON.stringify(args);
  useEffect(() => {
    if (linkState !== "open") return undefined;
    let wanted = true;
    take((last) => ({ ...last, isRunning: true }));
    link.call(command, args).then(
      (result) => wanted && take({ result, isRunning: false }),
      (error) => wanted && take({ error, isRunning: false }),
    );
    return () => {
      wanted = false;
    };
  }, [command, key, turn, linkState]);
  return useMemo(() => ({ ...state, again }), [state]);
}

/**
 * Return what a command answered, with the bridge's own words of settings and methods in the reader's
 * language: undefined until that is there.
 */
export function useReadable(result) {
  const texts = useTexts();
  return useMemo(() => (result && texts ? readable(result, texts) : undefined), [result, texts]);
}

function useTexts() {
  const [texts, take] = useState(null);
  useEffect(() => void bridgeTexts().then(take), []);
  return texts;
}

/** Return what says a word of the bridge's, such as `low_battery`, to the reader. */
export function useWords() {
  const texts = useTexts();
  return (word) => texts?.[word] ?? word.replaceAll("_", " ");
}

/** Return the time in milliseconds, anew every so many seconds: for what is said to be ago. */
export function useNow(seconds = 10) {
  const [now, take] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => take(Date.now()), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now;
}
