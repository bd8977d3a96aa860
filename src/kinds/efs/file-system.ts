import {
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DescribeBackupPolicyCommand,
  FileSystemAlreadyExists,
  type FileSystemDescription,
  PutBackupPolicyCommand,
  paginateDescribeFileSystems,
  UpdateFileSystemCommand,
} from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { MOST_AT_ONCE, ofOwner, tagResource } from "./shared.ts";

export interface FileSystemProps {
  readonly encrypted: true;
  readonly throughputMode: "bursting" | "elastic";
  /** Daily, by AWS Backup. */
  readonly backup: boolean;
}

export interface FileSystemOutputs {
  readonly fileSystemId: string;
}

const describe = (aws: Aws, FileSystemId?: string): Promise<FileSystemDescription[]> =>
  collect(paginateDescribeFileSystems({ client: aws.efs }, { FileSystemId }), (page) => page.FileSystems);

const read = batched<FileSystemDescription>({
  max: MOST_AT_ONCE,
  async read(aws, ids) {
    const all = await describe(aws, ids.length === 1 ? ids[0] : undefined);
    return new Map(all.map((it) => [it.FileSystemId ?? "", it]));
  },
});

/** A file system that never had a policy answers PolicyNotFound. */
async function hasBackup(aws: Aws, id: string): Promise<boolean> {
  const answer = await unlessNotFound(aws.efs.send(new DescribeBackupPolicyCommand({ FileSystemId: id })));
  const status = answer?.BackupPolicy?.Status;
  return status === "ENABLED" || status === "ENABLING";
}

/** Regional, general purpose performance. */
export const fileSystem: Kind<FileSystemProps, FileSystemOutputs> = {
  type: "AWS::EFS::FileSystem",
  identity: "token",
  createOnly: ["encrypted"],
  data: true,
  timing: { pollSeconds: 2, usually: "seconds" },

  async find(aws, { tags }) {
    const all = (await describe(aws)).filter(({ LifeCycleState }) => !LifeCycleState?.startsWith("delet"));
    return ofOwner(all, (it) => it.FileSystemId, tags);
  },

  async observe(aws, id) {
    const [it, backup] = await Promise.all([read(aws, id), hasBackup(aws, id)]);
    if (!it || it.LifeCycleState === "deleted") return undefined;
    const seen = {
      live: {
        encrypted: (it.Encrypted ?? false) as true,
        throughputMode: it.ThroughputMode as FileSystemProps["throughputMode"],
        backup,
      },
      tags: fromTagList(it.Tags),
    };
    const message = `file system ${id} is ${it.LifeCycleState}`;
    switch (it.LifeCycleState) {
      case "available":
        return { ...seen, phase: "ready", outputs: { fileSystemId: id } };
      case "updating":
        return { ...seen, phase: "progressing", message, outputs: { fileSystemId: id } };
      case "deleting":
        return { ...seen, phase: "deleting", message };
      case "error":
        return { ...seen, phase: "failed", message: `${message}; AWS says no more: delete it, or ask AWS Support` };
      default:
        return { ...seen, phase: "progressing", message };
    }
  },

  /** A repeated creation token is answered with an error that names the file system (API reference, CreateFileSystem). */
  async create(aws, { props, tags, token }) {
    try {
      const answer = await aws.efs.send(
        new CreateFileSystemCommand({
          CreationToken: token,
          PerformanceMode: "generalPurpose",
          Encrypted: props.encrypted,
          ThroughputMode: props.throughputMode,
          Backup: props.backup,
          Tags: toTagList(tags),
        }),
      );
      return answer.FileSystemId ?? "";
    } catch (error) {
      if (error instanceof FileSystemAlreadyExists && error.FileSystemId) return error.FileSystemId;
      throw error;
    }
  },

  async update(aws, id, { props, changed }) {
    if (changed.includes("throughputMode")) {
      await aws.efs.send(new UpdateFileSystemCommand({ FileSystemId: id, ThroughputMode: props.throughputMode }));
    }
    if (changed.includes("backup")) {
      const BackupPolicy = { Status: props.backup ? ("ENABLED" as const) : ("DISABLED" as const) };
      await aws.efs.send(new PutBackupPolicyCommand({ FileSystemId: id, BackupPolicy }));
    }
  },

  async delete(aws, id) {
    await aws.efs.send(new DeleteFileSystemCommand({ FileSystemId: id }));
  },

  tag: tagResource,
};
