/**
 * The content of a body in aws-chunked encoding: "<hex size>[;chunk-signature=…]\r\n<bytes>\r\n" up to a chunk of size
 * 0 and trailing headers (Amazon S3 API Reference, "Transferring payload in multiple chunks").
 */
export function unchunk(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf("\r\n", at);
    if (end < 0) break;
    const size = Number.parseInt(body.toString("latin1", at, end), 16);
    if (!(size > 0)) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

export const isChunked = (headers: Readonly<Record<string, string>>): boolean =>
  (headers["content-encoding"] ?? "").includes("aws-chunked") ||
  (headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
