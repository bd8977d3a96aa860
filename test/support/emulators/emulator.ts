import { freePorts, Server } from "../control-plane/process.ts";
import { cleanEnv } from "../processes.ts";
import { installed } from "./install.ts";
import { type EmulatorName, type EmulatorProgram, emulators } from "./registry.ts";

/** An emulator that serves on 127.0.0.1. */
export interface Emulator {
  readonly name: EmulatorName;
  /** Endpoint for clients of every service. */
  readonly url: string;
  readonly accountByKey: boolean;
  readonly server: Server;
  /** Forgets every resource of every account. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Installs the emulator where it is missing, starts it on a free port and returns once it serves.
 *
 * @param env in addition to what it needs anyway, as `DOCKER_HOST` or `AUTH`
 * @param emulator another installation of it
 */
export async function startEmulator(
  name: EmulatorName,
  env: Readonly<Record<string, string>> = {},
  emulator: EmulatorProgram = emulators[name],
): Promise<Emulator> {
  const program = await installed(emulator);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = new Server(name, program, emulator.args(port), undefined, {
    env: cleanEnv({ ...emulator.env(port), ...env }),
  });
  await server.ready(async () => (await fetch(url + emulator.health)).ok);
  return {
    name,
    url,
    accountByKey: emulator.accountByKey,
    server,
    async reset() {
      const answer = await fetch(url + emulator.reset, { method: "POST" });
      if (!answer.ok) throw new Error(`${name} did not reset: ${await answer.text()}`);
    },
    stop: () => server.stop(),
  };
}
