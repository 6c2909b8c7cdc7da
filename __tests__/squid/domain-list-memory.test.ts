import { writeFile } from "node:fs/promises";
import path from "node:path";
import { BYTES_PER_DOMAIN } from "../../src/configuration/domain-lists/domain-list-capacity";
import { docker } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

const DOMAINS = Array.from(
  { length: 100_000 },
  (_, index) => `.${((index * 2_654_435_761) % 2 ** 32).toString(36)}.example${index % 5000}.com`,
);

describeWith([DOCKER], "a long domain list", () => {
  const lab = new Lab();
  let image: string;

  beforeAll(async () => {
    await lab.start();
    image = await lab.image((squid) =>
      writeFile(path.join(squid, "denied-domains.txt"), DOMAINS.join("\n")),
    );
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** What Squid's process has in memory, in bytes. */
  async function memory({ container }: Proxy): Promise<number> {
    const script =
      'for status in /proc/[0-9]*/status; do text=$(<"$status"); ' +
      '[[ $text =~ ^Name:.squid[^-].*VmRSS:[[:space:]]*([0-9]+) ]] && echo "${BASH_REMATCH[1]}"; done; :';
    return Number(await docker("exec", container, "/bin/bash", "-c", script)) * 1024;
  }

  test.each([
    ["off", 1],
    ["on", 2],
  ] as const)(
    "takes no more memory than is reckoned with the SNI check %s, where it is read %d times",
    async (sniCheck, copies) => {
      const without = await memory(await lab.proxy({ sniCheck }));
      const taken = (await memory(await lab.proxy({ sniCheck, image }))) - without;
      const reckoned = copies * (DOMAINS.length * BYTES_PER_DOMAIN + DOMAINS.join("").length);
      expect(taken).toBeLessThan(reckoned);
      expect(taken).toBeGreaterThan(reckoned / 2);
    },
    120_000,
  );
});
