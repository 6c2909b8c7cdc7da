import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import type { LogLine } from "../../src/tools/logs/log-line";
import { CHECKOUT, copyCheckout } from "../helpers/checkout";
import { docker, Sandbox } from "../helpers/docker";
import { DOCKER, describeWith } from "../helpers/tools";

/** A line as Squid writes it, in squid.conf's order. */
const LINE = [
  ...["2026-11-25T16:00:00", "007", "172.16.0.10", "50000", "%01vpce-0123456789abcdef0"],
  ...[
    "client",
    "default",
    "GET",
    "site.test",
    "80",
    "http://site.test/",
    "-",
    "-",
    "-",
    "-",
    "TCP_MISS",
    "198.51.100.1",
  ],
  ...["2", "-", "3", "100", "225", "200"],
];

const ENTRY = {
  time: "2026-11-25T16:00:00.007Z",
  client: "172.16.0.10",
  clientPort: 50000,
  endpoint: "vpce-0123456789abcdef0",
  consumer: "client",
  rules: "default",
  method: "GET",
  host: "site.test",
  port: 80,
  url: "http://site.test/",
  sni: null,
  error: null,
  deniedBy: null,
  wouldBeDeniedBy: null,
  result: "TCP_MISS",
  upstream: "198.51.100.1",
  upstreamMs: 2,
  dnsMs: null,
  durationMs: 3,
  bytesIn: 100,
  bytesOut: 225,
  status: 200,
  sequence: 1,
};

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

