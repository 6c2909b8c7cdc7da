/**
 * A name server whose answers are in the names, over UDP and TCP. Arguments are fixed names:
 * `origin.test=198.51.100.2` is an address of either family; after the `=` there may be a name
 * instead: `www.test=origin.test`, `2.100.51.198.in-addr.arpa=origin.test`. All others are read from right to left:
 *
 * - `….ip.test` has the addresses that its labels say: `a-10-0-0-1`, `aaaa-fd00-ec2--254`. Other
 *   labels mean nothing, so that a test can have a name of its own.
 * - `flip.….ip.test` has only one of them, in turn, with each query of a type.
 * - `cname.<name>` is another name for it.
 * - `….empty.test` exists without an address, `….servfail.test` is an error, `….silent.test` gets
 *   no answer. Everything else does not exist.
 *
 * Nothing may be cached (TTL 0). One line of JSON per query on stdout.
 */
import { createSocket } from "node:dgram";
import { createServer, isIPv4, isIPv6 } from "node:net";

export type NameServerEvent =
  | { readonly event: "listening" | "mark" }
  | {
      readonly event: "query";
      readonly name: string;
      readonly type: number;
      readonly over: "udp" | "tcp";
    };

const TYPE = { A: 1, CNAME: 5, PTR: 12, AAAA: 28 };
const CODE = { OK: 0, SERVFAIL: 2, NXDOMAIN: 3 };
const HEADER_BYTES = 12;

interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly data: Buffer;
}

interface Answer {
  readonly code: number;
  readonly records: readonly DnsRecord[];
}

const fixed = new Map(
  process.argv.slice(2).map((argument) => argument.split("=") as [string, string]),
);
const turns = new Map<string, number>();

function resolve(name: string, type: number): Answer | "silence" {
  const value = fixed.get(name);
  if (value !== undefined && (isIPv4(value) || isIPv6(value))) {
    const records = [address(name, value)].filter((record) => record.type === type);
    return { code: CODE.OK, records };
  }
  if (value !== undefined) {
    return name.endsWith(".arpa")
      ? { code: CODE.OK, records: [named(name, TYPE.PTR, value)] }
      : aliasOf(name, value, type);
  }
  const [first = "", ...rest] = name.split(".");
  if (first === "cname") {
    return aliasOf(name, rest.join("."), type);
  }
  switch (rest.slice(-2).join(".")) {
    case "ip.test": {
      const all = [first, ...rest].flatMap((label) => addressesIn(label));
      const records = all
        .map((value) => address(name, value))
        .filter((record) => record.type === type);
      return { code: CODE.OK, records: first === "flip" ? oneOf(records, name) : records };
    }
    case "empty.test":
      return { code: CODE.OK, records: [] };
    case "servfail.test":
      return { code: CODE.SERVFAIL, records: [] };
    case "silent.test":
      return "silence";
    default:
      return { code: CODE.NXDOMAIN, records: [] };
  }
}

function addressesIn(label: string): string[] {
  if (label.startsWith("a-")) {
    return [label.slice(2).replaceAll("-", ".")].filter(isIPv4);
  }
  return label.startsWith("aaaa-") ? [label.slice(5).replaceAll("-", ":")].filter(isIPv6) : [];
}

function oneOf(records: readonly DnsRecord[], name: string): DnsRecord[] {
  const record = records[(turns.get(name) ?? 0) % records.length];
  if (!record) {
    return [];
  }
  turns.set(name, (turns.get(name) ?? 0) + 1);
  return [record];
}

function address(name: string, value: string): DnsRecord {
  return isIPv4(value)
    ? { name, type: TYPE.A, data: Buffer.from(value.split(".").map(Number)) }
    : { name, type: TYPE.AAAA, data: ipv6Bytes(value) };
}

/** The 16 bytes of an address in hexadecimal groups, with or without a gap. */
function ipv6Bytes(value: string): Buffer {
  const [left = [], right = []] = value
    .split("::")
    .map((half) => half.split(":").filter((group) => group !== ""));
  const gap = Array<string>(8 - left.length - right.length).fill("0");
  return Buffer.from(
    [...left, ...gap, ...right].map((group) => group.padStart(4, "0")).join(""),
    "hex",
  );
}

/** As a resolver answers for an alias: the chain, and what is at its end. */
function aliasOf(name: string, target: string, type: number): Answer | "silence" {
  const answer = resolve(target, type);
  return answer === "silence"
    ? answer
    : { ...answer, records: [named(name, TYPE.CNAME, target), ...answer.records] };
}

function named(name: string, type: number, target: string): DnsRecord {
  return { name, type, data: encodeName(target) };
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from(label, "latin1"));
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), label]),
    Buffer.of(0),
  ]);
}

function encodeRecord({ name, type, data }: DnsRecord): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2); // class IN; the TTL after it stays 0
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fields, data]);
}

/** The answer to a query with one question, as all are. */
function reply(query: Buffer, over: "udp" | "tcp"): Buffer | undefined {
  const labels: string[] = [];
  let end = HEADER_BYTES;
  for (let length = query.readUInt8(end); length > 0; length = query.readUInt8(end)) {
    labels.push(query.toString("latin1", end + 1, end + 1 + length).toLowerCase());
    end += 1 + length;
  }
  const type = query.readUInt16BE(end + 1);
  const name = labels.join(".");
  log({ event: "query", name, type, over });

  const answer = resolve(name, type);
  if (answer === "silence") {
    return undefined;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2); // the id
  header.writeUInt16BE(0x8580 | answer.code, 2); // an authoritative answer, with recursion
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answer.records.length, 6);
  const question = query.subarray(HEADER_BYTES, end + 5);
  return Buffer.concat([header, question, ...answer.records.map(encodeRecord)]);
}

function log(event: NameServerEvent) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const udp = createSocket("udp4");
udp.on("message", (query, client) => {
  const answer = reply(query, "udp");
  if (answer) {
    udp.send(answer, client.port, client.address);
  }
});

const tcp = createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
      const answer = reply(received.subarray(2, 2 + received.readUInt16BE()), "tcp");
      received = received.subarray(2 + received.readUInt16BE());
      if (answer) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    }
  });
});

// Whoever reads the log sees by this that what was before is in it.
process.on("SIGUSR2", () => log({ event: "mark" }));

// A container's first process gets no signal that it does not ask for.
process.on("SIGTERM", () => process.exit());

udp.bind(53, () => {
  tcp.listen(53, () => log({ event: "listening" }));
});
