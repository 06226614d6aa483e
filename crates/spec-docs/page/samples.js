// Shows samples of code in each operation: curl with the values that are entered, and those of the document
// (`x-codeSamples`, `x-code-samples`). A plugin of Swagger UI; everything is written as text.
"use strict";

window.SamplesPlugin = function (system) {
  const h = system.React.createElement;
  const { useEffect, useId, useRef, useState } = system.React;

  /** What stands in a request for a credential: nobody's own key is shown unasked. */
  const credential = (scheme) => {
    const kind = String(scheme.scheme || "").toLowerCase();
    if (scheme.type === "http" && kind === "basic") {
      return { value: { username: "USER", password: "PASSWORD" } };
    }
    if (scheme.type === "oauth2" || scheme.type === "openIdConnect") {
      return { token: { access_token: "YOUR_TOKEN", token_type: "Bearer" } };
    }
    return { value: scheme.type === "apiKey" ? "YOUR_KEY" : "YOUR_TOKEN" };
  };

  /** The body that is sent where nobody enters one. */
  const exampleBody = (media, mediaType) => {
    const examples = Object.values(media.examples || {});
    let example = media.example;
    if (example === undefined && examples.length > 0) {
      example = examples[0].value;
    }
    if (example === undefined && media.schema) {
      example = system.fn.getSampleSchema(media.schema, mediaType, { includeWriteOnly: true });
    }
    const isForm = /^(application\/x-www-form-urlencoded|multipart\/)/i.test(mediaType);
    if (isForm && typeof example === "string") {
      return JSON.parse(example);
    }
    return isForm || typeof example === "string" ? example : JSON.stringify(example, null, 2);
  };

  /** A request for an operation as a command; none where it can't be said. */
  const curl = (path, method, operation) => {
    const { fn, specSelectors, oas3Selectors } = system;
    try {
      const spec = specSelectors.specJson();
      const namespace = `${path}:${method}`;
      const server = oas3Selectors.selectedServer(namespace) || oas3Selectors.selectedServer();
      const variables = oas3Selectors.serverVariables({ server, namespace }).toJS();
      const definitions = specSelectors.securityDefinitions();
      const schemes = definitions ? definitions.toJS() : {};
      const authorized = Object.fromEntries(
        Object.entries(schemes).map(([name, scheme]) => [name, credential(scheme)]),
      );
      const security = spec.get("security");
      const content = (operation.requestBody && operation.requestBody.content) || {};
      const mediaType = oas3Selectors.requestContentType(path, method) || Object.keys(content)[0];
      let requestBody = oas3Selectors.requestBodyValue(path, method);
      if (system.Im.Map.isMap(requestBody)) {
        requestBody = requestBody.map((field) => (system.Im.Map.isMap(field) ? field.get("value") : field)).toJS();
      }
      if (mediaType && !requestBody) {
        requestBody = exampleBody(content[mediaType] || {}, mediaType);
      }
      const request = fn.buildRequest({
        spec: {
          openapi: spec.get("openapi"),
          servers: specSelectors.servers().toJS(),
          security: security ? security.toJS() : undefined,
          components: { securitySchemes: schemes },
          paths: { [path]: { [method]: { ...operation, operationId: "sample" } } },
        },
        operationId: "sample",
        parameters: specSelectors.parameterValues([path, method]).toJS(),
        requestContentType: mediaType,
        responseContentType: oas3Selectors.responseContentType(path, method) || undefined,
        requestBody,
        server,
        serverVariables: variables,
        contextUrl: specSelectors.url(),
        securities: { authorized, definitions: schemes, specSecurity: [] },
      });
      return fn.requestSnippetGenerator_curl_bash(system.Im.fromJS(request));
    } catch (error) {
      // Something that has no value yet, such as a part of the path.
      return null;
    }
  };

  /** The samples of an operation: label and source. */
  const samplesOf = (path, method) => {
    const resolved = system.specSelectors.specResolvedSubtree(["paths", path, method]);
    const written = system.specSelectors.specJson().getIn(["paths", path, method]);
    const found = resolved || written;
    if (!found || !found.toJS) {
      return [];
    }
    const operation = found.toJS();
    const own = [operation["x-codeSamples"], operation["x-code-samples"]].filter(Array.isArray).flat();
    const samples = own
      .filter((sample) => sample && typeof sample.source === "string")
      .map((sample) => ({ label: String(sample.label || sample.lang || "Sample"), source: sample.source }));
    const command = curl(path, method, operation);
    return command ? [{ label: "curl", source: command }, ...samples] : samples;
  };

  const copy = async (source, pre) => {
    try {
      await navigator.clipboard.writeText(source);
      return true;
    } catch (error) {
      // Not everywhere may a page write to the clipboard by itself.
      const range = document.createRange();
      range.selectNodeContents(pre);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      return document.execCommand("copy");
    }
  };

  const Samples = ({ path, method }) => {
    const [samples, setSamples] = useState(() => samplesOf(path, method));
    const [chosen, choose] = useState(0);
    const [said, say] = useState("");
    const [id, tabs, pre] = [useId(), useRef(null), useRef(null)];
    useEffect(() => {
      let timer;
      const update = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const now = samplesOf(path, method);
          setSamples((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
        }, 200);
      };
      const stop = system.getStore().subscribe(update);
      update();
      return () => {
        clearTimeout(timer);
        stop();
      };
    }, [path, method]);
    if (samples.length === 0) {
      return null;
    }
    const current = Math.min(chosen, samples.length - 1);
    // The keys of a list of tabs (ARIA Authoring Practices).
    const onKeyDown = (event) => {
      const last = samples.length - 1;
      const next = { ArrowRight: current === last ? 0 : current + 1, ArrowLeft: current === 0 ? last : current - 1, Home: 0, End: last };
      if (event.key in next) {
        event.preventDefault();
        choose(next[event.key]);
        say("");
        tabs.current.children[next[event.key]].focus();
      }
    };
    const tab = (sample, index) =>
      h(
        "button",
        {
          key: index,
          type: "button",
          role: "tab",
          id: `${id}-${index}`,
          className: "samples-tab",
          "aria-selected": index === current,
          "aria-controls": `${id}-panel`,
          tabIndex: index === current ? 0 : -1,
          onClick: () => {
            choose(index);
            say("");
          },
        },
        sample.label,
      );
    const onCopy = async () => say((await copy(samples[current].source, pre.current)) ? "Copied" : "Copying failed");
    return h(
      "div",
      { className: "samples" },
      h("div", { className: "opblock-section-header" }, h("h4", null, "Samples")),
      h(
        "div",
        { className: "samples-bar" },
        h("div", { role: "tablist", "aria-label": "Samples", ref: tabs, className: "samples-tabs", onKeyDown }, samples.map(tab)),
        h("span", { role: "status", className: "samples-status" }, said),
        h("button", { type: "button", className: "btn samples-copy", onClick: onCopy }, "Copy"),
      ),
      h(
        "pre",
        {
          ref: pre,
          role: "tabpanel",
          id: `${id}-panel`,
          "aria-labelledby": `${id}-${current}`,
          className: "samples-source",
          tabIndex: 0,
        },
        h("code", null, samples[current].source),
      ),
    );
  };

  return {
    wrapComponents: {
      responses: (Original) => (props) =>
        h(
          system.React.Fragment,
          null,
          h(Samples, { path: props.path, method: props.method }),
          h(Original, props),
        ),
    },
  };
};
