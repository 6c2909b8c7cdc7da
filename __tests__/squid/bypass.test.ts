import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { eventually } from "../helpers/docker";
import { Lab, type Origin, type Proxy, type ProxyOptions } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { ATTEMPTS, lines, PASSING, TUNNELS, type Attempt, type Refusal } from "./bypass-attempts";

/** The name server's silence lasts the longest: as long as Squid asks it. */
const LONGEST_ANSWER_MS = 30_000;

/** Squid's names for why it gives no other answer; with the SNI check, tunnels have their own. */
const REASONS: Partial<Record<Refusal, RegExp>> = {
  403: /^ERR_(ACCESS|FORWARDING)_DENIED$/,
  503: /^(503:)?ERR_DNS_FAIL$/,
};

interface Answer {
  readonly status: number;
  /** Why, where the answer is the proxy's own. */
  readonly error: string | undefined;
}

describeWith([DOCKER], "getting past the proxy's rules", () => {
  const lab = new Lab();
  let proxy: Proxy;
  let witness: Origin;

  beforeAll(async () => {
    await lab.start();
    proxy = await lab.proxy();
    witness = await lab.witness(proxy, [80, 443]);
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** Puts the addresses of this lab in the places in braces. */
  function fill(template: string, through = proxy): string {
    const { origin, forbidden } = lab.is;
    const bytes = Buffer.from(forbidden.address.split(".").map(Number));
    const groups = [0, 2].map((at) => bytes.readUInt16BE(at).toString(16));
    const places: Readonly<Record<string, string>> = {
      proxy: through.address,
      origin: origin.address,
      "origin:dashed": origin.address.replaceAll(".", "-"),
      forbidden: forbidden.address,
      "forbidden:dashed": forbidden.address.replaceAll(".", "-"),
      "forbidden:decimal": String(bytes.readUInt32BE()),
      "forbidden:hex": `0x${bytes.toString("hex")}`,
      "forbidden:octal": [...bytes].map((byte) => `0${byte.toString(8)}`).join("."),
      "forbidden:short": `${bytes[0]}.${bytes[1]}.${bytes.readUInt16BE(2)}`,
      "forbidden:groups": groups.join(":"),
      "forbidden:dashed-groups": groups.join("-"),
    };
    return template.replace(/\{([a-z:-]+)\}/g, (_, place: string) => {
      const value = places[place];
      assert(value !== undefined, `there is no {${place}}`);
      return value;
    });
  }

  /** The answers that came back, or how it ended without one. */
  async function send(request: string, through = proxy): Promise<readonly (Answer | string)[]> {
    const { answer, closed } = await through.raw(fill(request, through), LONGEST_ANSWER_MS);
    const heads = answer.matchAll(/^HTTP\/1\.1 (\d{3}) .*\r\n((?:.+\r\n)*)/gm);
    const answers = Array.from(heads, ([, status, headers = ""]) => ({
      status: Number(status),
      error: /^X-Squid-Error: (\S+)/im.exec(headers)?.[1],
    }));
    const end = closed ? "closed" : "silence";
    return answers.length > 0 ? answers : [answer || end];
  }

  /** The origin's view of a test, in the words of the table. */
  async function arrivals(since: number): Promise<string[]> {
    const seen = (await lab.is.origin.seen()).slice(since);
    return seen.flatMap((event) => {
      switch (event.event) {
        case "connection":
          return event.port === 80 ? [] : [`connection to port ${event.port}`];
        case "request":
          return [`${event.method} ${event.url}`, ...notable(event.headers)];
        case "body":
          return [event.body];
        default:
          return [JSON.stringify(event)];
      }
    });
  }

  /** The headers that say where a request goes, and what else the tests send. */
  function notable(headers: readonly string[]): string[] {
    return headers.flatMap((name, index) => {
      const line = `${name}: ${headers[index + 1]}`;
      const counts = /^(host|upgrade|x): /i.test(line);
      return index % 2 === 0 && counts ? [line] : [];
    });
  }

  /** The different answers to an attempt; one, if all is well. */
  async function outcomes(attempt: Attempt, through = proxy): Promise<readonly unknown[]> {
    const answers = await send(requestOf(attempt), through);
    return answers.filter((answer, index) => {
      return answers.findIndex((other) => isDeepStrictEqual(other, answer)) === index;
    });
  }

  async function expectNothingForbidden(inside = witness) {
    expect(await lab.is.forbidden.seen()).toEqual([]);
    expect(await inside.seen()).toEqual([]);
  }

  describe.each(Object.entries(ATTEMPTS))("%s", (_, attempts) => {
    test.each(attempts)(
      "$method $target ($why)",
      async (attempt) => {
        expect(await outcomes(attempt)).toEqual([answerOf(attempt.expected ?? 403)]);
      },
      2 * LONGEST_ANSWER_MS,
    );
  });

  test("none of these was seen by any server", async () => {
    await expectNothingForbidden();
    expect(await lab.is.origin.seen()).toEqual([]);
  });

  test.each<[string, ProxyOptions]>([
    ["with the SNI check on", { sniCheck: "on" }],
    // The kernel chooses which of the two Squids gets an attempt.
    ["in a task of two vCPUs", { cpu: 2048, memoryMiB: 1024 }],
  ])(
    "nor %s",
    async (_, options) => {
      const other = await lab.proxy(options);
      const inside = await lab.witness(other, [80, 443]);
      const attempts = Object.values(ATTEMPTS).flat();
      const clients = Array.from({ length: 10 }, async () => {
        for (let attempt = attempts.pop(); attempt; attempt = attempts.pop()) {
          // With the attempt, as several are under way.
          expect({ attempt, answers: await outcomes(attempt, other) }).toEqual({
            attempt,
            answers: [answerOf(attempt.expected ?? 403)],
          });
        }
      });
      await Promise.all(clients);
      await expectNothingForbidden(inside);
      expect(await lab.is.origin.seen()).toEqual([]);
    },
    300_000,
  );

  test("nor without IPv6, where Squid leaves those ranges out and has no way there", async () => {
    const without = await lab.proxy({ ipv6: "off" });
    const inside = await lab.witness(without, [80, 443]);
    for (const attempt of ATTEMPTS["IPv6 addresses"]!) {
      const [answer] = await outcomes(attempt, without);
      expect({ attempt, answer }).not.toMatchObject({ answer: { status: 200 } });
    }
    await expectNothingForbidden(inside);
  }, 120_000);

  describe("what passes", () => {
    test.each(PASSING)("$why", async ({ raw, arrives }) => {
      const before = (await lab.is.origin.seen()).length;
      const answers = await send(raw);
      expect(answers).toContainEqual({ status: 200, error: undefined });
      expect(await arrivals(before)).toEqual(arrives.map((line) => fill(line)));
      await expectNothingForbidden();
    });

    test.each(TUNNELS)("CONNECT %s leads to port 443", async (authority) => {
      const before = (await lab.is.origin.seen()).length;
      const { status, socket } = await proxy.connect(authority);
      socket.destroy();
      expect(status).toBe(200);
      await eventually(async () => {
        expect(await arrivals(before)).toEqual(["connection to port 443"]);
      });
    });

    test("a request behind a CONNECT goes into the tunnel", async () => {
      const before = (await lab.is.origin.seen()).length;
      const request = "GET http://{forbidden}/tunnelled HTTP/1.1";
      const raw = `CONNECT origin.test:443 HTTP/1.1\r\n\r\n${lines(request, "Host: a.test")}`;
      expect(await send(raw)).toHaveLength(2);
      expect(await arrivals(before)).toEqual([
        "connection to port 443",
        fill("GET http://{forbidden}/tunnelled"),
        "Host: a.test",
      ]);
      await expectNothingForbidden();
    });
  });

  describe("a name that changes its address", () => {
    const GOOD_AND_BAD = "a-{origin:dashed}.a-{forbidden:dashed}";
    const BAD_AND_GOOD = "a-{forbidden:dashed}.a-{origin:dashed}";

    async function statuses(template: string) {
      const name = fill(template);
      const { status } = await proxy.get(`http://${name}/rebinding`);
      const tunnel = await proxy.connect(`${name}:443`);
      tunnel.socket.destroy();
      return [status, tunnel.status];
    }

    test("after the first question", async () => {
      const found: unknown[] = [];
      for (let round = 0; round < 20; round++) {
        const names = [GOOD_AND_BAD, BAD_AND_GOOD].flatMap((addresses) => {
          return Array.from({ length: 10 }, (_, i) => `flip.${addresses}.x${round}-${i}.ip.test`);
        });
        found.push(...(await Promise.all(names.map(statuses))).flat());
      }
      expect(new Set(found)).toEqual(new Set([200, 403]));
      await expectNothingForbidden();
    }, 120_000);

    test("whenever it is asked for again", async () => {
      const name = `flip.${GOOD_AND_BAD}.again.ip.test`;
      const found: unknown[] = [];
      // Squid asks again when its own lower limit is over, a few seconds.
      await eventually(async () => {
        found.push(...(await Promise.all(Array(10).fill(name).map(statuses))).flat());
        expect(new Set(found)).toEqual(new Set([200, 403]));
      });
      await expectNothingForbidden();
    }, 60_000);
  });

  describe("this suite can fail:", () => {
    test("the forbidden server can be reached, and tells", async () => {
      const before = (await lab.is.forbidden.seen()).length;
      const program = `fetch("http://${lab.is.forbidden.address}/direct").then((r) => r.text())`;
      await lab.run(lab.is.clients, ["node", "--eval", program]);
      expect((await lab.is.forbidden.seen()).slice(before)).toContainEqual(
        expect.objectContaining({ event: "request", url: "/direct" }),
      );
    });

    test("a proxy without its guard reaches the forbidden server, and itself", async () => {
      const image = await lab.image(async (folder) => {
        const file = path.join(folder, "squid.conf");
        const rules = await readFile(file, "utf8");
        const guard = " refused_internal refused_private";
        expect(rules.split(guard)).toHaveLength(2);
        await writeFile(file, rules.replace(guard, ""));
      });
      const unguarded = await lab.proxy({ image });
      const inside = await lab.witness(unguarded, [80, 443]);
      for (const target of ["http://{forbidden}/unguarded", "http://127.0.0.1/unguarded"]) {
        const request = requestOf({ method: "GET", target, why: "" });
        expect(await send(request, unguarded)).toEqual([{ status: 200, error: undefined }]);
      }
      const request = expect.objectContaining({ event: "request", url: "/unguarded" }) as unknown;
      expect(await lab.is.forbidden.seen()).toContainEqual(request);
      expect(await inside.seen()).toContainEqual(request);
    }, 300_000);
  });
});

function requestOf({ method, target, raw }: Attempt): string {
  // The Host is that of a server one may reach, which must not matter.
  return raw ?? lines(`${method} ${target} HTTP/1.1`, "Host: origin.test");
}

/** An answer of the proxy's own, or none. */
function answerOf(refusal: Refusal): Answer | string {
  if (refusal === "closed") return refusal;
  const reason = REASONS[refusal];
  const error = (reason ? expect.stringMatching(reason) : expect.any(String)) as string;
  return { status: refusal, error };
}
