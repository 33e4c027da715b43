import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isMainThread } from "node:worker_threads";

/** A stretch of a file. */
export type Extent = { readonly at: number; readonly length: number };

/** The bytes of several stretches behind one another, and where each begins. What a file lacks reads as zeros. */
export type Gathered = { readonly buffer: Buffer; readonly starts: readonly number[] };

/**
 * Files opened for reading, kept open until `close`. A worker reads synchronously (several times faster for many
 * small reads); the main thread must not wait for a disk and reads asynchronously.
 */
export type OpenFiles = {
  /** A hole of up to this many bytes between two stretches is read over: cheaper than another call. */
  readonly hole: number;
  gather(path: string, extents: readonly Extent[]): Gathered | Promise<Gathered>;
  close(): Promise<void>;
};

export const openFiles = (): OpenFiles => (isMainThread ? asynchronousFiles() : synchronousFiles());

function layOut(extents: readonly Extent[]): { starts: number[]; size: number } {
  const starts: number[] = [];
  let size = 0;
  for (const { length } of extents) {
    starts.push(size);
    size += length;
  }
  return { starts, size };
}

export function synchronousFiles(): OpenFiles {
  const handles = new Map<string, number>();
  const handleOf = (path: string): number => {
    let handle = handles.get(path);
    if (handle === undefined) {
      handle = openSync(path, "r");
      handles.set(path, handle);
    }
    return handle;
  };
  return {
    hole: 256,
    gather: (path, extents) => {
      const handle = handleOf(path);
      const { starts, size } = layOut(extents);
      const buffer = Buffer.allocUnsafe(size);
      for (const [i, { at, length }] of extents.entries()) {
        const start = starts[i] as number;
        let done = 0;
        while (done < length) {
          const read = readSync(handle, buffer, start + done, length - done, at + done);
          if (read === 0) break;
          done += read;
        }
        if (done < length) buffer.fill(0, start + done, start + length);
      }
      return { buffer, starts };
    },
    close: async () => {
      for (const handle of handles.values()) closeSync(handle);
      handles.clear();
    },
  };
}

/** Reads under way at a time: more would only queue in the thread pool that appends need too. */
const AT_ONCE = 2;

export function asynchronousFiles(): OpenFiles {
  const handles = new Map<string, Promise<FileHandle>>();
  const handleOf = (path: string): Promise<FileHandle> => {
    let handle = handles.get(path);
    if (!handle) {
      handle = open(path, "r");
      handles.set(path, handle);
      handle.catch(() => handles.delete(path));
    }
    return handle;
  };
  return {
    // A call costs some 30 µs here, 40 times what it costs a worker.
    hole: 8192,
    gather: async (path, extents) => {
      const handle = await handleOf(path);
      const { starts, size } = layOut(extents);
      const buffer = Buffer.allocUnsafe(size);
      let next = 0;
      const work = async () => {
        while (next < extents.length) {
          const i = next++;
          const { at, length } = extents[i] as Extent;
          const start = starts[i] as number;
          const { bytesRead } = await handle.read(buffer, start, length, at);
          if (bytesRead < length) buffer.fill(0, start + bytesRead, start + length);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return { buffer, starts };
    },
    close: async () => {
      const open = [...handles.values()];
      handles.clear();
      for (const handle of open) await (await handle).close();
    },
  };
}
