import { DOCKER, describeWith } from "../helpers/tools";
import { Lab } from "../helpers/lab";
import { CASES } from "./fuzz/cases";
import { fuzz } from "./fuzz/fuzz";

/** Any will do; `npm run fuzz` takes others. */
const SEED = 14;

describeWith([DOCKER], "bytes at random", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);
  afterAll(() => lab.remove(), 60_000);

  test("neither end the proxy nor freeze it: heads, answers, TLS and PROXY protocol", async () => {
    const sent = await fuzz(lab, { seed: SEED, minutes: 1, cases: CASES });
    expect(sent).toBeGreaterThan(CASES.length + 200);
  }, 180_000);
});
