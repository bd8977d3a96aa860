/**
 * Stands in the bundle for packages that the driver loads and this agent never reaches: other clouds' storage (for files
 * in stages, which are refused) and other ways to log in than a key pair. Whatever is called of it says so.
 */
class Unused {
  constructor() {
    throw new Error("this part of snowflake-sdk is not in the bundle: see images/snowflake-cortex/esbuild.json");
  }
}

module.exports = new Proxy({}, { get: () => Unused });
