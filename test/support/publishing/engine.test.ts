import { expect, it } from "vitest";
import { chooseEngine } from "../../../scripts/images/engine.ts";

const nothing = { PATH: "/nowhere" };

it("says how to get a builder where there is none", async () => {
  await expect(chooseEngine(undefined, "/nowhere", nothing)).rejects.toMatchObject({
    code: "NoEngine",
    message: expect.stringMatching(/neither Docker with buildx nor buildah answers: .*apt-get install buildah/),
  });
});

it("does not take another builder than the one that is asked for", async () => {
  await expect(chooseEngine("docker", "/nowhere", nothing)).rejects.toMatchObject({
    code: "NoEngine",
    message: expect.stringMatching(/^docker does not answer/),
  });
});
