import { configureBackend } from "../../../src/fleet/stack/backend";
import { synthWith } from "../../helpers/synth";

test("with a bucket the state is in S3, encrypted, locked, one for each workspace", () => {
  const json = synthWith((stack) =>
    configureBackend(stack, { kind: "s3", bucket: "some-bucket", region: "eu-west-1" }, "web"),
  );
  expect(json.terraform["backend"]).toEqual({
    s3: {
      bucket: "some-bucket",
      region: "eu-west-1",
      key: "terraform.tfstate",
      workspace_key_prefix: "proxy-fleet/web",
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test("without one it is beside cdktf.out, so that deleting that costs nothing", () => {
  const json = synthWith((stack) => configureBackend(stack, { kind: "local" }, "web"));
  expect(json.terraform["backend"]).toEqual({
    local: {
      path: "../../../terraform.tfstate",
      workspace_dir: "../../../terraform.tfstate.d/web",
    },
  });
});
