/** What a process says of itself in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export interface Metrics {
  /** Of all series of that name. */
  sum(name: string): number;
}

export async function metricsOf(url: string): Promise<Metrics> {
  const text = await (await fetch(url)).text();
  const series = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ name: line.split(/[{ ]/, 1)[0], value: Number(line.slice(line.lastIndexOf(" ") + 1)) }));
  return {
    sum: (name) => series.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0),
  };
}
