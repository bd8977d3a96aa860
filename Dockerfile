# The operator: one bundled file and Node, no shell, no package manager, not root; its root file system may be read-only.
#   docker build -t agentorchestrator .
# Where npm needs another registry or credentials: --secret id=npmrc,src=$HOME/.npmrc
# Where a proxy has a certificate of its own: --secret id=ca,src=/path/to/it

FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# Install scripts stay off: nothing that is needed here has one, and so no package runs code of its own.
# The agents in images/ are packages of the same lockfile, which the operator does not need.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
  NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --workspaces=false --ignore-scripts --no-audit --no-fund
COPY scripts/build.ts scripts/bundle.ts scripts/
COPY src src
RUN node scripts/build.ts operator

FROM gcr.io/distroless/nodejs24-debian12:nonroot
COPY --from=build /src/dist/operator.js /app/
# glibc keeps freed memory in one arena a thread, and what it hands out in large pieces for as long as the process lives.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=65536
USER 65532:65532
# 8080 metrics, 8081 probes
EXPOSE 8080 8081
# V8 collects a small young generation often, and takes a share of the container's memory limit for the old one: whoever
# raises the limit for more AgentOrchestrators raises that too.
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "--max-old-space-size-percentage=20", "/app/operator.js"]
