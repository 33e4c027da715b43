import type { Http } from "../../platform/http/http.ts";

/** Sends every request to `<gateway>/<host>/<path>`, for a home that lets nothing out but through one place. */
export function throughGateway(http: Http, gateway: string | undefined): Http {
  if (gateway === undefined) return http;
  const base = gateway.replace(/\/+$/, "");
  return (request) => {
    const { host, pathname, search } = new URL(request.url);
    return http({ ...request, url: `${base}/${host}${pathname}${search}` });
  };
}
