// Signing in with a token.

import { html, useState } from "../vendor/preact.js";
import { translated } from "../language.js";
import { link } from "../link.js";
import { coded } from "./coded.js";

const t = await translated("parts/sign_in");

/** Asks for a token. */
export function SignIn() {
  const [problem, fail] = useState(null);
  const submit = (event) => {
    event.preventDefault();
    fail(null);
    link.signIn(event.target.elements.token.value).catch(fail);
  };
  return html`<main class="sign-in"><form class="card form" onSubmit=${submit}>
    <img src="console/icon.svg" alt="" width="64" height="64" />
    <h1>sebridge</h1>
    <label class="field"><span>${t("Token")}</span>
      <input name="token" type="password" autocomplete="current-password" required autofocus />
      <small>${coded(t("A line of `http.tokens` in the configuration, made by `sebridge token`."))}</small></label>
    ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
    <div class="actions"><button class="primary">${t("Sign in")}</button></div>
  </form></main>`;
}
