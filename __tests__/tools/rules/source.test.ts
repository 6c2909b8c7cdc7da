import { sourceOf } from "../../../src/tools/rules/source";

const PROPS = { fleet: "proxy", workspace: "us-east-1" };

test.each<[string | undefined, string | undefined, string]>([
  ["access.log", undefined, "access.log"],
  ["-", undefined, "standard input"],
  [undefined, "7d", "/ecs/proxy-web in us-east-1, the last 7d"],
])("%s with --since %s is %s", (file, since, name) => {
  expect(sourceOf(file, since, PROPS)).toEqual({ name, read: expect.any(Function) });
});

test.each<[string | undefined, string | undefined, string | undefined, string[]]>([
  [undefined, undefined, "us-east-1", ["No access log is named"]],
  ["access.log", "7d", "us-east-1", ['"access.log" is one access log, and --since']],
  [undefined, "7", "us-east-1", ['--since is "7". Allowed:']],
  [undefined, "7", undefined, ['--since is "7". Allowed:', "TF_WORKSPACE, its region, is not set"]],
])("%s with --since %s in %s is refused", (file, since, workspace, mistakes) => {
  expect(sourceOf(file, since, { ...PROPS, workspace })).toEqual({
    mistakes: mistakes.map((mistake) => expect.stringContaining(mistake)),
  });
});

test("says that a file cannot be read", async () => {
  const source = sourceOf("/nonexistent/access.log", undefined, PROPS);
  if ("mistakes" in source) throw new Error();
  await expect(source.read()).rejects.toThrow("/nonexistent/access.log cannot be read (ENOENT).");
});
