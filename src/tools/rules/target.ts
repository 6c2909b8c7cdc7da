import { isIPv6 } from "node:net";

/** What a client asks the proxy for. */
export interface Target {
  /** As the access log has it: a tunnel is asked for by CONNECT. */
  readonly method: "CONNECT" | "GET";
  readonly host: string;
  readonly port: number;
  /** The URL's scheme where the proxy speaks none such. */
  readonly otherScheme?: string;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * What a text stands for: a URL as clients ask for it, HTTPS by a tunnel, or host and port of a tunnel. A
 * host alone is one that is reached by HTTPS.
 */
export function parseTarget(text: string): Target | { readonly mistake: string } {
  const [, scheme, authority = ""] = /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/?#]*)/i.exec(text) ?? [];
  const [, bracketed, plain, port] =
    /^(?:[^@]*@)?(?:\[([^\]]*)\]|([^:]*|[\da-f:.]*::[\da-f:.]*))(?::(\d*))?$/i.exec(authority) ??
    [];
  const host = (bracketed ?? plain ?? "").toLowerCase();
  const isHost =
    host.includes(":") || bracketed !== undefined ? isIPv6(host) : /^[a-z\d._-]+$/.test(host);
  const number = Number(port || (scheme?.toLowerCase() === "http" ? HTTP_PORT : HTTPS_PORT));
  const isWhole = scheme !== undefined || !/[/?#@]/.test(text);
  if (!isHost || !isWhole || number < 1 || number > 65_535) {
    return {
      mistake:
        `${JSON.stringify(text)} is no target. Allowed: a host and a port, example.com:443 or [2001:db8::1]:443, ` +
        "or a URL, https://example.com or http://example.com:8080. Names with other letters are written in punycode.",
    };
  }
  switch (scheme?.toLowerCase()) {
    case undefined:
    case "https":
      return { method: "CONNECT", host, port: number };
    case "http":
      return { method: "GET", host, port: number };
    default:
      return { method: "GET", host, port: number, otherScheme: scheme!.toLowerCase() };
  }
}
