# The agents' images with Docker alone: docker buildx bake, or docker buildx bake --push with REGISTRY set.
#   REGISTRY=123456789012.dkr.ecr.us-east-1.amazonaws.com/multi-agent-orchestrator-dev- TAG=v1 docker buildx bake --push
# `npm run images -- publish` builds only what changed, and gives the same digest for the same sources: docs/publishing.md.

variable "REGISTRY" {
  default     = ""
  description = "What the agents' names follow: registry, project and environment, with the hyphen at the end."
}
variable "TAG" {
  default = "dev"
}
variable "VERSION" {
  default = "0.1.0"
}
variable "REVISION" {
  default     = "unknown"
  description = "git rev-parse HEAD"
}
variable "CREATED" {
  default     = "1970-01-01T00:00:00Z"
  description = "Time of that commit, as 2026-01-31T12:00:00Z."
}
variable "NODE_IMAGE" {
  default = "node:24-slim"
}
variable "RUNTIME_IMAGE" {
  default = "gcr.io/distroless/nodejs24-debian12:nonroot"
}

variable "NPMRC" {
  default     = ""
  description = "npm's configuration, where npm needs another registry or credentials. It becomes part of no image."
}
variable "CA_FILE" {
  default     = ""
  description = "Certificate of a proxy, where there is one. It becomes part of no image."
}

group "default" {
  targets = ["agent"]
}

target "agent" {
  name       = agent
  matrix     = { agent = ["aws-agent-core", "langgraph", "snowflake-cortex"] }
  context    = "."
  dockerfile = "images/Dockerfile"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = ["${REGISTRY}${agent}:${TAG}"]
  args = {
    AGENT         = agent
    NODE_IMAGE    = NODE_IMAGE
    RUNTIME_IMAGE = RUNTIME_IMAGE
  }
  labels = {
    "org.opencontainers.image.title"    = agent
    "org.opencontainers.image.version"  = VERSION
    "org.opencontainers.image.revision" = REVISION
    "org.opencontainers.image.created"  = CREATED
    "org.opencontainers.image.licenses" = "Apache-2.0"
  }
  # An attestation holds the time of the build: with one, no two builds are the same. The image has a bill of its own.
  attest = ["type=provenance,disabled=true", "type=sbom,disabled=true"]
  secret = concat(
    NPMRC == "" ? [] : ["id=npmrc,src=${NPMRC}"],
    CA_FILE == "" ? [] : ["id=ca,src=${CA_FILE}"],
  )
}
