import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyCheckout } from "../../helpers/checkout";

describe("`npm run domains:tidy`", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "tidy-"));
    copyCheckout(root, ["package.json", "squid", "src"]);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const fileOf = (list: string) => path.join(root, "squid", `${list}-domains.txt`);

  function tidy(...args: string[]) {
    const command = ["run", "--silent", "domains:tidy", "--", ...args];
    const { status, stdout, stderr } = spawnSync("npm", command, { cwd: root, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  test("removes, says what, and has nothing to do the next time", () => {
    writeFileSync(fileOf("allowed"), "# Mirrors\n.debian.org\ndeb.debian.org\n");
    expect(tidy()).toEqual({
      status: 0,
      stdout:
        'squid/allowed-domains.txt:3: removed deb.debian.org, which is part of ".debian.org" in line 2\n' +
        "squid/denied-domains.txt: nothing to remove\n",
      stderr: "",
    });
    expect(readFileSync(fileOf("allowed"), "utf8")).toBe("# Mirrors\n.debian.org\n");
    expect(tidy().stdout).toBe(
      "squid/allowed-domains.txt: nothing to remove\nsquid/denied-domains.txt: nothing to remove\n",
    );
  });

  test("names the mistakes that are left, in lines as they are now", () => {
    writeFileSync(fileOf("allowed"), "a.com\na.com\n*.b.com\n");
    rmSync(fileOf("denied"));
    expect(tidy()).toEqual({
      status: 1,
      stdout: "squid/allowed-domains.txt:2: removed a.com, which is in line 1 already\n",
      stderr:
        'squid/allowed-domains.txt:2: "*.b.com" has a wildcard. A leading dot stands for a domain with its ' +
        'subdomains: ".example.com". Write ".b.com".\n' +
        "squid/denied-domains.txt: cannot be read (ENOENT). Put it there; an empty file lists no domain.\n",
    });
  });

  test("takes no arguments", () => {
    expect(tidy("list.txt")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no arguments"),
    });
  });
});
