import { expect, it } from "vitest";
import { isChunked, unchunk } from "./chunked.ts";

it("an aws-chunked body is put together, without signatures and trailing headers", () => {
  const body = Buffer.from(
    "5;chunk-signature=00\r\nhello\r\n6;chunk-signature=00\r\n world\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
  );
  expect(unchunk(body).toString()).toBe("hello world");
  expect(unchunk(Buffer.from("0\r\n\r\n"))).toHaveLength(0);
});

it("a body is chunked when its headers say so", () => {
  expect(isChunked({ "content-encoding": "aws-chunked" })).toBe(true);
  expect(isChunked({ "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" })).toBe(true);
  expect(isChunked({ "content-encoding": "gzip" })).toBe(false);
});
