import type { ITerraformDependable } from "cdktf";
import type { ProxyImage } from "./image";

const ECR_URI =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.amazonaws\.com\/(?<repository>[^:@]+)[:@]/;

/** An image that exists already, in ECR or any registry that needs no login. */
export class PublishedImage implements ProxyImage {
  public readonly repositoryArn?: string;
  public readonly dependables: readonly ITerraformDependable[] = [];

  /** @param uri registry, repository and tag or digest. */
  constructor(public readonly uri: string) {
    const ecr = ECR_URI.exec(uri)?.groups;
    if (ecr) {
      this.repositoryArn = `arn:aws:ecr:${ecr["region"]}:${ecr["account"]}:repository/${ecr["repository"]}`;
    }
  }
}
