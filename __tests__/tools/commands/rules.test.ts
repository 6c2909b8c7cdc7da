import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { configure, copyCheckout, writeRuleSet } from "../../helpers/checkout";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "rules-"));
  copyCheckout(root, ["package.json", "src"]);
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

function rules(...args: string[]) {
  const command = ["run", "--silent", "rules", "--", ...args];
  const { status, stdout, stderr } = spawnSync("npm", command, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, TF_WORKSPACE: "" },
  });
  return { status, stdout, stderr };
}

describe("`npm run rules`", () => {
  test.each([
    [[], /^No command is named\. There are:\n {2}npm run rules -- check\n/],
    [["chek"], /^"chek" is no command\. There are:\n/],
    [["check", "office"], /^Type: npm run rules -- check\. Given was "office"\.\n$/],
    [
      ["write"],
      /^Type: npm run rules -- write <folder> \[--region <region>\]\. Given was nothing\.\n$/,
    ],
    [["write", "a", "--reg", "x"], /^Type: npm run rules -- write/],
    [
      ["write", "out", "--region", "eu-west-1"],
      /"eu-west-1" is none of the fleet's\. Type --region and one of us-east-1, us-west-2\.\n$/,
    ],
    [["write", "out"], /^Which region's rules: none is named\. /],
  ])("of %j says what can be typed", (args, message) => {
    const { status, stdout, stderr } = rules(...args);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("`rules check`", () => {
  test("counts what is right, and warns of what is most likely not meant", () => {
    configure(root, {
      clients: [{ rules: "office" }],
      ruleSets: { office: { domainFilter: "report" } },
    });
    writeRuleSet(root, "office", { allowed: ".github.io\na.com\n", denied: "b.com\n" });
    const { status, stdout, stderr } = rules("check");
    expect([status, stdout]).toEqual([
      0,
      "default: all allowed that is not denied, 0 denied, enforce\noffice: 2 allowed, 1 denied, report\n",
    ]);
    expect(stderr).toMatch(
      /^Warning: rules\/office\/allowed-domains\.txt:1: "\.github\.io" is a public suffix/,
    );
  });

  test("names what is wrong", () => {
    writeRuleSet(root, "office", { allowed: "*.a.com\n" });
    const { status, stderr } = rules("check");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^The configuration has mistakes:\n {2}rules\/office\/allowed-domains\.txt:1: .*\n {2}rules\/office: is used by nobody/,
    );
  });
});

describe("`rules tidy`", () => {
  test("removes, says what, and has nothing to do the next time", () => {
    writeRuleSet(root, "default", { allowed: "# Mirrors\n.debian.org\ndeb.debian.org\n" });
    expect(rules("tidy")).toEqual({
      status: 0,
      stdout:
        'rules/default/allowed-domains.txt:3: removed deb.debian.org, which is part of ".debian.org" in line 2\n',
      stderr: "",
    });
    expect(read("rules/default/allowed-domains.txt")).toBe("# Mirrors\n.debian.org\n");
    expect(rules("tidy").stdout).toBe("Nothing to remove\n");
  });

  test("leaves other mistakes to their author", () => {
    writeRuleSet(root, "default", { allowed: "a.com\na.com\n*.b.com\n" });
    rmSync(path.join(root, "rules/default/denied-domains.txt"));
    expect(rules("tidy")).toEqual({
      status: 1,
      stdout: "rules/default/allowed-domains.txt:2: removed a.com, which is in line 1 already\n",
      stderr:
        "rules/default/denied-domains.txt: cannot be read (ENOENT). Put it there; an empty file lists nothing.\n",
    });
    expect(read("rules/default/allowed-domains.txt")).toBe("a.com\n*.b.com\n");
  });
});

test("`rules write` writes what the store has, with the endpoints that the settings know", () => {
  configure(root, {
    consumers: [{ name: "partner", endpointId: "vpce-0123456789abcdef0", rules: "office" }],
  });
  writeRuleSet(root, "office", { allowed: "s3.{region}.a.com\n8.8.8.8\n" });
  const { status, stdout } = rules("write", "out", "--region", "us-west-2");
  expect([status, stdout]).toEqual([
    0,
    `Written to ${path.join(root, "out")}: sets/default.txt, sets/office.txt, index.txt\n`,
  ]);
  expect(readdirSync(path.join(root, "out/sets"))).toEqual(["default.txt", "office.txt"]);
  const office = read("out/sets/office.txt");
  expect(office).toBe(
    "# The rules of the set office\nallow 8.8.8.8/32\nallow s3.us-west-2.a.com\n",
  );
  const [body, last] = /^(.*\n)(.*\n)$/s.exec(read("out/index.txt"))!.slice(1);
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  expect(last).toBe(`sha256 ${sha256(body!)}\n`);
  expect(body).toContain(`\nset office enforce ${sha256(office)}\n`);
  expect(body).toContain("\nalways ssm.us-west-2.amazonaws.com\n");
  expect(body).toMatch(/\nendpoint vpce-0123456789abcdef0 partner office\nunknown default\n$/);
});
