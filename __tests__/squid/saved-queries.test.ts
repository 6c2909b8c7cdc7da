import { QUERIES } from "../../src/fleet/monitoring/dashboard-rows";
import { eventually } from "../helpers/docker";
import { Lab, type ProxyClient, VPC_ENDPOINT_ID } from "../helpers/lab";
import { runQuery } from "../helpers/logs-insights";
import type { TestRules } from "../helpers/rule-store";
import { DOCKER, describeWith } from "../helpers/tools";

type QueryId = (typeof QUERIES)[number]["id"];

const RULES: TestRules = {
  allowed: [".listed.test", "nowhere.test"],
  denied: ["bad.listed.test"],
  endpoints: [{ endpointId: VPC_ENDPOINT_ID, name: "lab", rules: "default", always: true }],
};

describeWith([DOCKER], "the saved queries, on the log of a proxy", () => {
  const lab = new Lab();
  /** The lines of a proxy that refuses, and of one that only says what it would refuse. */
  let enforced: string[];
  let reported: string[];

  beforeAll(async () => {
    await lab.start({ names: { "www.listed.test": "origin.test", "other.test": "origin.test" } });
    [enforced, reported] = [await linesOf("enforce"), await linesOf("report")];
  }, 600_000);
  afterAll(() => lab.remove(), 60_000);

  async function linesOf(domainFilter: "enforce" | "report"): Promise<string[]> {
    const proxy = await lab.proxy({
      rules: { ...RULES, domainFilter },
      proxyProtocolCidrs: [await lab.clientsCidr()],
    });
    const client = await lab.loadBalancer(proxy);
    await ask(client);
    let lines: string[] = [];
    await eventually(async () => {
      lines = await proxy.logs();
      expect(lines.filter((line) => line.includes('"sequence":'))).toHaveLength(6);
    });
    return lines;
  }

  async function ask(client: ProxyClient): Promise<void> {
    await client.get("http://www.listed.test/");
    await client.get("http://www.listed.test/");
    await client.get("http://bad.listed.test/");
    await client.get("http://other.test/");
    await client.get("http://other.test/");
    await client.get("http://nowhere.test/");
  }

  function answer(id: QueryId, lines = enforced) {
    const { query } = QUERIES.find((one) => one.id === id)!;
    const events = lines.flatMap((message) => {
      const { time } = JSON.parse(message) as { time: string };
      return { stream: "task", timestamp: Date.parse(time), message };
    });
    return runQuery(query, events).rows;
  }

  test.each<[QueryId, object[]]>([
    [
      "who-reached-what",
      [
        {
          consumer: "lab",
          host: "www.listed.test",
          port: 80,
          requests: 2,
          last: expect.any(String),
        },
      ],
    ],
    [
      "what-was-denied",
      [
        expect.objectContaining({ host: "other.test", deniedBy: "allowed-domains", requests: 2 }),
        expect.objectContaining({ host: "bad.listed.test", deniedBy: "denied-domains" }),
      ],
    ],
    [
      "what-a-client-needs",
      [
        { consumer: "lab", rules: "default", host: "other.test", port: 80, requests: 2 },
        { consumer: "lab", rules: "default", host: "bad.listed.test", port: 80, requests: 1 },
      ],
    ],
    ["report-mode", []],
    [
      "refusals-by-client",
      [
        { consumer: "lab", deniedBy: "allowed-domains", requests: 2 },
        { consumer: "lab", deniedBy: "denied-domains", requests: 1 },
      ],
    ],
    [
      "denied-hosts",
      [
        { host: "other.test", deniedBy: "allowed-domains", requests: 2 },
        { host: "bad.listed.test", deniedBy: "denied-domains", requests: 1 },
      ],
    ],
    [
      "rules-in-force",
      [{ "@logStream": "task", rulesVersion: expect.any(String), confirmed: expect.any(String) }],
    ],
    ["connection-limit", []],
  ])("%s", (id, rows) => {
    expect(answer(id)).toEqual(rows);
  });

  test("report-mode tells what is passed and would be refused", () => {
    expect(answer("report-mode", reported)).toEqual([
      { rules: "default", host: "other.test", wouldBeDeniedBy: "allowed-domains", requests: 2 },
      { rules: "default", host: "bad.listed.test", wouldBeDeniedBy: "denied-domains", requests: 1 },
    ]);
    expect(answer("what-a-client-needs", reported)).toHaveLength(2);
    expect(answer("who-reached-what", reported).map(({ host }) => host)).toContain("other.test");
  });

  test("bytes-by-client-and-host adds both ways up", () => {
    const [most] = answer("bytes-by-client-and-host", reported);
    expect(most).toMatchObject({ consumer: "lab" });
    expect(Number(most?.["toClient"])).toBeGreaterThan(0);
    expect(Number(most?.["fromClient"])).toBeGreaterThan(0);
  });

  test("errors-by-kind has Squid's names for them", () => {
    expect(answer("errors-by-kind")).toContainEqual({
      error: "ERR_DNS_FAIL",
      status: 503,
      requests: 1,
    });
  });

  test.each<[QueryId, string[]]>([
    ["latency", ["p50", "p99", "serversP50", "serversP99"]],
    ["slowest-hosts", ["p50", "p99"]],
    ["dns-latency", ["p50", "p99"]],
  ])("%s gives milliseconds", (id, fields) => {
    const rows = answer(id);
    expect(rows).not.toHaveLength(0);
    const values = fields.flatMap((field) => rows.flatMap((row) => row[field] ?? []));
    expect(values.length).toBeGreaterThanOrEqual(fields.length);
    for (const value of values) expect(Number.isInteger(value)).toBe(true);
  });
});
