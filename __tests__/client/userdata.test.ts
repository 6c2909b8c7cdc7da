import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT } from "../helpers/checkout";
import { describeWith, TERRAFORM } from "../helpers/tools";

const TEMPLATE = path.join(CHECKOUT, "client/userdata.sh");
const HOST = "vpce-1.vpce-svc-1.us-east-1.vpce.amazonaws.com";

describeWith([TERRAFORM], "the client's first boot", () => {
  let directory: string;
  let script: string;

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "userdata-"));
    const call = `templatefile(${JSON.stringify(TEMPLATE)}, { proxy_host = "${HOST}", proxy_port = 3128 })`;
    const { stdout } = spawnSync("terraform", ["console"], {
      cwd: directory,
      input: `jsonencode(${call})\n`,
      encoding: "utf8",
    });
    // The console prints the JSON as a quoted string of its own.
    script = JSON.parse(JSON.parse(stdout) as string) as string;
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** Runs the script with its system files and programs replaced by ones in a folder. */
  function boot(dnfStatus: number) {
    const root = mkdtempSync(path.join(directory, "root-"));
    const calls = path.join(root, "calls");
    const stubs = Object.entries({ systemctl: 0, dnf: dnfStatus }).map(
      ([name, status]) => `${name}() { echo "${name} $*" >>${calls}; return ${status}; }`,
    );
    const confined = script.replaceAll(/(?<= |>)\/etc\//g, `${root}/etc/`);
    spawnSync("mkdir", ["-p", `${root}/etc/profile.d`, `${root}/etc/dnf`]);
    writeFileSync(`${root}/etc/dnf/dnf.conf`, "[main]\nproxy=http://old\n");
    const { status, stderr } = spawnSync("bash", ["-c", [...stubs, confined].join("\n")], {
      encoding: "utf8",
    });
    const read = (file: string) => spawnSync("cat", [file], { encoding: "utf8" }).stdout;
    return { status, stderr, root, read, calls: read(calls).trimEnd().split("\n") };
  }

  test("gives every shell the proxy, but not for the metadata service", () => {
    const { root } = boot(0);
    const { stdout } = spawnSync(
      "bash",
      ["-c", `. ${root}/etc/profile.d/proxy.sh; echo $http_proxy $HTTPS_PROXY $no_proxy`],
      { encoding: "utf8", env: {} },
    );
    expect(stdout).toBe(
      `http://${HOST}:3128 http://${HOST}:3128 localhost,127.0.0.1,169.254.169.254\n`,
    );
  });

  test("gives dnf the proxy, once", () => {
    const { root, read } = boot(0);
    expect(read(`${root}/etc/dnf/dnf.conf`)).toBe(`[main]\nproxy=http://${HOST}:3128\n`);
  });

  test("restarts the SSM agent behind the proxy before it installs anything", () => {
    const { root, read, calls } = boot(0);
    expect(read(`${root}/etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf`)).toContain(
      `"https_proxy=http://${HOST}:3128" "no_proxy=localhost,127.0.0.1,169.254.169.254"`,
    );
    expect(calls).toEqual([
      "systemctl daemon-reload",
      "systemctl restart amazon-ssm-agent",
      "dnf install --assumeyes lynx",
    ]);
  });

  test("succeeds even where a package cannot be installed", () => {
    const { status, stderr } = boot(1);
    expect(status).toBe(0);
    expect(stderr).toContain("lynx could not be installed");
  });
});
