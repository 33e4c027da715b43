/** One y axis: all tracks of one unit share it. */
export type Scale = {
  readonly key: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
};

/** One drawing with its axes; a further one is begun where a drawing has no room for a further axis. */
export type Drawing = { readonly scales: readonly Scale[]; readonly tracks: readonly number[] };

export type Measured = { readonly unit: string; readonly min: number; readonly max: number };

/** Tracks by unit, in the order in which the units first appear. `null`: a track without any number. */
export function drawingsOf(tracks: readonly (Measured | null)[], mostScales: number): readonly Drawing[] {
  const units = new Map<string, { min: number; max: number; tracks: number[] }>();
  tracks.forEach((track, index) => {
    if (!track) return;
    const known = units.get(track.unit);
    if (known) {
      known.min = Math.min(known.min, track.min);
      known.max = Math.max(known.max, track.max);
      known.tracks.push(index);
    } else units.set(track.unit, { min: track.min, max: track.max, tracks: [index] });
  });
  const all = [...units];
  const drawings: Drawing[] = [];
  for (let at = 0; at < all.length; at += mostScales) {
    const some = all.slice(at, at + mostScales);
    drawings.push({
      scales: some.map(([unit, { min, max }], index) => ({ key: `y${at + index}`, unit, ...roomFor(min, max) })),
      tracks: some.flatMap(([, { tracks: mine }]) => mine).sort((a, b) => a - b),
    });
  }
  return drawings;
}

/** A little air around the values; nought is shown where it is near, since a bar of power begins there. */
export function roomFor(min: number, max: number): { readonly min: number; readonly max: number } {
  const length = max - min;
  if (length === 0) {
    const half = Math.abs(max) * 0.05 || 1;
    return { min: min - half, max: max + half };
  }
  const air = length * 0.06;
  const low = min >= 0 && min <= length * 0.5 ? 0 : min - air;
  const high = max <= 0 && -max <= length * 0.5 ? 0 : max + air;
  return { min: low, max: high };
}
