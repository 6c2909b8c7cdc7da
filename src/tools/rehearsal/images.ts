import path from "node:path";
import { docker } from "./docker";

const STAND_INS_DIRECTORY = path.join(__dirname, "stand-ins");

/** Where the stand-ins' image has its authority's certificate. */
const AUTHORITY = "/usr/local/share/ca-certificates/authority.crt";

export interface ImagesProps {
  /** The folder of the proxies' image. */
  readonly squidDirectory: string;
  /** A published image of the proxies instead. */
  readonly uri: string | undefined;
  /** The rehearsal whose images they are. */
  readonly project: string;
}

/** The most that a container may have. */
export interface EngineLimits {
  readonly cpus: number;
  /** Open files. */
  readonly files: number;
}

/** The images of a rehearsal: that of the proxies, and one for everything else. */
export class Images {
  public readonly proxy: string;
  public readonly standIns: string;
  private readonly label: string;

  constructor(private readonly props: ImagesProps) {
    this.proxy = props.uri ?? `${props.project}-squid`;
    this.standIns = `${props.project}-stand-ins`;
    this.label = `proxy-fleet.rehearsal=${props.project}`;
  }

  /** Builds what has changed; a published image is pulled instead. */
  async build(progress: (line: string) => void): Promise<void> {
    if (this.props.uri === undefined) {
      progress("Building the proxies' image; the first time takes a minute or two …");
      await this.buildImage(this.proxy, this.props.squidDirectory);
    } else {
      progress(`Pulling ${this.proxy} …`);
      await docker("pull", "--quiet", this.proxy);
    }
    progress("Building the image of everything else …");
    await this.buildImage(this.standIns, STAND_INS_DIRECTORY);
  }

  /** Removes the images that were built, of earlier times too. */
  async remove(): Promise<void> {
    const ids = await docker("image", "ls", "--quiet", "--filter", `label=${this.label}`);
    // An image with two names is listed twice.
    for (const id of new Set(ids.split("\n").filter((line) => line !== ""))) {
      await docker("image", "rm", "--force", id);
    }
  }

  /** The certificate of the authority from which all web sites of the rehearsal have theirs. */
  async authority(): Promise<string> {
    return docker(...RUN, this.standIns, "cat", AUTHORITY);
  }

  /** What the engine grants a container; one that asks for more does not start. */
  async engineLimits(): Promise<EngineLimits> {
    const files = await docker(...RUN, this.standIns, "bash", "-c", "ulimit -H -n");
    const cpus = await docker("info", "--format", "{{.NCPU}}");
    return { cpus: Number(cpus), files: files === "unlimited" ? Infinity : Number(files) };
  }

  private async buildImage(tag: string, directory: string): Promise<void> {
    await docker("build", "--force-rm", "--tag", tag, "--label", this.label, directory);
  }
}

const RUN = ["run", "--rm", "--network", "none"];
