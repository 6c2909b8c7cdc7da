/** The endpoint of another VPC, which an attacker would like to see in the log. */
export const FORGED_ENDPOINT = "vpce-0f0f0f0f0f0f0f0f0";

/** What reads as a whole entry of the access log. */
export const FORGED_LINE = JSON.stringify({
  time: "2030-01-01T00:00:00.000Z",
  client: "10.9.9.9",
  endpoint: FORGED_ENDPOINT,
  method: "GET",
  url: "http://forged.test/",
});

/** What no log may repeat. */
export const SECRET = "hunter2-hunter2";
