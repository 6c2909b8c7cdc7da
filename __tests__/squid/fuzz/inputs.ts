import fc from "fast-check";
import { clientHello } from "../client-hello";
import { proxyHeader } from "../proxy-header";

/** Without PROXY protocol and SNI check, or with both. */
export type ProxyKind = "plain" | "full";

/** What is sent on one connection, and to which of the proxies. */
export interface Input {
  readonly to: ProxyKind;
  /** Each entry after the first is sent once something has come back, or after a moment. */
  readonly parts: readonly Buffer[];
}

/** Names that lead to the ordinary and to the hostile web server. */
export interface Names {
  readonly origin: string;
  readonly hostile: string;
}

/** Bytes at random, of the kinds that parsers trip over. */
const junk = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => Buffer.from(text).toString("latin1")),
  fc.constantFrom("", "\0", "\r", "\n", "\r\n", "\t", " ", "\x7f", "\xff", "%00", "%0a", "%", '"'),
  fc.integer({ min: 1, max: 70_000 }).map((length) => "a".repeat(length)),
  fc.constantFrom("-1", "0", "1", "4294967296", "9223372036854775808", "0x10", "1e3", "+1"),
);

const END_OF_LINE = fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "");

const HEADER_NAMES = fc.constantFrom(
  ...["Accept", "Accept-Encoding", "Accept-Language", "Age", "Allow", "Authorization"],
  ...["Cache-Control", "Connection", "Content-Length", "Content-Range", "Content-Type", "Cookie"],
  ...["Date", "ETag", "Expect", "Expires", "Forwarded", "Host", "If-Match", "If-Modified-Since"],
  ...["If-None-Match", "If-Range", "Keep-Alive", "Last-Modified", "Location", "Max-Forwards"],
  ...["Pragma", "Proxy-Authorization", "Proxy-Connection", "Proxy-Authenticate", "Range"],
  ...["Set-Cookie", "Surrogate-Capability", "Surrogate-Control", "TE", "Trailer"],
  ...["Transfer-Encoding", "Upgrade", "User-Agent", "Vary", "Via", "Warning", "X-Forwarded-For"],
);

const HEADER_VALUES = fc.constantFrom(
  ...["chunked", "gzip, chunked", "identity", "close", "keep-alive", "upgrade", "websocket"],
  ...["bytes=0-0", "bytes=-1", "bytes=0-,0-,0-", "bytes 0-1/2", "bytes */*", "100-continue", "*"],
  ...["no-cache", "only-if-cached", "max-age=60", "max-stale", 'private="a', "Accept", "0"],
  ...["Thu, 01 Jan 1970 00:00:00 GMT", 'W/"x"', '"x"', "Basic eA==", "multipart/byteranges"],
);

const header = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: HEADER_NAMES }, { weight: 1, arbitrary: junk }),
    fc.oneof(HEADER_VALUES, junk),
    END_OF_LINE,
  )
  .map(([name, value, end]) => `${name}: ${value}${end}`);

const headers = fc.oneof(
  { weight: 5, arbitrary: fc.array(header, { maxLength: 8 }).map((all) => all.join("")) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(header, fc.integer({ min: 1, max: 5_000 }))
      .map(([one, times]) => one.slice(0, 200).repeat(times).slice(0, 70_000)),
  },
);

const chunk = fc
  .tuple(
    fc.oneof(fc.constantFrom("0", "1", "5", "ffffffff", "-1", "5;a=b", '5;a="b'), junk),
    junk,
    END_OF_LINE,
  )
  .map(([size, data, end]) => `${size}${end}${data}${end}`);

const body = fc.oneof(
  fc.constant(""),
  junk,
  fc.array(chunk, { maxLength: 4 }).map((all) => `${all.join("")}0\r\n\r\n`),
);

const METHODS = fc.constantFrom(
  ...["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"],
  ...["PURGE", "PROPFIND", "PRI", "SEARCH", "get", "NONE"],
);

const VERSIONS = fc.constantFrom(
  ...[
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/1.10",
    "ICY",
    "",
  ],
);

const STATUSES = fc.constantFrom(
  ...["200 OK", "204 No Content", "206 Partial Content", "304 Not Modified", "100 Continue"],
  ...["101 Switching Protocols", "103 Early Hints", "999 x", "0 x", "-1 x", "2000"],
);

function targets({ origin, hostile }: Names) {
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        `http://${origin}/bytes/1`,
        `http://${origin}/cache?header=Cache-Control:max-age=60`,
        `http://${hostile}/keep`,
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...["/", "*", "/squid-internal-mgr/menu", "/squid-internal-dynamic/netdb", "http://[::1]/"],
        ...["cache_object://localhost/info", "urn:a:b", "ftp://a.test/;type=a", "whois://a.test/a"],
        ...["http://a@b:c@d.test/", "http://a.test:99999/", "http:///", "://", "https://a.test/"],
        ...["http://proxy/squid-internal-static/icons/SN.png", "wais://a.test/", "coap://a.test/"],
        ...["a.test:443", `${origin}:443`, ":443", "[::]:443", "a.test:0", "[fe80::1%25a]:443"],
      ),
    },
    { weight: 1, arbitrary: junk.map((text) => `http://${origin}/${text}`) },
    { weight: 1, arbitrary: junk },
  );
}

