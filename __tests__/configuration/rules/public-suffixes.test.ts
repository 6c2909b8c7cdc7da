import { isRegistry, publicSuffixWarnings } from "../../../src/configuration/rules/public-suffixes";

const warned = (text: string) =>
  publicSuffixWarnings([{ text, file: "list.txt", line: 2 }]).map((warning) =>
    /^list\.txt:(\d+): "([^"]+)" is a public suffix: /.exec(warning)?.slice(1),
  );

test.each([
  ".com",
  ".co.uk",
  ".github.io",
  ".s3.amazonaws.com",
  ".s3.eu-central-1.amazonaws.com",
  ".us-east-1.amazonaws.com",
  ".s3.{region}.amazonaws.com",
  ".s3.*.amazonaws.com",
  ".blob.core.windows.net",
  // By a rule with a wildcard, *.ck.
  ".anything.ck",
])("%s is everybody's", (domain) => {
  expect(warned(domain)).toEqual([["2", domain]]);
});

test.each([
  // One name, and not what others have below it.
  "github.io",
  ".example.com",
  "bucket.s3.amazonaws.com",
  // Not on the Internet, and so nobody's to register.
  ".internal",
  ".corp.example",
  // The exception to *.ck.
  ".www.ck",
])("%s is somebody's", (domain) => {
  expect(warned(domain)).toEqual([]);
});

test("that AWS's own domain has everybody's buckets in it is said, too", () => {
  const rule = { text: ".amazonaws.com", file: "list.txt", line: 1 };
  expect(publicSuffixWarnings([rule])).toEqual([
    'list.txt:1: ".amazonaws.com" lets pass every S3 bucket of every account, and no client needs it for ' +
      "Session Manager. List the names that are meant.",
  ]);
});

test.each([
  ["com", true],
  ["co.uk", true],
  ["example.com", false],
  // Others have names there, and the company all name servers.
  ["eu-west-1.rds.amazonaws.com", false],
  // Not on the Internet.
  ["corp", false],
])("%s is a registry's: %s", (name, expected) => {
  expect(isRegistry(name)).toBe(expected);
});
