import type { Api } from "../api.ts";

/** Saves a file of the hub under a name; fails with the hub's own words where it refuses. */
export async function saveFile(api: Pick<Api, "download">, asked: Parameters<Api["download"]>, name: string) {
  const { url, blob } = await api.download(...asked);
  const address = blob ? URL.createObjectURL(blob) : url;
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  if (blob) setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
