import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in RDS. */
export const rdsLedger: readonly Verdict[] = [
  {
    scenario: "a database from coming to going",
    why: "No time passes in emulators: a database is creating for minutes, without an endpoint, and cannot be modified.",
    page: 'RDS User Guide, "Viewing Amazon RDS DB instance status"; API_ModifyDBInstance, InvalidDBInstanceState',
    right: "simulator",
    steps: {
      create: { ministack: ["main", "available", false, false], moto: ["main", "available", false, false] },
      "at once": { ministack: "available", moto: "available" },
      "modify at once": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a database from coming to going",
    why: "The master password is in a secret that RDS owns.",
    page: 'RDS User Guide, "Password management with Amazon RDS and AWS Secrets Manager"',
    right: "simulator",
    steps: {
      "its secret": { ministack: "refused: ResourceNotFoundException" },
    },
  },
  {
    scenario: "a database from coming to going",
    why: "A database holds its subnet group, and its interfaces hold its security groups. Names are kept in lower case.",
    page: "API_DeleteDBSubnetGroup, InvalidDBSubnetGroupStateFault; API_DeleteSecurityGroup, DependencyViolation",
    right: "simulator",
    steps: {
      "its subnet group in use": { ministack: "refused: DBSubnetGroupNotFoundFault", moto: "done" },
      "its security group in use": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a database from coming to going",
    why: "Storage does not shrink, grows over time, and rests for six hours after it did.",
    page: 'RDS User Guide, "Working with storage for Amazon RDS DB instances"; API_ModifyDBInstance, AllocatedStorage',
    right: "simulator",
    steps: {
      shrink: { ministack: "done", moto: "done" },
      grow: { ministack: null, moto: null },
      "grow again": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a database from coming to going",
    why: "A final snapshot is skipped only when that is said.",
    page: "API_DeleteDBInstance, SkipFinalSnapshot, FinalDBSnapshotIdentifier",
    right: "simulator",
    steps: {
      "delete without a word of a snapshot": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a database from coming to going",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      delete: { ministack: "refused: DBInstanceNotFoundFault", moto: "refused: DBInstanceNotFoundFault" },
      "while it goes": { ministack: "refused: DBInstanceNotFoundFault", moto: "refused: DBInstanceNotFoundFault" },
      "its snapshot": { ministack: "refused: DBSnapshotNotFoundFault", moto: "refused: DBSnapshotNotFoundFault" },
    },
  },
  {
    scenario: "databases that RDS does not make",
    why: "Versions, classes, sizes, users, passwords and names are checked, and kept in lower case.",
    page: 'API_CreateDBInstance, its parameters\' constraints; "Supported DB engines for DB instance classes"',
    right: "simulator",
    steps: {
      "no such version": { ministack: "done", moto: "done" },
      "no such class": { ministack: "done", moto: "done" },
      "too little storage": { ministack: "done", moto: "done" },
      "IOPS below 400 GiB": { ministack: "done", moto: "done" },
      "no room to grow": { ministack: "done", moto: "done" },
      "a reserved user": { ministack: "done", moto: "done" },
      "two passwords": { ministack: "done", moto: "done" },
      "a name with two hyphens": { ministack: "done" },
      "a name with capitals": { ministack: "Upper" },
    },
  },
  {
    scenario: "databases that RDS does not make",
    why: "What it names has to be there.",
    page: "API_CreateDBInstance, DBSubnetGroupNotFoundFault, VpcSecurityGroupIds",
    right: "simulator",
    steps: {
      "no such subnet group": { ministack: "done" },
      "no such security group": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "subnet groups and parameter groups",
    why: "A subnet group covers two zones.",
    page: "API_CreateDBSubnetGroup, DBSubnetGroupDoesNotCoverEnoughAZs",
    right: "simulator",
    steps: {
      "one zone": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "subnet groups and parameter groups",
    why: "A name is there once.",
    page: "API_CreateDBSubnetGroup, DBSubnetGroupAlreadyExists",
    right: "simulator",
    steps: {
      again: { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "subnet groups and parameter groups",
    why: "RDS says InvalidSubnet where EC2 would not find it.",
    page: "API_CreateDBSubnetGroup, InvalidSubnet",
    right: "simulator",
    steps: {
      "no such subnet": { moto: "refused: InvalidSubnetID.NotFound" },
    },
  },
  {
    scenario: "subnet groups and parameter groups",
    why: "Families and parameters are those of the engine, and a static parameter waits for a reboot.",
    page: 'RDS User Guide, "Overview of parameter groups"; API_Parameter, ApplyMethod',
    right: "simulator",
    steps: {
      "no such family": { ministack: "done", moto: "done" },
      "an unknown parameter": { ministack: "done", moto: "done" },
      "a static one at once": { ministack: "done", moto: "done" },
    },
  },
];
