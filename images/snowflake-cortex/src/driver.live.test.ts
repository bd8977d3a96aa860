import { createLog } from "@agentorchestrator/shared";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { configureDriver, createConnection, socketsFor } from "./driver.ts";
import { until } from "./testing/cortex.ts";
import { startCut } from "./testing/cut.ts";

let snowflake: Snowflake;

beforeAll(async () => {
  configureDriver(createLog({ agent: "test", level: "silent" }));
  snowflake = await startSnowflake();
});
afterAll(() => snowflake?.stop());

test("the driver gives a statement up once its sockets are shut, instead of repeating it for hours", async () => {
  const network = await startCut(snowflake.url);
  const sockets = socketsFor(network.url);
  const options = { account: "testorg-test", username: "agent", role: "READER", authenticator: "SNOWFLAKE_JWT" };
  const connection = createConnection(
    { ...options, accessUrl: network.url, privateKey: snowflake.privateKey },
    sockets,
  );
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  let end: Error | undefined;
  connection.execute({
    sqlText: "select system$wait(60)",
    complete: (error) => {
      end = error;
    },
  });
  const sent = async () => (await snowflake.asked("statement")).length;
  await until("it is sent", async () => (await sent()) === 1);
  await network.off();
  sockets.shut();
  await network.on();
  const error = await until("the driver gives up", async () => end);
  expect(error.message).toContain("the session is closed");
  expect(await sent()).toBe(1);
  await network.stop();
});
