import {
  CreateListenerCommand,
  DeleteListenerCommand,
  ModifyListenerCommand,
  paginateDescribeListeners,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Kind } from "../kind.ts";
import { toTagList } from "../tags.ts";
import { fromActions, type ListenerAction, toAction } from "./action.ts";
import { listed, readListener, readTags, tagResource, withTags } from "./shared.ts";

export interface ListenerProps {
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  /** HTTPS only, and needed there. */
  readonly certificateArn?: string | undefined;
  /** HTTPS only. */
  readonly sslPolicy?: string | undefined;
  readonly defaultAction: ListenerAction;
}

export interface ListenerOutputs {
  readonly listenerArn: string;
}

const settings = ({ protocol, certificateArn, sslPolicy, defaultAction }: ListenerProps) => ({
  Protocol: protocol,
  Certificates: certificateArn === undefined ? undefined : [{ CertificateArn: certificateArn }],
  SslPolicy: sslPolicy,
  DefaultActions: [toAction(defaultAction)],
});

/** Natural key: load balancer and port. A target group serves one load balancer, so the old listener goes first. */
export const listener: Kind<ListenerProps, ListenerOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::Listener",
  identity: "naturalKey",
  createOnly: ["loadBalancerArn", "port"],
  deleteFirst: true,
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    const pages = paginateDescribeListeners({ client: aws.elb }, { LoadBalancerArn: props.loadBalancerArn });
    const all = await listed(pages, (page) => page.Listeners);
    return withTags(
      aws,
      all.filter(({ Port }) => Port === props.port).map(({ ListenerArn }) => ListenerArn),
    );
  },

  async observe(aws, id) {
    const [it, tags] = await Promise.all([readListener(aws, id), readTags(aws, id)]);
    if (!it || !tags) return undefined;
    return {
      live: {
        loadBalancerArn: it.LoadBalancerArn,
        port: it.Port,
        protocol: it.Protocol as ListenerProps["protocol"],
        certificateArn: it.Certificates?.[0]?.CertificateArn,
        sslPolicy: it.SslPolicy,
        defaultAction: fromActions(it.DefaultActions),
      },
      tags,
      phase: "ready",
      outputs: { listenerArn: id },
    };
  },

  async create(aws, { props, tags }) {
    const answer = await aws.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: props.loadBalancerArn,
        Port: props.port,
        ...settings(props),
        Tags: toTagList(tags),
      }),
    );
    return answer.Listeners?.[0]?.ListenerArn ?? "";
  },

  async update(aws, id, { props }) {
    await aws.elb.send(new ModifyListenerCommand({ ListenerArn: id, ...settings(props) }));
  },

  async delete(aws, id) {
    await aws.elb.send(new DeleteListenerCommand({ ListenerArn: id }));
  },

  tag: tagResource,
};
