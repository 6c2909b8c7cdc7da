import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { readDomainList } from "../../src/configuration/domain-lists/domain-list";
import { CHECKOUT } from "../helpers/checkout";
import { BAD, GOOD } from "../helpers/domain-list-lines";
import { MAWK, describeWith } from "../helpers/tools";

/** Which lines of a list are wrong; or, where none is, the domains in it. */
type Verdict = { lines: number[] } | { domains: string[] };

/*
 * Whoever builds the image without synthesis has squid/check-domains alone, so it must take and refuse
 * what synthesis does. This runs it with the mawk of this machine; image.test.ts tries the same tables
 * with the one that builds the image.
 */
describeWith([MAWK], "synthesis and the build's check of the domain lists agree", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "check-domains-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const write = (content: string | Uint8Array) =>
    writeFileSync(path.join(directory, "list.txt"), content);

  /** The lines that messages name, each once. */
  function linesOf(messages: readonly string[]): number[] {
    const lines = messages.map((message) => Number(/^list\.txt:(\d+): /.exec(message)?.[1]));
    return [...new Set(lines)].sort((one, other) => one - other);
  }

  function inBuild(): Verdict {
    const script = path.join(CHECKOUT, "squid", "check-domains");
    const options = { cwd: directory, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync("bash", [script, "list.txt"], options);
    const printed = (text: string) => text.split("\n").slice(0, -1);
    return status === 0 && stderr === ""
      ? { domains: printed(stdout) }
      : { lines: linesOf(printed(stderr)) };
  }

  function inSynthesis(): Verdict {
    const list = readDomainList(directory, "list.txt");
    return "mistakes" in list ? { lines: linesOf(list.mistakes) } : { domains: list.domains };
  }

  test.each(GOOD)("on $reason", ({ content, domains }) => {
    write(content);
    expect(inBuild()).toEqual({ domains });
    expect(inSynthesis()).toEqual({ domains });
  });

  test.each(BAD)("on $reason", ({ content, lines }) => {
    write(content);
    expect(inBuild()).toEqual({ lines });
    expect(inSynthesis()).toEqual({ lines });
  });

  const agree = (content: string | Uint8Array) => {
    write(content);
    expect(inBuild()).toEqual(inSynthesis());
  };

  /** The same lists in every run. */
  const RUNS = { seed: 13, numRuns: 100 };

  test("on domains that overlap, in whatever letters and with whatever around them", () => {
    const part = fc.constantFrom("a", "b", "B");
    const domain = fc
      .tuple(fc.constantFrom("", "."), fc.array(part, { minLength: 1, maxLength: 4 }))
      .map(([dot, parts]) => `${dot}${parts.join(".")}`);
    const around = fc.constantFrom("", " ", "\t", "\r", " # why", "\t#\r", "#");
    const line = fc.tuple(around, domain, around).map((parts) => parts.join(""));
    const list = fc
      .tuple(fc.constantFrom("", "\uFEFF"), fc.array(line, { maxLength: 10 }))
      .map(([mark, lines]) => `${mark}${lines.join("\n")}`);
    fc.assert(fc.property(list, agree), RUNS);
  }, 120_000);

  test("on what only looks like a domain", () => {
    const piece = fc.constantFrom(
      ...["a", "Z", "7", "0x", "0x7f", "127", "-", "_", ".", "..", "*", "/", ":", "@", "#", " #"],
      ...[" ", "\t", "\r", "\v", "\f", "\u00a0", "\u200b", "\uFEFF", "ü", "%", "\\", '"', "'", "["],
      ...[
        "~",
        "\u007f",
        "\u0001",
        "xn--",
        "a".repeat(63),
        "a".repeat(64),
        "b.".repeat(100),
        ".com",
      ],
    );
    const line = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
    const list = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
    fc.assert(fc.property(list, agree), RUNS);
  }, 120_000);

  test("on any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), agree), RUNS);
  }, 120_000);
});
