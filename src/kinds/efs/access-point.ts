import {
  AccessPointAlreadyExists,
  type AccessPointDescription,
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  paginateDescribeAccessPoints,
} from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { MOST_AT_ONCE, ofOwner, tagResource } from "./shared.ts";

export interface AccessPointProps {
  readonly fileSystemId: string;
  /** Root of what it shows, "/postgres"; made with this owner and these permissions when it is not there. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal, "0750". */
  readonly permissions: string;
}

export interface AccessPointOutputs {
  readonly accessPointId: string;
  readonly arn: string;
}

const describe = (
  aws: Aws,
  of: { AccessPointId?: string | undefined; FileSystemId?: string },
): Promise<AccessPointDescription[]> =>
  collect(paginateDescribeAccessPoints({ client: aws.efs }, of), (page) => page.AccessPoints);

const read = batched<AccessPointDescription>({
  max: MOST_AT_ONCE,
  async read(aws, ids) {
    const all = await describe(aws, ids.length === 1 ? { AccessPointId: ids[0] } : {});
    return new Map(all.map((it) => [it.AccessPointId ?? "", it]));
  },
});

export const accessPoint: Kind<AccessPointProps, AccessPointOutputs> = {
  type: "AWS::EFS::AccessPoint",
  identity: "token",
  createOnly: ["fileSystemId", "path", "uid", "gid", "permissions"],
  timing: { pollSeconds: 2, usually: "seconds" },

  async find(aws, { props, tags }) {
    const all = (await unlessNotFound(describe(aws, { FileSystemId: props.fileSystemId }))) ?? [];
    const alive = all.filter(({ LifeCycleState }) => !LifeCycleState?.startsWith("delet"));
    return ofOwner(alive, (it) => it.AccessPointId, tags);
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it || it.LifeCycleState === "deleted") return undefined;
    const owner = it.RootDirectory?.CreationInfo;
    const seen = {
      live: {
        fileSystemId: it.FileSystemId,
        path: it.RootDirectory?.Path ?? "/",
        uid: it.PosixUser?.Uid,
        gid: it.PosixUser?.Gid,
        permissions: owner?.Permissions,
      },
      tags: fromTagList(it.Tags),
    };
    const message = `access point ${id} is ${it.LifeCycleState}`;
    switch (it.LifeCycleState) {
      case "available":
        return { ...seen, phase: "ready", outputs: { accessPointId: id, arn: it.AccessPointArn ?? "" } };
      case "deleting":
        return { ...seen, phase: "deleting", message };
      case "error":
        return { ...seen, phase: "failed", message, recreate: true };
      default:
        return { ...seen, phase: "progressing", message };
    }
  },

  /** A repeated token is answered with the access point, or with an error that names it. */
  async create(aws, { props, tags, token }) {
    const { path: Path, uid, gid, permissions: Permissions } = props;
    try {
      const answer = await aws.efs.send(
        new CreateAccessPointCommand({
          ClientToken: token,
          FileSystemId: props.fileSystemId,
          PosixUser: { Uid: uid, Gid: gid },
          RootDirectory: { Path, CreationInfo: { OwnerUid: uid, OwnerGid: gid, Permissions } },
          Tags: toTagList(tags),
        }),
      );
      return answer.AccessPointId ?? "";
    } catch (error) {
      if (error instanceof AccessPointAlreadyExists && error.AccessPointId) return error.AccessPointId;
      throw error;
    }
  },

  async delete(aws, id) {
    await aws.efs.send(new DeleteAccessPointCommand({ AccessPointId: id }));
  },

  tag: tagResource,
};
