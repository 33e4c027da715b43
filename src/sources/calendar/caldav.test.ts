import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { asked } from "../../../tests/support/outside/asked.ts";
import { Failure } from "../../domain/failure.ts";
import { caldav } from "./caldav.ts";

// What a real server makes of it is shown in tests/integration/calendars.test.ts.
const needs = (answer: Parameters<typeof asked>[0]) =>
  asked(answer, {
    settings: v.parse(caldav.settings, { url: "https://caldav.example.org", username: "ann", password: "s3cret" }),
    now: "2026-11-26T12:00:00Z",
  });
const multistatus = (...responses: readonly [string, string][]) => ({
  status: 207,
  text: `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">${responses
    .map(
      ([href, props]) =>
        `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
    )
    .join("")}</d:multistatus>`,
});

test("each bad answer of a server is a failure with what it said, and none holds the password", async () => {
  const answers: readonly [Parameters<typeof asked>[0], string][] = [
    [() => "<html>Welcome</html>", "no_calendar"],
    [() => "", "no_calendar"],
    [() => ({ status: 404, text: "" }), "no_calendar"],
    [() => ({ status: 207, text: "<d:multistatus><cut" }), "no_calendar"],
    [() => ({ status: 401, text: "s3cret" }), "refused"],
    [() => ({ status: 429, text: "" }), "limited"],
    [() => ({ status: 503, text: "" }), "provider_failed"],
    [({ url }) => ({ status: 301, text: "", headers: { location: url } }), "unexpected_status"],
  ];
  for (const [answer, code] of answers)
    await assert.rejects(caldav.read(needs(answer)), (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.equal(error.code, code);
      assert.doesNotMatch(`${error.message} ${error.fix}`, /s3cret/);
      return true;
    });
});

test("the password follows the server's own word within its own names, and to nobody else", async () => {
  const answerFrom = (home: string) => (request: { readonly at: URL; readonly body?: string }) => {
    const { at, body = "" } = request;
    if (at.pathname === "/.well-known/caldav") return { status: 301, text: "", headers: { location: "/dav/" } };
    if (body.includes("current-user-principal"))
      return multistatus([
        at.pathname,
        "<d:current-user-principal><d:href>/p/ann/</d:href></d:current-user-principal>",
      ]);
    if (body.includes("calendar-home-set"))
      return multistatus([at.pathname, `<c:calendar-home-set><d:href>${home}</d:href></c:calendar-home-set>`]);
    if (body.includes("supported-report-set")) return multistatus([at.pathname, "<d:supported-report-set/>"]);
    if (body.includes("calendar-data"))
      return multistatus([
        `${at.pathname}1.ics`,
        "<d:getetag>1</d:getetag><c:calendar-data>BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261127T090000Z\nSUMMARY:Tom &amp; Ann\nEND:VEVENT\nEND:VCALENDAR</c:calendar-data>",
      ]);
    if (body.includes("calendar-query")) return multistatus([`${at.pathname}1.ics`, "<d:getetag>1</d:getetag>"]);
    return multistatus([
      `${at.pathname}2026/`,
      '<d:displayname>2026</d:displayname><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><c:supported-calendar-component-set><c:comp name="VEVENT"/></c:supported-calendar-component-set>',
    ]);
  };
  const asking = needs(answerFrom("https://p42-caldav.example.org/cal/ann/"));
  const { facts } = await caldav.read(asking);
  assert.deepEqual(
    facts?.calendars.map(({ name }) => name),
    ["2026"],
  );
  assert.deepEqual(
    facts?.occurrences.map(({ summary, uid }) => [summary, uid]),
    [["Tom & Ann", "a"]],
  );
  assert.ok(asking.requests.some(({ url }) => url === "https://caldav.example.org/dav/"));
  assert.ok(asking.requests.every(({ headers }) => headers?.authorization?.startsWith("Basic ")));

  const away = needs(answerFrom("https://evil.example.net/cal/ann/"));
  await assert.rejects(caldav.read(away), (error) => error instanceof Failure && error.code === "unexpected_status");
  assert.ok(!away.requests.some(({ url }) => url.includes("evil")));
});
