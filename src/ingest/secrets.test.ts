import assert from "node:assert/strict";
import { test } from "node:test";
import { MASKED, maskAttributes, maskEvent } from "./secrets.ts";

test("tokens in attributes and in a picture's address are masked, the rest stays as it was", () => {
  const attributes = {
    access_token: "abc",
    token: "def",
    password: "ghi",
    entity_picture: "/api/camera_proxy/camera.door?token=123&width=5",
    brightness: 5,
  };
  assert.deepEqual(maskAttributes(attributes), {
    access_token: MASKED,
    token: MASKED,
    password: MASKED,
    entity_picture: `/api/camera_proxy/camera.door?token=${MASKED}&width=5`,
    brightness: 5,
  });
});

test("attributes without secrets are the same object: nothing is copied on the way", () => {
  const attributes = { entity_picture: "/local/cat.png", friendly_name: "token" };
  assert.equal(maskAttributes(attributes), attributes);
});

test("codes and passwords of a service call are masked at any depth", () => {
  const data = {
    domain: "alarm_control_panel",
    service_data: { code: "1234", entity_id: ["alarm_control_panel.home"], nested: [{ PIN: 9876, keep: 1 }] },
  };
  const masked = maskEvent("call_service", data);
  assert.ok(!JSON.stringify(masked).includes("1234") && !JSON.stringify(masked).includes("9876"));
  assert.deepEqual(masked, {
    domain: "alarm_control_panel",
    service_data: { code: MASKED, entity_id: ["alarm_control_panel.home"], nested: [{ PIN: MASKED, keep: 1 }] },
  });
});

test("a service call without secrets is the same object", () => {
  const data = { domain: "light", service_data: { entity_id: "light.a", list: [1, 2] } };
  assert.equal(maskEvent("call_service", data), data);
});
