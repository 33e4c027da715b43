import { crc32 } from "node:zlib";
import type { Position } from "../../../domain/data/reading.ts";
import { Failure } from "../../../domain/failure.ts";
import type { Micros } from "../../../domain/time/time.ts";

/** Twice the same 64 bytes, so that no single damaged byte costs a segment its times. docs/data.md has the fields. */
const COPY = 64;
export const HEADER = 2 * COPY;
/** 2: with statistics; 3: with amendments and voids. A segment of an older version is read, and never written on: an older hub must refuse what it cannot read. */
export const VERSION = 3;
const MAGIC = Buffer.from("HAINGLOG", "latin1");

export type Header = {
  /** Position of the file's first byte. */
  readonly base: Position;
  /** Times in records are distances from this one. */
  readonly baseTime: Micros;
  /** Where the segment before ends; what its file holds beyond was refused. 0: this is the first. */
  readonly previousEnd: Position;
  readonly created: Micros;
};

/** What a header says when it is read: whether both of its copies are good, and its format version. */
export type ReadHeader = Header & { readonly whole: boolean; readonly version: number };

export function encodeHeader(header: Header): Buffer {
  const copy = Buffer.alloc(COPY);
  MAGIC.copy(copy);
  copy.writeUInt16LE(VERSION, 8);
  copy.writeUInt16LE(HEADER, 10);
  copy.writeBigUInt64LE(BigInt(header.base), 16);
  copy.writeBigInt64LE(BigInt(header.baseTime), 24);
  copy.writeBigUInt64LE(BigInt(header.previousEnd), 32);
  copy.writeBigInt64LE(BigInt(header.created), 40);
  copy.writeUInt32LE(crc32(copy.subarray(0, COPY - 4)), COPY - 4);
  return Buffer.concat([copy, copy]);
}

/** `whole`: both copies are good. undefined: neither is, or it is the header of another segment. */
export function decodeHeader(bytes: Buffer, base: Position): ReadHeader | undefined {
  const [first, second] = [decodeCopy(bytes, 0, base), decodeCopy(bytes, COPY, base)];
  const header = first ?? second;
  return header && { ...header, whole: first !== undefined && second !== undefined };
}

function decodeCopy(bytes: Buffer, at: number, base: Position): Omit<ReadHeader, "whole"> | undefined {
  const copy = bytes.subarray(at, at + COPY);
  if (copy.length < COPY || !copy.subarray(0, 8).equals(MAGIC)) return undefined;
  if (copy.readUInt32LE(COPY - 4) !== crc32(copy.subarray(0, COPY - 4))) return undefined;
  const version = copy.readUInt16LE(8);
  if (version > VERSION) throw tooNew(version);
  const header = {
    version,
    base: Number(copy.readBigUInt64LE(16)),
    baseTime: Number(copy.readBigInt64LE(24)),
    previousEnd: Number(copy.readBigUInt64LE(32)),
    created: Number(copy.readBigInt64LE(40)),
  };
  return header.base === base ? header : undefined;
}

export const tooNew = (version: number): Failure =>
  new Failure("store_too_new", `The store was written in format ${version}; this hub reads formats up to ${VERSION}`, {
    fix: "Update the hub, or give it another data folder",
  });

const NAME = /^([0-9a-f]{16})\.log$/;

/** The base in 16 hexadecimal digits, so that names sort as positions do. */
export const segmentName = (base: Position): string => `${base.toString(16).padStart(16, "0")}.log`;
export const indexName = (base: Position): string => `${base.toString(16).padStart(16, "0")}.idx`;
export function baseOf(name: string): Position | undefined {
  const digits = NAME.exec(name)?.[1];
  const base = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  return Number.isSafeInteger(base) ? base : undefined;
}
