import { spawnSync } from "node:child_process";
import { Lab } from "../helpers/lab";
import { DOCKER, describeWith } from "../helpers/tools";

describeWith([DOCKER], "the settings in the environment", () => {
  const lab = new Lab();
  let image: string;

  beforeAll(async () => {
    image = await lab.image();
  }, 600_000);

  afterAll(() => lab.remove(), 60_000);

  /** Lets the container parse its configuration, and exit. */
  function check(environment: Record<string, string>) {
    const variables = Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`);
    const hardening = ["--read-only", "--cap-drop=ALL", "--network=none", "--rm"];
    const args = ["run", ...hardening, ...variables, image, "check"];
    const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8" });
    return { status, stdout, stderr };
  }

  test.each<Record<string, string>>([
    {},
    { RULES_URL: "https://bucket.s3.us-east-1.amazonaws.com", SNI_CHECK: "on" },
    { RULES_URL: "file:///rules" },
    { PROXY_PROTOCOL_CIDRS: "10.0.3.0/24,10.0.4.0/24", SNI_CHECK: "on" },
    { HTTP_PORTS: "none", CONNECT_PORTS: "443,8443" },
    { CONNECT_PORTS: "none", PROXY_PROTOCOL_CIDRS: "none", PRIVATE_CIDRS: "none" },
    { PRIVATE_CIDRS: "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16" },
    { PRIVATE_CIDRS: "10.20.0.0/16,10.20.0.5/32,192.168.255.255/32" },
    { SQUIDS: "2", CACHE_MEM_MIB: "64" },
    { CACHE_MEM_MIB: "0", MAX_FILEDESCRIPTORS: "1024" },
    { MAX_CONNECTIONS: "300", MAX_CONNECTIONS_PER_CLIENT: "20", RECEIVE_BUFFER_KIB: "4096" },
    { MAX_REQUEST_HEAD_KIB: "64", MAX_REPLY_HEAD_KIB: "4" },
    { SHUTDOWN_DELAY_SECONDS: "20", SHUTDOWN_LIFETIME_SECONDS: "60" },
  ])("%j are taken", (environment) => {
    expect(check(environment)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("all mistakes are named at once, and nothing runs", () => {
    const wrong = {
      RULES_URL: "http://rules.test",
      SNI_CHECK: "true",
      PROXY_PROTOCOL_CIDRS: "10.0.3.1/24",
      PRIVATE_CIDRS: "10.0.0.0/8,8.8.8.0/24",
      HTTP_PORTS: "80 8080",
      CONNECT_PORTS: "0",
      SQUIDS: "17",
      CACHE_MEM_MIB: "64MB",
      MAX_CONNECTIONS: "9",
      MAX_CONNECTIONS_PER_CLIENT: "0",
      MAX_REQUEST_HEAD_KIB: "65",
      MAX_REPLY_HEAD_KIB: "3",
      RECEIVE_BUFFER_KIB: "15",
      MAX_FILEDESCRIPTORS: "-1",
      SHUTDOWN_DELAY_SECONDS: "101",
      SHUTDOWN_LIFETIME_SECONDS: "08",
    };
    const { status, stdout, stderr } = check(wrong);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    const named = stderr.trimEnd().split("\n");
    expect(named).toHaveLength(Object.keys(wrong).length);
    for (const [name, value] of Object.entries(wrong)) {
      expect(named).toContainEqual(
        expect.stringContaining(`proxy: ${name} is "${value}" and must`),
      );
    }
  });

  test("a value cannot become a directive of its own", () => {
    const { status, stderr } = check({ HTTP_PORTS: "80\nhttp_access allow all" });
    expect(status).toBe(2);
    expect(stderr).toContain("HTTP_PORTS");
  });
});
