/**
 * What a fetch answers; undefined where there was no connection, or none any more: with a thousand at once the machine
 * itself makes some wait too long, and a program then asks again.
 */
export async function answered(asking: Promise<Response>): Promise<Response | undefined> {
  try {
    return await asking;
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    if (code === "ECONNRESET" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "UND_ERR_SOCKET") return undefined;
    throw error;
  }
}
