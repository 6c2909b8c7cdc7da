import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { CHECKOUT, copyCheckout } from "../../helpers/checkout";
import { describeWith, DOCKER } from "../../helpers/tools";

jest.setTimeout(120_000);

/** An image with nothing but a database of packages, so that the test decides what Debian has. */
const DOCKERFILE =
  "FROM debian:trixie-slim\nARG UPDATED=2020-01-02\nCOPY status /var/lib/dpkg/status\n";

describeWith([DOCKER], "`npm run image:update`", () => {
  let root: string;

  beforeAll(() => promisify(execFile)(path.join(CHECKOUT, ".ci/base-image")), 600_000);

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "image-update-"));
    copyCheckout(root, ["package.json", "squid", "src"]);
    write("Dockerfile", DOCKERFILE);
    write("packages.txt", "bash 1\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (file: string, text: string) => writeFileSync(path.join(root, "squid", file), text);
  const read = (file: string) => readFileSync(path.join(root, "squid", file), "utf8");

  function update(version: string) {
    write("status", `Package: bash\nVersion: ${version}\n`);
    const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "image:update"], {
      cwd: root,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  test("writes today's date and the versions where they differ, and only then", () => {
    expect(update("1").stdout).toBe("Debian has nothing newer for the image.\n");
    expect(read("Dockerfile")).toBe(DOCKERFILE);

    expect(update("2")).toMatchObject({ status: 0, stdout: "bash 1 → 2\n" });
    const today = new Date().toISOString().slice(0, 10);
    expect(read("Dockerfile")).toBe(DOCKERFILE.replace("2020-01-02", today));
    expect(read("packages.txt")).toMatch(/\nbash 2\n$/);
    expect(update("2").stdout).toBe("Debian has nothing newer for the image.\n");
  });

  test("leaves all as it is where the image cannot be built", () => {
    write("Dockerfile", `${DOCKERFILE}COPY missing /\n`);
    const { status, stderr } = update("2");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^docker build: .*missing/s)]);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(read("packages.txt")).toBe("bash 1\n");
  });
});

test("squid/ has a record of its packages, and a date to go with it", () => {
  const file = (name: string) => readFileSync(path.join(CHECKOUT, "squid", name), "utf8");
  expect(file("packages.txt")).toMatch(/^squid-openssl 6\.13-/m);
  expect(file("Dockerfile")).toMatch(/^ARG UPDATED=\d{4}-\d\d-\d\d$/m);
});
