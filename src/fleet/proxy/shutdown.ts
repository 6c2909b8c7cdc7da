/**
 * How a task ends, step by step. ECS takes it out of the target group, waits the deregistration
 * delay and sends SIGTERM; Squid then has until the stop timeout, when ECS sends SIGKILL. A Spot
 * interruption sends SIGTERM at once, while the load balancer still hands out new connections. Should
 * it go on to do so after the shutdown delay, it notices by its health check: docs/faults.md.
 */

/** How long the load balancer leaves a deregistered proxy its open connections. */
export const DEREGISTRATION_DELAY_SECONDS = 120;

/** How long the container goes on as before after SIGTERM, for what a Spot interruption cuts short. */
export const SHUTDOWN_DELAY_SECONDS = 20;

/**
 * How long Squid, once it takes no new connections, lets open tunnels go on. Then they are ended, and it
 * has three seconds more to log them.
 */
export const SHUTDOWN_LIFETIME_SECONDS = 60;

/** How long ECS waits between SIGTERM and SIGKILL: the most that Fargate allows. */
export const STOP_TIMEOUT_SECONDS = 120;
