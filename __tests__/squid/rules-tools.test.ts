import { once } from "node:events";
import { connect } from "node:net";
import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { readAccessLog, type AccessLog } from "../../src/tools/logs/access-log";
import { compare } from "../../src/tools/rules/comparison";
import { learnedLines } from "../../src/tools/rules/learned-lines";
import { Rulings } from "../../src/tools/rules/rulings";
import { eventually } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import type { TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";
import { checkoutRules } from "../tools/rules/checkout-rules";
import { proxyHeader } from "./proxy-header";

const ENDPOINT = "vpce-0aaaaaaaaaaaaaaaa";
const STRANGER = "vpce-0dddddddddddddddd";
const DEFAULT = { allowed: [".listed.test", "198.51.100.0/28"], denied: ["bad.listed.test"] };

/** What is asked for in each way: most names lead nowhere, and the proxy says so, behind its rules. */
const ASKED = [
  "www.listed.test",
  "BAD.Listed.test.",
  "a.other.test",
  "b.other.test",
  "c.other.test",
  "single.test",
  "198.51.100.7",
  "198.51.100.99",
  "0xc6336463",
  "[2600:1f00::1]",
  "10.0.0.1",
  "[::1]",
  "localhost",
];

describeWith([DOCKER], "the tools for the rules, on the log of a proxy", () => {
  const lab = new Lab();
  const settings = { clients: [{ name: "lab" }] };

  beforeAll(async () => {
    await lab.start({ names: { "www.listed.test": "origin.test" } });
  }, 600_000);
  afterAll(() => lab.remove(), 60_000);

  /** Asks a proxy with these rules for everything, as a client and as a stranger, and reads its log. */
  async function logWith(rules: TestRules): Promise<AccessLog> {
    const endpoints = [{ endpointId: ENDPOINT, name: "lab", rules: "default", always: true }];
    const proxy = await lab.proxy({
      rules: { ...rules, endpoints },
      proxyProtocolCidrs: [await lab.clientsCidr()],
    });
    for (const host of ASKED) {
      await ask(proxy, ENDPOINT, `CONNECT ${host}:443`);
      await ask(proxy, ENDPOINT, `GET http://${host}/`);
    }
    await ask(proxy, STRANGER, "CONNECT a.other.test:443");
    await ask(proxy, ENDPOINT, "CONNECT a.other.test:25");
    const total = 2 * ASKED.length + 2;
    let lines: readonly string[] = [];
    await eventually(async () => {
      lines = await proxy.logs();
      expect(lines.filter((line) => line.includes('"sequence":'))).toHaveLength(total);
    });
    return readAccessLog(each(lines));
  }

  async function ask(proxy: Proxy, endpoint: string, request: string): Promise<void> {
    const socket = connect(PROXY_PORT, proxy.address);
    socket.write(proxyHeader({ address: "172.16.0.10", port: 1_024, endpoint }));
    socket.write(`${request} HTTP/1.0\r\n\r\n`);
    socket.resume();
    socket.setTimeout(15_000, () => socket.destroy());
    await once(socket, "close");
  }

  async function* each(lines: readonly string[]) {
    for (const line of lines) yield await Promise.resolve(line);
  }

  test("preview sees no difference where there is none, and learn's lines admit what was asked for", async () => {
    const checkout = checkoutRules([DEFAULT], settings);
    const rulings = new Rulings(checkout);
    const log = await logWith(DEFAULT);
    const { differences, compared, refusedOtherwise } = compare(log.requests, rulings);
    expect(differences).toEqual([]);
    expect(compared + refusedOtherwise).toBe(2 * ASKED.length + 2);
    expect(log.requests.map((request) => rulings.clientOf(request))).toContain(null);

    const own = log.requests.filter((request) => rulings.clientOf(request) === "lab");
    const { lines, left } = learnedLines("lab", own, rulings, checkout);
    expect(lines.map(({ text, count }) => [text, count])).toEqual([
      [".other.test", 6],
      ["198.51.100.99", 4],
      ["2600:1f00::1", 2],
      ["single.test", 2],
    ]);
    expect(left.map(({ text }) => text)).toEqual([
      "10.0.0.1",
      "::1",
      "bad.listed.test",
      "localhost",
    ]);

    const learned = ["198.51.100.99/32", "2600:1f00::1/128", ".other.test", "single.test"];
    const after = await logWith({ ...DEFAULT, allowed: [...DEFAULT.allowed, ...learned] });
    const refused = after.requests.filter(({ deniedBy }) => deniedBy?.endsWith("-domains"));
    expect([...new Set(refused.map(({ host }) => host))].sort()).toEqual([
      "10.0.0.1",
      "[::1]",
      "bad.listed.test",
      "localhost",
    ]);
  }, 300_000);

  test("preview foresees what a change does to each request", async () => {
    const changed = {
      allowed: [".other.test", "single.test", "198.51.100.7/32"],
      denied: ["c.other.test"],
    };
    const rulings = new Rulings(checkoutRules([changed], settings));
    const before = await logWith(DEFAULT);
    const { differences } = compare(before.requests, rulings);
    const after = await logWith(changed);
    const verdicts = ({ requests }: AccessLog) =>
      new Map(
        requests.map(({ consumer, host, method, port, deniedBy }) => [
          JSON.stringify([consumer, host, method, port]),
          { consumer, host, isRefused: deniedBy?.endsWith("-domains") === true },
        ]),
      );
    const old = verdicts(before);
    const moved = [...verdicts(after)].flatMap(([key, { consumer, host, isRefused }]) =>
      old.get(key)!.isRefused === isRefused
        ? []
        : [[isRefused ? "denied" : "admitted", consumer ?? STRANGER, host].join(" ")],
    );
    expect(moved.length).toBeGreaterThan(4);
    expect(
      differences.map(({ kind, client, host }) => [kind, client, host].join(" ")).sort(),
    ).toEqual([...new Set(moved)].sort());
  }, 300_000);
});
