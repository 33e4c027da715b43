import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "./api.ts";
import { createSession, createTokenKeeper, looksLikeToken, setupCodeIn } from "./session.ts";

const UNAUTHORIZED = new Problem({ status: 401, code: "unauthorized", detail: "This needs a token or a session" });
const USED = new Problem({ status: 401, code: "unauthorized", detail: "This setup code was used before" });
const AWAY = new Problem({ status: 0, code: "unreachable", detail: "The hub could not be reached." });

function setUp(
  more: {
    hash?: string;
    signedIn?: boolean;
    goodCode?: string;
    goodToken?: string;
    away?: boolean;
    kind?: "session" | "ingress";
  } = {},
) {
  const asked: string[] = [];
  const kept = new Map<string, string>();
  const token = createTokenKeeper({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
  let signedIn = more.signedIn ?? false;
  let hash = more.hash ?? "";
  const session = createSession({
    token,
    address: {
      get hash() {
        return hash;
      },
      replaceHash: (next) => {
        asked.push("clean address");
        hash = next;
      },
    },
    api: {
      me: async () => {
        asked.push("me");
        if (more.away) throw AWAY;
        if (!signedIn && token.get() !== more.goodToken) throw UNAUTHORIZED;
        if (!signedIn && token.get() === null) throw UNAUTHORIZED;
        return { kind: more.kind ?? "session", name: "browser", scope: "admin" as const };
      },
      exchange: async (code) => {
        asked.push(`exchange ${code}`);
        if (more.away) throw AWAY;
        if (code !== more.goodCode) throw USED;
        signedIn = true;
      },
      signOut: async () => {
        asked.push("sign out");
        signedIn = false;
      },
    },
  });
  return { session, asked, token, hash: () => hash, state: () => session.state.get() };
}

test("the setup code leaves the address before it is sent, and signs in", async () => {
  const { session, asked, hash, state } = setUp({ hash: "#setup=abc%2Fd", goodCode: "abc/d" });
  await session.begin();
  assert.deepEqual(asked, ["clean address", "exchange abc/d", "me"]);
  assert.equal(hash(), "");
  assert.equal(state().name, "in");
});

test("a code that was used before is refused with the hub's own words", async () => {
  const { session, state } = setUp({ hash: "#setup=old" });
  await session.begin();
  const now = state();
  assert.ok(now.name === "out" && now.problem === USED);
});

test("an old setup link in a browser that is signed in just opens the panel", async () => {
  const { session, state } = setUp({ hash: "#setup=old", signedIn: true });
  await session.begin();
  assert.equal(state().name, "in");
});

test("without a code and a session one is out, without a reproach", async () => {
  const { session, asked, state } = setUp({ hash: "#/live" });
  await session.begin();
  assert.deepEqual(asked, ["me"]);
  assert.deepEqual(state(), { name: "out", problem: null });
});

test("a hub that does not answer is told apart from being signed out", async () => {
  const { session, state } = setUp({ away: true });
  await session.begin();
  assert.equal(state().name, "unreachable");
});

test("a pasted code, a pasted address with a code and a pasted token all sign in", async () => {
  for (const pasted of [" abc ", "http://hub:8098/#setup=abc", "hi_token"]) {
    const { session, state, token } = setUp({ goodCode: "abc", goodToken: "hi_token" });
    await session.give(pasted);
    assert.equal(state().name, "in", pasted);
    assert.equal(token.get(), pasted === "hi_token" ? "hi_token" : null);
  }
});

test("a wrong token is not kept, and it is said that it is wrong", async () => {
  const { session, state, token } = setUp();
  await session.give("hi_wrong");
  const now = state();
  assert.ok(now.name === "out" && now.problem !== null);
  assert.equal(token.get(), null);
});

test("signing out ends the session, or forgets the token, which is no session", async () => {
  const byToken = setUp({ goodToken: "hi_token" });
  await byToken.session.give("hi_token");
  await byToken.session.end();
  assert.ok(!byToken.asked.includes("sign out"));
  assert.equal(byToken.token.get(), null);
  assert.deepEqual(byToken.state(), { name: "out", problem: null });

  const byCode = setUp({ goodCode: "abc" });
  await byCode.session.give("abc");
  await byCode.session.end();
  assert.ok(byCode.asked.includes("sign out"));
  assert.deepEqual(byCode.state(), { name: "out", problem: null });
});

test("a session that the hub no longer knows ends once, and not while one is signing in", async () => {
  const { session, state } = setUp({ signedIn: true });
  session.expire();
  assert.equal(state().name, "checking");
  await session.begin();
  session.expire();
  assert.equal(state().name, "out");
});

test("a setup code is read from a fragment that holds one, and from no other", () => {
  assert.equal(setupCodeIn("#setup=a-b_c"), "a-b_c");
  assert.equal(setupCodeIn("#x=1&setup=a"), "a");
  assert.equal(setupCodeIn("#setup=%E0%A4%A"), "%E0%A4%A");
  for (const hash of ["", "#", "#/live?text=setup=1", "#setup="]) assert.equal(setupCodeIn(hash), null);
  assert.ok(looksLikeToken("hi_abc") && !looksLikeToken("abc") && !looksLikeToken("hi_a b"));
});

test("a session that Home Assistant or a proxy has ended is asked for again; nobody is sent to the door", async () => {
  const PROXY = new Problem({ status: 401, code: "not_the_hub", detail: "Something other than the hub answered" });
  const throughIngress = setUp({ signedIn: true, kind: "ingress" });
  await throughIngress.session.begin();
  throughIngress.session.expire();
  assert.equal(throughIngress.state().name, "unreachable");
  await throughIngress.session.begin();
  assert.equal(throughIngress.state().name, "in");

  const behindProxy = setUp({ signedIn: true });
  await behindProxy.session.begin();
  behindProxy.session.expire(PROXY);
  assert.deepEqual(behindProxy.state(), { name: "unreachable", problem: PROXY });
  behindProxy.session.expire(UNAUTHORIZED);
  await behindProxy.session.begin();
  behindProxy.session.expire(UNAUTHORIZED);
  assert.equal(behindProxy.state().name, "out");
});
