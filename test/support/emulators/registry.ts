import { join } from "node:path";

/** A program from PyPI, installed into a virtual environment of its own. */
export interface PythonProgram {
  readonly name: string;
  /** Its version and those of all that it needs, pinned: a file for pip. */
  readonly requirements: URL;
  /** Names the folder of its virtual environment: another version is another folder. */
  readonly version: string;
  /** Program in the environment's bin folder. */
  readonly program: string;
}

/** A program from PyPI that stands in for AWS. All serve every service on one port. */
export interface EmulatorProgram extends PythonProgram {
  args(port: number): readonly string[];
  env(port: number): Readonly<Record<string, string>>;
  /** Path that answers once it serves. */
  readonly health: string;
  /** Path that forgets everything when it is posted to. */
  readonly reset: string;
  /** Whether a twelve-digit access key id is the caller's account; otherwise all callers share one. */
  readonly accountByKey: boolean;
}

const requirements = (file: string): URL => new URL(`requirements/${file}`, import.meta.url);

/** Emulators that scenarios run against. Adding one is one entry here and one file of requirements. */
export const emulators = {
  /** https://pypi.org/project/ministack/ */
  ministack: {
    name: "ministack",
    version: "1.5.33",
    requirements: requirements("ministack.txt"),
    program: "ministack",
    args: () => [],
    env: (port) => ({
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      SFTP_ENABLED: "0",
      IOT_MTLS_ENABLED: "0",
    }),
    health: "/_ministack/health",
    reset: "/_ministack/reset",
    accountByKey: true,
  },
  /** https://docs.getmoto.org/en/latest/docs/server_mode.html */
  moto: {
    name: "moto",
    version: "5.2.5",
    requirements: requirements("moto.txt"),
    program: "moto_server",
    args: (port) => ["--host", "127.0.0.1", "--port", String(port)],
    env: () => ({ MOTO_IAM_LOAD_MANAGED_POLICIES: "true" }),
    health: "/moto-api/",
    reset: "/moto-api/reset",
    accountByKey: false,
  },
} as const satisfies Record<string, EmulatorProgram>;

export type EmulatorName = keyof typeof emulators;

/** Where an emulator's virtual environment is kept: outside the tree, one for each version. */
export const folderOf = (emulator: PythonProgram, cache: string): string =>
  join(cache, "agentorchestrator", "emulators", `${emulator.name}-${emulator.version}`);
