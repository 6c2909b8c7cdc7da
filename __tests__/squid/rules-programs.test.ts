import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { INDEX_KEY, setKey } from "../../src/fleet/rules/rule-objects";
import { CHECKOUT, copyCheckout } from "../helpers/checkout";
import { docker, Sandbox } from "../helpers/docker";
import { storeObjects } from "../helpers/rule-store";
import { replace } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

const OBJECTS = storeObjects({
  allowed: [".example.test", "a.*.example.test", "198.51.100.0/24", "2001:db8::/32"],
  denied: ["bad.example.test"],
  always: ["ssm.test"],
  endpoints: [{ endpointId: "vpce-0a", name: "web", rules: "default", always: true }],
});

const [INDEX, SET] = [OBJECTS[INDEX_KEY]!, OBJECTS[setKey("default")]!];

/** Reads objects from its input, and says of each what is wrong; what is right is made a table. */
const COMPILE = `
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "compile.h"
/* Each case: a length of the index, the index, a length of the set, the set. */
static char *take(uint32_t *length) {
  if (fread(length, 4, 1, stdin) != 1) exit(0);
  char *bytes = malloc(*length + !*length);
  if (fread(bytes, 1, *length, stdin) != *length) exit(1);
  return bytes;
}
int main(void) {
  static struct compilation compilation;
  for (;;) {
    uint32_t length;
    char *index = take(&length);
    bool is_good = compile_index(&compilation, index, length);
    char *set = take(&length);
    for (size_t i = 0; is_good && i < compilation.set_count; i++) {
      is_good = compile_set(&compilation, i, set, length);
    }
    if (is_good) {
      int file = open(TABLE_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0644);
      if (!write_table(&compilation, file, &(struct table){0})) return 2;
      close(file);
    }
    puts(is_good ? "good" : compilation.problem);
    end_compilation(&compilation);
    free(index);
    free(set);
  }
}
`;

describeWith(
  [DOCKER],
  "the rules' programs, compiled so that they end at the first wrong access",
  () => {
    const sandbox = new Sandbox();
    const folder = mkdtempSync(path.join(tmpdir(), "proxy-fleet-"));
    let container: string;

    beforeAll(async () => {
      await promisify(execFile)(path.join(CHECKOUT, ".ci/base-image"));
      copyCheckout(folder, ["squid"]);
      // As if every object had its checksum: what reads them is tried.
      await replace(path.join(folder, "squid/rules/compile.c"), {
        "return strcmp(digits, expected) == 0;": "return strcmp(digits, expected) != 1000;",
      });
      const build = ["build", "--quiet", "--force-rm", "--target", "compiled"];
      const image = await docker(...build, path.join(folder, "squid"));
      container = await sandbox.container("--network=none", image, "sleep", "infinity");
      await docker("start", container);
      run(["bash", "-c", "cat >/rules/main.c"], COMPILE);
      const compile =
        "cd /rules && gcc -std=gnu17 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all";
      run(["bash", "-c", `${compile} -o /helper helper.c judge.c`]);
      run(["bash", "-c", `${compile} -o /compile main.c compile.c -lcrypto`]);
    }, 600_000);

    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await sandbox.remove();
    }, 60_000);

    function run(command: readonly string[], input: string | Buffer = ""): string[] {
      const args = ["exec", "--interactive", container, ...command];
      const { status, stdout, stderr } = spawnSync("docker", args, { input, maxBuffer: 2 ** 28 });
      expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
      return stdout.toString("latin1").split("\n").slice(0, -1);
    }

    /** As the program above takes it. */
    function caseOf(index: string, set: string): Buffer {
      const parts = [index, set].flatMap((text) => {
        const bytes = Buffer.from(text, "utf8");
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return [length, bytes];
      });
      return Buffer.concat(parts);
    }

    test("read whatever objects the store has, and take only what is right", () => {
      const pieces = fc.constantFrom(
        ...[
          "allow",
          "deny",
          "set",
          "endpoint",
          "always",
          "unknown",
          "format 1",
          "default",
          "enforce",
        ],
        ...[
          " ",
          "\n",
          ".",
          "*",
          "/",
          "a",
          "10.0.0.0/8",
          "::/0",
          "/129",
          "x".repeat(300),
          "\0",
          "é",
        ],
      );
      const change = fc.tuple(fc.nat(1_000), fc.nat(20), fc.array(pieces, { maxLength: 4 }));
      const changed = (text: string) =>
        fc.array(change, { maxLength: 2 }).map((changes) =>
          changes.reduce((object, [at, length, added]) => {
            const start = at % (object.length + 1);
            return object.slice(0, start) + added.join("") + object.slice(start + length);
          }, text),
        );
      const cases = fc.sample(fc.tuple(changed(INDEX), changed(SET)), { numRuns: 5_000, seed: 17 });
      cases.unshift([INDEX, SET]);
      const part = (text: string) => {
        const bytes = Buffer.from(text, "utf8");
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        return [length, bytes];
      };
      const answers = run(["/compile"], Buffer.concat(cases.flatMap((one) => one.flatMap(part))));
      expect(answers).toHaveLength(cases.length);
      expect(answers[0]).toBe("good");
      const problem = /^(index\.txt|sets\/[a-z0-9-]+\.txt)(:| is| does) [a-z0-9 ,.:]+$/;
      const others = answers.filter((answer) => answer !== "good");
      expect(others.filter((answer) => !problem.test(answer))).toEqual([]);
      expect(others.length).toBeGreaterThan(cases.length / 3);
    }, 60_000);

    test("answer each line that Squid sends, in a line that begins with its channel", () => {
      const word = fc.oneof(
        fc.constantFrom(
          "%01vpce-0a",
          "-",
          "www.example.test",
          "[::1]",
          "[",
          "]",
          "%",
          "%0",
          "%00x",
        ),
        fc.stringMatching(/^[!-~]{1,40}$/),
        fc.constant("a.".repeat(130)),
        fc.constant("%5b".repeat(90)),
      );
      const line = fc.tuple(fc.nat(999), fc.array(word, { minLength: 0, maxLength: 4 }));
      expect(run(["/compile"], caseOf(INDEX, SET))).toEqual(["good"]);
      const lines = fc.sample(line, { numRuns: 10_000, seed: 17 });
      const input = lines.map(([channel, words]) => `${[channel, ...words].join(" ")}\n`).join("");
      const answers = run(["/helper"], input);
      expect(answers).toHaveLength(lines.length);
      answers.forEach((answer, index) => {
        expect(answer).toMatch(/^\d+ ((OK|ERR)( [A-Za-z]+_=[a-z0-9./-]+)+|BH message="[a-z ]+")$/);
        expect(answer.split(" ")[0]).toBe(String(lines[index]![0]));
      });
      expect(answers.filter((answer) => answer.includes(" OK consumer_=web"))).not.toEqual([]);
    }, 60_000);
  },
);
