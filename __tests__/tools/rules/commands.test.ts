import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { configure, copyCheckout, writeRuleSet } from "../../helpers/checkout";
import { LogsInsights } from "../../helpers/logs-insights";
import { apiError } from "../../helpers/systems-manager";
import { describeWith, TERRAFORM } from "../../helpers/tools";
import { logged } from "./logged";

jest.setTimeout(60_000);

const REGION = "us-east-1";
const ALLOWED = "rules/default/allowed-domains.txt";

let root: string;
let insights: LogsInsights;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "rules-"));
  copyCheckout(root, ["package.json", "src"]);
  configure(root, { clients: [{ name: "lab" }, { name: "office" }] });
  writeRuleSet(root, "default", { allowed: "www.example.com\n" });
  insights = new LogsInsights("/ecs/proxy-web");
  await insights.start();
});
afterEach(() => {
  insights.stop();
  rmSync(root, { recursive: true });
});

async function rules(args: readonly string[], variables = {}, input = "") {
  const command = ["--require", "./src/start.js", "src/tools/commands/rules.ts", ...args];
  const program = spawn(process.execPath, command, {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      AWS_ENDPOINT_URL: insights.endpoint,
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      ...variables,
    },
  });
  program.stdin.end(input);
  const [[status], stdout, stderr] = await Promise.all([
    once(program, "close"),
    text(program.stdout),
    text(program.stderr),
  ]);
  expect(stderr).not.toMatch(/^ +at /m);
  return { status, stdout, stderr };
}

/** Lines of a log as proxies write them, of requests that no list has refused. */
function lines(...hosts: string[]): string[] {
  return hosts.map((host) =>
    JSON.stringify({ ...logged({ host }), time: new Date().toISOString() }),
  );
}

function logFile(...hosts: string[]): string {
  writeFileSync(path.join(root, "access.log"), `${lines(...hosts).join("\n")}\n`);
  return "access.log";
}

function logGroup(...hosts: string[]): void {
  insights.events = lines(...hosts).map((message, index) => ({
    ...{ stream: "web/squid/0ec5d1", message },
    timestamp: Date.now() - 60_000 + index,
  }));
}

describe("`rules explain`", () => {
  test.each([
    ["www.example.com", 0, /^Admitted: /],
    [
      "http://example.com",
      1,
      /^Refused: .*\n.*\n {2}rules {4}rules\/default\/allowed-domains.txt does not have it/,
    ],
  ])("of %s ends with the exit code %d", async (target, status, stdout) => {
    expect(await rules(["explain", "lab", target])).toEqual({
      ...{ status, stderr: "" },
      stdout: expect.stringMatching(stdout),
    });
  });

  test("names the bundle's line, and the one that brings it in, of the workspace's region", async () => {
    writeRuleSet(root, "default", { allowed: "www.example.com\n@session-manager\n" });
    configure(root, { consumers: [{ name: "hq", endpointId: "vpce-0123456789abcdef0" }] });
    const { stdout } = await rules(["explain", "hq", "ssm.us-west-2.amazonaws.com"], {
      TF_WORKSPACE: "us-west-2",
    });
    expect(stdout).toMatch(
      /rules\/bundles\/session-manager\.txt:\d+ has ssm\.\{region\}\.amazonaws\.com, where the region is us-west-2, by @session-manager in rules\/default\/allowed-domains\.txt:2\n/,
    );
  });

  test("says all that is wrong with its arguments, with an exit code that is no answer", async () => {
    expect(await rules(["explain", "lap", "*.example.com"])).toEqual({
      ...{ status: 2, stdout: "" },
      stderr: expect.stringMatching(
        /^"lap" is no client or consumer\. Known: "lab", "office" or "unknown"\.\n"\*\.example\.com" is no target\. .*\n$/,
      ),
    });
    expect(await rules(["explain", "lab"])).toEqual(
      expect.objectContaining({
        status: 2,
        stderr: expect.stringContaining("explain <client> <host:port | url>"),
      }),
    );
    writeRuleSet(root, "default", { allowed: "a b\n" });
    expect((await rules(["explain", "lab", "a.com"])).status).toBe(2);
  });
});

