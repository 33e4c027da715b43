/** Reads CSV by RFC 4180, written from its grammar and from nothing of ours: an empty field is null, `""` a text. */
export function parseCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: (string | null)[] = [];
    for (;;) {
      if (text[at] === '"') {
        let field = "";
        for (at++; ; at++) {
          if (at >= text.length) throw new Error("a quoted field has no end");
          if (text[at] !== '"') field += text[at];
          else if (text[at + 1] === '"') field += text[at++];
          else break;
        }
        record.push(field);
        at++;
      } else {
        const from = at;
        while (at < text.length && text[at] !== "," && text[at] !== "\r") {
          if (text[at] === '"' || text[at] === "\n") throw new Error(`a bare ${JSON.stringify(text[at])} at ${at}`);
          at++;
        }
        record.push(at === from ? null : text.slice(from, at));
      }
      if (text[at] !== ",") break;
      at++;
    }
    if (text.slice(at, at + 2) !== "\r\n") throw new Error(`no line end at ${at}`);
    at += 2;
    records.push(record);
  }
  return records;
}
