// What sign_in.js says, in German.

export default {
  "Sign in": "Anmelden",
  "Token": "Token",
  "A line of `http.tokens` in the configuration, made by `sebridge token`.":
    "Eine Zeile von `http.tokens` in der Konfiguration, wie `sebridge token` sie macht.",
};
