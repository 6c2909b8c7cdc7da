import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { CHECKOUT } from "../helpers/checkout";
import { docker } from "../helpers/docker";
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
