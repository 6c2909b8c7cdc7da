import { taskContainers } from "../containers";
import type { Rule } from "../rule";
import { violations } from "../rule";
import { isTrue, nestedBlocks, resources, type TerraformBlock } from "../terraform-json";

/** What runs is the image that was reviewed, and it was looked at for known vulnerabilities. */
export const imagesImmutable: Rule = {
  name: "images-immutable",
  reason:
    "A tag that can be moved makes the next task another program than the last. Tags are immutable, images are scanned " +
    "as they are pushed, and a container names its image by a tag or digest.",
  violatedBy: {
    resource: {
      aws_ecr_repository: {
        open: {
          image_tag_mutability: "MUTABLE",
          image_scanning_configuration: { scan_on_push: false },
        },
      },
    },
  },
  check: (stack) => [
    ...resources(stack, "aws_ecr_repository").flatMap((repository) =>
      violations(repository, wrongWith(repository.block)),
    ),
    ...taskContainers(stack).flatMap(({ task, containers }) =>
      containers
        .filter(({ image }) => !isPinned(image))
        .flatMap(({ name, image }) =>
          violations(task, [
            `container ${String(name)} has the image ${JSON.stringify(image)}, without a tag or digest that stays`,
          ]),
        ),
    ),
  ],
};

function wrongWith(repository: TerraformBlock): string[] {
  const { image_tag_mutability: mutability } = repository;
  const isScanned = nestedBlocks(repository, "image_scanning_configuration").some(
    ({ scan_on_push }) => isTrue(scan_on_push),
  );
  return [
    ...(mutability === "IMMUTABLE" ? [] : ["image_tag_mutability must be IMMUTABLE"]),
    ...(isScanned ? [] : ["scan_on_push must be true in image_scanning_configuration"]),
  ];
}

/** An expression counts as no tag: alone, it is mostly a repository's URL. */
function isPinned(image: unknown): boolean {
  const text = String(image).replaceAll(/\$\{[^}]*\}/g, "/");
  // A registry and its port, and no repository.
  if (/^[^/]+:\d+$/.test(text)) return false;
  return /@sha256:[0-9a-f]{64}$/.test(text) || /:(?!latest$)[\w][\w.-]*$/.test(text);
}
