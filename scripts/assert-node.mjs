/** The sources are TypeScript that Node runs itself, and use what an older one lacks: better a clear word than a strange error. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} runs this, but 22.19 or newer is needed. The development dependency "node" brings 24: ` +
      "run `npm ci` with install scripts allowed (npm config get ignore-scripts must be false), and start scripts with npm run.",
  );
  process.exit(1);
}
