import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { configure, CHECKOUT, copyCheckout, writeRuleSet } from "../../helpers/checkout";
import { docker, pause, Sandbox } from "../../helpers/docker";
import { COMPOSE, describeWith, DOCKER } from "../../helpers/tools";

const PARTS = ["client", "package.json", "squid", "src"];

/** A copy of the project, so that another rehearsal on this machine and its files stay as they are. */
let checkout: string;
/** What Compose calls its rehearsal. */
let name: string;

const vpc = () => `vpc-0${randomBytes(8).toString("hex")}`;

/** A network that is there before the rehearsal. */
const EXISTING = vpc();

/** Ids are of one region. */
const REGIONS = { regions: ["us-east-1"] };

const adopted = (name: string, vpcId: string, publicDns: string) => {
  return { name, vpcId, subnetIds: ["subnet-01234567"], publicDns, rules: "office" };
};

/** Three, with different rules, and two of them without public names. */
const CLIENTS = [
  { name: "lab", publicDns: "blocked" },
  { name: "office", cidr: "172.17.0.0/16", rules: "office" },
  adopted("adopted", EXISTING, "blocked"),
];

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function rehearse(
  command: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const program = [
    process.execPath,
    "--require",
    "sucrase/register/ts",
    "src/tools/commands/rehearse.ts",
  ];
  const options = { cwd: checkout, env: { ...process.env, ...variables } };
  // What the proxies mount is for their user to read, too, however strict ours is.
  const args = ["-c", 'umask 077 && exec "$@"', "sh", ...program, ...command.split(" ")];
  return promisify(execFile)("/bin/sh", args, options).then(
    (output) => ({ status: 0, ...output }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => {
      return { status: code, stdout, stderr };
    },
  );
}

beforeAll(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), "proxy-fleet-"));
  name = `${path
    .basename(checkout)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")}-rehearsal`;
  copyCheckout(checkout, PARTS);
});

afterAll(() => rm(checkout, { recursive: true }));

describe("a command that cannot work", () => {
  test.each([
    ["nothing", "", "Usage: npm run rehearse <command>"],
    ["an unknown command", "upp", "No such command: upp\nUsage: npm run rehearse <command>"],
    ["too much", "up now", "No such command: up now\n"],
    ["too many proxies", "scale 11", 'scale: "11" is not allowed. Allowed: a whole number from 1'],
    ["no number", "scale three", 'scale: "three" is not allowed.'],
    ["no proxies", "scale 0", 'scale: "0" is not allowed.'],
  ])("%s", async (_, command, message) => {
    const { status, stdout, stderr } = await rehearse(command);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });

  test.each(["up", "rules", "check", "logs", "scale 2", "down"])(
    "%s without Docker",
    async (command) => {
      const { status, stderr } = await rehearse(command, { PATH: "" });
      expect(status).toBe(1);
      expect(stderr).toContain("A rehearsal needs Docker. Docker cannot be run (");
      expect(stderr).not.toContain("    at ");
    },
  );
});

