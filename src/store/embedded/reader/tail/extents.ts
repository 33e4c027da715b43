import type { Extent, Gathered, OpenFiles } from "../open-files.ts";

/** Reads stretches of a file, neighbours in one go. Answers where each stretch begins in the buffer. */
export async function gatherMerged(
  files: OpenFiles,
  path: string,
  extents: readonly Extent[],
  count: (bytes: number) => void,
): Promise<Gathered> {
  const order = sortedByPlace(extents);
  const merged: { at: number; length: number }[] = [];
  const home = new Uint32Array(extents.length);
  for (const i of order) {
    const { at, length } = extents[i] as Extent;
    const last = merged.at(-1);
    if (last && at <= last.at + last.length + files.hole) last.length = Math.max(last.length, at + length - last.at);
    else merged.push({ at, length });
    home[i] = merged.length - 1;
  }
  const { buffer, starts } = await gatherWhatCanBe(files, path, merged);
  count(buffer.length);
  return {
    buffer,
    starts: extents.map(({ at }, i) => {
      const group = home[i] as number;
      return (starts[group] as number) + at - (merged[group] as Extent).at;
    }),
  };
}

/** One by one where the file refuses; what cannot be read is zeros, which no record is. */
async function gatherWhatCanBe(files: OpenFiles, path: string, extents: readonly Extent[]): Promise<Gathered> {
  try {
    return await files.gather(path, extents);
  } catch {
    const starts: number[] = [];
    const parts: Buffer[] = [];
    let size = 0;
    for (const extent of extents) {
      starts.push(size);
      size += extent.length;
      try {
        parts.push((await files.gather(path, [extent])).buffer);
      } catch {
        parts.push(Buffer.alloc(extent.length));
      }
    }
    return { buffer: Buffer.concat(parts), starts };
  }
}

function sortedByPlace(extents: readonly Extent[]): number[] {
  const order = extents.map((_, i) => i);
  for (let i = 1; i < extents.length; i++)
    if ((extents[i] as Extent).at < (extents[i - 1] as Extent).at)
      return order.sort((a, b) => (extents[a] as Extent).at - (extents[b] as Extent).at);
  return order;
}
