import path from "node:path";
import { BuiltImage } from "../../../src/fleet/image/built-image";
import { contentHash } from "../../../src/fleet/image/content-hash";
import type { CpuArchitecture } from "../../../src/fleet/image/image";
import { PublishedImage } from "../../../src/fleet/image/published-image";
import { CHECKOUT } from "../../helpers/checkout";
import { only, placeholder, synthWith } from "../../helpers/synth";

const directory = path.join(CHECKOUT, "squid");

describe("an image that is built", () => {
  const built = (cpuArchitecture: CpuArchitecture = "X86_64") =>
    synthWith((stack) => {
      const { dependables } = new BuiltImage(stack, "squid", {
        repositoryName: "some-squid",
        directory,
        cpuArchitecture,
      });
      placeholder(stack, "user", dependables);
    });

  test("goes to a repository that is encrypted, scanned, immutable, tidy and easy to delete", () => {
    const json = built();
    expect(only(json, "aws_ecr_repository")).toMatchObject({
      name: "some-squid",
      encryption_configuration: [{ encryption_type: "AES256" }],
      image_scanning_configuration: { scan_on_push: true },
      image_tag_mutability: "IMMUTABLE",
      force_delete: true,
    });
    const lifecycle = only(json, "aws_ecr_lifecycle_policy");
    expect(lifecycle["repository"]).toBe("${aws_ecr_repository.squid.name}");
    const policy = JSON.parse(lifecycle["policy"] as string);
    expect(policy.rules).toHaveLength(1);
    expect(policy.rules[0]).toMatchObject({
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
      action: { type: "expire" },
    });
  });

  test.each<[CpuArchitecture, string]>([
    ["X86_64", "amd64"],
    ["ARM64", "arm64"],
  ])("for %s is tagged with its content and %s, and pushed under that name", (ecs, docker) => {
    const json = built(ecs);
    const hash = contentHash(directory);
    const image = only(json, "docker_image");
    expect(image).toMatchObject({
      name: `\${aws_ecr_repository.squid.repository_url}:${hash}-${docker}`,
      build: { platform: `linux/${docker}`, context: `assets/squid_context/${hash}` },
      triggers: { content: hash },
      keep_locally: true,
    });
    expect(only(json, "docker_registry_image")).toMatchObject({
      name: "${docker_image.squid_build.name}",
      keep_remotely: true,
    });
    expect(only(json, "terraform_data")["depends_on"]).toEqual([
      "docker_registry_image.squid_push",
    ]);
  });

  test("is pushed with a login that reaches neither plan nor state", () => {
    const json = built();
    expect(json.ephemeral).toEqual({ aws_ecr_authorization_token: { squid_login: {} } });
    const login = "ephemeral.aws_ecr_authorization_token.squid_login";
    expect(json.provider["docker"]).toEqual([
      {
        registry_auth: [
          {
            address: `\${${login}.proxy_endpoint}`,
            username: `\${${login}.user_name}`,
            password: `\${${login}.password}`,
          },
        ],
      },
    ]);
  });
});

describe("an image that is named", () => {
  test("in ECR, has a repository that the execution role may pull from", () => {
    const image = new PublishedImage("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/squid:1.2");
    expect(image.repositoryArn).toBe("arn:aws:ecr:eu-west-1:123456789012:repository/team/squid");
  });

  test("elsewhere, needs no permission", () => {
    const uri = `registry.example/squid@sha256:${"0".repeat(64)}`;
    expect(new PublishedImage(uri)).toEqual({ uri, dependables: [] });
  });
});
