import type { ITerraformDependable } from "cdktf";

/** The CPU architectures of Fargate, in the words of ECS. */
export type CpuArchitecture = "X86_64" | "ARM64";

/** The proxy's container image, wherever it comes from. */
export interface ProxyImage {
  /** What the task definition refers to: registry, repository and an immutable tag or a digest. */
  readonly uri: string;

  /** The ECR repository that the execution role must be able to pull from, if it is one. */
  readonly repositoryArn?: string;

  /** What must exist before a task can pull the image. */
  readonly dependables: readonly ITerraformDependable[];
}
