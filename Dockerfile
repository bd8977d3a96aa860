# The operator: one bundled file and Node, no shell, no package manager, not root; its root file system may be read-only.
#   docker build -t agentorchestrator .
# Where npm needs another registry or credentials: --secret id=npmrc,src=$HOME/.npmrc
# Where a proxy has a certificate of its own: mount it and --build-arg NODE_EXTRA_CA_CERTS=/path/to/it

FROM node:24-slim AS build
ARG NODE_EXTRA_CA_CERTS
WORKDIR /src
COPY package.json package-lock.json ./
# Install scripts stay off: nothing that is needed here has one, and so no package runs code of its own.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build.ts scripts/
COPY src src
RUN node scripts/build.ts operator

FROM gcr.io/distroless/nodejs24-debian12:nonroot
COPY --from=build /src/dist/operator.js /app/
ENV NODE_ENV=production
USER 65532:65532
# 8080 metrics, 8081 probes
EXPOSE 8080 8081
ENTRYPOINT ["/nodejs/bin/node", "/app/operator.js"]
