import { tmpdir } from "node:os";

/**
 * What snowflake-sdk reads from the environment while it is loaded; imported before it. Without these it looks for a
 * native library, asks the metadata services of three clouds where it runs, and sends statistics about its options; and
 * it fails every login where the user has no home, as in an image without /etc/passwd.
 */
process.env.SNOWFLAKE_DISABLE_MINICORE ??= "true";
process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION ??= "true";
process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE ??= "true";
process.env.HOME ||= tmpdir();
