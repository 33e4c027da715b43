import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClock } from "../../tests/support/test-clock.ts";
import { Failure } from "../domain/failure.ts";
import { createUsers } from "./users.ts";

const user = (id: string, more: object = {}) => ({
  id,
  name: id,
  is_owner: false,
  is_active: true,
  group_ids: ["system-users"],
  ...more,
});

function start(answer: () => Promise<unknown>) {
  const clock = createTestClock();
  let asked = 0;
  const users = createUsers({
    clock,
    call: ({ type }) => {
      assert.equal(type, "config/auth/list");
      asked++;
      return answer();
    },
  });
  return { clock, users, asked: () => asked };
}

test("owners and members of the administrators' group are administrators, nobody else", async () => {
  const { users, asked } = start(async () => [
    user("owner", { is_owner: true }),
    user("admin", { group_ids: ["system-admin"] }),
    user("plain"),
    user("left", { is_active: false, group_ids: ["system-admin"] }),
  ]);
  assert.deepEqual(users.last("owner"), { kind: "not_asked", why: "it has not been asked yet" });
  assert.deepEqual(await users.lookUp("owner"), { kind: "known", admin: true });
  assert.deepEqual(await users.lookUp("admin"), { kind: "known", admin: true });
  assert.deepEqual(await users.lookUp("plain"), { kind: "known", admin: false });
  assert.deepEqual(await users.lookUp("left"), { kind: "gone" });
  assert.equal(asked(), 1);
  for (let times = 0; times < 3; times++) assert.deepEqual(await users.lookUp("made up"), { kind: "gone" });
  assert.equal(asked(), 2);
});

test("an answer is asked for again after a minute, and at once for somebody new", async () => {
  let list = [user("a", { is_owner: true })];
  const { users, clock, asked } = start(async () => list);
  await users.lookUp("a");
  list = [user("a"), user("b")];
  clock.advance(100);
  assert.deepEqual(await users.lookUp("b"), { kind: "known", admin: false });
  assert.deepEqual(await users.lookUp("a"), { kind: "known", admin: false });
  assert.equal(asked(), 2);
  clock.advance(60_000);
  await users.lookUp("a");
  assert.equal(asked(), 3);
});

test("while Home Assistant cannot be asked, its last answer holds; without one nobody is an administrator", async () => {
  let fails = true;
  const { users, clock, asked } = start(async () => {
    if (fails) throw new Error("Home Assistant did not answer");
    return [user("a", { is_owner: true })];
  });
  assert.deepEqual(await users.lookUp("a"), { kind: "not_asked", why: "Home Assistant did not answer" });
  await users.lookUp("a");
  assert.equal(asked(), 1, "not asked again at once");
  clock.advance(5_000);
  fails = false;
  assert.deepEqual(await users.lookUp("a"), { kind: "known", admin: true });
  fails = true;
  clock.advance(3_600_000);
  assert.deepEqual(await users.lookUp("a"), { kind: "known", admin: true });
});

test("as soon as Home Assistant is connected it is asked, however often that was tried before", async () => {
  let connected = false;
  const { users } = start(async () => {
    if (!connected) throw new Failure("not_connected", "Home Assistant is not connected yet");
    return [user("a", { is_owner: true })];
  });
  for (let tries = 0; tries < 5; tries++) assert.equal((await users.lookUp("a")).kind, "not_asked");
  connected = true;
  assert.deepEqual(await users.lookUp("a"), { kind: "known", admin: true });
});

test("an answer of another form makes nobody an administrator", async () => {
  for (const answer of [null, {}, [{ id: "a", is_owner: "yes" }]]) {
    const { users } = start(async () => answer);
    assert.equal((await users.lookUp("a")).kind, "not_asked");
  }
});

test("a silent Home Assistant holds nobody up for long", async () => {
  const { users, clock } = start(() => new Promise(() => {}));
  const asked = users.lookUp("a");
  clock.advance(2_000);
  assert.equal((await asked).kind, "not_asked");
});
