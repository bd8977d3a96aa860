/**
 * Memory in MiB that Fargate pairs with CPU units: ECS Developer Guide, "Task CPU and memory" of "Fargate task
 * definition differences".
 */
const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);

const PAIRS: Readonly<Record<string, readonly number[]>> = {
  "256": [512, 1024, 2048],
  "512": range(1, 4, 1),
  "1024": range(2, 8, 1),
  "2048": range(4, 16, 1),
  "4096": range(8, 30, 1),
  "8192": range(16, 60, 4),
  "16384": range(32, 120, 8),
};

export const isFargatePair = (cpu: number, memory: number): boolean => PAIRS[String(cpu)]?.includes(memory) ?? false;

/** "1024", "1 vCPU" and ".5 vcpu" in CPU units; undefined when it is neither. */
export function cpuUnits(text: string): number | undefined {
  const vcpu = /^([\d.]+) *vcpu$/i.exec(text)?.[1];
  if (vcpu !== undefined) return Math.round(Number(vcpu) * 1024);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** "2048" and "2 GB" in MiB. */
export function memoryMiB(text: string): number | undefined {
  const gb = /^([\d.]+) *gb$/i.exec(text)?.[1];
  if (gb !== undefined) return Math.round(Number(gb) * 1024);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
