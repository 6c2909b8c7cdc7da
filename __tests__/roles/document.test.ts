import { readFileSync } from "node:fs";
import path from "node:path";
import { boundaryPolicy } from "../../src/roles/boundary";
import {
  deployPolicy,
  identityPolicy,
  networkPolicy,
  planPolicy,
  statePolicy,
} from "../../src/roles/policies";
import { parseSettings } from "../../src/settings";
import { deployTrust, planTrust } from "../../src/roles/trust-policy";

const PROPS = {
  name: "proxy",
  accountId: "123456789012",
  bucket: "example-state",
  regions: ["us-east-1", "us-west-2"],
  repository: "example/proxy-fleet",
  permissionsBoundary: "arn:aws:iam::123456789012:policy/proxy-boundary",
};

const SECTIONS = readFileSync(path.resolve(__dirname, "../../docs/github-roles.md"), "utf8")
  .split(/^## /m)
  .map((section) => ({
    title: section.split("\n")[0],
    blocks: [...section.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => JSON.parse(json)),
    explained: [...section.matchAll(/^\*\*(\w+)\.\*\* \w/gm)].map(([, sid]) => sid),
  }));

const section = (title: string) => SECTIONS.find((each) => each.title === title);

describe("docs/github-roles.md", () => {
  test("has the trust policies as they are", () => {
    expect(section("Who takes them on")?.blocks).toEqual([planTrust(PROPS), deployTrust(PROPS)]);
  });

  test("has the setting as it is read", () => {
    const [settings] = section("The permissions boundary")!.blocks;
    expect(parseSettings(settings)).toHaveProperty(
      "settings.permissionsBoundary",
      PROPS.permissionsBoundary,
    );
  });

  test.each([
    ["github-state", statePolicy(PROPS)],
    ["github-plan", planPolicy(PROPS)],
    ["github-deploy", deployPolicy(PROPS)],
    ["github-identity", identityPolicy(PROPS)],
    ["github-network", networkPolicy(PROPS)],
    ["boundary", boundaryPolicy(PROPS)],
  ])("has the policy proxy-%s as it is, and a reason for each statement", (id, policy) => {
    const { blocks, explained } = section(`The policy \`proxy-${id}\``)!;
    expect(blocks).toEqual(policy.Statement);
    expect(explained).toEqual(policy.Statement.map(({ Sid }) => Sid));
  });

  test("has no section for a policy that does not exist", () => {
    const titles = SECTIONS.map(({ title }) => title).filter((title) =>
      title?.startsWith("The policy"),
    );
    expect(titles).toHaveLength(6);
  });
});
