import { metricFilter } from "../../../../src/tools/rehearsal/metrics/metric-filter";

const LINE = JSON.stringify({ event: "rules", status: 503, deniedBy: null, host: "a.test" });

test.each([
  ['{ $.event = "rules" }', true],
  ['{ $.event = "rule" }', false],
  ['{ $.event = "r*s" }', true],
  ['{ $.host = "a.*" }', true],
  ['{ $.host = "a?test" }', false],
  ['{ $.event != "rules" }', false],
  ['{ $.event != "lost" }', true],
  ["{ $.status = 503 }", true],
  ["{ $.status >= 500 }", true],
  ["{ $.status > 503 }", false],
  ["{ $.status < 500 }", false],
  ["{ $.status <= 503 }", true],
  ["{ $.deniedBy IS NULL }", true],
  ["{ $.status IS NULL }", false],
  ["{ $.sequence NOT EXISTS }", true],
  ["{ $.deniedBy NOT EXISTS }", false],
  // What is not there, or null, is neither more nor less than anything.
  ["{ $.sequence > 0 }", false],
  ["{ $.sequence < 1 }", false],
  ['{ $.deniedBy != "port" }', false],
  ['{ $.event = "lost" || $.status >= 500 && $.host = "a.test" }', true],
  ['{ ($.event = "lost" || $.status >= 500) && $.host = "b.test" }', false],
])("%s: %s", (pattern, counts) => {
  expect(metricFilter(pattern)(LINE)).toBe(counts);
});

test("a line that is not JSON is not counted", () => {
  const counts = metricFilter("{ $.event NOT EXISTS }");
  expect(["", "text", "{", "{}"].map(counts)).toEqual([false, false, false, true]);
});

test.each(["ERROR", "{ $.status }", "{ status = 1 }", "{ $.status + 1 }", "{ $.a = $.b }"])(
  "what is not of the language that the fleet uses: %s",
  (pattern) => {
    expect(() => metricFilter(pattern)).toThrow(/^no /);
  },
);
