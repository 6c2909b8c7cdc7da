import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { docker, Sandbox } from "../helpers/docker";
import { Machine, quoted, SUITES } from "../helpers/machine";
import { DOCKER, describeWith } from "../helpers/tools";
import { COMMANDS, reporting, type Command } from "../squid/clients/commands";

const PROXY = "http://proxy.test:3128";

/** Files as people, packages and user data leave them, some without a newline at the end. */
const FILES: Readonly<Record<string, string>> = {
  "/etc/dnf/dnf.conf": "[main]\ngpgcheck=1\n\n[somebodys]\nname=of somebody's",
  "/etc/ecs/ecs.config": "ECS_CLUSTER=web",
  "/etc/environment": 'LANG="C.UTF-8"',
  "/etc/systemd/system/docker.service.d/limits.conf": "[Service]\nLimitNOFILE=65536\n",
  "/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml":
    '# [proxy]\n#    http_proxy = "{http_url}"\n[credentials]\n   shared_credential_profile = "any"\n',
  "/root/.docker/config.json": '{\n\t"auths": {\n\t\t"registry.test": {}\n\t}\n}',
};

/** What curl says of a page, started in ways in which people start it. */
const WAYS: Readonly<Record<string, (command: string) => string>> = {
  "a login shell": (command) => `bash --login -c ${quoted(command)}`,
  "another user's shell": (command) => `su --shell /bin/bash --command ${quoted(command)} nobody`,
  sudo: (command) => `sudo bash -c ${quoted(command)}`,
};

/** Without the variables, as from a timer. */
const bare = (command: string) =>
  `env --ignore-environment PATH="$PATH" bash -c ${quoted(command)}`;

const { apt, dnf, curl, git, pip, wget } = COMMANDS;

/** Python's own client; pip has another one. */
const urllib: Command = ({ origin }) =>
  `python3 -c 'from urllib.request import urlopen; urlopen("${origin}/")'`;

/** Those that read the variables, and whether they take a network for the addresses in it. */
const READERS: Readonly<Record<string, readonly [Command, boolean]>> = {
  curl: [curl, true],
  git: [git, true],
  pip: [pip, true],
  wget: [wget, false],
  urllib: [urllib, false],
};

