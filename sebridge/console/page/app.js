// The frame around the pages: signing in, where one is, and how the bridge is.

import { html, render, useEffect, useState } from "./vendor/preact.js";
import { useLink, useTopic } from "./hooks.js";
import { choose, language, translated } from "./language.js";
import { link } from "./link.js";
import { Icon } from "./parts/icon.js";
import { Notices } from "./parts/notices.js";
import { SignIn } from "./parts/sign_in.js";
import { PAGES } from "./pages.js";

const t = await translated("app");

/** Return the place in the address: page, and what comes behind it, level by level. */
function place() {
  const [page, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { page: PAGES.find((one) => one.id === page) ?? PAGES[0], rest };
}

function usePlace() {
  const [now, go] = useState(place);
  useEffect(() => {
    const moved = () => go(place());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return now;
}

function Navigation({ current }) {
  return html`<nav aria-label=${t("Pages")}>
    ${PAGES.map(
      (page) => html`<a href="#/${page.id}" aria-current=${page === current ? "page" : undefined}>
        <${Icon} name=${page.id} /><span>${page.name}</span>
      </a>`,
    )}
  </nav>`;
}

function Page({ page, rest }) {
  const [loaded, take] = useState({});
  useEffect(() => {
    let wanted = true; // until somebody goes elsewhere, whatever comes first then
    document.title = `${page.name} · sebridge`;
    page.load().then(
      (module) => wanted && take({ id: page.id, Component: module.default }),
      (error) => wanted && take({ id: page.id, problem: error.message }),
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  if (loaded.id !== page.id) return html`<p class="quiet" aria-busy="true">${t("Loading…")}</p>`;
  if (loaded.problem) {
    const why = loaded.problem;
    return html`<p class="problem">${t("This page could not be loaded: {why}", { why })}</p>`;
  }
  return html`<${loaded.Component} rest=${rest} />`;
}

function Header({ state }) {
  const info = useTopic("info");
  const gateway = link.hello?.topic.split("/").at(-1);
  const isOpen = state === "open";
  return html`<header>
    <a class="brand" href="#/${PAGES[0].id}"><img src="console/icon.svg" alt="" width="28" height="28" />
      <strong>${gateway ?? "sebridge"}</strong></a>
    <span class="badge ${isOpen ? "good" : "warning"}" role="status">${isOpen ? t("online") : t("connecting")}</span>
    ${link.lost > 0 && html`<span class="badge warning">${t("{count} messages missed", { count: link.lost })}</span>`}
    <span class="quiet wide-only">${info ? `sebridge ${info.version}` : ""}</span>
    <span class="stretch"></span>
    <span class="quiet wide-only">${link.hello ? t("may {scope}", { scope: t(link.hello.scope) }) : ""}</span>
    <button class="plain" onClick=${() => choose(language === "de" ? "en" : "de")}>${t("Deutsch")}</button>
    <button class="plain" onClick=${() => link.signOut()}>${t("Sign out")}</button>
  </header>`;
}

function App() {
  const state = useLink();
  const { page, rest } = usePlace();
  if (state === "signed out") return html`<${SignIn} /><${Notices} />`;
  return html`<a class="skip" href="#content" onClick=${toContent}>${t("Skip to the content")}</a>
    <${Header} state=${state} />
    <${Navigation} current=${page} />
    <main id="content" tabindex="-1">
      ${state === "away" &&
      html`<p class="banner" role="alert">
        ${t("The bridge is away. This page goes on by itself as soon as it is back.")}
      </p>`}
      ${state === "refused" && html`<p class="banner" role="alert">${link.refusal}</p>`}
      ${link.hello
        ? html`<h1>${page.name}</h1><${Page} page=${page} rest=${rest} />`
        : state !== "refused" && html`<p class="quiet" aria-busy="true">${t("Loading…")}</p>`}
    </main>
    <${Notices} />`;
}

function toContent(event) {
  event.preventDefault(); // the address is the page's
  document.getElementById("content").focus();
}

document.documentElement.lang = language;
render(html`<${App} />`, document.body);
link.start();
