import { AssetType, TerraformAsset, type ITerraformDependable } from "cdktf";
import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Image } from "@cdktf/provider-docker/lib/image";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { RegistryImage } from "@cdktf/provider-docker/lib/registry-image";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import { contentHash } from "./content-hash";
import { EcrAuthorizationToken } from "./ecr-authorization-token";
import type { CpuArchitecture, ProxyImage } from "./image";

/** Docker's names for the architectures that ECS knows. */
const DOCKER_ARCHITECTURE: Readonly<Record<CpuArchitecture, string>> = {
  X86_64: "amd64",
  ARM64: "arm64",
};

/** How many images the repository keeps; the newest ones are what a rollback may need. */
const KEPT_IMAGES = 10;

export interface BuiltImageProps {
  /** The ECR repository's name. */
  readonly repositoryName: string;
  /** The folder with the Dockerfile; all of it is the build's context. */
  readonly directory: string;
  /** What the image is built for. */
  readonly cpuArchitecture: CpuArchitecture;
}

/**
 * The image built from a folder by the Docker engine of whoever deploys, and pushed to an ECR
 * repository of its own. The tag is the hash of the folder's contents and the architecture, so
 * equal sources are one image and a tag never changes its meaning.
 */
export class BuiltImage extends Construct implements ProxyImage {
  public readonly uri: string;
  public readonly repositoryArn: string;
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: BuiltImageProps) {
    super(scope, id);
    const architecture = DOCKER_ARCHITECTURE[props.cpuArchitecture];
    const hash = contentHash(props.directory);

    const repository = new EcrRepository(this, SELF, {
      name: props.repositoryName,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `Keep the last ${KEPT_IMAGES} images`,
            selection: {
              tagStatus: "any",
              countType: "imageCountMoreThan",
              countNumber: KEPT_IMAGES,
            },
            action: { type: "expire" },
          },
        ],
      }),
    });

    const token = new EcrAuthorizationToken(this, "login");
    const docker = new DockerProvider(this, "docker", {
      registryAuth: [
        { address: token.proxyEndpoint, username: token.userName, password: token.password },
      ],
    });
    const context = new TerraformAsset(this, "context", {
      path: props.directory,
      type: AssetType.DIRECTORY,
      // cdktf's own hash overlooks renames and modes.
      assetHash: hash,
    });

    this.uri = `${repository.repositoryUrl}:${hash}-${architecture}`;
    this.repositoryArn = repository.arn;
    const image = new Image(this, "build", {
      provider: docker,
      name: this.uri,
      buildAttribute: {
        context: context.path,
        platform: `linux/${architecture}`,
      },
      triggers: { content: hash },
      // The layers stay as the cache of the next build.
      keepLocally: true,
    });
    this.dependables = [
      new RegistryImage(this, "push", {
        provider: docker,
        name: image.name,
        // An older image stays for ECS to roll back to; the lifecycle policy removes it in time.
        keepRemotely: true,
      }),
    ];
  }
}
