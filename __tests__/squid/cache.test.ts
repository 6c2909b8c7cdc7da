import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { accessLog } from "./access-log";
import { docker, eventually } from "../helpers/docker";

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
    proxy = await lab.proxy({ cache: "shared" });
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

  test("asks again for a page of old whose server says nothing about freshness", async () => {
    const target = `http://origin.test/page/${randomUUID()}`;
    const first = await proxy.get(target);
    expect(first).toMatchObject({ status: 200 });
    expect((await proxy.get(target)).body).not.toBe(first.body);
  });

  test("gives out nothing old when the server cannot be asked", async () => {
    // In the network of another server, so that connections are refused when it is gone.
    const server = await lab.origin(`container:${lab.is.nameServer.container}`, [80]);
    const target = `http://${lab.is.nameServer.address}/cache?header=Cache-Control:max-age=2`;
    const first = await proxy.get(target);
    expect((await proxy.get(target)).body).toBe(first.body);
    await docker("kill", server.container);
    await sleep(4_000);
    expect(await proxy.get(target)).toMatchObject({ status: 504 });
  }, 30_000);

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

describeWith([DOCKER], "without a cache", () => {
  const lab = new Lab();
  let proxy: Proxy;

  beforeAll(async () => {
    await lab.start();
    proxy = await lab.proxy();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  const answers = async () => (await lab.is.origin.requests()).length;

  test("nothing is kept, whatever its server says", async () => {
    const target = `http://origin.test/cache/${randomUUID()}?header=${FRESH}`;
    const first = await proxy.get(target);
    expect((await proxy.get(target)).body).not.toBe(first.body);
  });

  test("nobody can tell what others have fetched", async () => {
    const fetched = `http://origin.test/cache/${randomUUID()}?header=${FRESH}`;
    await proxy.get(fetched);
    const before = await answers();
    const onlyIfCached = { "Cache-Control": "only-if-cached" };
    const ofFetched = await proxy.get(fetched, onlyIfCached);
    const ofOther = await proxy.get(fetched.replace("cache/", "cache/not-"), onlyIfCached);
    for (const { status, error } of [ofFetched, ofOther]) {
      expect({ status, error }).toEqual({ status: 504, error: "ERR_ONLY_IF_CACHED_MISS 0" });
    }
    expect(await answers()).toBe(before);
  });

  test("an answer on its way to one client is not given to another", async () => {
    const target = `http://origin.test/drip?chunks=20&ms=100&header=${FRESH}`;
    const before = await answers();
    const both = [proxy.get(target)];
    await eventually(async () => expect(await answers()).toBe(before + 1));
    both.push(proxy.get(target));
    await Promise.all(both);
    expect(await answers()).toBe(before + 2);
  });

  test("a client's own cache is told when nothing has changed", async () => {
    const target = `http://origin.test/cache/${randomUUID()}?status=304&header=ETag:"1"`;
    const answer = await proxy.get(target, { "If-None-Match": '"1"' });
    expect(answer).toMatchObject({ status: 304, headers: { etag: '"1"' } });
    const [asked] = (await lab.is.origin.requests()).slice(-1);
    expect(asked?.headers).toContain("If-None-Match");
  });
});
