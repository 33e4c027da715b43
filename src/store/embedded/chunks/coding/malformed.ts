/** Bytes that no pack of ours holds. The caller has a checksum over them, so this is a defect or a newer format. */
export class Malformed extends Error {
  constructor(what: string) {
    super(`A pack cannot be read: ${what}`);
    this.name = "Malformed";
  }
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Malformed(what);
}
