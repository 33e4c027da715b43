import * as v from "valibot";
import { type Micros, microsFromRfc3339 } from "../../domain/time/time.ts";

const text = (suffix: string) =>
  v.pipe(
    v.string(),
    v.check((given) => microsFromRfc3339(`${given}${suffix}`) !== undefined, "no time"),
    v.transform((given) => microsFromRfc3339(`${given}${suffix}`) as Micros),
  );

/** A time with its zone, as providers write it. */
export const instant = text("");
/** A time that the provider says is UTC, written without a zone. */
export const utcInstant = text("Z");
