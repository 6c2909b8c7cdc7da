import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { configure, copyCheckout, writeRuleSet } from "../../helpers/checkout";
import { LogsInsights } from "../../helpers/logs-insights";
import { apiError } from "../../helpers/systems-manager";
import { logged } from "../rules/logged";

jest.setTimeout(60_000);

describe("`npm run logs`", () => {
  let root: string;
  let insights: LogsInsights;

  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), "logs-"));
    copyCheckout(root, ["package.json", "src"]);
    configure(root, { clients: [{ name: "lab" }, { name: "office" }] });
    writeRuleSet(root, "default", { allowed: "www.example.com\n" });
    insights = new LogsInsights("/ecs/proxy-web");
    await insights.start();
    write({ url: "old.test:443" }, 3_600_000);
    write({ consumer: "lab", client: "10.0.0.5", url: "lab.test:443" }, 5_000);
    write({ consumer: "office", deniedBy: "port", url: "office.test:22" }, 4_000);
    write({ consumer: "lab", client: "10.0.0.5", deniedBy: "dns", url: "none.test:443" }, 3_000);
    write({ consumer: "lab", client: "10.0.0.6", deniedBy: "port", url: "lab.test:22" }, 2_000);
    write({ event: "message", text: "Accepting \u001b[31m connections" }, 1_000);
  });
  afterEach(() => {
    insights.stop();
    rmSync(root, { recursive: true });
  });

  /** A line of the log that came so long ago. */
  function write(fields: object, ageMs: number): void {
    const timestamp = Date.now() - ageMs;
    const request = "event" in fields ? {} : logged({ host: "site.test" });
    const time = new Date(timestamp).toISOString();
    const message = JSON.stringify({ ...request, time, ...fields });
    insights.events.push({ stream: "web/squid/0ec5d1aa77777777", timestamp, message });
  }

  function start(args: readonly string[], variables = {}) {
    return spawn(
      process.execPath,
      ["--require", "./src/start.js", "src/tools/commands/logs.ts", ...args],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"],
          TF_WORKSPACE: "us-east-1",
          AWS_ENDPOINT_URL: insights.endpoint,
          AWS_ACCESS_KEY_ID: "testing",
          AWS_SECRET_ACCESS_KEY: "testing",
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_CONFIG_FILE: "/dev/null",
          AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
          ...variables,
        },
      },
    );
  }

  async function logs(args: readonly string[], variables = {}) {
    const program = start(args, variables);
    const [[status], stdout, stderr] = await Promise.all([
      once(program, "close"),
      text(program.stdout),
      text(program.stderr),
    ]);
    expect(stderr).not.toMatch(/^ +at /m);
    return { status, stdout, stderr };
  }

  /** What is asked for in the lines that were printed. */
  const targets = (stdout: string) => stdout.match(/\w+\.test:\d+/g) ?? [];

  test("prints the last 15 minutes, a line each, with nothing that a terminal obeys", async () => {
    const { status, stdout } = await logs([]);
    expect(targets(stdout)).toEqual([
      "lab.test:443",
      "office.test:22",
      "none.test:443",
      "lab.test:22",
    ]);
    expect(stdout).toMatch(/^0ec5d1aa {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}10\.0\.0\.5 \(lab\) {2}/);
    expect(stdout).toContain("Z  Accepting \\u001b[31m connections\n");
    expect(status).toBe(0);
  });

  test.each<[string[], string[]]>([
    [
      ["--client", "lab"],
      ["lab.test:443", "none.test:443", "lab.test:22"],
    ],
    [["--client", "10.0.0.6"], ["lab.test:22"]],
    [["--denied"], ["office.test:22", "lab.test:22"]],
    [["--denied", "--client", "lab", "--since", "2h"], ["lab.test:22"]],
  ])("%j: only what is wanted", async (args, wanted) => {
    expect(targets((await logs(args)).stdout)).toEqual(wanted);
  });

  test("says that there is nothing", async () => {
    const { status, stdout, stderr } = await logs(["--client", "192.0.2.1"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toBe("No such line is in /ecs/proxy-web of us-east-1 in the last 15m.\n");
  });

  test("follows: each line once, also one that comes late, until Ctrl-C", async () => {
    const program = start(["--follow", "--denied"]);
    const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
    const next = async () => targets(String((await lines.next()).value))[0];
    expect([await next(), await next()]).toEqual(["office.test:22", "lab.test:22"]);
    write({ deniedBy: "port", url: "late.test:22" }, 10_000);
    expect(await next()).toBe("late.test:22");
    write({ deniedBy: "port", url: "new.test:22" }, 0);
    expect(await next()).toBe("new.test:22");
    program.kill("SIGINT");
    expect((await once(program, "close"))[0]).toBe(0);
  });

  test("ends with a reader that has seen enough", async () => {
    for (let line = 0; line < 3_000; line++) write({ url: "many.test:443" }, 500);
    const program = start([]);
    await once(program.stdout, "data");
    program.stdout.destroy();
    const [[status], stderr] = await Promise.all([once(program, "close"), text(program.stderr)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("names all that is wrong with how it was called", async () => {
    const { status, stderr } = await logs(["--client", "nobody", "--since", "7"], {
      TF_WORKSPACE: "",
    });
    expect(status).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringContaining('--client is "nobody". Known are "lab" or "office"'),
      expect.stringContaining('--since is "7"'),
      expect.stringContaining("TF_WORKSPACE is not set"),
    ]);
  });

  test.each<[string, string]>([
    ["ResourceNotFoundException", "There is no log group /ecs/proxy-web in us-east-1"],
    ["AccessDeniedException", "needed are logs:FilterLogEvents on /ecs/proxy-web"],
    ["ExpiredTokenException", "The AWS credentials have expired"],
  ])("%s is a sentence", async (name, message) => {
    insights.answer = () => apiError(name, "No.");
    const { status, stdout, stderr } = await logs(["--follow"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(message);
  });
});
