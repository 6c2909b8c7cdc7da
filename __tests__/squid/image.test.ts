import { execFile, spawnSync } from "node:child_process";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { CHECKOUT } from "../helpers/checkout";
import { docker, Sandbox } from "../helpers/docker";
import { BAD, GOOD } from "../helpers/domain-list-lines";
import { Lab } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

describeWith([DOCKER], "the image", () => {
  const lab = new Lab();

  afterAll(() => lab.remove(), 60_000);

  /** Why a build fails, without the colours of the engine. */
  function failure(change: (squid: string) => Promise<void>): Promise<string> {
    return lab.image(change).then(
      () => "it does not",
      (error: unknown) => String(error).replace(/\u001b\[\d+m/g, ""),
    );
  }

  /** Prints what a bash script of a test prints in the image; there are few other programs. */
  const bash = (image: string, script: string) =>
    docker("run", "--rm", "--network=none", "--entrypoint=/bin/bash", image, "-c", script);

  test("is small, and what is in it has nothing that a proxy does not need", async () => {
    const image = await lab.image();
    const size = Number(await docker("image", "inspect", "--format={{.Size}}", image));
    expect(size / 2 ** 20).toBeLessThan(40);
    const programs = await bash(
      image,
      "echo /usr/bin/* /usr/sbin/* /usr/local/bin/* /usr/lib/squid/*",
    );
    expect(programs.split(" ")).toEqual([
      "/usr/bin/bash",
      "/usr/bin/openssl",
      "/usr/sbin/squid",
      "/usr/sbin/squid-openssl",
      "/usr/local/bin/entrypoint",
      "/usr/local/bin/healthcheck",
      "/usr/lib/squid/unlinkd",
    ]);
    const setuid =
      "shopt -s globstar; for f in /usr/**; do [[ -u $f || -g $f ]] && echo $f; done; :";
    expect(await bash(image, setuid)).toBe("");
  }, 600_000);

  test("tells a scanner its packages and their versions", async () => {
    const image = await lab.image();
    const status = await bash(image, 'echo "$(</etc/os-release)"; echo "$(</var/lib/dpkg/status)"');
    expect(status).toMatch(/^VERSION_CODENAME=trixie$/m);
    const packages = [...status.matchAll(/^Package: (.*)\n(?:.+\n)*?Version: (.*)$/gm)];
    const versions = Object.fromEntries(packages.map(([, name, version]) => [name, version]));
    expect(versions).toMatchObject({
      "squid-openssl": expect.stringMatching(/^6\.13-/) as string,
      libc6: expect.any(String) as string,
      libssl3t64: expect.any(String) as string,
      bash: expect.any(String) as string,
      openssl: expect.any(String) as string,
    });
    // Only what is here: these are in the image that it is made from.
    expect(Object.keys(versions)).not.toContain("perl-base");
    expect(Object.keys(versions)).not.toContain("apt");
  }, 600_000);

  describe("is not built", () => {
    test.each([
      ["allowed-domains.txt", ".example.com\nhttps://example.org/\n", "allowed-domains.txt:2: "],
      ["denied-domains.txt", ".example.com\n\nwww.example.com\n", "denied-domains.txt:3: "],
    ])(
      "from a mistake in %s, which is named",
      async (list, content, message) => {
        expect(await failure((squid) => writeFile(path.join(squid, list), content))).toContain(
          message,
        );
      },
      120_000,
    );

    test.each(["allowed-domains.txt", "denied-domains.txt"])(
      "without %s",
      async (list) => {
        expect(await failure((squid) => rm(path.join(squid, list)))).toContain(list);
      },
      120_000,
    );

    test.each([
      ["squid.conf", "http_acces deny all\n", "http_acces"],
      ["squid.conf", 'acl missing dstdomain "/etc/squid/missing"\n', "/etc/squid/missing"],
      ["squid.conf", "http_access deny undefined_acl\n", "undefined_acl"],
      ["sni-check.conf", "ssl_bump splice undefined_acl\n", "undefined_acl"],
    ])(
      "from a mistake in %s: %s",
      async (file, line, message) => {
        expect(await failure((squid) => appendFile(path.join(squid, file), line))).toContain(
          message,
        );
      },
      120_000,
    );
  });

  test("is pinned so that security updates arrive", async () => {
    const dockerfile = await readFile(path.join(CHECKOUT, "squid/Dockerfile"), "utf8");
    expect(dockerfile).toMatch(/^FROM debian:trixie-slim /m);
    expect(dockerfile).toMatch(/^ARG UPDATED=\d{4}-\d\d-\d\d$/m);
    expect(dockerfile).toContain('"squid-openssl=6.13-*"');
  });
});

describeWith([DOCKER], "the build's check of the domain lists", () => {
  const sandbox = new Sandbox();
  let container: string;

  // The image that the build runs in.
  beforeAll(async () => {
    await promisify(execFile)(path.join(CHECKOUT, ".ci/base-image"));
    const mount = `--volume=${path.join(CHECKOUT, "squid")}:/squid:ro`;
    const options = ["--network=none", mount];
    container = await sandbox.container(...options, "debian:trixie-slim", "sleep", "infinity");
    await docker("start", container);
  }, 600_000);

  afterAll(() => sandbox.remove(), 60_000);

  function check(content: string) {
    const script = "cat >/tmp/list.txt && cd /tmp && bash /squid/check-domains list.txt";
    const args = ["exec", "--interactive", container, "bash", "-c", script];
    return spawnSync("docker", args, { input: content, encoding: "utf8" });
  }

  test.each(GOOD)("takes $reason", ({ content, domains }) => {
    const { status, stdout, stderr } = check(content);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(domains.map((domain) => `${domain}\n`).join(""));
  });

  test.each(BAD)("refuses $reason", ({ content, lines }) => {
    const { status, stdout, stderr } = check(content);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    const named = [...stderr.matchAll(/^list\.txt:(\d+): /gm)].map(([, line]) => Number(line));
    expect([...new Set(named)].sort((one, other) => one - other)).toEqual(lines);
  });
});
