/**
 * Ways to get past the proxy's rules. What stands in braces is filled in by the suite:
 * `{forbidden}` is the address of a server that the proxy can reach and must not, `{origin}` that of
 * one it may, `{proxy}` its own; `{forbidden:hex}` and the like are other spellings.
 */
export interface Attempt {
  readonly why: string;
  readonly method: string;
  readonly target: string;
  /** The whole request, where it is not an ordinary one with this method and target. */
  readonly raw?: string;
  /** What each answer must be. @default 403 */
  readonly expected?: Refusal;
}

/** A status of the proxy's own, or the end of the connection without an answer. */
export type Refusal = 400 | 403 | 414 | 431 | 501 | 503 | 505 | "closed";

/** A request that is not refused, as it is harmless in the form in which it arrives. */
export interface Passing {
  readonly why: string;
  readonly raw: string;
  /** What the origin gets: method and path, some headers and, where there is one, the body. */
  readonly arrives: readonly string[];
}

type Expected = Attempt["expected"];

function get(target: string, why: string, expected?: Expected): Attempt {
  return { method: "GET", target, why, expected };
}

function connect(target: string, why: string, expected?: Expected): Attempt {
  return { method: "CONNECT", target, why, expected };
}

/** As a request and as a tunnel. */
function both(host: string, why: string, expected?: Expected): Attempt[] {
  return [get(`http://${host}/`, why, expected), connect(`${host}:443`, why, expected)];
}

function raw(why: string, head: readonly string[], expected?: Expected): Attempt {
  // In a test's name, so without what cannot be printed.
  const target = head[0]?.slice(0, 60).replace(/[^ -~]/g, "·") ?? "";
  return { method: "", target, why, raw: lines(...head), expected };
}

/** The last request of a connection, so that the answer's end need not be guessed. */
export function lines(...head: readonly string[]): string {
  const [first = "", ...others] = head;
  const close = /HTTP\/1\.\d$/.test(first) ? ["Connection: close"] : [];
  return [first, ...close, ...others, "", ""].join("\r\n");
}

const IPV4_SPELLINGS = [
  ...both("{forbidden}", "as it is"),
  ...both("{forbidden:decimal}", "one decimal number"),
  ...both("{forbidden:hex}", "one hexadecimal number"),
  ...both("{forbidden:octal}", "octal parts"),
  ...both("{forbidden:short}", "three parts"),
  ...both("{forbidden}.", "a trailing dot"),
  ...both("{forbidden}..", "two trailing dots"),
  ...both("127.0.0.1", "loopback"),
  ...both("127.1", "loopback in two parts"),
  ...both("127.0.1", "loopback in three parts"),
  ...both("2130706433", "loopback as a number"),
  ...both("0x7f000001", "loopback in hexadecimal"),
  ...both("0x7F.0x0.0x0.0x1", "loopback in hexadecimal parts"),
  ...both("0177.0.0.01", "loopback in octal parts"),
  ...both("017700000001", "loopback as an octal number"),
  ...both("127.000.000.001", "loopback with leading zeros"),
  ...both("127.0.0.1.", "loopback with a trailing dot"),
  ...both("127.255.255.254", "the end of loopback"),
  ...both("0.0.0.0", "this host"),
  ...both("0", "this host in one digit"),
  ...both("0x0", "this host in hexadecimal"),
  ...both("4294967296", "one more than an address holds: 0.0.0.0 if cut off", 503),
  ...both("6425673729", "2^32 + 127.0.0.1", 503),
  ...both("0x17f000001", "the same in hexadecimal", 503),
  ...both("127.0.0.257", "a part that overflows", 503),
  ...both("383.0.0.1", "256 + 127", 503),
  ...both("127.0.0.1.1", "five parts", 503),
  ...both("-2130706433", "a negative number", 503),
  ...both("2852039166", "the metadata service as a number"),
  ...both("0xa9fea9fe", "the metadata service in hexadecimal"),
  ...both("0251.0376.0251.0376", "the metadata service in octal"),
  ...both("169.16689662", "the metadata service in two parts"),
  ...both("localhost", "a name of the hosts file"),
  ...both("LOCALHOST.", "the same, absolute and in capitals"),
  ...both("ip6-localhost", "its IPv6 twin"),
];

