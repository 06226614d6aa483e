// Starts Swagger UI with what the page says in the attributes of its main element. Knows no particular document.
"use strict";

(function () {
  const page = document.getElementById("page");
  const documentUrl = new URL(page.dataset.document, window.location.href).href;

  // The colours that the system prefers, also when it changes its mind.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  // Servers whose URLs are relative to the document are shown as what they are.
  const absolute = (server) => {
    const isRelative = server && typeof server.url === "string" && !/^[a-z][a-z0-9+.-]*:|\{/i.test(server.url);
    if (!isRelative) {
      return server;
    }
    return { ...server, url: new URL(server.url, documentUrl).href.replace(/\/$/, "") };
  };
  const withServers = (json) =>
    json && Array.isArray(json.servers) ? { ...json, servers: json.servers.map(absolute) } : json;
  const AbsoluteServers = () => ({
    statePlugins: { spec: { wrapActions: { updateJsonSpec: (go) => (json) => go(withServers(json)) } } },
  });

  window.ui = window.SwaggerUIBundle({
    domNode: page,
    url: documentUrl,
    // No request to another host, whatever stands in the URL of the page.
    validatorUrl: null,
    queryConfigEnabled: false,
    oauth2RedirectUrl: undefined,
    // Keys stay over a reload, in this browser.
    persistAuthorization: true,
    supportedSubmitMethods:
      page.dataset.tries === "yes" ? ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] : [],
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: page.dataset.expands,
    defaultModelRendering: "model",
    defaultModelExpandDepth: 3,
    defaultModelsExpandDepth: 0,
    showCommonExtensions: true,
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [AbsoluteServers, window.SamplesPlugin],
    layout: "BaseLayout",
  });
})();
