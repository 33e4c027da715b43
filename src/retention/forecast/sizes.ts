import { LEAST_OF_AN_HOUR, LEAST_OF_FIVE_MINUTES } from "../../domain/data/rollup.ts";
import { type Micros, utcMonthEnd } from "../../domain/time/time.ts";
import type { Usage } from "../../store/store.ts";

const DAY: Micros = 86_400_000_000;
/**
 * What a series costs in each block whatever the block holds of it: its lines in the directory, the heads of its
 * columns. Measured; blocks that become one give it back, so that it says nothing of what more readings will take.
 */
const BYTES_PER_BLOCK = 90;
/** Of what readings take now, more readings take at least so much. */
const LEAST_SHARE = 0.25;
/** What a roll-up takes; measured. */
const BYTES_OF_A_ROLLUP = 28;

export const monthStart = (month: string): Micros => Date.parse(`${month}-01T00:00:00Z`) * 1000;

/** The time that the store has something of. */
export type Span = { readonly asOf: Micros; readonly oldest: Micros };

/** What a further reading takes once its block is as large as it will be, and what a month costs besides. */
export function bytesPerReading(usage: readonly Usage[]): { readonly bytes: number; readonly perMonth: number } | null {
  const sealed = usage.filter(({ blocks }) => blocks > 0);
  const months = [...new Set(sealed.map(({ month }) => month))].sort().slice(-2);
  const recent = sealed.filter(({ month }) => months.includes(month));
  const readings = recent.reduce((sum, row) => sum + row.readings - row.log.readings, 0);
  if (readings === 0) return null;
  return {
    bytes: ownBytes(recent) / readings,
    perMonth: BYTES_PER_BLOCK * Math.max(...months.map((own) => recent.filter(({ month }) => month === own).length)),
  };
}

/** What the sealed readings themselves take: what goes and comes with them. */
export function ownBytes(usage: readonly Usage[]): number {
  const bytes = usage.reduce((sum, row) => sum + row.bytes - row.log.bytes, 0);
  const blocks = usage.reduce((sum, row) => sum + row.blocks, 0);
  return Math.max(LEAST_SHARE * bytes, bytes - BYTES_PER_BLOCK * blocks);
}

/** What the disk gets back when the sealed readings go and what they amount to stays. */
export const freedBytes = (usage: readonly Usage[], span: Span): number => ownBytes(usage) - rollupBytes(usage, span);

/** What the roll-ups of the sealed readings will take, where any are made of them. */
export function rollupBytes(usage: readonly Usage[], span: Span): number {
  const rollups = usage.reduce((sum, { readings, log, month }) => {
    const { from, to } = timeIn(month, span);
    const days = Math.max(1, (to - from) / DAY);
    return sum + days * rollupsPerDay((readings - log.readings) / days);
  }, 0);
  return Math.min(ownBytes(usage), BYTES_OF_A_ROLLUP * rollups);
}

/** As `createRoller` chooses, for readings that come evenly. */
const rollupsPerDay = (readings: number): number =>
  readings < 24 * LEAST_OF_AN_HOUR ? Math.min(readings, 1) : readings < 288 * LEAST_OF_FIVE_MINUTES ? 24 : 288;

/** Which part of a month's time lies before a time; of the months in which the store begins and ends, of what it has of them. */
export function shareBefore(month: string, before: Micros, span: Span): number {
  const { from, to } = timeIn(month, span);
  return Math.min(1, Math.max(0, (before - from) / (to - from)));
}

const timeIn = (month: string, { asOf, oldest }: Span) => {
  const from = Math.max(monthStart(month), Math.min(oldest, utcMonthEnd(month) - 1));
  return { from, to: Math.max(from + 1, Math.min(utcMonthEnd(month), asOf)) };
};
