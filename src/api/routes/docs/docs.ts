import { Hono } from "hono";
import * as v from "valibot";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { readQuery } from "../../input/read.ts";
import { NO_PARAMETERS } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { type ListedRoute, makeDocument } from "../../openapi/document.ts";
import { makePage, PAGE_POLICY } from "../../openapi/page.ts";
import type { Facts } from "../../ports/ports.ts";
import { commonHeaders, jsonText } from "../../shapes/answers.ts";

const DOCUMENT: RouteDescription = {
  id: "get_openapi",
  tag: "Health",
  summary: "This document: every route as OpenAPI 3.1",
  query: NO_PARAMETERS,
  answer: { json: v.looseObject({ openapi: v.literal("3.1.0") }) },
};
const PAGE: RouteDescription = {
  id: "get_docs",
  tag: "Health",
  summary: "The same for people, as a page that needs nothing from elsewhere",
  query: NO_PARAMETERS,
  answer: { media: "text/html", description: "The page." },
};

/** The document is made at its first request, from the routes that exist then. */
export const docsRoutes = (needs: { auth: Auth; facts: Facts; routes: () => readonly ListedRoute[] }) => {
  const { auth, facts, routes } = needs;
  let made: { readonly json: string; readonly page: string } | undefined;
  const make = () => {
    const document = makeDocument({ routes: routes(), version: facts.version });
    return { json: JSON.stringify(document), page: makePage(document) };
  };
  return new Hono<ApiEnv>()
    .get("/openapi.json", auth.needs("read", DOCUMENT), (c) => {
      readQuery(c, NO_PARAMETERS);
      made ??= make();
      return jsonText<{ openapi: string }>(c, made.json);
    })
    .get("/docs", auth.needs("read", PAGE), (c) => {
      readQuery(c, NO_PARAMETERS);
      made ??= make();
      c.set("headersComplete", true);
      const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...PAGE_POLICY };
      return c.body(made.page, 200, { ...headers, ...commonHeaders(c) });
    });
};
