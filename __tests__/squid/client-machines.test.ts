import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { CHECKOUT } from "../helpers/checkout";
import { docker, Sandbox } from "../helpers/docker";
import { Lab, type Origin } from "../helpers/lab";
import { Machine, quoted, SUITES } from "../helpers/machine";
import { DOCKER, describeWith } from "../helpers/tools";
import { COMMANDS, REFUSED, reporting, WORKS, type Command } from "./clients/commands";

/** What curl says of a page, started in ways in which people start it. */
const WAYS: Readonly<Record<string, (command: string) => string>> = {
  "a login shell": (command) => `bash --login -c ${quoted(command)}`,
  "another user's shell": (command) => `su --shell /bin/bash --command ${quoted(command)} nobody`,
  sudo: (command) => `sudo bash -c ${quoted(command)}`,
};

/** Without the variables, as from a timer. */
const bare = (command: string) =>
  `env --ignore-environment PATH="$PATH" bash -c ${quoted(command)}`;

/** Those that read the variables. */
const { apt, dnf, ...READERS } = COMMANDS;

/** Python's own client; pip has another one. */
const urllib: Command = ({ origin }) =>
  `python3 -c 'from urllib.request import urlopen; urlopen("${origin}/bytes/1")'`;

/** Who takes a network for the addresses in it. */
const READS_NETWORKS: Readonly<Record<string, boolean>> = {
  curl: true,
  git: true,
  Go: true,
  npm: false,
  pip: true,
  wget: false,
  urllib: false,
};

describeWith([DOCKER], "a machine that client/use-proxy.sh has pointed at the proxy", () => {
  const lab = new Lab();
  const sandbox = new Sandbox();
  let url: string;
  /** A site in the clients' network, which the proxy refuses for its address. */
  let inside: Origin;

  beforeAll(async () => {
    await lab.start({
      site: path.join(CHECKOUT, "__tests__/squid/clients"),
      names: { "site.test": "origin.test" },
      ports: [80, 443],
    });
    url = `http://${(await lab.proxy()).address}:3128`;
    inside = await lab.origin(lab.is.clients, [80], lab.is.image);
  }, 900_000);

  afterAll(async () => {
    await sandbox.remove();
    await lab.remove();
  }, 60_000);

  /** A machine in the clients' network, which has no way out and no name server. */
  async function machine(suite: (typeof SUITES)[number]): Promise<Machine> {
    const started = await Machine.start(sandbox, suite, lab.is.clients);
    const folder = await lab.folder();
    const { stdout: modules } = await promisify(execFile)("npm", ["root", "--global"]);
    const copies = {
      "/opt/npm": path.join(modules.trim(), "npm"),
      "/usr/local/bin/go-get": `${inside.container}:/usr/local/bin/go-get`,
      "/usr/local/share/ca-certificates/lab.crt": `${inside.container}:/etc/lab/certificate.pem`,
    };
    for (const [target, source] of Object.entries(copies)) {
      const local = source.startsWith("/") ? source : path.join(folder, path.basename(target));
      if (local !== source) await docker("cp", source, local);
      await docker("cp", local, `${started.container}:${target}`);
    }
    await started.bash("update-ca-certificates");
    return started;
  }

  describe.each(SUITES)("on Debian %s", (suite) => {
    let is: Machine;

    beforeAll(async () => {
      is = await machine(suite);
    }, 900_000);

    /** npm is of this machine's Node, and may want a newer one than Debian 12 has. */
    const has = (name: string) => name !== "npm" || suite !== "bookworm";

    const environment = [
      "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
      "PIP_CERT=/etc/ssl/certs/ca-certificates.crt",
    ].flatMap((variable) => ["--env", variable]);

    /** How a command for a client ends, and all that it says. */
    async function said(script: string): Promise<string> {
      return (await is.bash(script, ...environment)).stdout.trim();
    }

    describe("pointed at the proxy", () => {
      beforeAll(async () => {
        // Without, there is not even a name.
        assert.match(
          await said(WAYS["a login shell"]!(reporting("curl http://site.test/"))),
          /exit 6$/,
        );
        assert.equal((await is.useProxy(url)).status, 0);
      }, 120_000);

      afterAll(() => is.useProxy("--off"));

      test.each(["http", "https"])(
        "everybody gets there by %s, and needs no other setting",
        async (scheme) => {
          const site = new URL(`${scheme}://site.test`);
          for (const [name, command] of Object.entries(READERS).filter(([name]) => has(name))) {
            const answer = await said(WAYS["a login shell"]!(reporting(command(site))));
            expect([name, answer]).toEqual([name, expect.stringMatching(WORKS)]);
          }
          for (const command of [apt, dnf]) {
            expect(await said(bare(reporting(command(site))))).toMatch(WORKS);
          }
        },
        240_000,
      );

      test.each(Object.entries(WAYS))("%s has the variables", async (_, way) => {
        const answer = await said(way(reporting(COMMANDS.curl(new URL("https://site.test")))));
        expect(answer).toMatch(WORKS);
      });
    });

    test("a network among what is reached directly is read by some, an address by all", async () => {
      const there = new URL(`http://${inside.address}`);
      const clients = Object.entries({ ...READERS, urllib }).filter(([name]) => has(name));
      const direct = async () => {
        const answers: Record<string, boolean> = {};
        for (const [name, command] of clients) {
          const answer = await said(WAYS["a login shell"]!(reporting(command(there))));
          answers[name] = WORKS.test(answer);
          assert(answers[name] || REFUSED.test(answer), `${name}: ${answer}`);
        }
        return answers;
      };
      const all = (value: (name: string) => boolean) =>
        Object.fromEntries(clients.map(([name]) => [name, value(name)]));
      try {
        await is.useProxy(url);
        expect(await direct()).toEqual(all(() => false));
        await is.useProxy(url, "--no-proxy", inside.address);
        expect(await direct()).toEqual(all(() => true));
        await is.useProxy(url, "--no-proxy", await lab.clientsCidr());
        expect(await direct()).toEqual(all((name) => READS_NETWORKS[name]!));
      } finally {
        await is.useProxy("--off");
      }
    }, 240_000);
  });
});