const IPV4_RANGES = [
  ...both("0.1.2.3", "this network"),
  ...both("10.0.0.1", "private"),
  ...both("10.255.255.255", "private"),
  ...both("100.64.0.1", "carrier-grade NAT"),
  ...both("100.127.255.254", "carrier-grade NAT"),
  ...both("169.254.169.254", "the metadata service"),
  ...both("169.254.170.2", "credentials of tasks"),
  ...both("169.254.170.23", "credentials of pods"),
  ...both("169.254.169.253", "the VPC's resolver"),
  ...both("172.16.0.1", "private"),
  ...both("172.31.255.254", "private"),
  ...both("192.0.0.1", "protocol assignments"),
  ...both("192.168.0.1", "private"),
  ...both("192.168.255.255", "private"),
  ...both("198.18.0.1", "benchmarks"),
  ...both("198.19.255.254", "benchmarks"),
  ...both("224.0.0.1", "multicast"),
  ...both("239.255.255.250", "multicast"),
  ...both("240.0.0.1", "reserved"),
  ...both("255.255.255.255", "broadcast"),
  ...both("192.0.2.1", "documentation"),
  ...both("192.88.99.1", "the relay of 6to4"),
  ...both("203.0.113.1", "documentation"),
];

const IPV6 = [
  ...both("[::1]", "loopback"),
  ...both("[0:0:0:0:0:0:0:1]", "loopback in full"),
  ...both("[0000:0000:0000:0000:0000:0000:0000:0001]", "loopback with all zeros"),
  ...both("[::]", "this host"),
  ...both("[::ffff:127.0.0.1]", "IPv4-mapped loopback"),
  ...both("[::ffff:7f00:1]", "the same in hexadecimal"),
  ...both("[::FFFF:{forbidden}]", "IPv4-mapped"),
  ...both("[0:0:0:0:0:ffff:{forbidden}]", "IPv4-mapped in full"),
  ...both("[::ffff:{forbidden:groups}]", "IPv4-mapped in hexadecimal"),
  ...both("[::ffff:0.0.0.0]", "IPv4-mapped, this host"),
  ...both("[::ffff:169.254.169.254]", "IPv4-mapped metadata service"),
  ...both("[::127.0.0.1]", "IPv4-compatible loopback"),
  ...both("[::{forbidden}]", "IPv4-compatible"),
  ...both("[::ffff:0:7f00:1]", "IPv4-translated loopback"),
  ...both("[64:ff9b::7f00:1]", "NAT64 to loopback"),
  ...both("[64:ff9b::169.254.169.254]", "NAT64 to the metadata service"),
  ...both("[64:ff9b::{forbidden}]", "NAT64"),
  ...both("[64:ff9b:1::a00:1]", "local NAT64"),
  ...both("[2002:7f00:1::]", "6to4 to loopback"),
  ...both("[2002:a9fe:a9fe::1]", "6to4 to the metadata service"),
  ...both("[2001:0:7f00:1::]", "Teredo"),
  ...both("[fc00::1]", "unique local"),
  ...both("[fd00:ec2::254]", "the metadata service"),
  ...both("[fd00:ec2::253]", "the VPC's resolver"),
  ...both("[fd00:ec2::23]", "credentials of pods"),
  ...both("[fe80::1]", "link-local"),
  ...both("[fe80::1%25eth0]", "link-local with an encoded zone", 503),
  ...both("[fe80::1%eth0]", "link-local with a zone"),
  ...both("[::1%25lo]", "loopback with a zone", 503),
  ...both("[fec0::1]", "site-local"),
  ...both("[ff02::1]", "all nodes"),
  ...both("[ff05::1:3]", "multicast"),
  ...both("[100::1]", "discard"),
  ...both("[2001:db8::1]", "documentation"),
  ...both("[{forbidden}]", "IPv4 in brackets"),
  ...both("[::1", "a bracket missing"),
  get("http://::1]/", "the other bracket missing", 503),
  connect("::1]:443", "the other bracket missing", 400),
  get("http://::1/", "no brackets"),
  connect("::1:443", "no brackets", 400),
  ...both("[::1]origin.test", "a name after the bracket"),
];

