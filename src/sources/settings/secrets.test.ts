import assert from "node:assert/strict";
import { test } from "node:test";
import type { FormField } from "../../platform/settings/form.ts";
import { formsOf, hasSecret, maskSecrets, secretsIn, unmaskSecrets } from "./secrets.ts";

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  ...{ name, type: "text", title: name, required: true },
  ...more,
});
const FORM = [
  field("key", { secret: true }),
  field("zone"),
  field("accounts", { type: "list", item: [field("user"), field("password", { secret: true })] }),
  field("login", { type: "group", fields: [field("pin", { secret: true })] }),
  field("addresses", { type: "list", item: [field("value", { secret: true })] }),
];
const SETTINGS = {
  key: "k-123456",
  zone: "DE",
  accounts: [
    { user: "a", password: "p-aaaa" },
    { user: "b", password: "p-bbbb" },
  ],
  login: { pin: 123456 },
  addresses: ["https://a.example/x"],
};

test("secrets are masked at every depth, and masked ones that come back are what is kept", () => {
  const masked = maskSecrets(FORM, SETTINGS);
  assert.deepEqual(masked, {
    ...SETTINGS,
    key: "***",
    accounts: [
      { user: "a", password: "***" },
      { user: "b", password: "***" },
    ],
    login: { pin: "***" },
    addresses: ["***"],
  });
  assert.deepEqual(unmaskSecrets(FORM, masked, SETTINGS), SETTINGS);
  assert.deepEqual(unmaskSecrets(FORM, { ...masked, key: "new" }, SETTINGS), { ...SETTINGS, key: "new" });
  assert.equal(unmaskSecrets(FORM, { key: "***" }, undefined).key, undefined);
  assert.deepEqual(secretsIn(FORM, SETTINGS), ["k-123456", "p-aaaa", "p-bbbb", "123456", "https://a.example/x"]);
  assert.ok(hasSecret(FORM));
  assert.ok(!hasSecret([field("zone")]));
});

test("an address that is a secret is known by its parts too", () => {
  const forms = formsOf("https://calendar.example/private-0123456789abcdef/basic.ics?token=abcdef");
  for (const part of [
    "calendar.example/private-0123456789abcdef/basic.ics",
    "/private-0123456789abcdef/basic.ics",
    "private-0123456789abcdef",
    "token=abcdef",
    "abcdef",
  ])
    assert.ok(forms.includes(part), part);
  assert.ok(formsOf("a key/+").includes("a%20key%2F%2B"));
});