describeWith([DOCKER, COMPOSE], "a rehearsal", () => {
  /** What the engine has, of a kind, with labels. */
  const list = (kind: string, ...labels: string[]) =>
    docker(kind, "ls", "--quiet", ...labels.flatMap((label) => ["--filter", `label=${label}`]));

  beforeAll(async () => {
    await promisify(execFile)(path.join(CHECKOUT, ".ci/base-image"));
    configure(checkout, { clients: CLIENTS, ...REGIONS });
    writeRuleSet(checkout, "default", { denied: ".denied.example\n" });
    writeRuleSet(checkout, "office", { allowed: ".office.example\n" });
  }, 600_000);

  /** The network that is there before, and a container in it. */
  const sandbox = new Sandbox();
  let resident: string;
  const existing = () => docker("network", "inspect", EXISTING);
  let before: string;

  beforeAll(async () => {
    await docker("network", "create", "--internal", EXISTING);
    resident = await sandbox.container(
      ...["--network", EXISTING, "--init", "debian:trixie-slim", "sleep", "infinity"],
    );
    await docker("start", resident);
    before = await existing();
  });

  afterAll(async () => {
    await rehearse("down");
    await sandbox.remove();
    await docker("network", "rm", EXISTING);
  }, 120_000);

  test.each(["rules", "check", "logs", "scale 2"])(
    "%s before it is up says what to do",
    async (command) => {
      const { status, stderr } = await rehearse(command);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: "No rehearsal is up on this machine. Type: npm run rehearse up\n",
      });
    },
  );

  test("needs the networks of clients in VPCs that are there already", async () => {
    const [missing, other] = [vpc(), vpc()];
    const clients = [adopted("one", missing, "blocked"), adopted("two", other, "allowed")];
    configure(checkout, { clients, ...REGIONS });
    const { status, stderr } = await rehearse("up");
    configure(checkout, { clients: CLIENTS, ...REGIONS });
    const message = (name: string, network: string) =>
      `The client ${name} is in the VPC ${network}. A rehearsal takes for it the Docker network of that name, ` +
      `and there is none. Type: docker network create --internal ${network}\n`;
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: message("one", missing) + message("two", other),
    });
  });

  test("is up once all proxies are healthy", async () => {
    const { status, stdout, stderr } = await rehearse("up");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("3 of 3 proxies healthy");
    [, name = ""] =
      /^A shell on client office: docker exec -it (\S+)-client-office-1 bash --login$/m.exec(
        stdout,
      ) ?? [];
    expect(name).toContain("-rehearsal-");
  }, 900_000);

  test("passes the acceptance check of each client, by the client's own rules", async () => {
    const { status, stdout, stderr } = await rehearse("check");
    expect(stdout).not.toMatch(/^not ok/m);
    expect(stderr).toMatch(/^Checking client lab, .* rules\/default\.\nChecking client office, /);
    const [, lab = "", office = "", inExisting = ""] = stdout.split("TAP version 13");
    expect(lab).toMatch(/^ok \d+ - HTTPS through the proxy: https:\/\/site\.test:443\/$/m);
    expect(lab).toMatch(/^ok \d+ - the proxy refuses rehearsal\.denied\.example, a denied/m);
    expect(lab).toMatch(/^ok \d+ - the proxy refuses metadata\.site\.test, for its address/m);
    expect(office).toMatch(
      /^ok \d+ - HTTPS through .*: https:\/\/rehearsal\.office\.example:443\/$/m,
    );
    expect(office).toMatch(/^ok \d+ - the proxy refuses denied\.test, a denied/m);
    expect(lab).toMatch(/^ok \d+ - the client's resolver does not answer for site\.test$/m);
    expect(lab).not.toContain("# SKIP");
    expect(inExisting).toMatch(/^ok \d+ - the proxy answers at http:\/\/proxy\.internal:3128$/m);
    expect(inExisting).toMatch(
      /^ok \d+ - HTTPS through .*: https:\/\/rehearsal\.office\.example:443\/$/m,
    );
    expect(inExisting).toMatch(/^ok \d+ - the proxy refuses denied\.test, a denied/m);
    expect(inExisting).toMatch(
      /^ok \d+ - the client's resolver does not answer for rehearsal\.office\.example$/m,
    );
    expect(office.match(/^.* # SKIP .*$/gm)).toEqual([
      expect.stringMatching(/public names # SKIP publicDns of the client office is "allowed"$/),
    ]);
    expect(status).toBe(0);
  }, 120_000);

  test("lets a client resolve the proxy's name and, where public ones are blocked, no other", async () => {
    const resolve = (client: string, host: string) =>
      docker("exec", `${name}-client-${client}-1`, "getent", "hosts", host);
    expect(await resolve("lab", "proxy.internal")).toMatch(/^198\.18\.255\.\d+ +proxy\.internal$/);
    await expect(resolve("lab", "site.test")).rejects.toThrow();
    await expect(resolve("lab", "example.com")).rejects.toThrow();
    expect(await resolve("office", "site.test")).toMatch(/^198\.51\.100\.\d+ +site\.test$/);
    expect(await resolve("adopted", "proxy.internal")).toMatch(/ +proxy\.internal$/);
    await expect(resolve("adopted", "site.test")).rejects.toThrow();
    await expect(resolve("adopted", "example.com")).rejects.toThrow();
  });

  test("gives all of a network that was there before the proxy, by the one name and the client's rules", async () => {
    const ask = (host: string) =>
      docker(
        ...["exec", resident, "bash", "-c"],
        'exec 3<>/dev/tcp/proxy.internal/3128; printf "GET http://$0/ HTTP/1.1\\r\\nHost: $0\\r\\n\\r\\n" >&3; ' +
          'read -r -t 10 _ status _ <&3; echo "$status"',
        host,
      );
    expect([await ask("rehearsal.office.example"), await ask("denied.test")]).toEqual([
      "200",
      "403",
    ]);
    // The log has the address of who asked, as with PrivateLink.
    const format = `{{(index .NetworkSettings.Networks "${EXISTING}").IPAddress}}`;
    const address = await docker("inspect", "--format", format, resident);
    const { stdout } = await rehearse("logs");
    expect(stdout).toMatch(
      new RegExp(`^proxy-.*  ${address} \\(adopted\\)  403  GET  http://denied\\.test/ `, "m"),
    );
  });

  describe("a change of rules", () => {
    /** The statuses of as many requests as it takes to ask all proxies, each once. */
    async function ask(client: string, host: string): Promise<string[]> {
      const curl = `curl --silent --output /dev/null --write-out '%{http_code}\n' http://${host}/`;
      const script = `for request in {1..12}; do ${curl}; done`;
      const statuses = await docker("exec", `${name}-client-${client}-1`, "bash", "-lc", script);
      return [...new Set(statuses.split("\n"))];
    }

    test("is in force within 20 seconds, for whom it is meant, and nothing else changes", async () => {
      const project = `com.docker.compose.project=${name}`;
      const containers = await list("container", project);
      // A tunnel in which a byte goes each way before and after.
      const tunnel = promisify(execFile)("docker", [
        ...["exec", `${name}-client-lab-1`, "bash", "-lc"],
        "exec 3<>/dev/tcp/proxy.internal/3128; printf 'CONNECT site.test:443 HTTP/1.1\\r\\nHost: site.test\\r\\n\\r\\n' >&3; " +
          "read -r _ status _ <&3; sleep 25; printf 'GET / HTTP/1.1\\r\\n\\r\\n' >&3; read -r -t 5 answer <&3; " +
          'read -r -t 5 answer <&3 && echo "$status $answer"',
      ]);
      expect(await ask("office", "www.new.test")).toEqual(["403"]);

      writeRuleSet(checkout, "office", { allowed: ".office.example\n.new.test\n" });
      const begin = Date.now();
      const { status, stdout, stderr } = await rehearse("rules");
      expect(Date.now() - begin).toBeLessThan(20_000);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain("3 of 3 proxies have the rules");

      expect(await ask("office", "www.new.test")).toEqual(["200"]);
      expect(await ask("office", "www.other.test")).toEqual(["403"]);
      expect(await ask("lab", "www.other.test")).toEqual(["200"]);
      expect(await list("container", project)).toBe(containers);
      expect((await tunnel).stdout).toMatch(/^200 HTTP\/1\.1 400/);
    }, 120_000);

    test("that is wrong reaches nobody", async () => {
      writeRuleSet(checkout, "office", { allowed: ".office.example\nnot a name\n" });
      const { status, stderr } = await rehearse("rules");
      expect(status).toBe(1);
      expect(stderr).toContain("rules/office/allowed-domains.txt:2: ");
      expect(await ask("office", "www.new.test")).toEqual(["200"]);
      writeRuleSet(checkout, "office", { allowed: ".office.example\n" });
    }, 60_000);
  });

  test("shows what was logged", async () => {
    const { status, stdout } = await rehearse("logs");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^proxy-\d .* 200 {2}GET {2}http:\/\/site\.test\/ {2}TCP_MISS, \d+ ms/m);
    expect(stdout).toMatch(
      /^proxy-\d .* 403 {2}CONNECT {2}169\.254\.169\.254:443 {2}denied by internal/m,
    );
  });

  test("runs as many proxies as it is told", async () => {
    const more = await rehearse("scale 4");
    expect(more.stdout).toContain("4 of 4 proxies healthy");
    const fewer = await rehearse("scale 2");
    expect({ status: fewer.status, stderr: fewer.stderr }).toEqual({ status: 0, stderr: "" });
    const project = `com.docker.compose.project=${name}`;
    const proxies = await list("container", project, "com.docker.compose.service=proxy");
    expect(proxies.split("\n")).toHaveLength(2);
  }, 300_000);

  test("goes on after its load balancer has forgotten everything", async () => {
    await docker("restart", `${name}-load-balancer-1`);
    const { status, stdout } = await rehearse("scale 3");
    expect(stdout).toContain("3 of 3 proxies healthy");
    expect(status).toBe(0);

    await docker("stop", `${name}-load-balancer-1`);
    const { stderr } = await rehearse("scale 2");
    expect(stderr).toMatch(/^The rehearsal's load balancer does not answer \(.*\)\. Type: npm run/);
  }, 120_000);

  test("starts anew what an interrupted command was about to end", async () => {
    await docker("start", `${name}-load-balancer-1`);
    expect((await rehearse("scale 3")).status).toBe(0);
    await docker(
      ...["exec", `${name}-load-balancer-1`, "bash", "-c"],
      'echo "set server nlb/target-2 state drain" | socat - /run/haproxy.sock',
    );
    expect((await rehearse("up")).stdout).toContain("3 of 3 proxies healthy");
  }, 300_000);

  test("a check that is ended by force has not passed", async () => {
    const programs = await mkdtemp(path.join(tmpdir(), "proxy-fleet-"));
    const docker = path.join(programs, "docker");
    const search = process.env["PATH"]!;
    const wrapper = `#!/bin/sh\n[ "$1" != exec ] || kill -KILL $$\nPATH='${search}' exec docker "$@"\n`;
    await writeFile(docker, wrapper, { mode: 0o755 });
    const { status } = await rehearse("check", { PATH: `${programs}:${search}` });
    await rm(programs, { recursive: true });
    expect(status).toBe(1);
  });

  test("up again applies a change, and the check finds it", async () => {
    const rules = path.join(checkout, "squid/squid.conf");
    const before = await readFile(rules, "utf8");
    const after = before.replace(
      "refused_unresolvable refused_internal refused_private",
      "refused_unresolvable",
    );
    expect(after).not.toBe(before);
    await writeFile(rules, after);

    // New ones at old addresses have their health to show again.
    expect((await rehearse("up")).stdout).toMatch(
      /0 of 3 proxies healthy[^]*3 of 3 proxies healthy/,
    );
    const { status, stdout } = await rehearse("check");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^not ok \d+ - the proxy refuses 10\.0\.0\.1$/m);
  }, 300_000);

  test("a mistake in squid.conf is told in Squid's words", async () => {
    const rules = path.join(checkout, "squid/squid.conf");
    const before = await readFile(rules, "utf8");
    await writeFile(rules, `${before}\nno_such_directive yes\n`);
    const { status, stderr } = await rehearse("up");
    expect(status).toBe(1);
    expect(stderr).toContain("unrecognized: 'no_such_directive'");
    await writeFile(rules, before);
  }, 120_000);

  test("proxies that do not start are an error, and their words can be read", async () => {
    const entrypoint = path.join(checkout, "squid/entrypoint");
    const before = await readFile(entrypoint, "utf8");
    await writeFile(
      entrypoint,
      before.replace(
        "if [[ ${1-} == check ]]",
        'if [[ ! ${1-} ]]; then echo "no way" >&2; exit 1; fi\n$&',
      ),
    );
    const { status, stdout, stderr } = await rehearse("up");
    expect(stdout).not.toContain("The fleet is up");
    expect(status).toBe(1);
    // Some may be about to.
    expect(stderr).toMatch(
      /^[1-3] of 3 proxies have ended\. To see what they say, type: .* logs\n$/,
    );
    expect((await rehearse("logs")).stdout).toContain("no way");
    expect((await rehearse("check")).stderr).toBe(
      "None of the rehearsal's proxies runs. To see what they say, type: npm run rehearse logs\n",
    );
  }, 300_000);

  test("down works whatever the settings and Compose's variables are, and leaves nothing", async () => {
    await pause(`${name}-site-1`);
    await writeFile(path.join(checkout, "cdktf.json"), "{");
    const result = await rehearse("down", { COMPOSE_FILE: "/nowhere" });
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(result.stdout).toMatch(/Nothing is left\n$/);
    const project = `com.docker.compose.project=${name}`;
    expect(await list("container", project)).toBe("");
    expect(await list("network", project)).toBe("");
    expect(await list("image", `proxy-fleet.rehearsal=${name}`)).toBe("");
    expect(await readdir(checkout)).not.toContain(".rehearsal");
    expect(await existing()).toBe(before);
    expect(await docker("inspect", "--format", "{{.State.Status}}", resident)).toBe("running");
  }, 120_000);
});
