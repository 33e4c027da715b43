import { createHash } from "node:crypto";
import { POLICY } from "../static.ts";
import { TAGS, type Tag } from "./describe.ts";
import type { JsonSchema } from "./json-schemas.ts";

/** The document as a page of plain HTML: no script, nothing fetched, links that hold under any prefix. */

const STYLE = `
:root{color-scheme:light dark;background:light-dark(#fff,#15171b);color:light-dark(#16181c,#e8eaed)}
a{color:light-dark(#0b57d0,#a8c7fa)}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
nav a{display:inline-block;margin-right:1rem}
article{border-top:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.5rem 0}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{overflow-x:auto;white-space:pre-wrap;padding:.75rem;background:color-mix(in srgb,currentColor 8%,transparent);border-radius:.5rem}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td:first-child,td:nth-child(2){width:22%}
td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}
h3 code{font-size:1rem}
.scope{font-size:.875rem;border:1px solid;border-radius:1rem;padding:0 .5rem;margin-left:.5rem;white-space:nowrap}
`;

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64");

/** The panel's policy, and beside it this one sheet of styles by its hash. */
export const PAGE_POLICY = {
  "content-security-policy": `${POLICY}; style-src 'sha256-${hashOf(STYLE)}'; script-src 'none'`,
};

type Operation = {
  readonly operationId: string;
  readonly tags: readonly [Tag];
  readonly summary: string;
  readonly description: string;
  readonly security: readonly { readonly token?: readonly string[] }[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly description: string; readonly content?: Content } };
};
type Content = { readonly [media: string]: { readonly schema: JsonSchema } };
type Documented = {
  readonly info: { readonly title: string; readonly version: string; readonly summary: string };
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: JsonSchema } };
};

export function makePage(document: JsonSchema): string {
  const { info, paths, components } = document as unknown as Documented;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Object.entries(TAGS)
    .map(([tag, what]) => ({ tag, what, own: operations.filter(({ operation }) => operation.tags[0] === tag) }))
    .filter(({ own }) => own.length > 0);
  const links = [...groups.map(({ tag }) => tag), "Shapes"].map((name) => `<a href="#${name}">${name}</a>`).join("");
  const sections = groups.map(
    ({ tag, what, own }) =>
      `<section><h2 id="${tag}">${tag}</h2><p>${html(what)}</p>${own.map(article).join("")}</section>`,
  );
  const shapes = Object.entries(components.schemas).map(
    ([name, schema]) => `<article><h3 id="shape-${name}">${name}</h3>${schemaBlock(schema)}</article>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(info.title)} API</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>
<header><h1>${html(info.title)} API <small>${html(info.version)}</small></h1><p>${html(info.summary)}
The same for programs: <a href="openapi.json">openapi.json</a>.</p></header><nav aria-label="Groups">${links}</nav>
<main>${sections.join("")}<section><h2 id="Shapes">Shapes</h2>${shapes.join("")}</section></main></body></html>`;
}

function article({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const scope = operation.security[0]?.token?.[0];
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${html(name)}</code></td><td>${place}${required ? ", required" : ""}</td><td>${html(
        description ?? "",
      )} ${link(JSON.stringify(schema))}</td></tr>`,
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([media, { schema }]) => `<h4>Body: ${html(media)}</h4>${schemaBlock(schema)}`,
  );
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [media, held] = Object.entries(content ?? {})[0] ?? [];
    const shape = held && status < "300" ? link(JSON.stringify(held.schema)) : "";
    return `<tr><td><code>${status}</code></td><td>${html(media ?? "")}</td><td>${html(description)} ${shape}</td></tr>`;
  });
  return `<article><h3 id="${operation.operationId}"><code>${method.toUpperCase()} ${html(path)}</code><span class="scope">${
    scope ?? "open"
  }</span></h3><p>${html(operation.summary)}. ${html(operation.description)}</p>${
    parameters.length > 0 ? `<h4>Parameters</h4><table><tbody>${parameters.join("")}</tbody></table>` : ""
  }${bodies.join("")}<h4>Answers</h4><table><tbody>${answers.join("")}</tbody></table></article>`;
}

const schemaBlock = (schema: JsonSchema): string => `<pre>${link(JSON.stringify(schema, null, 2), false)}</pre>`;

/** A reference leads to the shape that it names. */
const link = (json: string, inline = true): string => {
  const text = html(json).replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    (_, name: string) => `<a href="#shape-${name}">${name}</a>`,
  );
  return inline ? `<code>${text}</code>` : text;
};

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
