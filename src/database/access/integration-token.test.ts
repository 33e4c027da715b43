import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createTestClock } from "../../../tests/support/test-clock.ts";
import { silentLog } from "../../platform/told/log.ts";
import { openDatabase } from "../open.ts";
import { openIntegrationToken } from "./integration-token.ts";

test("the integration's token is the same at every start, until it is removed", () => {
  const folder = mkdtempSync(join(tmpdir(), "hub-"));
  const open = () => openDatabase({ folder, clock: createTestClock(), log: silentLog });
  const first = open();
  const integration = openIntegrationToken(first);
  assert.equal(integration.token(), undefined);
  const secret = integration.secret();
  assert.equal(integration.secret(), secret);
  assert.equal(first.tokens.check(secret)?.scope, "write");
  first.close();

  const second = open();
  const again = openIntegrationToken(second);
  assert.equal(again.secret(), secret);
  assert.equal(second.tokens.list().length, 1);
  second.tokens.remove(again.token()?.id ?? "");
  const renewed = again.secret();
  assert.notEqual(renewed, secret);
  assert.equal(second.tokens.check(secret), undefined);
  assert.equal(second.tokens.check(renewed)?.id, again.token()?.id);
  second.close();
  rmSync(folder, { recursive: true });
});
