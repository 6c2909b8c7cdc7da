import { PROXY_PORT } from "../../src/fleet/squid/squid-container";
import { docker } from "../helpers/docker";
import { Lab, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

/**
 * Makes /srv/repository a repository of one package, whose version is the argument. Its lists, as those
 * of Fedora's mirrors used to, have the same names in each edition, and are some days old.
 */
const PUBLISH = `
set -e
rm -rf /srv/repository
mkdir /srv/repository
printf '%s\\n' 'Name: thing' "Version: $1" 'Release: 1' 'Summary: any' 'License: any' \\
  'BuildArch: noarch' '%description' 'any' '%files' >/tmp/thing.spec
rpmbuild -bb --quiet --define '_rpmdir /srv/repository' /tmp/thing.spec
createrepo_c --quiet --simple-md-filenames /srv/repository
find /srv/repository/repodata ! -name repomd.xml -exec touch -d '-10 days' {} +
`;

describeWith([DOCKER], "dnf", () => {
  const lab = new Lab();

  beforeAll(() => lab.start(), 600_000);

  afterAll(() => lab.remove(), 60_000);

  const publish = (version: number) =>
    docker("exec", lab.is.origin.container, "sh", "-c", PUBLISH, "-", String(version));

  /** The version that a client without a cache of its own finds. */
  async function version(proxy: Proxy) {
    const found = await lab.run(lab.is.clients, [
      ...["dnf", "--quiet", "--releasever=1", "--setopt=reposdir=/none", "--nogpgcheck"],
      "--repofrompath=any,http://origin.test/files/repository",
      `--setopt=proxy=http://${proxy.address}:${PROXY_PORT}`,
      ...["repoquery", "--qf", "%{version}\\n", "thing"],
    ]);
    return Number(found);
  }

  test.each(["off", "shared"] as const)(
    "finds the new edition of a repository at once, with the cache %s",
    async (cache) => {
      const proxy = await lab.proxy({ cache });
      await publish(1);
      expect(await version(proxy)).toBe(1);
      await publish(2);
      expect(await version(proxy)).toBe(2);
    },
    120_000,
  );
});
