import {
  CreateMountTargetCommand,
  DeleteMountTargetCommand,
  DescribeMountTargetSecurityGroupsCommand,
  IncorrectMountTargetState,
  ModifyMountTargetSecurityGroupsCommand,
  type MountTargetDescription,
  paginateDescribeMountTargets,
} from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { isNotFound } from "../../aws/errors.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { asSet } from "../same.ts";

export interface MountTargetProps {
  readonly fileSystemId: string;
  readonly subnetId: string;
  /** A set of one to five. */
  readonly securityGroupIds: readonly string[];
}

export interface MountTargetOutputs {
  readonly mountTargetId: string;
}

async function describe(
  aws: Aws,
  of: { FileSystemId: string } | { MountTargetId: string },
): Promise<MountTargetDescription[]> {
  const pages = paginateDescribeMountTargets({ client: aws.efs }, of);
  return (await unlessNotFound(collect(pages, (page) => page.MountTargets))) ?? [];
}

/** EFS tells the groups of one mount target a call, and only of one whose network interface exists: else unknown. */
async function groupsOf(
  aws: Aws,
  { MountTargetId, LifeCycleState }: MountTargetDescription,
): Promise<string[] | undefined> {
  if (LifeCycleState !== "available" && LifeCycleState !== "updating") return undefined;
  try {
    const ask = new DescribeMountTargetSecurityGroupsCommand({ MountTargetId });
    return (await aws.efs.send(ask)).SecurityGroups?.toSorted();
  } catch (error) {
    if (error instanceof IncorrectMountTargetState || isNotFound(error)) return undefined;
    throw error;
  }
}

/** Natural key: file system and subnet. AWS allows one in a zone, so the old one goes before its replacement comes. */
export const mountTarget: Kind<MountTargetProps, MountTargetOutputs> = {
  type: "AWS::EFS::MountTarget",
  identity: "naturalKey",
  createOnly: ["fileSystemId", "subnetId"],
  same: { securityGroupIds: asSet("securityGroupIds") },
  deleteFirst: true,
  timing: { pollSeconds: 5, usually: "1 to 2 minutes" },

  async find(aws, { props }) {
    const all = await describe(aws, { FileSystemId: props.fileSystemId });
    return all.flatMap((it) =>
      it.SubnetId === props.subnetId && it.MountTargetId && !it.LifeCycleState?.startsWith("delet")
        ? [{ id: it.MountTargetId }]
        : [],
    );
  },

  async observe(aws, id) {
    const [it] = await describe(aws, { MountTargetId: id });
    if (!it || it.LifeCycleState === "deleted") return undefined;
    const securityGroupIds = await groupsOf(aws, it);
    const live = {
      fileSystemId: it.FileSystemId,
      subnetId: it.SubnetId,
      ...(securityGroupIds && { securityGroupIds }),
    };
    const message = `mount target ${id} in ${it.SubnetId} is ${it.LifeCycleState}`;
    switch (it.LifeCycleState) {
      case "available":
        return { live, phase: "ready", outputs: { mountTargetId: id } };
      case "updating":
        return { live, phase: "progressing", message, outputs: { mountTargetId: id } };
      case "deleting":
        return { live, phase: "deleting", message };
      case "error":
        return { live, phase: "failed", message, recreate: true };
      default:
        return { live, phase: "progressing", message };
    }
  },

  async create(aws, { props }) {
    const answer = await aws.efs.send(
      new CreateMountTargetCommand({
        FileSystemId: props.fileSystemId,
        SubnetId: props.subnetId,
        SecurityGroups: [...props.securityGroupIds],
      }),
    );
    return answer.MountTargetId ?? "";
  },

  async update(aws, id, { props }) {
    await aws.efs.send(
      new ModifyMountTargetSecurityGroupsCommand({ MountTargetId: id, SecurityGroups: [...props.securityGroupIds] }),
    );
  },

  async delete(aws, id) {
    await aws.efs.send(new DeleteMountTargetCommand({ MountTargetId: id }));
  },
};
