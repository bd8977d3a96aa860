export { type AgentProcess, startAgent } from "./agent.ts";
export { type Collector, type ReceivedSpan, startCollector } from "./collector.ts";
export { freePort } from "./port.ts";
