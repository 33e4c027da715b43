/** Work on a home's files while no hub runs on them; src/cli.ts fills it, since the command's room knows no store. */
export type Offline = {
  /** @throws Failure `store_in_use` while a hub runs on it */
  verifyStore(home: string, onProgress: OnProgress): Promise<Verified>;
  verifyBackup(folder: string, id: string, onProgress: OnProgress): Promise<Verified>;
  listBackups(folder: string): readonly OfflineBackup[];
  /** @throws Failure, with a way to mend it; then nothing has changed */
  restore(needs: { folder: string; id: string; into: string; onProgress: OnProgress }): Promise<Restored>;
};

export type OnProgress = (phase: string, done: number, total: number) => void;

export type Verified = {
  readonly ok: boolean;
  readonly problems: readonly FoundProblem[];
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  readonly statistics: number | null;
};

export type FoundProblem = {
  readonly code: string;
  readonly file: string | null;
  readonly why: string;
  readonly fix: string;
};

export type OfflineBackup = {
  readonly id: string;
  readonly made: string | null;
  readonly readings: number | null;
  readonly bytes: number | null;
  /** null: it is whole by what it says of itself. */
  readonly why: string | null;
};

export type Restored = {
  readonly made: string;
  readonly readings: number;
  readonly events: number;
  readonly gaps: number;
  /** Where what was there before is kept; null: there was nothing. */
  readonly replaced: string | null;
};
