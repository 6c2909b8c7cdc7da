import assert from "node:assert/strict";
import { addressOf, docker, eventually } from "../helpers/docker";
import { Lab, type Origin, type Proxy, type ProxyOptions } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { expectLogged } from "../squid/access-log";

/** What `docker exec` rejects with where the command fails. */
interface Failure {
  readonly code: number;
  readonly stdout: string;
}

/** Longer than the script, which takes a minute at most, and the start of a proxy. */
jest.setTimeout(120_000);

const DENYING = { denied: ["denied.test"] };

describeWith([DOCKER], "the acceptance check", () => {
  const lab = new Lab();
  let client: Origin;
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start({
      names: {
        "site.test": "origin.test",
        "denied.test": "origin.test",
        "private.site.test": "forbidden.test",
      },
      ports: [8080],
    });
    const { clients, origin, forbidden } = lab.is;
    await Promise.all([site(origin), site(forbidden)]);
    proxy = await lab.proxy({ rules: DENYING });
    client = await lab.origin(clients, [8080]);
    // As in a VPC, a site's name leads to an address, and the address nowhere; other names to nothing.
    await bash(client, `echo "${origin.address} site.test denied.test" >>/etc/hosts`);
    await bash(client, `echo "${forbidden.address} private.site.test" >>/etc/hosts`);
    await bash(client, "echo nameserver 127.0.0.1 >/etc/resolv.conf");
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  const bash = (server: Pick<Origin, "container">, command: string) =>
    docker("exec", server.container, "bash", "-c", command);

  /** Runs a program of its own on the client, until it is removed, and waits for its port. */
  async function listen(address: string, port: number, program: string): Promise<void> {
    await docker("exec", "--detach", client.container, "node", "-e", program);
    await eventually(() => bash(client, `exec 3<>/dev/tcp/${address}/${port}`));
  }

  /** Lets a server of the lab answer as checkip.amazonaws.com does, or with a text. */
  async function site(server: Origin, answer?: string): Promise<void> {
    const variables = answer === undefined ? [] : ["--env", `ANSWER=${answer}`];
    const haproxy = ["haproxy", "-f", "/project/__tests__/client/site.cfg"];
    await docker("exec", "--detach", ...variables, server.container, ...haproxy);
    await eventually(() => bash(server, "exec 3<>/dev/tcp/127.0.0.1/443"));
  }

  /** Runs the script in the client's container: its status and its lines. */
  async function check(variables: Readonly<Record<string, string>> = {}) {
    const environment = {
      ...through(proxy),
      CURL_CA_BUNDLE: "/etc/lab/certificate.pem",
      SITE: "site.test",
      DENIED_SITE: "denied.test",
      BLOCKED_NAME: "blocked.test",
      ...variables,
    };
    const options = Object.entries(environment).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]);
    const command = [client.container, "bash", "/project/client/check.sh"];
    const { status, output } = await docker("exec", ...options, ...command).then(
      (stdout) => ({ status: 0, output: stdout }),
      ({ code, stdout }: Failure) => ({ status: code, output: stdout }),
    );
    return { status, output, lines: output.trimEnd().split("\n") };
  }

  /** The checks that failed, and the explanation behind the first one. */
  function failures(lines: readonly string[]) {
    const failed = lines.filter((line) => line.startsWith("not ok"));
    const [, first = ""] = lines.join("\n").split(/^not ok .*\n/m);
    return {
      failed: failed.map((line) => line.replace(/^not ok \d+ - /, "")),
      explanation: first.replace(/^(?!# )[^]*/m, ""),
    };
  }

  /** The variables of a client of another proxy. */
  function through({ address }: Pick<Proxy, "address">) {
    return { http_proxy: `http://${address}:3128`, https_proxy: `http://${address}:3128` };
  }

  const throughOther = async (options: ProxyOptions) =>
    through(await lab.proxy({ rules: DENYING, ...options }));

  test("finds nothing wrong with a fleet as it should be", async () => {
    const { status, output, lines } = await check({
      EGRESS_ADDRESSES: `192.0.2.1 ${await addressOf(proxy.container, lab.is.internet)}`,
    });
    expect(output).not.toContain("not ok");
    expect(status).toBe(0);
    expect(lines.slice(0, 2)).toEqual(["TAP version 13", `1..${lines.length - 2}`]);
    lines.slice(2).forEach((line, index) => expect(line).toMatch(`ok ${index + 1} - `));
    expect(output).toContain(`the proxy refuses ${client.address}\n`);
    expect(output).not.toContain("SKIP");
  });

  test("asks for names of internal addresses where it is told some", async () => {
    const { status, output, lines } = await check({ INTERNAL_SITES: "private.site.test" });
    expect(status).toBe(0);
    expect(lines[1]).toBe(`1..${lines.length - 2}`);
    expect(output).toMatch(/^ok \d+ - the proxy refuses private\.site\.test, for its address$/m);
  });

  test("asks for no page where there is no port for it", async () => {
    const closed = await lab.proxy({ rules: DENYING, httpPorts: [] });
    const variables = { ...through(closed), HTTP_SKIP: "closed", TARGET_HTTP_PORT: "" };
    const { lines } = await check({ ...variables, PRIVATE_TARGETS: "10.0.0.1" });
    expect(failures(lines).failed).toEqual([]);
    await expectLogged(closed, "10.0.0.1", [{ method: "CONNECT" }]);
  });

  test("finds nothing wrong with the SNI check, either", async () => {
    const { lines } = await check(await throughOther({ sniCheck: "on" }));
    expect(failures(lines).failed).toEqual([]);
  });

  test("says what it skips and why", async () => {
    const { status, output } = await check({
      HTTP_SKIP: "proxy.httpPorts is empty",
      HTTPS_SKIP: "rules/office refuses site.test",
      DENIED_SITE: "",
      DENIED_SITE_SKIP: "rules/office has no rules",
      INTERNAL_SITES_SKIP: "a list refuses addresses",
      BLOCKED_NAME: "",
      BLOCKED_NAME_SKIP: "public names are allowed",
    });
    expect(status).toBe(0);
    expect(output).toContain("http://site.test:80/ # SKIP proxy.httpPorts is empty\n");
    expect(output).toContain("https://site.test:443/ # SKIP rules/office refuses site.test\n");
    expect(output).toContain("of the proxies # SKIP rules/office refuses site.test\n");
    expect(output).toContain("a denied domain # SKIP rules/office has no rules");
    expect(output).toContain("answer for public names # SKIP public names are allowed\n");
    expect(output).toContain("names for their addresses # SKIP a list refuses addresses\n");
  });

  test("does not take it for the lists' work that a name without an address is refused", async () => {
    const { status, output } = await check({ DENIED_SITE: "missing.test" });
    expect(status).toBe(0);
    const reason = "the proxy's DNS has no address for missing.test";
    expect(output).toContain(`missing.test, a denied domain # SKIP ${reason}`);
  });

  test.each([
    ["without curl", "", "not installed"],
    ["with a curl that is too old", "echo 'curl 7.83.1 (x) libcurl/7.83.1'", "7.83.1"],
  ])("%s gives up in one line", async (_, curl, found) => {
    await bash(client, "rm -rf /opt/tools && mkdir /opt/tools");
    await bash(client, "ln -s /usr/bin/{bash,sort} /opt/tools");
    if (curl !== "") {
      const program = `printf '#!/bin/bash\n%s\n' "${curl}" >/opt/tools/curl`;
      await bash(client, `${program} && chmod +x /opt/tools/curl`);
    }
    const { status, lines } = await check({ PATH: "/opt/tools" });
    expect(status).toBe(1);
    expect(lines).toEqual([
      "TAP version 13",
      `Bail out! curl 7.84 or later is needed, and here it is ${found}`,
    ]);
  });

  test("takes the proxy from the profile, and gives up in one line where there is none", async () => {
    const unset = { http_proxy: "", https_proxy: "" };
    const none = await check(unset);
    expect(none.status).toBe(1);
    expect(none.lines).toEqual([
      "TAP version 13",
      expect.stringMatching(
        /^Bail out! http_proxy and https_proxy are not set, and .*userdata\.sh/,
      ),
    ]);
    const profile = "/etc/profile.d/proxy.sh";
    const address = `http://${proxy.address}:3128`;
    await bash(client, `echo export http_proxy=${address} https_proxy=${address} >${profile}`);
    try {
      expect((await check(unset)).status).toBe(0);
    } finally {
      await bash(client, `rm ${profile}`);
    }
  });

  describe("finds", () => {
    /** Undoes what a test did to the lab. */
    let restore: (() => Promise<unknown>) | undefined;
    afterEach(async () => {
      await restore?.();
      restore = undefined;
    });

    async function expectFailure(
      variables: Readonly<Record<string, string>>,
      failed: readonly unknown[],
      explanation: string | RegExp,
    ) {
      const result = await check(variables);
      const found = failures(result.lines);
      expect(found.failed).toEqual(failed);
      expect(found.explanation).toMatch(explanation);
      expect(result.status).toBe(1);
      expect(result.lines.at(-1)).toMatch(`# ${failed.length} of `);
    }

    test("a way past the proxy", async () => {
      await docker("network", "connect", lab.is.internet, client.container);
      restore = () => docker("network", "disconnect", lab.is.internet, client.container);
      const failed = ["no HTTP past the proxy", "no HTTPS past the proxy"];
      await expectFailure({}, failed, "came: status 200\n");
    });

    test("a way past the proxy where public names do not resolve", async () => {
      await docker("network", "connect", lab.is.internet, client.container);
      await bash(client, "cp /etc/hosts /tmp/hosts && echo 127.0.0.1 localhost >/etc/hosts");
      restore = async () => {
        await bash(client, "cat /tmp/hosts >/etc/hosts");
        await docker("network", "disconnect", lab.is.internet, client.container);
      };
      const variables = { SITE_ADDRESS: lab.is.origin.address, BLOCKED_NAME: "site.test" };
      const failed = ["no HTTP past the proxy", "no HTTPS past the proxy"];
      await expectFailure(variables, failed, "came: status 200\n");
    });

    test("a public name for which the client's resolver answers", async () => {
      const failed = ["the client's resolver does not answer for site.test"];
      await expectFailure({ BLOCKED_NAME: "site.test" }, failed, /and the name has an address\n/);
    });

    test("a way past the proxy on which connections are made, and cut", async () => {
      await bash(client, `echo "${client.address} cut.test" >>/etc/hosts`);
      // Takes every connection, says what is no HTTP, and ends it.
      const cutting = `require("net").createServer((s) => s.on("error", () => {}).end("x")).listen(80)`;
      await listen("127.0.0.1", 80, cutting);
      const { lines } = await check({ SITE: "cut.test" });
      expect(failures(lines).failed).toContain("no HTTP past the proxy");
      expect(failures(lines).failed).not.toContain("no HTTPS past the proxy");
    });

    test("a way past the proxy on which connections are made, and nothing comes", async () => {
      await bash(client, 'echo "127.0.0.2 silent.test" >>/etc/hosts');
      const silent = `require("net").createServer((s) => s.on("error", () => {})).listen(443, "127.0.0.2")`;
      await listen("127.0.0.2", 443, silent);
      const { lines } = await check({ SITE: "silent.test" });
      expect(failures(lines).failed).toContain("no HTTPS past the proxy");
    });

    test("that without DNS nothing is shown about the way past the proxy, unless by an address", async () => {
      await bash(client, "cp /etc/hosts /tmp/hosts && echo 127.0.0.1 localhost >/etc/hosts");
      restore = () => bash(client, "cat /tmp/hosts >/etc/hosts");
      const failed = ["no HTTP past the proxy", "no HTTPS past the proxy"];
      await expectFailure({}, failed, "look: at the client VPC's DNS");
      const byAddress = await check({ SITE_ADDRESS: lab.is.origin.address });
      expect(failures(byAddress.lines).failed).toEqual([]);
    });

    test("an open private network, and nothing else", async () => {
      const { forbidden } = lab.is;
      const open = await throughOther({ privateCidrs: [`${forbidden.address}/32`] });
      const variables = { ...open, PRIVATE_TARGETS: `10.255.255.254 ${forbidden.address} own` };
      const failed = [`the proxy refuses ${forbidden.address}`];
      await expectFailure(variables, failed, /asked the proxy: GET .*\n# came: status 200\n/);
    });

    test("an open private network on the port that is open", async () => {
      const { forbidden } = lab.is;
      const privateCidrs = [`${forbidden.address}/32`];
      const open = await throughOther({ httpPorts: [8080], privateCidrs });
      const ports = { HTTP_SKIP: "closed", TARGET_HTTP_PORT: "8080" };
      const variables = { ...open, ...ports, PRIVATE_TARGETS: forbidden.address };
      const failed = [`the proxy refuses ${forbidden.address}`];
      await expectFailure(variables, failed, /asked the proxy: GET .*\n# came: status 200\n/);
    });

    test("an internal address behind a name, where a list refuses all that have none", async () => {
      const rules = { allowed: [".site.test"] };
      const { forbidden } = lab.is;
      const open = await throughOther({ rules, privateCidrs: [`${forbidden.address}/32`] });
      const targets = { PRIVATE_TARGETS: forbidden.address, INTERNAL_SITES: "private.site.test" };
      const failed = ["the proxy refuses private.site.test, for its address"];
      await expectFailure({ ...open, ...targets }, failed, /GET private.*\n# came: status 200\n/);
    });

    test("a denied domain that is not", async () => {
      const failed = ["the proxy refuses denied.test, a denied domain"];
      const report = await throughOther({ rules: { ...DENYING, domainFilter: "report" } });
      const variables = { ...report, DENIED_BY: "rules/office/denied-domains.txt" };
      await expectFailure(
        variables,
        failed,
        "look: at rules/office/denied-domains.txt and the set's",
      );
    });

    test("an open port", async () => {
      const mail = await throughOther({ connectPorts: [25, 443] });
      await expectFailure(mail, ["the proxy refuses port 25"], "asked the proxy: CONNECT");
    });

    test("a certificate for another name", async () => {
      const failed = ["HTTPS through the proxy: https://denied.test:443/"];
      const passing = { ...through(await lab.proxy()), SITE: "denied.test" };
      await expectFailure({ ...passing, DENIED_SITE: "" }, failed, "look: for whoever decrypts");
    });

    test("an address that is not one of those expected", async () => {
      const failed = ["the site sees an address of the proxies"];
      await expectFailure({ EGRESS_ADDRESSES: "192.0.2.1" }, failed, "expected: 192.0.2.1 other");
    });

    test("the client's own address at the site", async () => {
      const haproxy = "kill $(pidof haproxy)";
      await bash(lab.is.origin, haproxy);
      await site(lab.is.origin, client.address);
      restore = async () => {
        await bash(lab.is.origin, haproxy);
        await site(lab.is.origin);
      };
      const failed = ["the site sees an address of the proxies"];
      await expectFailure({}, failed, `failed: 10 of 10 answers\n# came: ${client.address}\n`);
    });

    describe("one of several proxies", () => {
      /**
       * A load balancer on the client that has two proxies, and gives the other one each third
       * connection on which somebody asks for the site.
       */
      async function balancer(port: number, other: Pick<Proxy, "address">) {
        await listen(
          client.address,
          port,
          `const { connect, createServer } = require("net");
           let asked = 0;
           createServer((socket) => {
             socket.on("error", () => {});
             socket.once("data", (head) => {
               const isSite = /^[A-Z]+ (http:..)?site\\.test(:443|:80)?[/ ]/.test(head);
               const isOther = isSite && asked++ % 3 === 2;
               const proxy = connect(3128, isOther ? "${other.address}" : "${proxy.address}");
               proxy.on("error", () => socket.destroy());
               proxy.write(head);
               socket.pipe(proxy).pipe(socket);
             });
           }).listen(${port}, "${client.address}");`,
        );
        const url = `http://${client.address}:${port}`;
        return { http_proxy: url, https_proxy: url };
      }

      test("without a way to the Internet", async () => {
        const broken = await lab.proxy({ rules: DENYING });
        await docker("network", "disconnect", lab.is.internet, broken.container);
        const { status, output } = await check(await balancer(8081, broken));
        const failed = [...output.matchAll(/^# failed: (\d) of 5 requests$/gm)];
        expect(failed.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(3);
        expect(output).toMatch(/^ok \d+ - the site sees an address of the proxies$/m);
        expect(status).toBe(1);
      });

      test("with an address that is not expected", async () => {
        const expected = await addressOf(proxy.container, lab.is.internet);
        const other = await lab.proxy({ rules: DENYING });
        await expectFailure(
          { ...(await balancer(8082, other)), EGRESS_ADDRESSES: expected },
          ["the site sees an address of the proxies"],
          "failed: 3 of 10 answers",
        );
      });
    });

    // Where nothing answers, nothing is refused either; only the way past the proxy is closed.
    test.each([
      ["does not listen", () => client.address, "came: no answer; curl ended with 7: "],
      ["cannot be reached", () => lab.is.origin.address, "came: no answer; curl ended with 28: "],
    ])("a proxy that %s", async (_, address, explanation) => {
      const { status, lines } = await check(through({ address: address() }));
      expect(status).toBe(1);
      assert(lines.length > 20);
      expect(lines.filter((line) => line.startsWith("ok"))).toEqual([
        expect.stringContaining("no HTTP past the proxy"),
        expect.stringContaining("no HTTPS past the proxy"),
        expect.stringContaining("does not answer for blocked.test"),
      ]);
      expect(failures(lines).explanation).toContain(explanation);
    });
  });
});
