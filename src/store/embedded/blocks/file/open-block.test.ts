import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { PACK_FRAME } from "./directory.ts";
import { DamagedBlock, packBytes } from "./open-block.ts";

test("a pack is taken as it was written, and with any byte of it or of its frame altered it is damaged", () => {
  const bytes = Buffer.from("whatever a pack holds, it is not what tells");
  const frame = Buffer.alloc(PACK_FRAME + bytes.length);
  frame.writeUInt32LE(bytes.length, 0);
  frame.writeUInt32LE(crc32(bytes), 4);
  bytes.copy(frame, PACK_FRAME);
  const place = { at: 16, length: bytes.length };
  assert.ok(packBytes(place, frame).equals(bytes));
  for (let at = 0; at < frame.length; at++) {
    const altered = Buffer.from(frame);
    altered[at] = (altered[at] as number) ^ 32;
    assert.throws(() => packBytes(place, altered), DamagedBlock, `byte ${at}`);
  }
  for (let length = PACK_FRAME; length < frame.length; length++)
    assert.throws(() => packBytes(place, frame.subarray(0, length)), DamagedBlock, `${length} bytes of it`);
});
