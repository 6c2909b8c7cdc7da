import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { requireDocker } from "../../common/docker-engine";
import { PROJECT_ROOT } from "../../common/project-root";
import {
  changes,
  formatRecord,
  parseRecord,
  parseStatus,
  type Packages,
} from "../image-update/packages";
import { docker } from "../rehearsal/docker";
import { reportUserErrors } from "../../common/user-error";
import { readArguments } from "./arguments";

const SQUID = path.join(PROJECT_ROOT, "squid");
const DOCKERFILE = path.join(SQUID, "Dockerfile");
const RECORD = path.join(SQUID, "packages.txt");

/**
 * Writes today's date into squid/Dockerfile, if an image that is built today has other versions of
 * Debian's packages than the one of the date there: `npm run image:update`. Prints what differs.
 */
void reportUserErrors(async () => {
  readArguments("image:update");
  requireDocker("The image is built to see what Debian has for it.");
  const packages = await newestPackages();
  const different = changes(parseRecord(readFileSync(RECORD, "utf8")), packages);
  if (different.length === 0) {
    console.log("Debian has nothing newer for the image.");
    return;
  }
  const today = new Date().toISOString().slice(0, 10);
  const dockerfile = readFileSync(DOCKERFILE, "utf8");
  writeFileSync(DOCKERFILE, dockerfile.replace(/^(ARG UPDATED=).*$/m, `$1${today}`));
  writeFileSync(RECORD, formatRecord(packages));
  console.log(different.join("\n"));
});

/** What the image has if it is built now, whatever layers there are. */
async function newestPackages(): Promise<Packages> {
  const image = await docker("build", "--quiet", "--force-rm", "--no-cache", SQUID);
  try {
    const print = 'echo "$(</var/lib/dpkg/status)"';
    const options = ["--rm", "--network=none", "--entrypoint=/bin/bash"];
    return parseStatus(await docker("run", ...options, image, "-c", print));
  } finally {
    await docker("image", "rm", image);
  }
}