describeWith([DOCKER], "the log's writer", () => {
  const sandbox = new Sandbox();
  const folder = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
  let container: string;

  // Compiled so that it ends at the first access beside its memory, and at undefined behaviour.
  beforeAll(async () => {
    await promisify(execFile)(path.join(CHECKOUT, ".ci/base-image"));
    const build = ["build", "--quiet", "--force-rm", "--target", "compiled"];
    copyCheckout(folder, ["squid"]);
    const image = await docker(...build, path.join(folder, "squid"));
    container = await sandbox.container("--network=none", image, "sleep", "infinity");
    await docker("start", container);
    const sanitizers = "-fsanitize=address,undefined -fno-sanitize-recover=all";
    const compile = `gcc -std=gnu17 -g -O1 ${sanitizers} -o /checked log-writer.c`;
    await docker("exec", container, "bash", "-c", compile);
  }, 600_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await sandbox.remove();
  }, 60_000);

  function write(stream: string, input: string | Buffer) {
    const args = ["exec", "--interactive", container, "/checked", stream];
    const { status, stdout, stderr } = spawnSync("docker", args, { input, maxBuffer: 2 ** 28 });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
    expect(stdout.every((byte) => byte === 10 || (byte >= 32 && byte < 127))).toBe(true);
    const lines = stdout.toString("latin1").split("\n");
    expect(lines.pop()).toBe("");
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  const changed = (change: Readonly<Record<number, string>>) =>
    LINE.map((value, index) => change[index] ?? value).join(" ");

  test("makes an entry of a line of the access log", () => {
    expect(write("access", `${LINE.join(" ")}\n`)).toEqual([ENTRY]);
    expect(write("access", LINE.join(" "))).toEqual([ENTRY]);
  });

  test("leaves out what Squid puts in front of an error", () => {
    expect(write("access", changed({ 12: "503:ERR_DNS_FAIL" }))).toMatchObject([
      { error: "ERR_DNS_FAIL" },
    ]);
  });

  describe("whose endpoint somebody has named", () => {
    /** The end of an endpoint's id, who that is, the rules that held, and the rule that refused. */
    type Asked = readonly [id: string, consumer: string, rules: string, deniedBy: string];
    const line = ([id, consumer, rules, deniedBy]: Asked) =>
      changed({ 4: `%01vpce-${id}`, 5: consumer, 6: rules, 13: deniedBy });
    const consumers = (...asked: readonly Asked[]) =>
      write("access", asked.map(line).join("\n")).map(
        (entry) => "consumer" in entry && entry.consumer,
      );
    const named: Asked = ["1", "office", "default", "-"];
    const refused: Asked = ["1", "-", "-", "connections"];

    test("says so of what was refused before the rules were asked", () => {
      expect(consumers(refused, named, refused, ["1", "-", "-", "port"])).toEqual([
        ...[null, "office"],
        ...["office", "office"],
      ]);
    });

    test("says it of no other endpoint", () => {
      expect(consumers(named, ["2", "-", "-", "connections"])).toEqual(["office", null]);
      // As many that one takes another's place.
      const many = Array.from({ length: 1_000 }, (_, id) => id);
      const entries = consumers(
        ...many.map((id): Asked => [String(id), `office-${id}`, "default", "-"]),
        ...many.map((id): Asked => [String(id), "-", "-", "connections"]),
      ).slice(1_000);
      expect(entries.filter((name) => name !== null).length).toBeGreaterThan(100);
      expect(entries.filter((name, id) => name !== null && name !== `office-${id}`)).toEqual([]);
    });

    test("no longer, once the rules name nobody", () => {
      expect(consumers(named, ["1", "-", "default", "-"], refused)).toEqual(["office", null, null]);
      const unknown: Asked = ["1", "-", "-", "unknown-client"];
      expect(consumers(named, unknown, refused)).toEqual(["office", null, null]);
    });

    test("nor where names are longer than any", () => {
      const long = "x".repeat(200);
      expect(consumers([long, "office", "default", "-"], [long, "-", "-", "port"])).toEqual([
        ...["office", null],
      ]);
      expect(consumers(["1", long, "default", "-"], refused)).toEqual([long, null]);
    });
  });

  test("leaves out connections that are no requests, and does not count them", () => {
    const probe = changed({ 10: "error:transaction-end-before-headers", 22: "0" });
    const broken = changed({ 10: "error:transaction-end-before-headers", 22: "400" });
    const entries = write("access", [probe, broken, probe, LINE.join(" ")].join("\n"));
    expect(entries).toMatchObject([
      { status: 400, sequence: 1 },
      { status: 200, sequence: 2 },
    ]);
  });

  test.each([
    ["a value too few", LINE.slice(1).join(" ")],
    ["a value too many", `${LINE.join(" ")} -`],
    ["an empty value", changed({ 9: "" })],
    ["a number that is none", changed({ 9: "80,{}" })],
    ["a number that JSON does not have", changed({ 9: "080" })],
    ["an object of its own", JSON.stringify(ENTRY)],
  ])("makes a message of a line with %s", (_what, line) => {
    expect(write("access", `${line}\n`)).toEqual([{ time, event: "message", text: line }]);
  });

  test("makes a message of whatever is said, an object for each line", () => {
    const said = `${JSON.stringify(ENTRY)}\n\nNUL \0 é \u001b[2K\r\nthe last`;
    const latin1 = Buffer.from(said, "utf8").toString("latin1");
    const texts = latin1.split("\n").filter((line) => line !== "");
    expect(write("messages", said)).toEqual(
      texts.map((text) => ({ time, event: "message", text })),
    );
  });

  test("cuts a long line, and says so", () => {
    expect(write("messages", `${"\0".repeat(100_000)}\nnext\n`)).toEqual([
      { time, event: "message", text: "\0".repeat(4_096), omittedBytes: 100_000 - 4_096 },
      { time, event: "message", text: "next" },
    ]);
  });

  test("has an object for each line, whatever the lines are", () => {
    const byte = fc.oneof(fc.constantFrom(0, 10, 32, 34, 92, 255), fc.nat(255));
    const noise = fc.array(byte, { maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    const nearly = fc
      .dictionary(
        fc.nat(LINE.length).map(String),
        fc.oneof(fc.constantFrom("-", "-0", ""), fc.string()),
      )
      .map((change) => Buffer.from(changed(change)));
    const long = fc.integer({ min: 4_000, max: 4_200 }).map((length) => Buffer.alloc(length, "x"));
    const line = fc.oneof(
      { weight: 20, arbitrary: noise },
      { weight: 20, arbitrary: nearly },
      { weight: 1, arbitrary: long },
    );
    // Few enough at a time to be kept until they are taken.
    for (const seed of [14, 15, 16, 17]) {
      const lines = fc.sample(line, { numRuns: 5_000, seed });
      const input = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from("\n")]));
      const text = input.toString("latin1");
      const count = text.split("\n").filter((part) => part !== "").length;
      for (const stream of ["access", "messages"]) {
        expect(write(stream, input)).toHaveLength(count);
      }
    }
  }, 120_000);
});
