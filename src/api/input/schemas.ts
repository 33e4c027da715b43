import * as v from "valibot";
import { microsFromRfc3339 } from "../../domain/time/time.ts";

const LONGEST_TEXT = 255;

/** Half a surrogate pair cannot be stored as it came. */
export const wellFormed = v.check((value: string) => value.isWellFormed(), "is not well-formed Unicode");

const text = v.pipe(
  v.string("is not a text"),
  v.minLength(1, "is empty"),
  v.maxLength(LONGEST_TEXT, `is longer than ${LONGEST_TEXT} characters`),
  wellFormed,
);

/** A parameter given at most once. */
export const one = <S extends v.GenericSchema<string, unknown>>(schema: S) =>
  v.optional(
    v.pipe(
      v.array(v.string()),
      v.maxLength(1, "is given more than once"),
      v.transform((values) => values[0] as string),
      schema,
    ),
  );

/** A parameter that may be repeated: any of its values will do. */
export const many = v.optional(v.pipe(v.array(text), v.maxLength(100, "is given more than 100 times")));

export const truth = v.pipe(
  v.picklist(["true", "false"], "is neither true nor false"),
  v.transform((value) => value === "true"),
);

export const time = v.pipe(
  v.string("is not a text"),
  v.metadata({ format: "date-time", description: "RFC 3339 with a zone.", examples: ["2026-11-23T22:39:00Z"] }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const micros = microsFromRfc3339(dataset.value);
    if (micros !== undefined) return micros;
    addIssue({
      message: /\d \d\d:?\d\d$/.test(dataset.value)
        ? "has lost the + of its zone; in an address write %2B"
        : "is not a time such as 2026-11-23T22:39:00.123456Z (RFC 3339 with a zone)",
    });
    return NEVER;
  }),
);

export const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.number("is not a number"),
    v.integer("is not a whole number"),
    v.minValue(least, `is below ${least}`),
    v.maxValue(most, `is above ${most}`),
  );

export const wholeNumberText = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^-?\d{1,16}$/, "is not a whole number"),
    v.transform((value) => Number(value)),
    wholeNumber(least, most),
  );

/** For the document alone: the route answers not_found where a text in its path is no position. */
export const positionInPath = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999_999_999_999_999));

export { text };

export const NO_PARAMETERS = v.strictObject({});
