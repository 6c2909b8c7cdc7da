import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { CHECKOUT } from "../helpers/checkout";
import { docker } from "../helpers/docker";
import { Lab, type Origin, type Proxy } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";
import { COMMANDS, REFUSED, reporting, WORKS, type Command } from "./clients/commands";

const FOLDER = "__tests__/squid/clients";

/** The programs are TypeScript of the project, which the lab's containers have at /project. */
const node = (program: string) =>
  `node --require /project/node_modules/sucrase/register/ts /project/${FOLDER}/${program}.ts`;

/** With the clients that are told of the proxy in a way of their own. */
const CLIENTS: Readonly<Record<string, Command>> = {
  ...COMMANDS,
  Java: ({ origin }) =>
    "/opt/java/bin/java -Dhttp.proxyHost=$proxy -Dhttp.proxyPort=3128 -Dhttps.proxyHost=$proxy " +
    `-Dhttps.proxyPort=3128 -cp /opt/classes Get ${origin}/bytes/1`,
  "Node's fetch, told to ask for pages": ({ origin }) => `${node("fetch")} ${origin}/bytes/1 pages`,
};

const UNAVAILABLE = /(503|service unavailable)[^]*exit [1-9]\d*$/i;
/** All that a web socket of undici's says, whatever the reason. */
const NO_SOCKET = /non-101 status code[^]*exit 1$/;

/** Clients that ask for a tunnel to port 80, too, where others ask the proxy for a page. */
const TUNNELLERS: readonly {
  readonly name: string;
  readonly command: Command;
  readonly refused: RegExp;
  readonly unavailable: RegExp;
}[] = [
  {
    name: "Node's fetch",
    command: ({ origin }) => `${node("fetch")} ${origin}/bytes/1`,
    refused: REFUSED,
    unavailable: UNAVAILABLE,
  },
  {
    name: "a web socket",
    command: ({ origin }) => `${node("socket")} ${origin.replace("http", "ws")}`,
    refused: NO_SOCKET,
    unavailable: NO_SOCKET,
  },
];

describeWith([DOCKER], "clients", () => {
  const lab = new Lab();
  let proxy: Proxy;
  let machine: Origin;
  let unreachable: string;

  beforeAll(async () => {
    await lab.start({
      site: path.join(CHECKOUT, FOLDER),
      names: { "site.test": "origin.test", "denied.test": "origin.test" },
      ports: [80, 443],
    });
    const { clients, image, origin } = lab.is;
    proxy = await lab.proxy({ rules: { denied: ["denied.test"] } });
    machine = await lab.origin(clients, [8080], image);
    // An address of the lab's Internet that nobody has.
    unreachable = `a-${origin.address.replace(/\d+$/, "30").replaceAll(".", "-")}.ip.test`;
    const { stdout: modules } = await promisify(execFile)("npm", ["root", "--global"]);
    await docker("cp", path.join(modules.trim(), "npm"), `${machine.container}:/opt/npm`);
  }, 900_000);

  afterAll(() => lab.remove(), 60_000);

  /** Runs a command on the clients' machine: how it ended, and all that it said. */
  async function run(command: string, through = proxy) {
    const url = `http://${through.address}:3128`;
    const environment = {
      http_proxy: url,
      https_proxy: url,
      proxy: through.address,
      NODE_EXTRA_CA_CERTS: "/etc/lab/certificate.pem",
      PIP_CERT: "/etc/lab/certificate.pem",
    };
    const options = Object.entries(environment).flatMap((pair) => ["--env", pair.join("=")]);
    const script = ["timeout", "60", "bash", "-c", reporting(command)];
    return docker("exec", ...options, machine.container, ...script);
  }

  describe.each(Object.entries(CLIENTS))("%s", (_, command) => {
    test.each(["http", "https"])(
      "by %s works where it may, and says whether it is refused or has to try again",
      async (scheme) => {
        const at = (host: string) => run(command(new URL(`${scheme}://${host}`)));
        const [allowed, denied, unresolvable, away] = await Promise.all(
          ["site.test", "denied.test", "nowhere.test", unreachable].map(at),
        );
        expect(allowed).toMatch(WORKS);
        expect(denied).toMatch(REFUSED);
        expect(unresolvable).toMatch(UNAVAILABLE);
        expect(away).toMatch(UNAVAILABLE);
      },
      240_000,
    );
  });

  describe.each(TUNNELLERS)("$name", ({ command, refused, unavailable }) => {
    test("works with TLS, and says why it does not", async () => {
      const at = (host: string) => run(command(new URL(`https://${host}`)));
      const [allowed, denied, unresolvable] = await Promise.all(
        ["site.test", "denied.test", "nowhere.test"].map(at),
      );
      expect(allowed).toMatch(WORKS);
      expect(denied).toMatch(refused);
      expect(unresolvable).toMatch(unavailable);
    }, 240_000);

    test("without TLS is refused, unless 80 is among the ports for tunnels", async () => {
      const plain = command(new URL("http://site.test"));
      expect(await run(plain)).toMatch(refused);
      const open = await lab.proxy({ connectPorts: [443, 80] });
      expect(await run(plain, open)).toMatch(WORKS);
    }, 240_000);
  });

  test("whoever looks at the answer to a refused page is told the rule", async () => {
    expect(await run(COMMANDS.curl(new URL("http://denied.test")))).toContain("denied-domains");
  });
});
