import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { queryAccessLog } from "../../../src/tools/logs/logged-requests";
import { queryLog } from "../../../src/tools/logs/log-query";
import { readAccessLog } from "../../../src/tools/logs/access-log";
import { LogsInsights } from "../../helpers/logs-insights";
import { startMoto, type Moto } from "../../helpers/moto";
import { apiError } from "../../helpers/systems-manager";
import { describeWith, MOTO } from "../../helpers/tools";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const LOG_GROUP = "/ecs/proxy-web";
const TO = new Date("2026-11-28T12:00:00Z");
const FROM = new Date("2026-11-21T12:00:00Z");
const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };

/** Lines as proxies have written them: requests of two clients, and what else they log. */
const MESSAGES = [
  request({ time: "2026-11-28T10:00:00.000Z", deniedBy: "allowed-domains" }),
  request({ time: "2026-11-28T11:00:00.500Z", deniedBy: "allowed-domains", sequence: 2 }),
  request({ time: "2026-11-28T10:30:00.000Z", deniedBy: "allowed-domains", sequence: 3 }),
  request({ time: "2026-11-28T10:00:01.000Z", consumer: "office", method: "GET", port: 80 }),
  request({
    time: "2026-11-28T10:00:02.000Z",
    host: "%5B2600:1f00::1%5D",
    consumer: null,
    sni: "example.com",
  }),
  request({ time: "2026-11-28T10:00:03.000Z", wouldBeDeniedBy: "denied-domains" }),
  request({ time: "2026-11-28T10:00:04.000Z", host: null, method: null, port: null }),
  '{"time":"2026-11-28T10:00:05.000Z","event":"rules","version":"0123456789ab","rules":4}',
  '{"time":"2026-11-28T10:00:06.000Z","event":"message","text":"Accepting connections"}',
  "no JSON",
];

function request(fields: object): string {
  return JSON.stringify({
    time: "",
    client: "172.16.0.10",
    clientPort: 40000,
    endpoint: "vpce-0123456789abcdef0",
    consumer: "lab",
    rules: "default",
    method: "CONNECT",
    host: "example.com",
    port: 443,
    url: "example.com:443",
    sni: null,
    deniedBy: null,
    wouldBeDeniedBy: null,
    sequence: 1,
    ...fields,
  });
}

const events = (messages: readonly string[], stream = "web/squid/0ec5d1") =>
  messages.map((message, index) => ({
    stream,
    timestamp: Date.parse(/"time":"([^"]*)"/.exec(message)?.[1] ?? "2026-11-28T10:00:07Z") + index,
    message,
  }));

