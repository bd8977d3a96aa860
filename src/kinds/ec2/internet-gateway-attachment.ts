import { AttachInternetGatewayCommand, DetachInternetGatewayCommand } from "@aws-sdk/client-ec2";
import type { Kind } from "../kind.ts";
import { publicInterfaces } from "./blockers.ts";
import { readInternetGateway } from "./internet-gateway.ts";

export interface InternetGatewayAttachmentProps {
  readonly vpcId: string;
  readonly internetGatewayId: string;
}

export interface InternetGatewayAttachmentOutputs {
  readonly vpcId: string;
  readonly internetGatewayId: string;
}

const idOf = ({ vpcId, internetGatewayId }: InternetGatewayAttachmentProps): string => `${internetGatewayId}|${vpcId}`;

function partsOf(id: string): InternetGatewayAttachmentProps {
  const [internetGatewayId = "", vpcId = ""] = id.split("|");
  return { vpcId, internetGatewayId };
}

/** Its id is "igw-…|vpc-…": AWS shows it as a part of the gateway. A gateway is in one VPC, and a VPC has one gateway. */
export const internetGatewayAttachment: Kind<InternetGatewayAttachmentProps, InternetGatewayAttachmentOutputs> = {
  type: "AWS::EC2::VPCGatewayAttachment",
  identity: "naturalKey",
  createOnly: ["vpcId", "internetGatewayId"],
  deleteFirst: true,
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    const gateway = await readInternetGateway(aws, props.internetGatewayId);
    const attached = gateway?.Attachments?.some(({ VpcId }) => VpcId === props.vpcId);
    return attached ? [{ id: idOf(props) }] : [];
  },

  async observe(aws, id) {
    const parts = partsOf(id);
    const gateway = await readInternetGateway(aws, parts.internetGatewayId);
    const it = gateway?.Attachments?.find(({ VpcId }) => VpcId === parts.vpcId);
    if (!it || it.State === "detached") return undefined;
    const message = `${parts.internetGatewayId} is ${it.State} at ${parts.vpcId}`;
    if (it.State === "detaching") return { live: parts, phase: "deleting", message };
    if (it.State === "attaching") return { live: parts, phase: "progressing", message };
    return { live: parts, phase: "ready", outputs: parts };
  },

  async create(aws, { props }) {
    await aws.ec2.send(
      new AttachInternetGatewayCommand({ VpcId: props.vpcId, InternetGatewayId: props.internetGatewayId }),
    );
    return idOf(props);
  },

  async delete(aws, id) {
    const { vpcId, internetGatewayId } = partsOf(id);
    await aws.ec2.send(new DetachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: internetGatewayId }));
  },

  blockers: (aws, id) => publicInterfaces(aws, partsOf(id).vpcId),
};
