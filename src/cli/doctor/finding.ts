/** What one look found, and what to do about it. `skipped`: it could not be looked at, `what` says why. */
export type Finding = {
  readonly check: string;
  readonly state: "ok" | "warning" | "problem" | "skipped";
  readonly what: string;
  readonly fix?: string;
};
