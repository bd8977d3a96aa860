import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, expect, test } from "vitest";
import { KubeHttp } from "./http.ts";
import { listWatchOver } from "./list-watch.ts";

let close = () => {};
afterEach(() => close());

test("a cluster without any object is an empty list, not an error that costs a second", async () => {
  const body = { kind: "PartialObjectMetadataList", metadata: { resourceVersion: "7" }, items: null };
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config.loadFromClusterAndUser({ name: "c", server: url, skipTLSVerify: true }, { name: "u" });
  const listed = await listWatchOver(new KubeHttp(config), "/apis/x").list(new AbortController().signal);
  expect(listed).toEqual({ resourceVersion: "7", items: [] });
});
