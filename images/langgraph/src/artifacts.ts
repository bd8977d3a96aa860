import { createHash } from "node:crypto";
import { AgentError } from "@agentorchestrator/shared";
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Artifact, WritingStep } from "./domain/workflow.ts";

/** The key of an artifact holds something else, which is left as it is. */
export class ArtifactConflict extends Error {
  override readonly name = "ArtifactConflict";
  constructor(bucket: string, key: string) {
    super(`s3://${bucket}/${key} already holds other content than this workflow's`);
  }
}

const CONTENT_TYPE = "text/markdown; charset=utf-8";

/** Where results of steps are kept beside their record: each once, under a key that workflow and step determine. */
export interface Artifacts {
  /** In which other agents find them; null: they do not, the report alone can be read, at this service's HTTP door. */
  readonly bucket: string | null;
  /** Stores the text unless it is there already. @throws ArtifactConflict when other text is */
  put(workflowId: string, step: WritingStep, text: string, signal: AbortSignal): Promise<Artifact>;
  /** A URL that reads the artifact, and until when it does at least. Undefined when the artifact is gone. */
  presign(artifact: Artifact): Promise<{ url: string; expiresAt: Date } | undefined>;
}

/** Objects in S3. */
export class BucketArtifacts implements Artifacts {
  readonly bucket: string;
  readonly #s3: S3Client;
  readonly #prefix: string;
  readonly #urlSeconds: number;

  constructor(
    s3: S3Client,
    options: { readonly bucket: string; readonly prefix: string; readonly urlSeconds: number },
  ) {
    this.bucket = options.bucket;
    this.#s3 = s3;
    this.#prefix = options.prefix;
    this.#urlSeconds = options.urlSeconds;
  }

  /**
   * Stores the text unless it is there already: a condition on the key makes S3 refuse the second of two writes with 412
   * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
   *
   * @throws ArtifactConflict; the SDK's error when S3 refuses or cannot be reached
   */
  async put(workflowId: string, step: WritingStep, text: string, signal: AbortSignal): Promise<Artifact> {
    const body = Buffer.from(text);
    const key = `${this.#prefix}workflows/${workflowId}/${step}.md`;
    const artifact = describe(key, body);
    const put = new PutObjectCommand({
      Bucket: this.bucket,
      Key: key,
      Body: body,
      ContentType: CONTENT_TYPE,
      ChecksumSHA256: Buffer.from(artifact.sha256, "hex").toString("base64"),
      IfNoneMatch: "*",
    });
    try {
      await this.#s3.send(put, { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 412) throw error;
      const there = await this.#s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }), {
        abortSignal: signal,
      });
      const bytes = (await there.Body?.transformToByteArray()) ?? new Uint8Array();
      if (!body.equals(bytes)) throw new ArtifactConflict(this.bucket, key);
    }
    return artifact;
  }

  /**
   * A URL that reads the object without credentials, and when it stops to: after the configured time, or earlier with the
   * credentials that signed it. Undefined when the object is gone.
   *
   * @throws AgentError 503 ArtifactsUnavailable, 500 ArtifactsForbidden
   */
  async presign({ key }: Artifact): Promise<{ url: string; expiresAt: Date } | undefined> {
    try {
      await this.#s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
      throw unread(error, this.bucket, key);
    }
    const name = key.slice(key.lastIndexOf("/") + 1);
    const get = new GetObjectCommand({
      Bucket: this.bucket,
      Key: key,
      ResponseContentType: CONTENT_TYPE,
      ResponseContentDisposition: `inline; filename="${name}"`,
    });
    const { expiration } = await this.#s3.config.credentials();
    const url = await getSignedUrl(this.#s3, get, { expiresIn: this.#urlSeconds });
    const expires = Math.min(Date.now() + this.#urlSeconds * 1000, expiration?.getTime() ?? Number.POSITIVE_INFINITY);
    return { url, expiresAt: new Date(expires) };
  }
}

/** S3 says 403 also of an object that is gone to who may not list the bucket. */
function unread(cause: unknown, bucket: string, key: string): AgentError {
  if (cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 403) {
    const message = `S3 refuses s3://${bucket}/${key}: the agent's role needs s3:GetObject on it and s3:ListBucket`;
    return new AgentError("ArtifactsForbidden", message, { status: 500, cause });
  }
  const message = "the bucket of artifacts cannot be read at present: try again";
  return new AgentError("ArtifactsUnavailable", message, { status: 503, retryAfterSeconds: 5, cause });
}

/**
 * For a platform without a bucket: the record of a step, in PostgreSQL, is the artifact. It is read at this service's own
 * HTTP door and goes when its workflow does.
 */
export class RecordedArtifacts implements Artifacts {
  readonly bucket = null;
  readonly #urlSeconds: number;

  constructor(options: { readonly urlSeconds: number }) {
    this.#urlSeconds = options.urlSeconds;
  }

  async put(workflowId: string, step: WritingStep, text: string): Promise<Artifact> {
    return describe(`workflows/${workflowId}/${step}.md`, Buffer.from(text));
  }

  async presign({ key }: Artifact): Promise<{ url: string; expiresAt: Date }> {
    const [, workflowId] = /^workflows\/([^/]+)\//.exec(key) ?? [];
    return {
      url: `/workflows/${workflowId}/report?content=true`,
      expiresAt: new Date(Date.now() + this.#urlSeconds * 1000),
    };
  }
}

function describe(key: string, body: Buffer): Artifact {
  return { key, bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") };
}
