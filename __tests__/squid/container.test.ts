import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { addressOf, docker, eventually, Sandbox } from "../helpers/docker";
import { DOCKER, describeWith } from "../helpers/tools";

const PROJECT = path.join(__dirname, "../..");
const SQUID = path.join(PROJECT, "squid");
const HEALTHCHECK = "/usr/local/bin/healthcheck";

/** As the task definition runs the container, with no more than that. */
const HARDENING = [
  "--read-only",
  ...["--cap-drop", "ALL"],
  ...["--security-opt", "no-new-privileges"],
  ...["--user", "13:13"],
  ...["--memory", "512m"],
  // Fargate grants 65535; an engine whose own limit is lower would refuse that.
  ...["--ulimit", "nofile=16384:16384"],
];

/** In a network without IPv6 the engine switches it off, and Squid then skips half of the guard. */
const WITH_IPV6 = ["--sysctl", "net.ipv6.conf.all.disable_ipv6=0"];

/**
 * Listens on the ports given, prints a line per connection, and answers each request with its own
 * head, so that a test sees what the server saw. In Perl, as the base image has that.
 */
const WEB_SERVER = String.raw`
use strict;
use IO::Select;
use IO::Socket::INET;
$| = 1;
$SIG{CHLD} = "IGNORE";
my $listeners = IO::Select->new(
  map { IO::Socket::INET->new(LocalPort => $_, Listen => 16) or die "port $_: $!" } @ARGV
);
while (1) {
  for my $listener ($listeners->can_read) {
    my $client = $listener->accept or next;
    print "connection to port ", $listener->sockport, "\n";
    next if fork;
    my $head = "";
    while (<$client>) { $head .= $_; last if /^\r?\n$/ }
    print $client "HTTP/1.1 200 OK\r\nContent-Length: ", length $head, "\r\n\r\n", $head;
    exit;
  }
}`;
const WEB_SERVER_PORTS = ["22", "80", "443", "8080", "8443"];

/** Answers that there is no such name. Without it the engine's resolver lets Squid wait for 35 s. */
const NAME_SERVER = String.raw`
use strict;
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => 53, Proto => "udp") or die $!;
while ($socket->recv(my $message, 512)) {
  substr($message, 2, 2) = "\x81\x83";
  $socket->send($message);
}`;

