import { expect, it } from "vitest";
import { installPrograms } from "./install.ts";

it("says what to install where there is no container engine and none can be installed", async () => {
  const nowhere = installPrograms({ PATH: "/nowhere" });
  await expect(nowhere).rejects.toThrow(
    /take podman, .*buildah.*: as root, on Debian or Ubuntu, apt-get install podman .*buildah/,
  );
});
