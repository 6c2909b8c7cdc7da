import { Fn, Op, TerraformLocal, type ITerraformDependable } from "cdktf";
import { S3Object, type S3ObjectConfig } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { SELF } from "../stack/readable-stack";
import { RuleBucket, type RuleBucketProps } from "./rule-bucket";
import {
  INDEX_KEY,
  indexBody,
  indexChecksum,
  setKey,
  setObject,
  type RuleEndpoint,
  VERSION_DIGITS,
} from "./rule-objects";
import type { Rules, UnknownClients } from "./rule-set";

/** The length of a SHA-256 in hexadecimal digits. */
const CHECKSUM_DIGITS = 64;

/** From here on the provider uploads an object in parts. */
const PART_BYTES = 5 * 2 ** 20;

export interface RuleStoreProps extends RuleBucketProps {
  readonly rules: Rules;
  /** The endpoints whose rules are known, in any order. */
  readonly endpoints: readonly RuleEndpoint[];
  readonly unknownClients: UnknownClients;
  /** What `{region}` stands for in a rule. */
  readonly region: string;
}

/** The rules where the proxies ask for them: a bucket with an object for each set, and an index. */
export class RuleStore extends Construct {
  public readonly bucketName: string;
  /** Below which the proxies find the objects. */
  public readonly url: string;
  /** What the proxies call these rules in their log. */
  public readonly version: string;
  /** What must exist before a proxy gets its rules. */
  public readonly dependables: readonly ITerraformDependable[];
  private readonly bucket: RuleBucket;
  // A scope of its own, so that a set may be called as any text is.
  private readonly texts = new Construct(this, "text");

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RuleStoreProps,
  ) {
    super(scope, id);
    this.bucket = new RuleBucket(this, SELF, props);
    const index = this.writeIndex(this.writeSets());
    this.bucketName = this.bucket.name;
    this.url = `https://${this.bucket.domainName}`;
    // The checksum is last, before the end of its line.
    this.version = Fn.substr(index.content, -(CHECKSUM_DIGITS + 1), VERSION_DIGITS);
    this.dependables = [...this.bucket.readable, index];
  }

  /** @returns the sets, with the hashes of their objects. */
  private writeSets() {
    const { rules, region } = this.props;
    return rules.sets.map((set) => {
      const { content } = this.write(`set-${set.name}`, {
        key: setKey(set.name),
        content: setObject(set, region),
        // A set that goes does so once the index names it no more.
        lifecycle: { createBeforeDestroy: true },
      });
      return { ...set, sha256: Fn.sha256(content) };
    });
  }

  private writeIndex(sets: ReturnType<typeof this.writeSets>): S3Object {
    const { rules, endpoints, unknownClients, region } = this.props;
    const body = this.local(
      "index-body",
      indexBody({
        sets,
        always: rules.always,
        endpoints: [...endpoints].sort((one, other) => (one.name < other.name ? -1 : 1)),
        unknownClients,
        region,
      }),
    );
    const ids = endpoints.map(({ endpointId }) => endpointId);
    return this.write("index", {
      key: INDEX_KEY,
      content: body + indexChecksum(Fn.sha256(body)),
      lifecycle: {
        precondition: [
          {
            // Most ids are known to Terraform alone.
            condition: Op.eq(Fn.lengthOf(Fn.distinct(ids)), ids.length),
            errorMessage:
              "An endpoint has two names, so that nobody knows whose rules it has. Those of the fleet's own clients " +
              "are known already: remove them from `consumers` in cdktf.json.",
          },
        ],
      },
    });
  }

  private write(
    id: string,
    config: Pick<S3ObjectConfig, "key" | "lifecycle"> & { readonly content: string },
  ): S3Object {
    const content = this.local(id, config.content);
    return new S3Object(this, id, {
      ...config,
      bucket: this.bucket.name,
      content,
      contentType: "text/plain",
      // So that a plan shows what somebody has changed in the bucket, and puts it back. What is uploaded in
      // parts has another ETag.
      ...(config.content.length < PART_BYTES && { etag: Fn.md5(content) }),
      // An object takes ten tags, and the user may have set more.
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [...this.bucket.writable],
    });
  }

  /** A text under a name, as its checksum needs it once more. */
  private local(id: string, text: string): string {
    return new TerraformLocal(this.texts, id, text).asString;
  }
}
