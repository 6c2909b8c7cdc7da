import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CHECKOUT } from "../helpers/checkout";
import { describeWith, TERRAFORM } from "../helpers/tools";

const TEMPLATE = path.join(CHECKOUT, "client/userdata.sh");
const SCRIPT = path.join(CHECKOUT, "client/use-proxy.sh");
const HOST = "vpce-1.vpce-svc-1.us-east-1.vpce.amazonaws.com";

describeWith([TERRAFORM], "the client's first boot", () => {
  let directory: string;
  let script: string;

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "userdata-"));
    const values = `{ proxy_host = "${HOST}", proxy_port = 3128, use_proxy = file(${JSON.stringify(SCRIPT)}) }`;
    const { stdout } = spawnSync("terraform", ["console"], {
      cwd: directory,
      input: `jsonencode(templatefile(${JSON.stringify(TEMPLATE)}, ${values}))\n`,
      encoding: "utf8",
    });
    // The console prints the JSON as a quoted string of its own.
    script = JSON.parse(JSON.parse(stdout) as string) as string;
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** Runs the script with its folder and its programs replaced: what they were called with. */
  function boot(dnfStatus: number) {
    const root = mkdtempSync(path.join(directory, "root-"));
    const stubs = `chmod() { :; }; dnf() { echo "dnf $*"; return ${dnfStatus}; }`;
    const confined = script
      .replaceAll("/usr/local/sbin", root)
      .replaceAll(`\n${root}/use-proxy.sh`, "\necho use-proxy.sh");
    const { status, stdout, stderr } = spawnSync("bash", ["-c", `${stubs}\n${confined}`], {
      encoding: "utf8",
    });
    return { root, status, calls: stdout.trimEnd().split("\n"), stderr };
  }

  test("points the machine at the proxy before it installs anything", () => {
    const { root, calls } = boot(0);
    expect(calls).toEqual([`use-proxy.sh http://${HOST}:3128`, "dnf install --assumeyes lynx"]);
    // Terraform has left every dollar sign in it alone.
    expect(readFileSync(path.join(root, "use-proxy.sh"), "utf8").trimEnd()).toBe(
      readFileSync(SCRIPT, "utf8").trimEnd(),
    );
  });

  test("succeeds even where a package cannot be installed", () => {
    const { status, stderr } = boot(1);
    expect(status).toBe(0);
    expect(stderr).toContain("lynx could not be installed");
  });
});
