import { group, text } from "./checks";

export const image = group({
  uri: text(
    /^(?!.*:latest$)[a-z0-9][a-z0-9.-]*(\/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$/,
    "registry/repository:tag or registry/repository@sha256:digest; not :latest, which names a different image every day",
  )
    .optional()
    .meta({
      description:
        "A published image of this proxy, by tag or digest. A new fleet then needs neither ECR nor Docker; for " +
        "one that built its image, see [Troubleshooting](troubleshooting.md)",
      byDefault: "built here",
    }),
}).describe("The proxy's image");