const NAMES = [
  ...both("forbidden.test", "a private address"),
  ...both("FORBIDDEN.TEST.", "absolute and in capitals"),
  ...both("a-127-0-0-1.ip.test", "loopback"),
  ...both("a-0-0-0-0.ip.test", "this host"),
  ...both("a-10-0-0-1.ip.test", "private"),
  ...both("a-100-64-0-1.ip.test", "carrier-grade NAT"),
  ...both("a-169-254-169-254.ip.test", "the metadata service"),
  ...both("a-172-16-0-1.ip.test", "private"),
  ...both("a-192-0-0-1.ip.test", "protocol assignments"),
  ...both("a-192-168-0-1.ip.test", "private"),
  ...both("a-198-18-0-1.ip.test", "benchmarks"),
  ...both("a-224-0-0-1.ip.test", "multicast"),
  ...both("a-240-0-0-1.ip.test", "reserved"),
  ...both("a-255-255-255-255.ip.test", "broadcast"),
  ...both("aaaa---1.ip.test", "IPv6 loopback"),
  ...both("aaaa-0--0.ip.test", "IPv6, this host"),
  ...both("aaaa---ffff-7f00-1.ip.test", "IPv4-mapped loopback"),
  ...both("aaaa---ffff-{forbidden:dashed-groups}.ip.test", "IPv4-mapped"),
  ...both("aaaa---7f00-1.ip.test", "IPv4-compatible loopback"),
  ...both("aaaa-64-ff9b--a9fe-a9fe.ip.test", "NAT64"),
  ...both("aaaa-2002-7f00-1--1.ip.test", "6to4"),
  ...both("aaaa-2001-0-7f00-1--1.ip.test", "Teredo"),
  ...both("aaaa-fd00-ec2--254.ip.test", "the metadata service, IPv6"),
  ...both("aaaa-fe80--1.ip.test", "link-local"),
  ...both("aaaa-fec0--1.ip.test", "site-local"),
  ...both("aaaa-ff02--1.ip.test", "IPv6 multicast"),
  ...both("cname.forbidden.test", "an alias"),
  ...both("cname.cname.cname.forbidden.test", "an alias of an alias of an alias"),
  ...both("cname.a-127-0-0-1.ip.test", "an alias of loopback"),
  ...both("a-{origin:dashed}.a-{forbidden:dashed}.ip.test", "a public address before"),
  ...both("a-{forbidden:dashed}.a-{origin:dashed}.ip.test", "a public address behind"),
  ...both("a-{origin:dashed}.aaaa---1.ip.test", "public IPv4 and loopback IPv6"),
  ...both("a-{origin:dashed}.aaaa---ffff-{forbidden:dashed-groups}.ip.test", "the same, mapped"),
  ...both("cname.a-{origin:dashed}.a-{forbidden:dashed}.ip.test", "an alias of both"),
];

const UNRESOLVABLE = [
  ...both("nowhere.test", "does not exist", 503),
  ...both("localhost.test", "does not exist", 503),
  ...both("intranet", "a name without a dot", 503),
  ...both("cname.nowhere.test", "an alias of nothing", 503),
  ...both("x.empty.test", "no address", 503),
  ...both("x.servfail.test", "the name server fails", 503),
  connect("x.silent.test:443", "the name server is silent", 503),
  // Squid asks the name server all the same, and waits in vain.
  connect(`${"a".repeat(64)}.test:443`, "a label that DNS does not allow", 503),
  ...both("a..origin.test", "an empty label", 400),
  ...both(".origin.test", "an empty first label", 400),
];

