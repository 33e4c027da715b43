import { freshEntity, rest, type Scenario } from "./peer.ts";
import { rename, shape } from "./shape.ts";

export const REST: readonly Scenario[] = [
  {
    promise: "REST requests, good and bad, by status, kind and body",
    ask: async (peer) => {
      const entity = freshEntity();
      const state = `/api/states/${entity}`;
      const asked: [string, string, unknown?][] = [
        ["GET", "/api/"],
        ["POST", "/api/"],
        ["GET", "/api/nope"],
        ["GET", "/api/core/state"],
        ["GET", state],
        ["POST", state, { state: "1", attributes: { a: [1] } }],
        ["POST", state, { state: "1", attributes: { a: [1] } }],
        ["GET", state],
        ["POST", state, { state: null }],
        ["POST", state, { attributes: {} }],
        ["POST", state, "{cut"],
        ["POST", state, []],
        ["POST", state, { state: "x".repeat(256) }],
        ["POST", "/api/states/bad-id", { state: "1" }],
        ["PUT", state, { state: "1" }],
        ["DELETE", state],
        ["DELETE", state],
        ["POST", "/api/events/contract", "{cut"],
        ["POST", "/api/events/contract", []],
        ["POST", "/api/events/contract"],
        ["POST", "/api/services/light/no_such", {}],
        ["POST", "/api/services/light/turn_on", "{cut"],
        ["POST", "/api/services/light/turn_on", {}],
        ["POST", "/api/services/light/turn_on?return_response", { entity_id: peer.light }],
        ["POST", "/api/services/weather/get_forecasts", { entity_id: "weather.none", type: "daily" }],
      ];
      const answers: unknown[] = [];
      for (const [method, path, body] of asked) {
        const answer = await rest(peer, method, path, body);
        const isState = typeof answer.body === "object" && answer.body !== null && "context" in answer.body;
        answers.push({ method, path, ...answer, body: isState ? shape(answer.body) : answer.body });
      }
      return rename(answers, { [entity]: "<entity>" });
    },
  },
  {
    promise: "REST without a token, or with a wrong one",
    ask: async (peer) => {
      const paths = ["/api/", "/api/states", "/api/config", "/api/nope", "/manifest.json", "/api/states/sun.sun"];
      const answers: unknown[] = [];
      for (const path of paths)
        for (const token of [null, "wrong"]) {
          const { status, type, body } = await rest(peer, "GET", path, undefined, token);
          answers.push({ path, status, type, body: path === "/manifest.json" ? "" : body });
        }
      return answers;
    },
  },
];
