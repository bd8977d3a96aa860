import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in VPCs, subnets and gateways. */
export const ec2Ledger: readonly Verdict[] = [
  {
    scenario: "a VPC comes with its defaults and takes them along",
    why: "No time passes in emulators: a VPC is pending at first.",
    page: "API_Vpc, State",
    right: "simulator",
    steps: {
      create: { ministack: "available", moto: "available" },
    },
  },
  {
    scenario: "blocks of VPCs and subnets",
    why: "A block is made canonical: 100.68.0.18/18 becomes 100.68.0.0/18.",
    page: "API_CreateVpc, CidrBlock",
    right: "simulator",
    steps: {
      canonical: { ministack: "10.1.2.3/16", moto: "10.1.2.3/16" },
    },
  },
  {
    scenario: "blocks of VPCs and subnets",
    why: "Blocks, zones and VPCs are checked.",
    page: 'API_CreateVpc; API_CreateSubnet; "Error codes for the Amazon EC2 API", InvalidVpc.Range, InvalidSubnet.Range, InvalidSubnet.Conflict',
    right: "simulator",
    steps: {
      "too large": { ministack: "done" },
      "too small": { ministack: "done" },
      "subnet outside": { ministack: "done" },
      "subnet that overlaps": { ministack: "done" },
      "subnet of no zone": { ministack: "done" },
      "subnet of no VPC": { ministack: "done" },
    },
  },
  {
    scenario: "describing what is not there",
    why: "An id that is none has a code of its own.",
    page: '"Error codes for the Amazon EC2 API", InvalidVpcID.Malformed',
    right: "simulator",
    steps: {
      "malformed VPC id": { ministack: "refused: InvalidVpcID.NotFound", moto: "refused: InvalidVpcID.NotFound" },
    },
  },
  {
    scenario: "describing what is not there",
    why: "A well-formed id that is not there is refused by its type's NotFound.",
    page: '"Error codes for the Amazon EC2 API", Invalid…ID.NotFound, NatGatewayNotFound',
    right: "simulator",
    steps: {
      "unknown group": { ministack: "refused: InvalidGroupId.Malformed" },
      "unknown address": { ministack: "done" },
      "unknown NAT gateway": { ministack: "done", moto: "done" },
      "unknown route table": { ministack: "done" },
      "unknown endpoint": { ministack: "done" },
      "unknown interface": { ministack: "done" },
    },
  },
  {
    scenario: "describing what is not there",
    why: "A filter that the action does not know is refused: \"The filter 'colour' is invalid\".",
    page: 'EC2 User Guide, "Filter resources"; "Error codes for the Amazon EC2 API", InvalidParameterValue',
    right: "simulator",
    steps: {
      "unknown filter of VPCs": { ministack: "done", moto: "refused: Error" },
      "unknown filter of subnets": { ministack: "done", moto: "refused: Error" },
      "unknown filter of groups": { ministack: "done", moto: "refused: Error" },
      "unknown filter of gateways": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "what keeps a VPC from being deleted",
    why: "A VPC is deleted when it is empty, a gateway when it is detached.",
    page: "API_DeleteVpc; API_DeleteInternetGateway",
    right: "simulator",
    steps: {
      "its gateway's deletion": { ministack: "done" },
      "a gateway": { ministack: "done", moto: "done" },
      "a group": { moto: "done" },
      "a route table": { ministack: "done" },
    },
  },
  {
    scenario: "an internet gateway has one VPC",
    why: "A VPC has one internet gateway, and only an attached one is detached.",
    page: 'API_AttachInternetGateway; "Error codes for the Amazon EC2 API", Gateway.NotAttached',
    right: "simulator",
    steps: {
      "attach another": { ministack: "done", moto: "done" },
      "detach what is not attached": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "Subnet and address are checked at once.",
    page: "API_CreateNatGateway",
    right: "simulator",
    steps: {
      "without a subnet": { ministack: "done" },
      "without an address": { ministack: "done" },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "No time passes in emulators: pending for two minutes, deleting for one, described for an hour.",
    page: 'VPC User Guide, "Work with NAT gateways"; API_NatGateway, State',
    right: "simulator",
    steps: {
      create: { ministack: "available", moto: "available" },
      "while it comes": { ministack: "available", moto: "available" },
      "while it goes": { ministack: "deleted", moto: "deleted" },
      "after an hour": { ministack: "deleted", moto: "deleted" },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "A client token is honoured.",
    page: 'EC2 API Reference, "Ensuring idempotency"; API_CreateNatGateway, ClientToken',
    right: "simulator",
    steps: {
      "create again": { ministack: false, moto: "refused: Resource.AlreadyAssociated" },
      "create with other parameters": { ministack: "done", moto: "refused: Resource.AlreadyAssociated" },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "While it is there it holds its address, its subnet and the internet gateway.",
    page: "API_ReleaseAddress, InvalidIPAddress.InUse; API_DeleteSubnet; API_DetachInternetGateway",
    right: "simulator",
    steps: {
      "release its address": { ministack: "done", moto: "done" },
      "delete its subnet": { ministack: "done", moto: "done" },
      "detach its gateway": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      "release its address while it goes": {
        ministack: "refused: InvalidAllocationID.NotFound",
        moto: "refused: InvalidAllocationID.NotFound",
      },
      "release its address afterwards": {
        ministack: "refused: InvalidAllocationID.NotFound",
        moto: "refused: InvalidAllocationID.NotFound",
      },
    },
  },
  {
    scenario: "a NAT gateway from coming to being forgotten",
    why: "What AWS answers for one that is deleted and still described is not written down; NatGatewayNotFound is what its clients expect.",
    page: "API_DeleteNatGateway",
    right: "undocumented",
    steps: {
      "delete again": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a NAT gateway without a way out fails",
    why: "No time passes in emulators.",
    page: "API_NatGateway, State",
    right: "simulator",
    steps: {
      create: { ministack: "available", moto: "available" },
    },
  },
  {
    scenario: "a NAT gateway without a way out fails",
    why: "Without an internet gateway it fails: Gateway.NotAttached.",
    page: 'VPC User Guide, "Troubleshoot NAT gateways"',
    right: "simulator",
    steps: {
      look: { ministack: ["available", null], moto: ["available", null] },
    },
  },
];
