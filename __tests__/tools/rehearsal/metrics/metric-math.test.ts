import { metricMath } from "../../../../src/tools/rehearsal/metrics/metric-math";

const SERIES = { flows: [10, 20, undefined, 30], tasks: [2, 0, 1, 4] };

test.each([
  ["flows / tasks", [5, undefined, undefined, 7.5]],
  ["100 * (flows - tasks) + 1", [801, 2001, undefined, 2601]],
  ["FILL(flows, 0)", [10, 20, 0, 30]],
  ["IF(tasks > 1, flows, -1)", [10, -1, -1, 30]],
  ["IF(flows >= 20, 1, 0)", [0, 1, undefined, 1]],
  ["(tasks < 2) + (tasks <= 2)", [1, 2, 2, 0]],
])("%s", (expression, values) => {
  expect(metricMath(expression, SERIES)).toEqual(values);
});

test.each(["flows / healthy", "RATE(flows)", "flows % 2", "[flows]"])(
  "what is not of the language that the fleet uses: %s",
  (expression) => {
    expect(() => metricMath(expression, SERIES)).toThrow(/not of metric math|not given|^no /);
  },
);
