import { join } from "node:path";
import type { Attributes } from "../../../../domain/data/reading.ts";
import { takeDifference, takeFull } from "../../format/attributes.ts";
import { FRAME, frameAt, isHead, KIND, payloadLength } from "../../format/frame.ts";
import type { OpenFiles } from "../open-files.ts";
import type { SegmentPicture } from "../picture.ts";
import { gatherMerged } from "./extents.ts";

/** Most differing records are shorter; a longer one costs a second read. */
const FIRST_READ = 96;
/** Objects kept for the readings that follow. */
const MOST_KEPT = 5000;

type RecordBytes = { readonly buffer: Buffer; readonly at: number; readonly end: number };

/** Gives back attributes by where their records stand; undefined: damaged. */
export type AttributeReader = {
  read(segment: SegmentPicture, offsets: readonly number[]): Promise<ReadonlyMap<number, Attributes | undefined>>;
};

export function createAttributeReader(needs: {
  folder: string;
  files: OpenFiles;
  count(bytes: number): void;
}): AttributeReader {
  const { folder, files, count } = needs;
  let kept = new Map<string, Attributes | undefined>();

  const readRecords = async (
    { name, base, limit }: SegmentPicture,
    offsets: readonly number[],
  ): Promise<Map<number, RecordBytes | undefined>> => {
    const path = join(folder, name);
    const found = new Map<number, RecordBytes | undefined>();
    const longer: { at: number; length: number }[] = [];
    const first = offsets.map((at) => ({ at, length: Math.min(FIRST_READ, Math.max(0, limit - at)) }));
    const { buffer, starts } = await gatherMerged(files, path, first, count);
    for (const [i, at] of offsets.entries()) {
      const start = starts[i] as number;
      const { length } = first[i] as { length: number };
      const head = length >= FRAME && isHead(buffer, start);
      const whole = head ? FRAME + payloadLength(buffer, start) : 0;
      if (head && whole > length && at + whole <= limit) longer.push({ at, length: whole });
      else found.set(at, head ? checked(buffer, start, whole, base + at) : undefined);
    }
    if (longer.length > 0) {
      const rest = await gatherMerged(files, path, longer, count);
      for (const [i, { at, length }] of longer.entries())
        found.set(at, checked(rest.buffer, rest.starts[i] as number, length, base + at));
    }
    return found;
  };

  return {
    read: async (segment, offsets) => {
      const keyOf = (offset: number) => `${segment.base}:${offset}`;
      const answer = new Map<number, Attributes | undefined>();
      const missing: number[] = [];
      for (const offset of new Set(offsets)) {
        const key = keyOf(offset);
        if (kept.has(key)) answer.set(offset, kept.get(key));
        else missing.push(offset);
      }
      if (missing.length === 0) return answer;
      if (kept.size + missing.length > MOST_KEPT) kept = new Map();
      const records = await readRecords(segment, missing);
      const fulls = new Map<number, Attributes | undefined>();
      const full = (offset: number, record: RecordBytes | undefined) => {
        const value = record && record.buffer[record.at] === KIND.attributes ? takeAll(record) : undefined;
        fulls.set(offset, value);
        kept.set(keyOf(offset), value);
      };
      const differing = new Map<number, ReturnType<typeof takeDifference>>();
      for (const [offset, record] of records) {
        if (record && record.buffer[record.at] === KIND.difference)
          differing.set(offset, takeDifference({ buffer: record.buffer, at: record.at + FRAME }, record.end));
        else full(offset, record);
      }
      const bases = new Set([...differing].map(([offset, { back }]) => offset - back));
      for (const base of bases) if (!fulls.has(base) && kept.has(keyOf(base))) fulls.set(base, kept.get(keyOf(base)));
      const unread = [...bases].filter((base) => !fulls.has(base));
      if (unread.length > 0) for (const [offset, record] of await readRecords(segment, unread)) full(offset, record);
      for (const [offset, { back, apply }] of differing) {
        const base = fulls.get(offset - back);
        kept.set(keyOf(offset), base && apply(base));
      }
      for (const offset of missing) answer.set(offset, kept.get(keyOf(offset)));
      return answer;
    },
  };
}

const checked = (buffer: Buffer, at: number, length: number, position: number): RecordBytes | undefined =>
  frameAt(buffer, at, at + length, position) === "good" ? { buffer, at, end: at + length } : undefined;

const takeAll = ({ buffer, at, end }: RecordBytes): Attributes => takeFull({ buffer, at: at + FRAME }, end);
