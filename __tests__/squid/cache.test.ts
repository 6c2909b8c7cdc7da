import { randomUUID } from "node:crypto";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog } from "./access-log";
import { eventually } from "../helpers/docker";

interface Case {
  readonly why: string;
  /** Headers of the answer. */
  readonly answer: readonly string[];
  readonly method?: string;
  /** Headers of both requests, or of each. */
  readonly requests?: readonly [Record<string, string>, Record<string, string>];
  readonly status?: number;
}

const FRESH = "Cache-Control:max-age=60";

describeWith([DOCKER], "the cache", () => {
  const lab = new Lab();
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start();
    proxy = await lab.proxy();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** Asks twice for something new, and tells whether the second answer came from the cache. */
  async function isHit({ answer, method = "GET", requests = [{}, {}], status = 200 }: Case) {
    const query = new URLSearchParams(answer.map((header): [string, string] => ["header", header]));
    query.set("status", String(status));
    const target = `http://origin.test/cache/${randomUUID()}?${query.toString()}`;
    const bodies: string[] = [];
    for (const headers of requests) {
      const got = await proxy.request({ method, target, headers });
      expect(got.status).toBe(status);
      bodies.push(got.body);
    }
    return bodies[0] === bodies[1];
  }

  test.each<Case>([
    { why: "fresh", answer: [FRESH] },
    {
      why: "public and fresh, for a client that logs in",
      answer: ["Cache-Control:public, max-age=60"],
      requests: [{ Authorization: "Basic YTpi" }, { Authorization: "Basic YTpi" }],
    },
    { why: "fresh for shared caches", answer: ["Cache-Control:s-maxage=60, max-age=0"] },
    { why: "not to expire soon", answer: ["Expires:Thu, 01 Jan 2099 00:00:00 GMT"] },
    {
      why: "a variant, for the same variant",
      answer: [FRESH, "Vary:Accept-Language"],
      requests: [{ "Accept-Language": "es" }, { "Accept-Language": "es" }],
    },
  ])("keeps what is $why", async (example) => {
    expect(await isHit(example)).toBe(true);
  });

  test.each<Case>([
    { why: "not to be stored", answer: ["Cache-Control:no-store"] },
    { why: "private", answer: ["Cache-Control:private, max-age=60"] },
    { why: "to be asked for each time", answer: ["Cache-Control:no-cache"] },
    { why: "not fresh", answer: ["Cache-Control:max-age=0"] },
    { why: "expired", answer: ["Expires:Thu, 01 Jan 1970 00:00:00 GMT"] },
    {
      why: "a query's answer that does not say how long it is fresh",
      answer: ["Last-Modified:Thu, 01 Jan 1970 00:00:00 GMT"],
    },
    {
      why: "for one client that logs in",
      answer: [FRESH],
      requests: [{ Authorization: "Basic YTpi" }, { Authorization: "Basic YTpi" }],
    },
    {
      why: "for one client that logs in, from another",
      answer: [FRESH],
      requests: [{ Authorization: "Basic YTpi" }, {}],
    },
    {
      why: "another variant",
      answer: [FRESH, "Vary:Accept-Language"],
      requests: [{ "Accept-Language": "es" }, { "Accept-Language": "en" }],
    },
    { why: "different for everyone", answer: [FRESH, "Vary:*"] },
    { why: "the answer to a POST", answer: [FRESH], method: "POST" },
    {
      why: "not wanted from a cache",
      answer: [FRESH],
      requests: [{}, { "Cache-Control": "no-cache" }],
    },
    { why: "an error of the server", answer: ["X-Any:1"], status: 500 },
  ])("asks again for what is $why", async (example) => {
    expect(await isHit(example)).toBe(false);
  });

  test("does not hand one client's cookie to another", async () => {
    const target = `http://origin.test/cache/${randomUUID()}?header=${FRESH}&header=Set-Cookie:id=1`;
    expect((await proxy.get(target)).headers["set-cookie"]).toEqual(["id=1"]);
    expect((await proxy.get(target)).headers).not.toHaveProperty("set-cookie");
  });

  test("is in memory, and the log says so", async () => {
    const target = `http://origin.test/cache/${randomUUID()}`;
    await proxy.get(`${target}?header=${FRESH}`);
    await proxy.get(`${target}?header=${FRESH}`);
    await eventually(async () => {
      const entries = (await accessLog(proxy)).filter(({ url }) => url.startsWith(target));
      expect(entries).toMatchObject([
        { result: "TCP_MISS", upstream: lab.is.origin.address },
        { result: "TCP_MEM_HIT", upstream: null },
      ]);
    });
  });
});
