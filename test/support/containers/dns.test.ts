import type { Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serveNames } from "./dns.ts";

let server: Socket;
let client: Resolver;
beforeEach(async () => {
  const known: Readonly<Record<string, readonly string[]>> = {
    "langgraph.shop.local": ["169.254.170.3", "169.254.170.4"],
    "idle.shop.local": [],
  };
  server = await serveNames("127.0.0.1", 0, async (name) => {
    if (name === "broken.shop.local") throw new Error("ECS does not answer");
    return known[name];
  });
  client = new Resolver({ timeout: 2_000, tries: 1 });
  client.setServers([`127.0.0.1:${server.address().port}`]);
});
afterEach(() => {
  server.close();
});

describe("the bridge's name server", () => {
  it("answers with every address of a name, however it is written", async () => {
    const ttl = 1;
    const addresses = ["169.254.170.3", "169.254.170.4"].map((address) => ({ address, ttl }));
    expect(await client.resolve4("LangGraph.shop.local", { ttl: true })).toEqual(addresses);
  });

  it("knows a name that has no address now, and no other kind of address", async () => {
    await expect(client.resolve4("idle.shop.local")).rejects.toThrow("ENODATA");
    await expect(client.resolve6("langgraph.shop.local")).rejects.toThrow("ENODATA");
  });

  it("says of other names that they do not exist", async () => {
    await expect(client.resolve4("api.example.com")).rejects.toThrow("ENOTFOUND");
  });

  it("does not take a failure for a name that does not exist", async () => {
    await expect(client.resolve4("broken.shop.local")).rejects.toThrow("ESERVFAIL");
  });

  it("lives on after what is no question", async () => {
    const { port } = server.address();
    for (const junk of ["", "too short", "x".repeat(12), `${"\0".repeat(12)}\x3fno end`])
      server.send(Buffer.from(junk, "latin1"), port, "127.0.0.1");
    expect(await client.resolve4("langgraph.shop.local")).toHaveLength(2);
  });
});
