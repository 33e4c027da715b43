import type { Answer } from "./answer.ts";

/** An answer of history for a part of the hub: taken to its end and parsed. `T` is the shape that history documents of it. */
export async function readAnswer<T>(answer: Answer): Promise<T> {
  return (await new Response(answer).json()) as T;
}
