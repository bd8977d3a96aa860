export { type AgentProcess, startAgent } from "./agent.ts";
export { type CapturedServer, startCaptured } from "./capture.ts";
export { type Collector, type ReceivedSpan, startCollector } from "./collector.ts";
export { freePort } from "./port.ts";
export { until } from "./until.ts";
