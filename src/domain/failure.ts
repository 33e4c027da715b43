/**
 * A failure that a caller can act on: a stable code, a sentence that says what and where, how to mend it, and
 * whether trying again can help. HTTP numbers belong to api/errors.ts alone.
 */
export class Failure extends Error {
  readonly code: string;
  readonly fix: string | undefined;
  readonly retry: boolean;

  constructor(code: string, message: string, more: { fix?: string; retry?: boolean; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "Failure";
    this.code = code;
    this.fix = more.fix;
    this.retry = more.retry ?? false;
  }
}

export const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));
