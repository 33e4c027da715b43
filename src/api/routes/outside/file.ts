import { Hono } from "hono";
import * as v from "valibot";
import type { Sources } from "../../../sources/sources.ts";
import type { Auth } from "../../auth/auth.ts";
import type { ApiEnv } from "../../env.ts";
import { refuse } from "../../errors.ts";
import { readFileBody } from "../../input/file.ts";
import { readQuery } from "../../input/read.ts";
import { one, text, truth } from "../../input/schemas.ts";
import type { RouteDescription } from "../../openapi/describe.ts";
import { json } from "../../shapes/answers.ts";
import { type FileImportShape, fileImportSchema, fileImportShape } from "../../shapes/outside/file.ts";

/** A year of quarter hours as a Green Button file is about nine. */
const MOST_BYTES = 16 * 1024 * 1024;

const query = v.strictObject({ preview: one(truth), provider: one(text) });

const IMPORT: RouteDescription = {
  id: "import_source_file",
  tag: "Outside",
  summary: "Takes in a file of a meter's readings, or only says what would come of it",
  description:
    "The body is the file, as it is (at most 16 MB). With preview=true nothing is stored. What is stored already is not stored again. Where a table could be meant in several ways, a preview proposes the provider's settings; they are saved with the source before the file is taken in.",
  path: { id: "The source's id." },
  query,
  file: "The file's bytes.",
  answer: { json: fileImportSchema },
  problems: ["not_found", "action_unavailable", "unreadable_file"],
};

export const fileRoutes = ({ auth, sources }: { auth: Auth; sources: Sources }) =>
  new Hono<ApiEnv>().post("/sources/:id/file", auth.needs("admin", IMPORT), async (c) => {
    const { preview = false, provider } = readQuery(c, query);
    const id = c.req.param("id");
    const bytes = await readFileBody(c, MOST_BYTES);
    const told = await sources.importFile(id, bytes, { preview, provider });
    if (!told) throw refuse("not_found", `There is no source ${id}`);
    return json<FileImportShape>(c, fileImportShape(told));
  });
