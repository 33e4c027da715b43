import type { Attributes, Context } from "../../../domain/data/reading.ts";
import type { Micros } from "../../../domain/time/time.ts";
import { attributesText, clockSecondsText, contextText, isoText, sameValue, secondsText } from "./wire.ts";

export type State = {
  readonly entityId: string;
  readonly state: string;
  readonly attributes: Attributes;
  readonly changed: Micros;
  readonly updated: Micros;
  /** Written again without news moves this one time, as in Home Assistant. */
  reported: Micros;
  readonly context: Context;
};

export type StateChange = {
  readonly entityId: string;
  readonly before: State | null;
  readonly after: State | null;
  readonly time: Micros;
  readonly context: Context;
};

/** Home Assistant allows 255 characters (code points) in a state. */
export const LONGEST_STATE = 255;
export const tooLong = (state: string): boolean =>
  state.length > LONGEST_STATE && (state.length > 2 * LONGEST_STATE || [...state].length > LONGEST_STATE);

/** A state as `get_states`, REST and `state_changed` show it. */
export const stateText = (state: State): string =>
  `{"entity_id":"${state.entityId}","state":${JSON.stringify(state.state)},"attributes":${attributesText(
    state.attributes,
  )},"last_changed":"${isoText(state.changed)}","last_reported":"${isoText(state.reported)}","last_updated":"${isoText(
    state.updated,
  )}","context":${contextText(state.context)}}`;

/** `"sensor.a":{"s":…}`: a whole state as `subscribe_entities` shows it. */
export function compressedText(state: State): string {
  const { context } = state;
  const c = context.parentId === null && context.userId === null ? `"${context.id}"` : contextText(context);
  const times =
    state.changed === state.updated
      ? `"lc":${clockSecondsText(state.updated)}`
      : `"lc":${secondsText(state.changed)},"lu":${clockSecondsText(state.updated)}`;
  return `"${state.entityId}":{"s":${JSON.stringify(state.state)},"a":${attributesText(state.attributes)},"c":${c},${times}}`;
}

/** The `event` of `subscribe_entities` for one change: only what differs. */
export function deltaText({ entityId, before, after }: StateChange): string {
  if (after === null) return `{"r":["${entityId}"]}`;
  if (before === null) return `{"a":{${compressedText(after)}}}`;
  let plus = "";
  if (before.state !== after.state) plus = `"s":${JSON.stringify(after.state)},`;
  if (before.changed !== after.changed) plus += `"lc":${clockSecondsText(after.changed)},`;
  else if (before.updated !== after.updated) plus += `"lu":${clockSecondsText(after.updated)},`;
  plus += contextDelta(before.context, after.context);
  let minus = "";
  if (before.attributes !== after.attributes) {
    const { added, removed } = attributesDelta(before.attributes, after.attributes);
    if (added !== "") plus += `"a":{${added}},`;
    if (removed !== "") minus = `,"-":{"a":[${removed}]}`;
  }
  return `{"c":{"${entityId}":{"+":{${plus.slice(0, -1)}}${minus}}}}`;
}

/** A text where only the id is new; else an object with the parts that changed. */
function contextDelta(before: Context, after: Context): string {
  const parent = before.parentId === after.parentId ? "" : `"parent_id":${JSON.stringify(after.parentId)},`;
  const user = before.userId === after.userId ? "" : `"user_id":${JSON.stringify(after.userId)},`;
  const id = before.id === after.id ? "" : `"${after.id}"`;
  if (parent === "" && user === "") return id === "" ? "" : `"c":${id},`;
  return `"c":{${(parent + user + (id === "" ? "" : `"id":${id},`)).slice(0, -1)}},`;
}

function attributesDelta(before: Attributes, after: Attributes): { added: string; removed: string } {
  const added: string[] = [];
  for (const name in after)
    if (!Object.hasOwn(before, name) || !sameValue(before[name], after[name]))
      added.push(`${JSON.stringify(name)}:${JSON.stringify(after[name])}`);
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return { added: added.join(","), removed: removed.map((name) => JSON.stringify(name)).join(",") };
}