const URL_TRICKS = [
  get("http://origin.test@{forbidden}/", "a host that is a user name"),
  get("http://origin.test:80@{forbidden}/", "user name and password"),
  get("http://origin.test\\@{forbidden}/", "a backslash before the @"),
  get("http://origin.test%2f@{forbidden}/", "an encoded slash before the @"),
  get("http://a@b@{forbidden}/", "two @"),
  get("http://{forbidden}#@origin.test/", "the host before a fragment"),
  get("http://{forbidden}?@origin.test/", "the host before a query"),
  get("http://{forbidden}%00.origin.test/", "an encoded NUL", 503),
  get("http://{forbidden}%2f.origin.test/", "an encoded slash", 503),
  get("http://%31%32%37.0.0.1/", "encoded digits", 503),
  get("http://127%2e0%2e0%2e1/", "encoded dots", 503),
  get("http://forbidden%2etest/", "an encoded dot in a name", 503),
  get("http://%66orbidden.test/", "an encoded letter", 503),
  get("http://%5b::1%5d/", "encoded brackets", 503),
  get("http://{forbidden}:80/", "the port given"),
  get("http://{forbidden}:/", "an empty port", 400),
  get("http://{forbidden}:0080/", "a port with zeros"),
  get("http://{forbidden}:80:80/", "two ports", 503),
  get("HTTP://{forbidden}/", "the scheme in capitals"),
  get("http:{forbidden}/", "no slashes", 400),
  get("http:/{forbidden}/", "one slash", 400),
  get("http:///{forbidden}/", "three slashes", 400),
  get("http:\\\\{forbidden}\\", "backslashes", 400),
  get("//{forbidden}/", "no scheme", 400),
  get("{forbidden}", "nothing but the host", 400),
  get("{forbidden}:80", "host and port", 400),
  get("http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "wide digits", 503),
  get("http://127\xe3\x80\x820\xe3\x80\x820\xe3\x80\x821/", "wide dots", 503),
  get("http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/", "digits in circles", 503),
  get("http://local\xc2\xadhost/", "a soft hyphen", 503),
  get("http://origin.test,{forbidden}/", "two hosts", 503),
  get("http://origin.test;{forbidden}/", "two hosts", 503),
  get("http://*/", "any host", 503),
  get("http:///", "no host", 400),
  get("http://", "nothing", 400),
  get("http://@/", "an empty user at an empty host", 400),
  connect("origin.test@{forbidden}:443", "a user name in a tunnel's target", 503),
  connect("{forbidden}:443@origin.test:443", "the host as a user name"),
  connect("{forbidden}:443#origin.test:443", "a fragment"),
  connect("{forbidden}:443/origin.test:443", "a path"),
  connect("{forbidden}\\origin.test:443", "a backslash", 503),
  connect("{forbidden}%00.origin.test:443", "an encoded NUL", 503),
  connect("%31%32%37.0.0.1:443", "encoded digits", 503),
  connect("http://{forbidden}:443/", "a URL", 503),
  connect("http://origin.test:443/", "a URL", 503),
  connect("https://{forbidden}/", "a URL without a port", 503),
  connect("//{forbidden}:443", "slashes", 503),
  connect("*:443", "any host", 503),
  connect(":443", "no host", 400),
  connect("/", "a path", 503),
  connect("443", "a port alone"),
];

const PORTS = [
  ...[22, 25, 443, 3128, 3129, 8080, 8443, 1, 79, 81, 65535].map((port) => {
    return get(`http://origin.test:${port}/`, "not a web server's port");
  }),
  ...[22, 25, 80, 3128, 3129, 8080, 8443, 1, 442, 444, 65535].map((port) => {
    return connect(`origin.test:${port}`, "not a port for tunnels");
  }),
  ...["0", "65536", "65616", "-1", "-65456", "0x50"].map((port) => {
    return get(`http://origin.test:${port}/`, "not a port", 400);
  }),
  ...["0", "65536", "65979", "-1", "-65093", "0x1bb"].map((port) => {
    return connect(`origin.test:${port}`, "not a port", 400);
  }),
  get("http://origin.test:8 0/", "8 after all"),
  get("http://origin.test:4294967318/", "2^32 + 22"),
  connect("origin.test:4294967318", "2^32 + 22"),
  connect("origin.test:22a", "22 after all"),
  get("http://origin.test:80@origin.test:22/", "a port in the password"),
  get("http://127.0.0.1:3129/squid-internal-static/icons/SN.png", "the health check's port"),
  get("http://{proxy}:3128/", "the proxy itself"),
  connect("127.0.0.1:3129", "the health check's port"),
  connect("{proxy}:3128", "the proxy itself"),
  connect("origin.test:22:443", "two ports"),
];

const SCHEMES = [
  get("https://origin.test/", "TLS by the proxy"),
  get("https://origin.test:80/", "TLS by the proxy, on the web's port"),
  get("https://{forbidden}/", "TLS by the proxy"),
  get("ftp://origin.test/", "FTP"),
  get("ftp://origin.test:80/", "FTP on the web's port"),
  get("ftp://user:password@{forbidden}/", "FTP"),
  ...["wais", "whois"].map((scheme) => get(`${scheme}://origin.test:80/`, "not the web")),
  ...["gopher", "icp", "icy", "ws", "coap", "htcp", "file", "unknown"].map((scheme) => {
    return get(`${scheme}://origin.test:80/`, "not the web", 501);
  }),
  get("file:///etc/passwd", "a file", 400),
  get("urn:isbn:0451450523", "a URN, looked up at a host of its own"),
  get("urn:{forbidden}:x", "a URN with a host in it", 400),
  get("data:text/plain,x", "data", 400),
  get("cache_object://origin.test/info", "the cache manager's old scheme"),
  get("cache_object://127.0.0.1/menu", "the cache manager's old scheme"),
  get("cache_object://{proxy}/shutdown", "the cache manager's old scheme"),
];

const SQUIDS_OWN = [
  get("/squid-internal-mgr/menu", "the cache manager"),
  get("/squid-internal-mgr/info", "the cache manager"),
  get("http://origin.test/squid-internal-mgr/menu", "the cache manager"),
  get("http://origin.test/squid-internal-mgr/", "the cache manager"),
  get("http://origin.test/%73quid-internal-mgr/menu", "the cache manager, encoded"),
  get("http://origin.test:80/squid-internal-mgr/config@x", "the cache manager"),
  get("http://localhost/squid-internal-mgr/info", "the cache manager"),
  get("http://{proxy}:3128/squid-internal-mgr/info", "the cache manager"),
  get("http://127.0.0.1:3129/squid-internal-mgr/info", "the cache manager"),
  get("http://proxy/squid-internal-mgr/info", "the cache manager, by Squid's name"),
  get("https://origin.test/squid-internal-mgr/info", "the cache manager"),
  get("/squid-internal-static/icons/SN.png", "Squid's files"),
  get("http://localhost/squid-internal-static/icons/SN.png", "Squid's files"),
  get("http://proxy/squid-internal-static/icons/SN.png", "Squid's files, by its name"),
  get("http://proxy:3129/squid-internal-static/icons/SN.png", "Squid's files, by its name"),
  get("/squid-internal-dynamic/netdb", "the network database"),
  get("http://proxy/squid-internal-dynamic/netdb", "the network database", 503),
  get("http://proxy/squid-internal-periodic/store_digest", "the cache's digest", 503),
  { ...get("http://origin.test/", "removes from the cache", 403), method: "PURGE" },
  { ...get("http://origin.test/", "echoes the request"), method: "TRACE" },
  raw("asks the proxy itself to echo", ["TRACE http://origin.test/ HTTP/1.1", "Max-Forwards: 0"]),
  { ...get("http://{forbidden}/", "a method of one's own"), method: "FETCH" },
  { ...get("http://{forbidden}/", "a method in small letters", 503), method: "connect" },
  ...["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"].map((method) => {
    return { ...get("http://{forbidden}/", "another method"), method };
  }),
  { ...get("*", "the proxy's own options", 501), method: "OPTIONS" },
  raw("asks the proxy itself", ["OPTIONS http://{forbidden}/ HTTP/1.1", "Max-Forwards: 0"], 501),
];

const TO_FORBIDDEN = "GET http://{forbidden}/ HTTP/1.1";
const TO_ORIGIN = "POST http://origin.test/refused HTTP/1.1";
const HOST = "Host: origin.test";
const CHUNKED = "Transfer-Encoding: chunked";
const PROXY_PROTOCOL_2 = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x7f\0\0\x01\x7f\0\0\x01\0\x01\x0c\x38";

/** A request after which the connection stays open for the next. */
function open(...head: readonly string[]): string {
  return [...head, HOST, "", ""].join("\r\n");
}

const SHAPES = [
  raw("as to a web server", ["GET / HTTP/1.1", "Host: {forbidden}"], 400),
  raw("the same by name", ["GET / HTTP/1.1", "Host: forbidden.test"], 400),
  raw("no Host", [TO_FORBIDDEN]),
  raw("another Host", [TO_FORBIDDEN, HOST]),
  raw("two other Hosts", [TO_FORBIDDEN, HOST, "Host: 198.51.100.1"]),
  raw("HTTP/1.0", ["GET http://{forbidden}/ HTTP/1.0"]),
  raw("HTTP/0.9", ["GET http://{forbidden}/"], 400),
  raw("HTTP/1.9", ["GET http://{forbidden}/ HTTP/1.9", HOST]),
  raw("HTTP/2.0", ["GET http://{forbidden}/ HTTP/2.0", HOST], 505),
  raw("the preface of HTTP/2", ["PRI * HTTP/2.0", "", "SM"], 400),
  raw("a TLS handshake", ["\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"], 400),
  raw("SOCKS 5", ["\x05\x01\x00"], 400),
  raw("upgrade to HTTP/2", [TO_FORBIDDEN, HOST, "Upgrade: h2c"]),
  raw("upgrade to a web socket", [TO_FORBIDDEN, HOST, "Upgrade: websocket"]),
  raw("tabs between the parts", ["GET\thttp://{forbidden}/\tHTTP/1.1", HOST]),
  raw("spaces before the method", [" GET http://{forbidden}/ HTTP/1.1", HOST], 400),
  raw("two targets", ["GET http://{forbidden}/ http://origin.test/ HTTP/1.1", HOST]),
  raw("a NUL in the target", ["GET http://{forbidden}\0.origin.test/ HTTP/1.1", HOST], 400),
  raw("a NUL in a header", [TO_ORIGIN, HOST, "X: a\0b", "Content-Length: 0"], 400),
  raw("a space before a colon", [TO_ORIGIN, HOST, "Content-Length : 5"], 400),
  raw("a header without a colon", [TO_ORIGIN, HOST, "Content-Length 5"], 400),
  raw("two lengths", [TO_ORIGIN, HOST, "Content-Length: 5", "Content-Length: 0"], 400),
  raw("two lengths in one", [TO_ORIGIN, HOST, "Content-Length: 5, 0"], 400),
  raw("a negative length", [TO_ORIGIN, HOST, "Content-Length: -1"], 400),
  raw("a signed length", [TO_ORIGIN, HOST, "Content-Length: +5"], 400),
  raw("a hexadecimal length", [TO_ORIGIN, HOST, "Content-Length: 0x5"], 400),
  raw("a length that overflows", [TO_ORIGIN, HOST, `Content-Length: ${"9".repeat(30)}`], 400),
  raw("a coding that is none", [TO_ORIGIN, HOST, "Transfer-Encoding: xchunked"], 501),
  raw("a coding that Squid lacks", [TO_ORIGIN, HOST, "Transfer-Encoding: gzip, chunked"], 501),
  raw("chunked, but not last", [TO_ORIGIN, HOST, "Transfer-Encoding: chunked, identity"], 501),
  raw("chunked twice", [TO_ORIGIN, HOST, CHUNKED, CHUNKED], 501),
  raw("a coding on the next line", [TO_ORIGIN, HOST, "Transfer-Encoding:", " xchunked"], 501),
  raw("a chunk without a size", [TO_ORIGIN, HOST, CHUNKED, "", "zz"], "closed"),
  raw("PROXY protocol 1", ["PROXY TCP4 10.0.0.1 10.0.0.2 1 2", TO_FORBIDDEN, HOST], 400),
  raw("PROXY protocol 2", [PROXY_PROTOCOL_2 + TO_FORBIDDEN, HOST], 400),
  raw("a header of 70 kB", [TO_ORIGIN, HOST, `X: ${"x".repeat(70_000)}`], 431),
  raw("10,000 headers", [TO_ORIGIN, HOST, ...Array<string>(10_000).fill("X-Some: x")], 431),
  raw("a URL of 100 kB", [`GET http://origin.test/${"x".repeat(100_000)} HTTP/1.1`, HOST], 414),
  raw("a host of 100 kB", [`GET http://${"x".repeat(100_000)}/ HTTP/1.1`, HOST], 414),
  raw("a method of 100 kB", [`${"X".repeat(100_000)} http://{forbidden}/ HTTP/1.1`, HOST], 400),
  {
    ...connect("{forbidden}:443", "a body, and a request behind it"),
    raw:
      open("CONNECT {forbidden}:443 HTTP/1.1", "Content-Length: 5") + "12345" + lines(TO_FORBIDDEN),
  },
  {
    ...connect("{forbidden}:443", "a request behind it"),
    raw: open("CONNECT {forbidden}:443 HTTP/1.1") + lines(TO_FORBIDDEN),
  },
  {
    ...get("http://{forbidden}/", "several at once"),
    raw: open(TO_FORBIDDEN) + open(TO_FORBIDDEN) + lines(TO_FORBIDDEN),
  },
];

export const ATTEMPTS: Readonly<Record<string, readonly Attempt[]>> = {
  "IPv4 addresses in other spellings": IPV4_SPELLINGS,
  "IPv4 ranges": IPV4_RANGES,
  "IPv6 addresses": IPV6,
  "names that lead to forbidden addresses": NAMES,
  "names that lead nowhere": UNRESOLVABLE,
  "URLs that are read in two ways": URL_TRICKS,
  "other ports": PORTS,
  "other schemes": SCHEMES,
  "Squid's own pages and methods": SQUIDS_OWN,
  "requests in odd shapes": SHAPES,
};

/** Whatever the client meant by it, these go to the origin, on port 80, and to nobody else. */
export const PASSING: readonly Passing[] = [
  {
    why: "the Host is that of the URL",
    raw: lines("GET http://origin.test/host HTTP/1.1", "Host: {forbidden}"),
    arrives: ["GET /host", "Host: origin.test"],
  },
  {
    why: "of several Hosts none counts",
    raw: lines("GET http://origin.test/hosts HTTP/1.1", "Host: {forbidden}", "Host: 127.0.0.1"),
    arrives: ["GET /hosts", "Host: origin.test"],
  },
  {
    why: "a forbidden host as a user name",
    raw: lines("GET http://{forbidden}@origin.test/user HTTP/1.1", HOST),
    arrives: ["GET /user", "Host: origin.test"],
  },
  {
    why: "the same before a backslash",
    raw: lines("GET http://{forbidden}\\@origin.test/backslash HTTP/1.1", HOST),
    arrives: ["GET /backslash", "Host: origin.test"],
  },
  ...["#", "?"].map((mark) => ({
    why: `a forbidden host behind a ${mark}`,
    raw: lines(`GET http://origin.test${mark}@{forbidden}/ HTTP/1.1`, HOST),
    arrives: [`GET /${mark}@{forbidden}/`, "Host: origin.test"],
  })),
  {
    why: "a forbidden host in the path",
    raw: lines("GET http://origin.test/@{forbidden}/ HTTP/1.1", HOST),
    arrives: ["GET /@{forbidden}/", "Host: origin.test"],
  },
  {
    why: "line ends encoded in the path stay encoded",
    raw: lines("GET http://origin.test/%0d%0aHost:%20{forbidden} HTTP/1.1", HOST),
    arrives: ["GET /%0d%0aHost:%20{forbidden}", "Host: origin.test"],
  },
  {
    why: "two targets are one path",
    raw: lines("GET http://origin.test/ http://{forbidden}/ HTTP/1.1", HOST),
    arrives: ["GET /http://{forbidden}/", "Host: origin.test"],
  },
  ...["80a", "+80", "4294967376"].map((port) => ({
    why: `port ${port} is 80`,
    raw: lines(`GET http://origin.test:${port}/port HTTP/1.1`, HOST),
    arrives: ["GET /port", "Host: origin.test"],
  })),
  ...["/SQUID-INTERNAL-MGR/menu", "//squid-internal-mgr/menu"].map((path) => ({
    why: `${path} is not the cache manager`,
    raw: lines(`GET http://origin.test${path} HTTP/1.1`, HOST),
    arrives: [`GET ${path}`, "Host: origin.test"],
  })),
  {
    why: "a carriage return alone begins no header",
    raw: lines("GET http://origin.test/cr HTTP/1.1", HOST, "X: a\rHost: {forbidden}"),
    arrives: ["GET /cr", "Host: origin.test", "X: a Host: {forbidden}"],
  },
  {
    why: "nor does a folded line",
    raw: lines("GET http://origin.test/folded HTTP/1.1", HOST, "X: a", " Host: {forbidden}"),
    arrives: ["GET /folded", "Host: origin.test", "X: a Host: {forbidden}"],
  },
  {
    why: "lines without carriage returns",
    raw: "GET http://origin.test/lf HTTP/1.1\nHost: {forbidden}\nConnection: close\n\n",
    arrives: ["GET /lf", "Host: origin.test"],
  },
  {
    why: "the client does not say which headers arrive",
    raw: lines("GET http://origin.test/hop HTTP/1.1", HOST, "Connection: Host, X", "X: a"),
    arrives: ["GET /hop", "Host: origin.test"],
  },
  {
    why: "no upgrade to HTTP/2",
    raw: lines("GET http://origin.test/h2c HTTP/1.1", HOST, "Upgrade: h2c", "Connection: Upgrade"),
    arrives: ["GET /h2c", "Host: origin.test"],
  },
  {
    why: "a length twice is one",
    raw:
      lines("POST http://origin.test/twice HTTP/1.1", "Content-Length: 5", "Content-Length: 5") +
      "12345",
    arrives: ["POST /twice", "Host: origin.test", "12345"],
  },
  {
    why: "a body that looks like a request is a body",
    raw:
      lines("POST http://origin.test/body HTTP/1.1", "Content-Length: 20") +
      "GET /x HTTP/1.1\r\n\r\n ",
    arrives: ["POST /body", "Host: origin.test", "GET /x HTTP/1.1\r\n\r\n "],
  },
  {
    why: "chunked wins over a length that is shorter",
    raw:
      lines("POST http://origin.test/te HTTP/1.1", "Content-Length: 1", CHUNKED) +
      "5\r\n12345\r\n0\r\n\r\n",
    arrives: ["POST /te", "Host: origin.test", "12345"],
  },
  {
    why: "chunked in HTTP/1.0 is chunked",
    raw: lines("POST http://origin.test/te10 HTTP/1.0", CHUNKED) + "5\r\n12345\r\n0\r\n\r\n",
    arrives: ["POST /te10", "Host: origin.test", "12345"],
  },
  {
    why: "a request behind the end of a chunked body is refused",
    raw:
      open("POST http://origin.test/smuggled HTTP/1.1", "Content-Length: 60", CHUNKED) +
      "0\r\n\r\n" +
      lines(TO_FORBIDDEN),
    arrives: ["POST /smuggled", "Host: origin.test"],
  },
  {
    why: "the next request of a connection is judged again",
    raw: open("GET http://origin.test/first HTTP/1.1") + lines(TO_FORBIDDEN),
    arrives: ["GET /first", "Host: origin.test"],
  },
];

/** Targets of CONNECT that lead to port 443 of the origin, however they look. */
export const TUNNELS = [
  "origin.test",
  "origin.test:",
  "origin.test:443a",
  "origin.test:+443",
  "origin.test:https",
  "origin.test:ssh",
  "origin.test:443:22",
  "origin.test:4294967739",
];