describeWith([DOCKER], "client/use-proxy.sh", () => {
  const sandbox = new Sandbox();

  afterAll(() => sandbox.remove(), 60_000);

  describe.each(SUITES)("on Debian %s", (suite) => {
    let is: Machine;

    beforeAll(async () => {
      is = await Machine.start(sandbox, suite, await sandbox.network());
    }, 900_000);

    describe("asked for a site, with a server that writes down what it is asked", () => {
      const HERE = "http://127.0.0.1:3128";
      let address: string;

      beforeAll(async () => {
        const serve = (port: number, bind: string) =>
          `setsid python3 -u -m http.server ${port} --bind ${bind} --directory /tmp/site >/tmp/asked-${port} 2>&1 &`;
        await is.bash(
          `mkdir /tmp/site; ${serve(3128, "127.0.0.1")} ${serve(80, "0.0.0.0")}
          for port in 3128 80; do until grep --quiet Serving /tmp/asked-$port; do sleep 0.1; done; done`,
        );
        address = (await is.bash("hostname --all-ip-addresses")).stdout.trim();
      }, 60_000);

      afterAll(() => is.useProxy("--off"));

      /** What the server on a port is asked for by a command, which fails. */
      async function asked(port: number, script: string): Promise<string> {
        const { stdout } = await is.bash(
          `truncate --size 0 /tmp/asked-*; timeout 30 ${script} >/dev/null 2>&1; cat /tmp/asked-${port}`,
        );
        return stdout;
      }

      test("everybody asks the proxy, and needs no other setting", async () => {
        const sites = {
          "http://site.test": "GET http://site.test",
          "https://site.test": "CONNECT site.test:443",
        };
        const shell = WAYS["a login shell"]!;
        const curlAt = (site: URL) => reporting(curl(site));
        expect(await asked(3128, shell(curlAt(new URL("http://site.test"))))).toBe("");
        await is.useProxy(HERE);
        for (const [site, request] of Object.entries(sites)) {
          const url = new URL(site);
          for (const [name, [command]] of Object.entries(READERS)) {
            const requests = await asked(3128, shell(reporting(command(url))));
            expect([name, requests]).toEqual([name, expect.stringContaining(request)]);
          }
          for (const command of [apt, dnf]) {
            expect(await asked(3128, bare(reporting(command(url))))).toContain(request);
          }
          for (const [name, way] of Object.entries(WAYS)) {
            const requests = await asked(3128, way(curlAt(url)));
            expect([name, requests]).toEqual([name, expect.stringContaining(request)]);
          }
        }
      }, 240_000);

      test("an address that is reached directly is so by all, a network by some", async () => {
        const direct = async () => {
          const answers: Record<string, boolean> = {};
          for (const [name, [command]] of Object.entries(READERS)) {
            const script = WAYS["a login shell"]!(reporting(command(new URL(`http://${address}`))));
            answers[name] = (await asked(80, script)).includes('"GET /');
          }
          return answers;
        };
        const all = (reads: (network: boolean) => boolean) =>
          Object.fromEntries(
            Object.entries(READERS).map(([name, [, network]]) => [name, reads(network)]),
          );
        await is.useProxy(HERE);
        expect(await direct()).toEqual(all(() => false));
        await is.useProxy(HERE, "--no-proxy", address);
        expect(await direct()).toEqual(all(() => true));
        await is.useProxy(HERE, "--no-proxy", `${address}/24`);
        expect(await direct()).toEqual(all((network) => network));
      }, 240_000);
    });

    describe("pointed at the proxy", () => {
      beforeAll(() => is.useProxy(PROXY));

      afterAll(() => is.useProxy("--off"));

      test("the services get them, and systemd takes the files", async () => {
        const units = [
          "amazon-cloudwatch-agent",
          "amazon-ssm-agent",
          "containerd",
          "docker",
          "ecs",
          "snap.amazon-ssm-agent.amazon-ssm-agent",
        ];
        const folder = "/etc/systemd/system";
        const { stdout } = await is.bash(`ls --directory ${folder}/*.service.d`);
        expect(stdout.trim().split("\n")).toEqual(
          units.map((unit) => `${folder}/${unit}.service.d`),
        );
        await is.bash(
          `for unit in ${units.join(" ")}; do
            printf '[Service]\\nExecStart=/bin/true\\n' >${folder}/$unit.service
          done`,
        );
        const files = units.map((unit) => `${folder}/${unit}.service`).join(" ");
        const { status, stderr } = await is.bash(`systemd-analyze verify ${files}`);
        expect([status, stderr]).toEqual([0, ""]);
        await is.bash(`rm ${files}`);
        const { stdout: dropIns } = await is.bash(`cat ${folder}/*.service.d/proxy.conf`);
        const line = (text: string) => dropIns.split("\n").filter((one) => one.startsWith(text));
        for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) {
          expect(line(`Environment=${name}=${PROXY}`)).toHaveLength(units.length);
        }
        for (const name of ["no_proxy", "NO_PROXY"]) {
          expect(line(`Environment=${name}=localhost,`)).toHaveLength(units.length);
        }
      }, 240_000);

      test("the metadata and credentials services are reached directly, by each of their addresses", async () => {
        // Neither asks anybody.
        const judges = {
          urllib: "from urllib.request import proxy_bypass_environment as bypass",
          requests:
            "from pip._vendor.requests.utils import should_bypass_proxies as b\n" +
            "bypass = lambda host: b('http://' + (f'[{host}]' if ':' in host else host), None)",
        };
        const hosts = [
          ...["169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23"],
          ...["fd00:ec2::23", "localhost", "ip-10-0-0-1.ec2.internal"],
          "ip-10-0-0-1.us-west-2.compute.internal",
        ];
        for (const judge of Object.values(judges)) {
          const program = `${judge}\nprint([host for host in ${JSON.stringify([...hosts, "site.test"])} if not bypass(host)])`;
          const answer = (
            await is.bash(`bash --login -c ${quoted(`python3 -c ${quoted(program)}`)}`)
          ).stdout.trim();
          expect(answer).toBe("['site.test']");
        }
      }, 240_000);
    });

    describe("where there are files already", () => {
      beforeAll(async () => {
        for (const [file, text] of Object.entries(FILES)) await is.write(file, text);
      });

      afterAll(() => is.bash("rm -r /root/.docker /etc/ecs /etc/systemd/system/docker.service.d"));

      test("twice is once, another proxy takes the place of the first, and --off leaves all as it was", async () => {
        const before = await is.tree();
        expect(await is.useProxy(PROXY)).toMatchObject({ status: 0, stderr: "" });
        const once = await is.tree();
        expect(once).not.toBe(before);
        expect(await is.useProxy(PROXY)).toEqual({
          status: 0,
          stdout: "nothing to change\n",
          stderr: "",
        });
        expect(await is.tree()).toBe(once);
        await is.useProxy("http://another.test:8080", "--no-proxy", ".svc,10.100.0.0/16");
        expect(await is.tree()).not.toBe(once);
        const { stdout } = await is.bash(
          `grep --recursive --files-with-matches proxy.test /etc /root /opt/aws`,
        );
        expect(stdout).toBe("");
        await is.useProxy(PROXY);
        expect(await is.tree()).toBe(once);
        expect(await is.useProxy("--off")).toMatchObject({ status: 0, stderr: "" });
        expect(await is.tree()).toBe(before);
        expect(await is.useProxy("--off")).toEqual({
          status: 0,
          stdout: "nothing to change\n",
          stderr: "",
        });
      }, 240_000);

      test("read from a pipe, as by a shell on another machine, it is the same", async () => {
        await is.useProxy(PROXY);
        const once = await is.tree();
        await is.useProxy("--off");
        const script = "cat /project/client/use-proxy.sh |";
        expect(await is.bash(`${script} bash -s -- ${PROXY}`)).toMatchObject({
          status: 0,
          stdout: expect.stringContaining("wrote /root/.docker/config.json\n"),
        });
        expect(await is.tree()).toBe(once);
        await is.useProxy("--off");
      }, 240_000);

      test("a dry run says what would change, and changes nothing", async () => {
        const before = await is.tree();
        const dry = await is.useProxy(PROXY, "--dry-run");
        expect(await is.tree()).toBe(before);
        const wet = await is.useProxy(PROXY);
        const files = (text: string, line: RegExp) =>
          [...text.matchAll(line)].map(([, file]) => file);
        expect(files(dry.stdout, /^would write to (.*):$/gm)).toEqual(
          files(wet.stdout, /^wrote (.*)$/gm),
        );
        const on = await is.tree();
        const off = await is.useProxy("--off", "--dry-run");
        expect(off.stdout).toContain("would remove /etc/profile.d/proxy.sh\n");
        expect(off.stdout).toContain("would take its own lines out of /etc/environment\n");
        expect(await is.tree()).toBe(on);
        await is.useProxy("--off");
        // Its other lines may be secrets.
        expect(dry.stdout).not.toContain("registry.test");
      }, 240_000);

      test("their lines stand where the programs look for them", async () => {
        await is.useProxy(PROXY);
        try {
          expect(await is.read("/etc/dnf/dnf.conf")).toBe(
            "[main]\n# use-proxy.sh begins\n" +
              `proxy=${PROXY}\n# use-proxy.sh ends\ngpgcheck=1\n\n[somebodys]\nname=of somebody's`,
          );
          const toml = `import tomllib; print(tomllib.load(open("/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml", "rb")))`;
          const { stdout } = await is.bash(`python3 -c ${quoted(toml)}`);
          expect(stdout).toContain(
            `'proxy': {'http_proxy': '${PROXY}', 'https_proxy': '${PROXY}', 'no_proxy': 'local`,
          );
          expect(stdout).toContain("'credentials': {");
          const ecs = await is.read("/etc/ecs/ecs.config");
          expect(ecs).toMatch(/^HTTPS_PROXY=http/m);
          expect(ecs).toMatch(/^NO_PROXY=\S*,169\.254\.170\.2,\S*,\/var\/run\/docker\.sock$/m);
          // ECS takes every line with an equals sign for a setting.
          expect(
            ecs
              .split("\n")
              .filter((line) => line.startsWith("#"))
              .join(""),
          ).not.toContain("=");
        } finally {
          await is.useProxy("--off");
        }
      }, 240_000);

      test("Docker's file is found again after Docker has written it anew", async () => {
        await is.useProxy(PROXY);
        const folder = await mkdtemp(path.join(tmpdir(), "docker-config-"));
        const file = path.join(folder, "config.json");
        try {
          await docker("cp", `${is.container}:/root/.docker/config.json`, file);
          expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
            auths: { "registry.test": {} },
            proxies: { default: { httpProxy: PROXY, httpsProxy: PROXY } },
          });
          // Its own tool reads and writes all of it.
          const cli = (...args: readonly string[]) =>
            docker("--config", folder, "context", ...args);
          await cli("create", "other", "--docker", "host=unix:///var/run/docker.sock");
          await cli("use", "other");
          expect(await readFile(file, "utf8")).not.toBe(await is.read("/root/.docker/config.json"));
          await docker("cp", file, `${is.container}:/root/.docker/config.json`);
          await is.useProxy("--off");
          expect(JSON.parse(await is.read("/root/.docker/config.json"))).toEqual({
            auths: { "registry.test": {} },
            currentContext: "other",
          });
        } finally {
          await rm(folder, { recursive: true });
          await is.useProxy("--off");
        }
      }, 240_000);
    });

    test("services that are there are restarted, Docker only while no container runs", async () => {
      const bin = "/usr/local/bin";
      await is.write(
        `${bin}/systemctl`,
        `#!/bin/bash
        if [[ $1 != show ]]; then echo "$*" >>/tmp/calls
        elif [[ $5 == @(docker|amazon-ssm-agent|snapd) ]]; then echo loaded
        else echo not-found; fi`,
      );
      await is.write(`${bin}/docker`, "#!/bin/bash\ncat /tmp/containers");
      await is.bash(`chmod 755 ${bin}/{systemctl,docker}; mkdir --parents /run/systemd/system`);
      const calls = async (containers: string, ...args: readonly string[]) => {
        await is.write("/tmp/containers", containers);
        const { stdout } = await is.useProxy(...args);
        const { stdout: called } = await is.bash("sort /tmp/calls; rm /tmp/calls");
        return { stdout, called: called.split("\n").filter((line) => line !== "") };
      };
      try {
        expect((await calls("", PROXY)).called).toEqual([
          "daemon-reload",
          "try-restart amazon-ssm-agent",
          "try-restart docker",
          "try-restart snapd",
        ]);
        expect((await calls("", PROXY)).called).toEqual([]);
        const off = await calls("0123456789ab\n", "--off");
        expect(off.called).toEqual([
          "daemon-reload",
          "try-restart amazon-ssm-agent",
          "try-restart snapd",
        ]);
        expect(off.stdout).toContain("systemctl restart docker");
      } finally {
        await is.bash(`rm --recursive ${bin}/{systemctl,docker} /run/systemd/system`);
        await is.useProxy("--off");
      }
    }, 240_000);

    test("what somebody has set stays as it is, and is said", async () => {
      const theirs = "http://theirs.test:8080";
      const drop = "/etc/systemd/system/containerd.service.d/theirs.conf";
      const set: Readonly<Record<string, string>> = {
        "/etc/apt/apt.conf.d/99theirs": `Acquire { http { Proxy "${theirs}"; }; };\n`,
        "/etc/dnf/dnf.conf": `[main]\nproxy=${theirs}\n`,
        "/etc/docker/daemon.json": `{ "proxies": { "http-proxy": "${theirs}" } }\n`,
        "/etc/ecs/ecs.config": `HTTP_PROXY=${theirs}\n`,
        "/etc/environment": `export https_proxy="${theirs}"\n`,
        "/etc/profile.d/proxy.sh": `export http_proxy=${theirs}\n`,
        "/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml": `[proxy]\nhttp_proxy = "${theirs}"\n`,
        "/root/.docker/config.json": `{"proxies": {"default": {"httpProxy": "${theirs}"}}}`,
        [drop]: `[Service]\nEnvironment=HTTPS_PROXY=${theirs}\n`,
      };
      const kept = "/root/kept.tar";
      const folders = "/etc /opt/aws /root/.docker";
      await is.bash(
        `mkdir --parents /opt/aws /root/.docker && tar --create --file ${kept} ${folders}`,
      );
      try {
        for (const [file, text] of Object.entries(set)) await is.write(file, text);
        const before = await is.tree();
        const { status, stdout, stderr } = await is.useProxy(PROXY);
        expect(status).toBe(0);
        const left = [...stderr.matchAll(/^use-proxy\.sh: left as it is: (\S+), because /gm)];
        expect(left.map(([, file]) => file)).toEqual([
          "/etc/profile.d/proxy.sh",
          "/etc/environment",
          "/etc/apt/apt.conf.d/95use-proxy",
          "/etc/dnf/dnf.conf",
          "/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml",
          "/etc/systemd/system/containerd.service.d/proxy.conf",
          "/etc/ecs/ecs.config",
          "/etc/systemd/system/docker.service.d",
          "/root/.docker/config.json",
        ]);
        for (const [file, text] of Object.entries(set)) expect(await is.read(file)).toBe(text);
        // The others have it.
        expect(stdout).toContain(
          "wrote /etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf\n",
        );
        await is.useProxy("--off");
        expect(await is.tree()).toBe(before);
      } finally {
        const files = Object.keys(set).join(" ");
        await is.bash(`rm ${files}; tar --extract --file ${kept} --directory / && rm ${kept}`);
      }
    }, 240_000);

    test.each([
      [[], ["neither a proxy nor --off is given"]],
      [
        ["https://proxy.test:3128"],
        ['http://HOST:PORT, such as http://proxy.internal:3128, not "https:'],
      ],
      [["http://proxy.test"], ['not "http://proxy.test"']],
      [["http://proxy.test:65536"], ['not "http://proxy.test:65536"']],
      [["http://me:secret@proxy.test:3128"], ["the proxy is given as http://HOST:PORT"]],
      [["http://$(reboot):3128"], ["the proxy is given as http://HOST:PORT"]],
      [["http://a.test:1", "http://b.test:1"], ['"http://b.test:1" would be another']],
      [["http://a.test:1", "--no-proxy"], ['with commas and no blanks, not ""']],
      [["http://a.test:1", "--no-proxy", "--dry-run"], ['no blanks, not "--dry-run"']],
      [["http://a.test:1", "--no-proxy", `${"a".repeat(999)}.test`], ["--no-proxy is too long"]],
      [["--off", "http://a.test:1"], ["--off takes no proxy"]],
      [
        ["proxy", "--no-proxy", "a, b", "--of"],
        ['not "proxy"', 'no blanks, not "a, b"', '"--of" is not an option'],
      ],
    ])(
      "%j is refused with all that is wrong, and changes nothing",
      async (args, messages) => {
        const before = await is.tree();
        const { status, stdout, stderr } = await is.useProxy(...args);
        expect([status, stdout]).toEqual([2, ""]);
        const lines = stderr.trim().split("\n");
        expect(lines).toEqual([
          ...messages.map((message) => expect.stringContaining(message) as string),
          expect.stringMatching(/^use-proxy\.sh: usage: use-proxy\.sh http:/),
        ]);
        expect(await is.tree()).toBe(before);
      },
      60_000,
    );

    test("only root on a known distribution may, and whatever goes wrong leaves no half", async () => {
      const before = await is.tree();
      const somebody = await is.bash(
        `su --shell /bin/bash --command 'bash /project/client/use-proxy.sh ${PROXY}' nobody`,
      );
      expect([somebody.status, somebody.stderr]).toEqual([
        2,
        expect.stringContaining("only root can do this: use sudo"),
      ]);
      const release = "/usr/lib/os-release";
      await is.bash(`mv ${release}{,.kept}; echo ID=alpine >${release}`);
      const alpine = await is.useProxy(PROXY);
      await is.bash(`mv ${release}{.kept,}`);
      expect([alpine.status, alpine.stderr]).toEqual([
        2,
        expect.stringContaining("not for alpine"),
      ]);
      expect(await is.tree()).toBe(before);
      // The last of the folders cannot be made.
      await is.bash("rm --recursive --force /root/.docker; touch /root/.docker");
      const odd = await is.tree();
      const full = await is.useProxy(PROXY);
      expect([full.status, full.stdout]).toEqual([1, ""]);
      expect(full.stderr).toContain("/root/.docker");
      expect(await is.tree()).toBe(odd);
      await is.bash("rm /root/.docker");
    }, 240_000);
  });
});
