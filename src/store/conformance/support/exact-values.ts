import type { Attributes, Context } from "../../../domain/data/reading.ts";
import { contextOf } from "./samples.ts";

/** Every value of the fault table's row R11, and those that our own encodings could trip over. */
export const STATES: { readonly [name: string]: string | null } = {
  removed: null,
  empty: "",
  "255 characters": "x".repeat(255),
  "256 characters": "x".repeat(256),
  "100,000 characters": "ü".repeat(100_000),
  NaN: "NaN",
  Infinity: "-Infinity",
  "1e309": "1e309",
  "-0": "-0",
  "007": "007",
  "21.50": "21.50",
  "null as text": "null",
  emoji: "🏠👨‍👩‍👧‍👦",
  "right to left": "\u202eمرحبا שלום",
  NUL: "a\u0000b",
  "line ends": "a\r\n\u2028b",
  "lone high surrogate": "a\ud83d",
  "lone low surrogate": "\ude00b",
  "byte order mark": "\ufeffx",
  "replacement character": "\ufffd",
  "Latin 1": "Tür öffnen",
  "not normalised": "e\u0301 \u00e9",
};

const parsed = (json: string): Attributes => JSON.parse(json);

export const ATTRIBUTES: { readonly [name: string]: Attributes } = {
  none: {},
  "1 MB": { text: "a€".repeat(512 * 1024) },
  "10,000 keys": Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${(i * 7919) % 10_000}`, i])),
  "a key named __proto__": parsed('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"a":1}'),
  "__proto__ inside": parsed('{"a":{"__proto__":[1]},"toString":null}'),
  "integer-like keys": parsed('{"b":1,"10":2,"9":3,"a":4}'),
  "empty key": { "": "x", " ": "y" },
  numbers: { a: 0, b: -1, c: 1.5, d: 1e21, e: 1e-7, f: 0.30000000000000004, g: Number.MAX_SAFE_INTEGER, h: 5e-324 },
  "numbers beyond doubles": {
    big: JSON.rawJSON("123456789012345678901234567890"),
    inside: [JSON.rawJSON("9007199254740993"), { deep: JSON.rawJSON("-0.1000000000000000055511151231257827") }],
  },
  "numbers in another spelling": {
    a: JSON.rawJSON("1.0"),
    b: JSON.rawJSON("1e5"),
    c: JSON.rawJSON("-0"),
    d: JSON.rawJSON("0.0000001"),
    e: JSON.rawJSON("1E400"),
    f: [JSON.rawJSON("2.50")],
  },
  "looks like a raw number": { rawJSON: "12", a: { rawJSON: "12" }, b: JSON.rawJSON("12") },
  "texts that look like numbers": { a: ":1.0,2e5,[-0]", b: "12345678901234567890" },
  "nulls and booleans": { a: null, b: true, c: false, d: [], e: {}, f: [[null]] },
  surrogates: { "\ud800": "\udc00", ok: "🏠" },
  controls: { "a\u0000": '\u0007"\\/' },
  "nested 200 deep": parsed(`{"a":${"[".repeat(200)}${"]".repeat(200)}}`),
};

const ULID = "01KAS0V3QG8Z6XJ4M2N7P9RTWY";

export const CONTEXTS: { readonly [name: string]: Context | null } = {
  none: null,
  ULID: contextOf(),
  "greatest ULID": contextOf({ id: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" }),
  "beyond a ULID": contextOf({ id: "8ZZZZZZZZZZZZZZZZZZZZZZZZZ" }),
  "ULID in lower case": contextOf({ id: ULID.toLowerCase() }),
  "ULID with a letter that Crockford leaves out": contextOf({ id: ULID.replace("X", "U") }),
  "26 characters, not ASCII": contextOf({ id: "ж".repeat(26) }),
  "old hexadecimal id": contextOf({ id: "9f86d081884c7d659a2feaa0c55ad015" }),
  empty: contextOf({ id: "", parentId: "", userId: "" }),
  "parent and user": contextOf({ parentId: "01KAS0V3QG0000000000000000", userId: "9f86d081884c7d659a2feaa0c55ad015" }),
  "user in upper case": contextOf({ userId: "9F86D081884C7D659A2FEAA0C55AD015" }),
  "odd texts": contextOf({ id: "é\u0000", parentId: "\ud800", userId: "x".repeat(1000) }),
};

/** Microseconds: the ends of what a safe integer holds, before 1970, and ordinary neighbours. */
export const TIMES: readonly number[] = [
  Number.MIN_SAFE_INTEGER,
  -1,
  0,
  1,
  999,
  1_795_455_326_760_001,
  1_795_455_326_760_002,
  4_294_967_296,
  Number.MAX_SAFE_INTEGER,
];