describe("`rules preview`", () => {
  test("shows what changes for the requests of a file, and of standard input", async () => {
    const file = logFile("www.example.com", "a.example");
    const { status, stdout, stderr } = await rules(["preview", file]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^The rules of this checkout, against 2 requests of access.log:\n\nNewly denied: 1 request\n.*\n {2}lab {5}a\.example {2}1 /,
    );
    const input = readFileSync(path.join(root, file), "utf8");
    const piped = await rules(["preview", "-", "--markdown"], {}, input);
    expect(piped.stdout).toContain("| `lab` | `a.example` | 1 |");
  });

  test("asks the deployed fleet's log", async () => {
    logGroup("www.example.com", "a.example", "a.example");
    const { status, stdout } = await rules(["preview", "--since", "12h"], { TF_WORKSPACE: REGION });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^The rules of this checkout, against 3 requests of \/ecs\/proxy-web in us-east-1, the last 12h:\n\nNewly denied: 2 requests\n/,
    );
    const { startTime, endTime } = insights.requests[0]!.input as Record<string, number>;
    expect(Math.abs(endTime! - startTime! - 12 * 3600)).toBeLessThanOrEqual(1);
  });

  test.each([
    [[], {}, "No access log is named: a file, - for standard input, or --since 7d"],
    [
      ["a", "b"],
      {},
      "Type: npm run rules -- preview <file> | - | --since <7d> [--markdown]. Given was",
    ],
    [
      ["--since", "7"],
      {},
      '--since is "7". Allowed: .*\n--since reads the log of a deployed fleet, and TF_WORKSPACE',
    ],
    [["nothing.log"], {}, "nothing.log cannot be read \\(ENOENT\\)."],
    [
      ["--since", "7d"],
      { TF_WORKSPACE: REGION, AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" },
      "AWS cannot be reached in region us-east-1",
    ],
    [
      ["--since", "7d"],
      { TF_WORKSPACE: REGION, AWS_ACCESS_KEY_ID: "" },
      "There are no AWS credentials",
    ],
  ])("of %j says in one message what is wrong", async (args, variables, message) => {
    const { status, stdout, stderr } = await rules(["preview", ...args], variables);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(message.replaceAll("|", "\\|").replaceAll("[", "\\[")));
  });

  test("says that the credentials may not ask", async () => {
    insights.answer = () => apiError("AccessDeniedException", "not yours");
    const { status, stderr } = await rules(["preview", "--since", "7d"], { TF_WORKSPACE: REGION });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /needed are logs:StartQuery.* on \/ecs\/proxy-web\. AWS says: not yours\n$/,
      ),
    ]);
  });
});

describe("a log without a request", () => {
  test.each([["preview"], ["learn", "lab"]])("answers nothing to %s %s", async (...command) => {
    expect(await rules([...command, "-"], {}, "one\n{}\n")).toEqual({
      ...{ status: 1, stdout: "" },
      stderr:
        "No request was found in standard input.\nPassed over 2 lines: none of an access log.\n",
    });
    expect(await rules([...command, "--since", "7d"], { TF_WORKSPACE: REGION })).toEqual({
      ...{ status: 1, stdout: "" },
      stderr: "No request was found in /ecs/proxy-web in us-east-1, the last 7d.\n",
    });
  });
});

test("`rules write` says that it cannot", async () => {
  expect(await rules(["write", "/dev/null/rules", "--region", REGION])).toEqual({
    ...{ status: 1, stdout: "" },
    stderr: expect.stringMatching(
      /^\/dev\/null\/rules\/.* cannot be written \(ENOTDIR\)\. Name a folder that you may write to\.\n$/,
    ),
  });
});

