import {
  DEREGISTRATION_DELAY_SECONDS,
  SHUTDOWN_DELAY_SECONDS,
  SHUTDOWN_LIFETIME_SECONDS,
  STOP_TIMEOUT_SECONDS,
} from "../../../src/fleet/proxy/shutdown";

/** From the end of the tunnels to Squid's: three seconds to log them, and 0.6, as measured. */
const EXIT_SECONDS = 4;
/** For a task whose CPU is busy. */
const MARGIN_SECONDS = 15;

test("Squid is gone of itself before ECS kills it", () => {
  const needed = SHUTDOWN_DELAY_SECONDS + SHUTDOWN_LIFETIME_SECONDS + EXIT_SECONDS + MARGIN_SECONDS;
  expect(needed).toBeLessThan(STOP_TIMEOUT_SECONDS);
});

test("the stop timeout is one that Fargate takes", () => {
  expect(STOP_TIMEOUT_SECONDS).toBeLessThanOrEqual(120);
});

test("a Spot interruption's two minutes are enough for the same", () => {
  expect(SHUTDOWN_DELAY_SECONDS + SHUTDOWN_LIFETIME_SECONDS + EXIT_SECONDS).toBeLessThan(120);
});

test("a deployment leaves tunnels as long as the proxy itself does", () => {
  expect(DEREGISTRATION_DELAY_SECONDS).toBeGreaterThanOrEqual(SHUTDOWN_LIFETIME_SECONDS);
});
