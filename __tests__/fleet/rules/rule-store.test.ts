import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { TerraformOutput } from "cdktf";
import { indexBody, indexChecksum, setObject } from "../../../src/fleet/rules/rule-objects";
import { RuleStore, type RuleStoreProps } from "../../../src/fleet/rules/rule-store";
import { WORKSPACE_REGION } from "../../../src/fleet/stack/region-guard";
import { ruleSet } from "../../helpers/rules";
import { placeholder, synthWith, type TerraformJson } from "../../helpers/synth";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const RULES: RuleStoreProps["rules"] = {
  sets: [
    ruleSet({ allowed: [".example.com", "ec2.{region}.amazonaws.com"], denied: ["a.example.com"] }),
    ruleSet({ name: "office-2", domainFilter: "report", denied: ["198.51.100.0/24"] }),
  ],
  always: [{ text: "ssm.{region}.amazonaws.com", file: "rules/bundles/ssm.txt", line: 3 }],
};

const ENDPOINTS: RuleStoreProps["endpoints"] = [
  { endpointId: "vpce-1", name: "lab", rules: "default", always: true },
  { endpointId: "vpce-2", name: "abroad", rules: "office-2", always: false },
];

function store(props: Partial<RuleStoreProps> = {}): TerraformJson {
  return synthWith((stack) => {
    const { url, version, bucketName, dependables } = new RuleStore(stack, "rules", {
      bucketPrefix: "some-rules-",
      vpcEndpointId: "vpce-s3",
      rules: RULES,
      endpoints: ENDPOINTS,
      unknownClients: "deny",
      region: WORKSPACE_REGION,
      ...props,
    });
    Object.entries({ url, version, bucketName }).forEach(([name, value]) => {
      new TerraformOutput(stack, name, { value });
    });
    placeholder(stack, "proxies", dependables);
  });
}

const objects = (json: TerraformJson) => json.resource["aws_s3_object"]!;

test("has an object for each set, and the index", () => {
  const keys = Object.entries(objects(store())).map(([name, { key }]) => [name, key]);
  expect(Object.fromEntries(keys)).toEqual({
    rules_index: "index.txt",
    rules_set_default: "sets/default.txt",
    rules_set_office_2: "sets/office-2.txt",
  });
});

test("its objects are text, and what somebody does to one shows in the plan", () => {
  for (const [name, object] of Object.entries(objects(store()))) {
    const text = `local.rules_text_${name.replace("rules_", "")}`;
    expect(object).toMatchObject({
      bucket: "${aws_s3_bucket.rules.bucket}",
      content: `\${${text}}`,
      content_type: "text/plain",
      etag: `\${md5(${text})}`,
      depends_on: expect.arrayContaining(["aws_s3_bucket_versioning.rules_versioning"]),
    });
  }
});

test("its objects have none of the provider's tags, of which ten would be too many", () => {
  for (const object of Object.values(objects(store()))) {
    expect(object).toMatchObject({ override_provider: { default_tags: { tags: {} } } });
    expect(object).not.toHaveProperty("tags");
  }
});

test("a set goes only after the index that does not name it", () => {
  const { rules_index, ...sets } = objects(store());
  expect(rules_index!["lifecycle"]).not.toHaveProperty("create_before_destroy");
  for (const set of Object.values(sets)) {
    expect(set["lifecycle"]).toEqual({ create_before_destroy: true });
  }
});

test("what is uploaded in parts has no ETag that could be compared", () => {
  const allowed = Array.from({ length: 140_000 }, (_, index) => {
    return { text: `host-${index}.some-domain.example.com`, file: "", line: 1 };
  });
  const long = { name: "long", domainFilter: "enforce" as const, allowed, denied: [] };
  const { rules_set_long, rules_index } = objects(store({ rules: { sets: [long], always: [] } }));
  expect(rules_set_long).not.toHaveProperty("etag");
  expect(rules_index).toHaveProperty("etag");
});

test("no two names may have one endpoint, which only Terraform knows", () => {
  const { lifecycle } = objects(store())["rules_index"]!;
  expect(lifecycle).toMatchObject({
    precondition: [{ condition: '${(length(distinct(["vpce-1", "vpce-2"])) == 2)}' }],
  });
});

test("the order of the endpoints does not matter", () => {
  expect(JSON.stringify(store({ endpoints: [...ENDPOINTS].reverse() })["locals"])).toBe(
    JSON.stringify(store()["locals"]),
  );
});

test("the proxies wait for the index and the policy, and ask by the bucket's own name", () => {
  const json = store();
  expect(json.resource["terraform_data"]!["proxies"]!["depends_on"]).toEqual([
    "aws_s3_bucket_policy.rules_policy",
    "aws_s3_object.rules_index",
  ]);
  expect(json.output!["url"]!.value).toBe(
    "https://${aws_s3_bucket.rules.bucket_regional_domain_name}",
  );
  expect(json.output!["bucketName"]!.value).toBe("${aws_s3_bucket.rules.bucket}");
});

describeWith([TERRAFORM], "what Terraform makes of the texts", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "rules-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** The objects' contents and the version, without a provider: the workspace is the region. */
  function evaluated(json: TerraformJson): Record<string, string> {
    // What another object has as its content is what the local says.
    const text = JSON.stringify({
      locals: json["locals"],
      output: Object.fromEntries([
        ...Object.entries(objects(json)).map(([name, { content }]) => [name, { value: content }]),
        ["version", json.output!["version"]],
      ]),
    }).replaceAll(/aws_s3_object\.rules_(\w+)\.content/g, "local.rules_text_$1");
    writeFileSync(path.join(directory, "main.tf.json"), text);
    const run = (...args: string[]) =>
      execFileSync("terraform", args, { cwd: directory, encoding: "utf8" });
    run("init");
    run("apply", "-auto-approve");
    const outputs = JSON.parse(run("output", "-json")) as Record<string, { value: string }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  test("is what a program makes of the same rules", () => {
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const region = "default";
    const [first, second] = RULES.sets.map((set) => setObject(set, region));
    const body = indexBody({
      sets: RULES.sets.map((set) => ({ ...set, sha256: sha256(setObject(set, region)) })),
      always: RULES.always,
      endpoints: [...ENDPOINTS].reverse(),
      unknownClients: "deny",
      region,
    });
    expect(evaluated(store())).toEqual({
      rules_set_default: first,
      rules_set_office_2: second,
      rules_index: body + indexChecksum(sha256(body)),
      version: sha256(body).slice(0, 12),
    });
    expect(first).toContain("allow ec2.default.amazonaws.com\n");
  }, 60_000);
});