describe("`rules learn`", () => {
  test("prints lines that can be appended, even to a list that does not end in a line feed", async () => {
    writeRuleSet(root, "default", { allowed: "www.example.com # Ours" });
    const file = logFile(
      "a.example",
      "www.example.com",
      "b.example.org",
      "c.example.org",
      "d.example.org",
    );
    const { status, stdout } = await rules(["learn", "lab", file]);
    expect(status).toBe(0);
    appendFileSync(path.join(root, ALLOWED), stdout);
    expect(await rules(["check"])).toEqual(expect.objectContaining({ status: 0 }));
    expect(readFileSync(path.join(root, ALLOWED), "utf8")).toMatch(
      /^www\.example\.com # Ours# What lab has asked for until [\d-]{10}:\n\.example\.org # 3 requests, last on [\d-]{10}\na\.example # 1 request, last on [\d-]{10}\n$/,
    );
    const again = await rules(["learn", "lab", file]);
    expect([again.stdout, again.stderr]).toEqual([
      "",
      expect.stringContaining(`${ALLOWED} lacks nothing for them.\n`),
    ]);
  });

  test("says besides what it leaves out, and what becomes of the list", async () => {
    const file = logFile("x.example.com", "y.example.com", "z.example.com", "localhost");
    const { stderr } = await rules(["learn", "lab", file]);
    expect(stderr.split("\n")).toEqual([
      "lab has 4 requests in access.log.",
      expect.stringMatching(
        /^Left out: localhost, it is no name or address of the Internet \(1 request, last on /,
      ),
      expect.stringMatching(
        /^What rules\/default\/allowed-domains.txt lacks for them is below\. To append it, /,
      ),
      "They cover lines that it has: npm run rules -- tidy removes these.",
      "It is the list of office, too.",
      "",
    ]);
  });

  test("says that a client has asked for nothing", async () => {
    expect(await rules(["learn", "office", logFile("a.example")])).toEqual({
      ...{ status: 0, stdout: "" },
      stderr: "No request of office was found in access.log.\n",
    });
  });

  test("asks the deployed fleet's log, and says what a first list does", async () => {
    writeRuleSet(root, "default");
    logGroup("a.example");
    const { stdout, stderr } = await rules(["learn", "lab", "--since", "1w"], {
      TF_WORKSPACE: REGION,
    });
    expect(stdout).toMatch(/^# What lab has .*\na\.example # 1 request, /);
    expect(stderr).toContain(
      "The list is empty, and admits all: with these lines it admits nothing else.\n",
    );
  });

  test("says all that is wrong with its arguments", async () => {
    expect(await rules(["learn", "lap", "--since", "x"])).toEqual({
      ...{ status: 1, stdout: "" },
      stderr: expect.stringMatching(
        /^"lap" is no client or consumer\. Known: "lab" or "office"\.\n--since is "x".*\n--since reads .*\n$/,
      ),
    });
  });
});

describeWith([TERRAFORM], "`rules status`", () => {
  const VERSION = "0123456789ab";
  const event = (fields: object) =>
    JSON.stringify({ time: new Date().toISOString(), event: "rules", version: VERSION, ...fields });

  /** A local state, as a deployment in the region leaves it, with these outputs. */
  function deployed(outputs: Readonly<Record<string, string>>): void {
    const directory = path.join(root, "terraform.tfstate.d", "proxy", REGION);
    mkdirSync(directory, { recursive: true });
    const entries = Object.entries(outputs).map(([name, value]) => [
      name,
      { value, type: "string" },
    ]);
    const state = {
      ...{ version: 4, terraform_version: "1.11.4", serial: 1 },
      lineage: "00000000-0000-0000-0000-000000000000",
      outputs: Object.fromEntries(entries),
      resources: [],
    };
    writeFileSync(path.join(directory, "terraform.tfstate"), JSON.stringify(state));
  }

  /** Tasks, with what each has said of its rules, one event after the other. */
  function tasks(events: Readonly<Record<string, readonly object[]>>): void {
    insights.tasks = Object.keys(events);
    insights.events = Object.entries(events).flatMap(([task, said]) =>
      said.map((fields, index) => ({
        stream: `squid/squid/${task}`,
        timestamp: Date.now() - 60_000 + index,
        message: event(fields),
      })),
    );
  }

  const status = () => rules(["status"], { TF_WORKSPACE: REGION, CHECKPOINT_DISABLE: "1" });

  test("says that all tasks have what was deployed", async () => {
    deployed({ rules_version: VERSION });
    tasks({ b2: [{ version: "ba9876543210" }, {}], a1: [{}, { reason: "confirmed" }] });
    const { status: code, stdout, stderr } = await status();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^Deployed to us-east-1 are the rules 0123456789ab\.\n {2}a1 {2}0123456789ab, as of 20.*Z\n {2}b2 {2}0123456789ab, as of .*\nAll 2 tasks have them\.\n$/,
    );
  });

  test("fails for tasks with other rules, and such as have named none", async () => {
    deployed({ rules_version: VERSION });
    tasks({
      a1: [{}],
      b2: [{ version: "ba9876543210" }],
      c3: [],
      d4: [{}, { event: "rules-rejected", reason: "not newer" }],
      e5: [{ event: "rules-rejected", reason: "no answer", version: null }],
    });
    insights.events.push({
      stream: "squid/squid/gone",
      timestamp: Date.now(),
      message: event({ version: "0" }),
    });
    const { status: code, stdout } = await status();
    expect(code).toBe(1);
    expect(stdout.replace(/20\S*Z/g, "<time>").split("\n")).toEqual([
      "Deployed to us-east-1 are the rules 0123456789ab.",
      "  a1  0123456789ab, as of <time>",
      "  b2  ba9876543210, as of <time>",
      "  c3  has named no rules in the last 2 hours",
      "  d4  0123456789ab, as of <time>; then it took none: not newer",
      "  e5  no rules, as of <time>; then it took none: no answer",
      expect.stringMatching(/^3 of 5 tasks do not have them, or did not say so\. /),
      "",
    ]);
  });

  test.each<[string, object, string]>([
    ["no fleet", {}, "There is no fleet proxy of us-east-1 in "],
    [
      "a fleet without rules",
      { log_group: "x" },
      "The fleet of us-east-1 is deployed without a store of rules. Type: TF_WORKSPACE=us-east-1 npm run deploy",
    ],
  ])("says that there is %s", async (_, outputs, message) => {
    deployed(outputs as Record<string, string>);
    const { status: code, stdout, stderr } = await status();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["AccessDeniedException", "needed is ecs:ListTasks"],
    [
      "ClusterNotFoundException",
      "There is no service proxy-service in the cluster proxy-cluster of us-east-1",
    ],
  ])("explains %s", async (name, message) => {
    deployed({ rules_version: VERSION });
    insights.answer = (action) => (action === "ListTasks" ? apiError(name, "No.") : undefined);
    expect(await status()).toEqual(
      expect.objectContaining({ status: 1, stderr: expect.stringContaining(message) }),
    );
  });

  test("fails where no task runs, and without a region", async () => {
    deployed({ rules_version: VERSION });
    expect(await status()).toEqual(
      expect.objectContaining({ status: 1, stdout: expect.stringContaining("No task runs.") }),
    );
    expect(await rules(["status"])).toEqual({
      ...{ status: 1, stdout: "" },
      stderr: expect.stringMatching(
        /^TF_WORKSPACE is not set, .* TF_WORKSPACE=us-east-1 npm run rules -- status\n$/,
      ),
    });
  });
});