/** Changes bytes, doubles or leaves out a piece, or cuts the end off. */
const mutation = fc
  .tuple(
    fc.constantFrom("none", "none", "none", "change", "double", "drop", "cut"),
    fc.nat(),
    fc.nat(),
    fc.nat(255),
  )
  .map(([kind, at, length, byte]) => (bytes: Buffer): Buffer => {
    const from = at % (bytes.length + 1);
    const to = Math.min(bytes.length, from + (length % 64));
    switch (kind) {
      case "change":
        return Buffer.concat([bytes.subarray(0, from), Buffer.of(byte), bytes.subarray(from + 1)]);
      case "double":
        return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
      case "drop":
        return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
      case "cut":
        return bytes.subarray(0, from);
      default:
        return bytes;
    }
  });

const to = fc.constantFrom("plain" as const, "full" as const);

const FROM = proxyHeader({
  address: "172.16.0.66",
  port: 2_048,
  endpoint: "vpce-0bbbbbbbbbbbbbbbb",
});

/** What the load balancer puts in front for the proxy that wants it. */
export function connectionTo(to: ProxyKind, parts: readonly Buffer[]): Input {
  const [first = Buffer.alloc(0), ...rest] = parts;
  return { to, parts: to === "full" ? [Buffer.concat([FROM, first]), ...rest] : parts };
}

/** Requests, one or several on a connection. */
function heads(names: Names) {
  const request = fc
    .tuple(METHODS, targets(names), VERSIONS, headers, body, mutation)
    .map(([method, target, version, lines, content, mutate]) =>
      mutate(latin1(`${method} ${target} ${version}\r\n${lines}\r\n${content}`)),
    );
  return fc
    .tuple(to, fc.array(request, { minLength: 1, maxLength: 3 }))
    .map(([proxy, parts]) => connectionTo(proxy, parts));
}

/** The hostile web server answers with the bytes that are in the path. */
function answers({ hostile }: Names) {
  const answer = fc
    .tuple(VERSIONS, fc.oneof(STATUSES, junk), headers, body, mutation)
    .map(([version, status, lines, content, mutate]) =>
      mutate(latin1(`${version} ${status}\r\n${lines}\r\n${content}`)),
    );
  return fc
    .tuple(to, fc.constantFrom("GET", "HEAD", "POST"), answer)
    .map(([proxy, method, bytes]) => {
      // With this path a URL is as long as Squid takes.
      const path = bytes.subarray(0, 5_000).toString("base64url");
      const request = `${method} http://${hostile}/raw/${path} HTTP/1.1\r\n\r\n`;
      return connectionTo(proxy, [latin1(request)]);
    });
}

/** First messages of TLS inside a tunnel, in records of any length, and with the CONNECT or after it. */
function clientHellos({ origin }: Names) {
  const name = fc.oneof(
    fc.array(junk, { maxLength: 3 }).map((all) => all.join("a").slice(0, 16_000)),
    fc.constantFrom(origin, undefined),
  );
  const recordBytes = fc.oneof(fc.constant(16_384), fc.integer({ min: 1, max: 100 }));
  return fc
    .tuple(to, name, recordBytes, mutation, mutation, fc.boolean())
    .map(([proxy, serverName, length, first, second, together]) => {
      const hello = second(first(Buffer.concat(clientHello(serverName, length))));
      const connect = latin1(`CONNECT ${origin}:443 HTTP/1.1\r\n\r\n`);
      return connectionTo(proxy, together ? [Buffer.concat([connect, hello])] : [connect, hello]);
    });
}

/** What the load balancer itself would have to get wrong, and what a client may try in its place. */
function proxyHeaders({ origin }: Names) {
  const version1 = fc
    .tuple(
      fc.constantFrom("TCP4", "TCP6", "UNKNOWN"),
      fc.array(fc.oneof(junk, fc.constantFrom("10.0.0.1", "::1", "443")), { maxLength: 6 }),
    )
    .map(([family, fields]) => latin1(`PROXY ${[family, ...fields].join(" ")}\r\n`));
  const version2 = junk.map((endpoint) =>
    proxyHeader({ address: "172.16.0.66", port: 2_048, endpoint: endpoint.slice(0, 2_000) }),
  );
  return fc
    .tuple(fc.oneof(version1, version2), mutation, mutation, to)
    .map(([bytes, first, second, proxy]): Input => {
      const request = latin1(`GET http://${origin}/bytes/1 HTTP/1.1\r\nConnection: close\r\n\r\n`);
      return { to: proxy, parts: [Buffer.concat([second(first(bytes)), request])] };
    });
}

/** All kinds, each as often. */
export function inputs(names: Names): fc.Arbitrary<Input> {
  return fc.oneof(heads(names), answers(names), clientHellos(names), proxyHeaders(names));
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