describe("squid.conf", () => {
  test("nothing is allowed before the address guard", () => {
    const rules = readFileSync(path.join(SQUID, "squid.conf"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("http_access "));
    const firstAllow = rules.findIndex((rule) => rule.startsWith("http_access allow"));
    expect(rules.slice(0, firstAllow)).toEqual(
      expect.arrayContaining([
        "http_access deny !health_check !resolvable",
        "http_access deny !health_check internal",
      ]),
    );
  });
});

describeWith([DOCKER], "the proxy's container", () => {
  const DENIED = { status: 403, error: "ERR_ACCESS_DENIED 0" };

  const sandbox = new Sandbox();
  let clients: string;
  let intranet: string;
  let proxy: string;
  let proxyAddress: string;

  beforeAll(async () => {
    await promisify(execFile)(path.join(PROJECT, ".ci/base-image"));
    const image = await buildImage();
    clients = await sandbox.network();
    const internet = await standInInternet(sandbox);
    await startServer(internet, "origin.test", WEB_SERVER, ...WEB_SERVER_PORTS);
    intranet = await startServer(clients, "intranet.test", WEB_SERVER, ...WEB_SERVER_PORTS);
    const dns = await startServer(internet, "dns.test", NAME_SERVER);
    proxy = await sandbox.container(
      ...["--network", clients, "--dns", await addressOf(dns, internet)],
      ...HARDENING,
      ...WITH_IPV6,
      image,
    );
    await docker("network", "connect", internet, proxy);
    await docker("start", proxy);
    proxyAddress = await addressOf(proxy, clients);
    const ready = `${HEALTHCHECK} && : </dev/tcp/origin.test/80`;
    await eventually(() => docker("exec", proxy, "bash", "-c", ready));
  }, 600_000);

  afterAll(() => sandbox.remove(), 60_000);

  /** Runs a Perl program under a name that the proxy can resolve. */
  async function startServer(network: string, name: string, program: string, ...args: string[]) {
    const container = await sandbox.container(
      ...["--network", network, "--network-alias", name],
      ...["debian:trixie-slim", "perl", "-e", program, ...args],
    );
    await docker("start", container);
    return container;
  }

  function ask(method: "GET" | "CONNECT", target: string, headers: OutgoingHttpHeaders = {}) {
    const signal = AbortSignal.timeout(10_000);
    return request({
      ...{ host: proxyAddress, port: 3128, agent: false, signal },
      ...{ method, path: target, headers },
    }).end();
  }

  async function get(url: string, headers?: OutgoingHttpHeaders) {
    const [answer] = (await once(ask("GET", url, headers), "response")) as [IncomingMessage];
    return { ...outcome(answer), headers: answer.headers, body: await text(answer) };
  }

  async function connect(authority: string) {
    const [answer, tunnel] = (await once(ask("CONNECT", authority), "connect")) as [
      IncomingMessage,
      Socket,
    ];
    if (answer.statusCode !== 200) {
      tunnel.destroy();
    }
    return { ...outcome(answer), tunnel };
  }

  /** The lines of the access log, once it has the line of a request that was just made. */
  async function accessLog(lastRequest: string): Promise<string[]> {
    let lines: string[] = [];
    await eventually(async () => {
      lines = (await docker("logs", proxy)).split("\n");
      expect(lines.at(-1)).toContain(lastRequest);
    });
    return lines;
  }

  test("fetches a page", async () => {
    const answer = await get("http://origin.test/page?query");
    expect(answer).toMatchObject({ status: 200, error: undefined });
    expect(answer.body).toContain("GET /page?query HTTP/1.1\r\nHost: origin.test\r\n");
  });

  test("tunnels to port 443", async () => {
    const { status, tunnel } = await connect("origin.test:443");
    expect(status).toBe(200);
    expect(await echo(tunnel)).toContain("through the tunnel");
  });

  test.each([
    "http://origin.test:8080/",
    "https://origin.test/",
    "ftp://origin.test:80/",
    "http://origin.test/squid-internal-mgr/menu",
    // Squid's own files are for the check inside the container.
    "http://origin.test/squid-internal-static/icons/SN.png",
  ])("does not fetch %s", async (url) => {
    expect(await get(url)).toMatchObject(DENIED);
  });

  test.each(["origin.test:22", "origin.test:80", "origin.test:8443"])(
    "does not tunnel to %s",
    async (authority) => {
      expect(await connect(authority)).toMatchObject(DENIED);
    },
  );

  test.each([
    "127.0.0.1",
    "localhost",
    "10.0.0.1",
    "169.254.169.254",
    "2852039166", // 169.254.169.254 as one number
    "169.254.170.2",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[fd00:ec2::254]",
    "nowhere.test", // does not resolve
  ])("does not connect to %s", async (host) => {
    expect(await get(`http://${host}/`)).toMatchObject(DENIED);
    expect(await connect(`${host}:443`)).toMatchObject(DENIED);
  });

  test("does not connect to a private address, whatever its name", async () => {
    await docker("exec", proxy, "bash", "-c", ": </dev/tcp/intranet.test/80");
    const reachable = "connection to port 80";
    await eventually(async () => {
      expect(await docker("logs", intranet)).toBe(reachable);
    });

    for (const host of ["intranet.test", await addressOf(intranet, clients)]) {
      expect(await get(`http://${host}/`)).toMatchObject(DENIED);
      expect(await connect(`${host}:443`)).toMatchObject(DENIED);
    }
    expect(await docker("logs", intranet)).toBe(reachable);
  });

  test("tells the web server nothing about the client", async () => {
    const { body } = await get("http://origin.test/", {
      Via: "1.1 client",
      Forwarded: "for=192.0.2.1",
      "X-Forwarded-For": "192.0.2.1",
      "X-Real-IP": "192.0.2.1",
      "Client-IP": "192.0.2.1",
      "X-Other": "passes",
    });
    expect(body).toContain("X-Other: passes");
    expect(body).not.toMatch(/^(via|.*forwarded.*|x-real-ip|client-ip):/im);
  });

  test("tells the client neither its version nor that it took part", async () => {
    const { headers } = await get("http://origin.test/");
    expect(headers).not.toHaveProperty("via");
    const { body } = await get("http://127.0.0.1/");
    expect(body).toContain("squid");
    expect(body).not.toMatch(/squid\/\d/i);
  });

  test("runs as an ordinary user without privileges, on a file system it cannot change", async () => {
    const status = await docker("exec", proxy, "cat", "/proc/1/status");
    expect(status).toMatch(/^Name:\s+squid$/m);
    expect(status).toMatch(/^Uid:\s+13\s+13\s+13\s+13$/m);
    expect(status).toMatch(/^CapEff:\s+0{16}$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    await expect(docker("exec", proxy, "touch", "/tmp/file")).rejects.toThrow(
      "Read-only file system",
    );
  });

  test("logs requests to stdout, and no probes", async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    await get(`http://origin.test/${before}`);
    await accessLog(before);

    const probe = connectTcp(3128, proxyAddress).resume();
    await once(probe, "connect");
    await once(probe.end(), "close");
    await docker("exec", proxy, HEALTHCHECK);

    await get(`http://origin.test/${after}`);
    const lines = await accessLog(after);
    expect(lines.at(-2)).toContain(before);
  });

  test("is unhealthy while Squid is frozen", async () => {
    await docker("exec", proxy, HEALTHCHECK);
    await docker("kill", "--signal", "STOP", proxy);
    try {
      await expect(docker("exec", proxy, HEALTHCHECK)).rejects.toMatchObject({ code: 1 });
    } finally {
      await docker("kill", "--signal", "CONT", proxy);
    }
    await docker("exec", proxy, HEALTHCHECK);
  });

  test("at SIGTERM takes no more connections, serves those it has, and exits in time", async () => {
    const { tunnel } = await connect("origin.test:443");
    const stopped = docker("stop", "-t", "119", proxy);
    await eventually(() => expect(get("http://origin.test/")).rejects.toThrow("ECONNREFUSED"));
    // Longer than an exit takes that waits for nobody.
    await sleep(3_000);
    expect(await echo(tunnel)).toContain("through the tunnel");
    await stopped;
    expect(await docker("inspect", "--format", "{{.State.ExitCode}}", proxy)).toBe("0");
  }, 130_000);
});

/** Builds from files that only their owner may read, as a clone under a strict umask has them. */
async function buildImage(): Promise<string> {
  const context = await mkdtemp(path.join(tmpdir(), "squid-"));
  try {
    await cp(SQUID, context, { recursive: true });
    for (const file of await readdir(context)) {
      await chmod(path.join(context, file), 0o600);
    }
    return await docker("build", "--quiet", "--force-rm", "--tag", "proxy-fleet-test", context);
  } finally {
    await rm(context, { recursive: true });
  }
}

/** A network with public addresses that nobody has (TEST-NET-2); a part, so that others find room. */
async function standInInternet(sandbox: Sandbox): Promise<string> {
  for (let host = 0; host < 256; host += 16) {
    try {
      return await sandbox.network("--subnet", `198.51.100.${host}/28`);
    } catch (error) {
      if (!String(error).includes("Pool overlaps")) {
        throw error;
      }
    }
  }
  throw new Error("198.51.100.0/24 is full: docker network prune removes what is not in use");
}

function outcome(answer: IncomingMessage) {
  return { status: answer.statusCode, error: answer.headers["x-squid-error"] };
}

/** Sends a line to the web server at the other end of a tunnel, and returns its answer. */
function echo(tunnel: Socket): Promise<string> {
  tunnel.write("through the tunnel\r\n\r\n");
  return text(tunnel);
}