describe("with an API like that of CloudWatch Logs Insights", () => {
  const insights = new LogsInsights(LOG_GROUP);
  let client: CloudWatchLogsClient;

  beforeAll(async () => {
    await insights.start();
    client = new CloudWatchLogsClient({
      region: REGION,
      endpoint: insights.endpoint,
      credentials: CREDENTIALS,
      maxAttempts: 1,
    });
  });
  beforeEach(() => {
    insights.requests.length = 0;
    insights.events = events(MESSAGES);
    insights.answer = () => undefined;
  });
  afterAll(() => insights.stop());

  const ask = () => queryAccessLog({ client, logGroup: LOG_GROUP, from: FROM, to: TO });

  test("counts the requests of the log as a file with the same lines would have them", async () => {
    async function* lines() {
      for (const message of MESSAGES) yield await Promise.resolve(message);
    }
    const [fromLog, fromFile] = [await ask(), await readAccessLog(lines())];
    const order = (requests: readonly object[]) =>
      requests.map((one) => JSON.stringify(one, Object.keys(one).sort())).sort();
    expect(order(fromLog.requests)).toEqual(order(fromFile.requests));
    expect(fromLog.requests[0]).toEqual(
      expect.objectContaining({ count: 3, last: "2026-11-28T11:00:00.500Z", consumer: "lab" }),
    );
    expect(fromLog.omissions).toEqual([
      "Passed over 4 lines: events, messages, and requests that name no host.",
    ]);
  });

  test("asks for the time that is wanted, in whole seconds, and no line outside it", async () => {
    insights.events.push(
      { stream: "s", timestamp: FROM.getTime() - 1, message: MESSAGES[0]! },
      { stream: "s", timestamp: TO.getTime() + 1, message: MESSAGES[0]! },
    );
    expect((await ask()).requests[0]).toEqual(expect.objectContaining({ count: 3 }));
    expect(insights.requests[0]!.input).toEqual(
      expect.objectContaining({
        logGroupName: LOG_GROUP,
        startTime: FROM.getTime() / 1000,
        endTime: TO.getTime() / 1000,
      }),
    );
  });

  test("takes what comes in several pages", async () => {
    const hosts = Array.from({ length: 10_001 }, (_, index) => `host-${index}.example`);
    insights.events = events(
      hosts.map((host) => request({ time: "2026-11-28T10:00:00.000Z", host })),
    );
    const { requests, omissions } = await ask();
    expect(requests.map(({ host }) => host).sort()).toEqual(hosts.sort());
    expect(omissions).toEqual([]);
  });

  test("says so when there may be more than it gets", async () => {
    const field = (name: string, value: string) => ({ field: name, value });
    const row = [
      field("requests", "1"),
      field("lastTime", "2026-11-28T10:00:00.000Z"),
      field("method", "GET"),
      field("host", "a.example"),
      field("port", "80"),
    ];
    insights.answer = (action) =>
      action === "GetQueryResults"
        ? { body: { status: "Complete", results: Array(100_000).fill(row) } }
        : undefined;
    expect((await ask()).omissions).toEqual([expect.stringContaining("the rarest are missing")]);
  });

  test("waits while the query is scheduled and runs", async () => {
    const states = ["Scheduled", "Running"];
    insights.answer = (action) => {
      const status = action === "GetQueryResults" ? states.shift() : undefined;
      return status === undefined ? undefined : { body: { status, results: [] } };
    };
    expect((await ask()).requests).toHaveLength(4);
  });

  test("says that a query was not answered in time, and stops it", async () => {
    const clock = Date.now;
    let later = 0;
    const now = jest.spyOn(Date, "now").mockImplementation(() => clock() + later);
    insights.answer = (action) => {
      if (action !== "GetQueryResults") return undefined;
      later = 301_000;
      return { body: { status: "Running" } };
    };
    await expect(ask()).rejects.toThrow(/not answered within 300 s.* still Running.*shorter time/);
    now.mockRestore();
    expect(insights.requests.at(-1)!.action).toBe("StopQuery");
  });

  test.each(["Failed", "Cancelled", "Timeout"])("says that a query is %s", async (status) => {
    insights.answer = (action) => (action === "GetQueryResults" ? { body: { status } } : undefined);
    await expect(ask()).rejects.toThrow(
      `ended with the status ${status}. It was about 2026-11-21T12:00:00.000Z to`,
    );
  });

  test.each([
    ["ResourceNotFoundException", `There is no log group ${LOG_GROUP} in ${REGION}`],
    ["AccessDeniedException", "needed are logs:StartQuery, logs:GetQueryResults"],
    ["LimitExceededException", "Try again in a minute."],
    ["ServiceUnavailableException", "Try again later."],
    ["MalformedQueryException", "CloudWatch Logs refuses the query: so it is"],
    ["ExpiredTokenException", "The AWS credentials have expired."],
    ["UnrecognizedClientException", "AWS does not accept the credentials"],
    ["ThrottlingException", "AWS takes no more requests in region us-east-1 for now"],
  ])("explains %s", async (name, words) => {
    insights.answer = () => apiError(name, "so it is");
    await expect(ask()).rejects.toThrow(
      expect.objectContaining({ name: "UserError", message: expect.stringContaining(words) }),
    );
  });
});

describeWith([MOTO], "with moto", () => {
  let moto: Moto;
  let client: CloudWatchLogsClient;

  beforeAll(async () => {
    moto = await startMoto();
    client = new CloudWatchLogsClient({
      region: REGION,
      endpoint: moto.endpoint,
      credentials: CREDENTIALS,
    });
    const names = { logGroupName: LOG_GROUP, logStreamName: "web/squid/0ec5d1" };
    await client.send(new CreateLogGroupCommand(names));
    await client.send(new CreateLogStreamCommand(names));
    const now = Date.now();
    const logEvents = MESSAGES.map((message, index) => ({
      message,
      timestamp: now - 1000 + index,
    }));
    await client.send(new PutLogEventsCommand({ ...names, logEvents }));
  }, 60_000);
  afterAll(() => moto.stop());

  test("brings what the log has", async () => {
    const now = Date.now();
    // Moto counts nothing, so that the events themselves are asked for.
    const { rows } = await queryLog({
      client,
      logGroup: LOG_GROUP,
      query: "fields @message, @logStream | sort @timestamp asc",
      from: new Date(now - 60_000),
      to: new Date(now + 60_000),
    });
    expect(rows.map((row) => row["@message"])).toEqual(MESSAGES);
    expect(rows[0]!["@logStream"]).toBe("web/squid/0ec5d1");
  });

  test("says that there is no such log group", async () => {
    const asked = queryAccessLog({ client, logGroup: "/ecs/other-web", from: FROM, to: TO });
    await expect(asked).rejects.toThrow("There is no log group /ecs/other-web in us-east-1");
  });
});
