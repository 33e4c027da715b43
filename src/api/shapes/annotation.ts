import type { Annotation } from "../../database/home/annotations.ts";
import { currentIdentity } from "../../domain/data/series.ts";
import { microsToRfc3339 } from "../../domain/time/time.ts";
import type { SeriesBook } from "../ports/ports.ts";
import type { AnnotationShape } from "./answers.ts";

export const annotationShape = (note: Annotation, series: SeriesBook): AnnotationShape => ({
  id: note.id,
  from: microsToRfc3339(note.from),
  to: note.until === null ? null : microsToRfc3339(note.until),
  text: note.text,
  entities: note.series.flatMap((id) => {
    const of = series.get(id);
    return of ? [{ entity_id: currentIdentity(of).entityId, series: id }] : [];
  }),
  tags: note.tags,
  created: microsToRfc3339(note.created),
  created_by: note.createdBy,
});

export const annotationShapes = (notes: readonly Annotation[], series: SeriesBook): AnnotationShape[] =>
  notes.map((note) => annotationShape(note, series));
