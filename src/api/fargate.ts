/**
 * The pairs of CPU and memory that Fargate runs on Linux.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
interface Size {
  /** CPU units: 1024 are one vCPU. */
  readonly units: number;
  /** How `cpu` may be written: vCPU, or thousandths of one as Kubernetes (500m) and ECS (512m) count them. */
  readonly spellings: readonly string[];
  readonly minMiB: number;
  readonly maxMiB: number;
  readonly stepMiB: number;
  /** Below `minMiB` in steps. */
  readonly alsoMiB?: number;
}

const GiB = 1024;

export const sizes: readonly Size[] = [
  { units: 256, spellings: ["0.25", "250m", "256m"], minMiB: GiB, maxMiB: 2 * GiB, stepMiB: GiB, alsoMiB: 512 },
  { units: 512, spellings: ["0.5", "500m", "512m"], minMiB: GiB, maxMiB: 4 * GiB, stepMiB: GiB },
  { units: 1024, spellings: ["1", "1000m", "1024m"], minMiB: 2 * GiB, maxMiB: 8 * GiB, stepMiB: GiB },
  { units: 2048, spellings: ["2", "2000m", "2048m"], minMiB: 4 * GiB, maxMiB: 16 * GiB, stepMiB: GiB },
  { units: 4096, spellings: ["4", "4000m", "4096m"], minMiB: 8 * GiB, maxMiB: 30 * GiB, stepMiB: GiB },
  { units: 8192, spellings: ["8", "8000m", "8192m"], minMiB: 16 * GiB, maxMiB: 60 * GiB, stepMiB: 4 * GiB },
  { units: 16384, spellings: ["16", "16000m", "16384m"], minMiB: 32 * GiB, maxMiB: 120 * GiB, stepMiB: 8 * GiB },
];

export const cpuSpellings = sizes.flatMap(({ spellings }) => spellings) as [string, ...string[]];

/** @throws when it is not one of `cpuSpellings`. */
export function cpuUnits(cpu: string): number {
  const size = sizes.find(({ spellings }) => spellings.includes(cpu));
  if (!size) throw new Error(`cpu "${cpu}" is not a size of Fargate; use one of ${cpuSpellings.join(", ")}`);
  return size.units;
}

/** @throws when it is not "512Mi" or "2Gi" in form. */
export function memoryMiB(memory: string): number {
  const match = /^([1-9][0-9]*)(Mi|Gi)$/.exec(memory);
  if (!match) throw new Error(`memory "${memory}" is not an amount such as 512Mi or 2Gi`);
  return Number(match[1]) * (match[2] === "Gi" ? GiB : 1);
}

export function isPair(cpu: string, memory: string): boolean {
  const units = cpuUnits(cpu);
  const mib = memoryMiB(memory);
  return sizes.some(
    (size) =>
      size.units === units &&
      (mib === size.alsoMiB || (mib >= size.minMiB && mib <= size.maxMiB && mib % size.stepMiB === 0)),
  );
}

/** `isPair` over `self.cpu` and `self.memory`, in CEL. */
export function pairRule(): string {
  const amount = "int(self.memory.substring(0, self.memory.size() - 2))";
  const mib = `self.memory.endsWith('Gi') ? ${amount} * 1024 : ${amount}`;
  const cases = sizes.map(({ spellings, minMiB, maxMiB, stepMiB, alsoMiB }) => {
    const range = `m >= ${minMiB} && m <= ${maxMiB} && m % ${stepMiB} == 0`;
    const memory = alsoMiB === undefined ? range : `(m == ${alsoMiB} || (${range}))`;
    return `(self.cpu in [${spellings.map((s) => `'${s}'`).join(", ")}] && ${memory})`;
  });
  return `[${mib}].all(m, ${cases.join(" || ")})`;
}

/** "0.25 vCPU with 512Mi, 1Gi to 2Gi; …" */
export function describePairs(): string {
  const one = ({ units, minMiB, maxMiB, stepMiB, alsoMiB }: Size): string => {
    const step = stepMiB === GiB ? "" : ` in steps of ${stepMiB / GiB}Gi`;
    const also = alsoMiB === undefined ? "" : `${alsoMiB}Mi or `;
    return `${units / 1024} with ${also}${minMiB / GiB}Gi to ${maxMiB / GiB}Gi${step}`;
  };
  return sizes.map(one).join("; ");
}
