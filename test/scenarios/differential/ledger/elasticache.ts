import type { Verdict } from "./verdict.ts";

const both = { ministack: "done", moto: "done" } as const;
/** moto answers 501 to what it does not have. */
const absent = { moto: "refused: Error" } as const;

/** Where the emulators differ from the simulator in ElastiCache. */
export const elastiCacheLedger: readonly Verdict[] = [
  {
    scenario: "a cache from coming to going",
    why: "No time passes in emulators: a group is creating for minutes, without endpoints, and tells no tags until then.",
    page: "API_ReplicationGroup, Status; API_ListTagsForResource, InvalidReplicationGroupState",
    right: "simulator",
    steps: {
      create: {
        ministack: ["main", "available", false, ["main-0001-001"]],
        moto: ["main", "available", false, ["main-001"]],
      },
      "at once": { ministack: "available", moto: "available" },
      "tags at once": { ministack: "told", moto: "told" },
      failover: { ministack: "available", moto: "available" },
      "while it goes": { ministack: "refused: ReplicationGroupNotFoundFault" },
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "Valkey is encrypted at rest unless that is declined.",
    page: "API_CreateReplicationGroup, AtRestEncryptionEnabled",
    right: "simulator",
    steps: {
      "ten minutes later": { moto: ["available", "valkey", 6379, "required", false, "disabled", "disabled"] },
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "The nodes of a group are cache clusters, and tell the version with its patch.",
    page: "API_CacheCluster, EngineVersion, ReplicationGroupId",
    right: "simulator",
    steps: {
      "its node": {
        ministack: [false, "data", "default.valkey8", 1],
        moto: "refused: CacheClusterNotFoundFault",
      },
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "Nodes hold the subnet group, and their interfaces the security groups.",
    page: "API_DeleteCacheSubnetGroup, CacheSubnetGroupInUse; API_DeleteSecurityGroup, DependencyViolation",
    right: "simulator",
    steps: {
      "its subnet group in use": absent,
      "its security group in use": both,
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "Failover needs a replica, and the last replica goes only without failover.",
    page: "API_CreateReplicationGroup, NumCacheClusters; API_IncreaseReplicaCount; API_DecreaseReplicaCount, NewReplicaCount",
    right: "simulator",
    steps: {
      "failover without a replica": both,
      "a replica": { ministack: ["available", 1], ...absent },
      "no replica more": { ministack: "done", ...absent },
      "the last replica": { ministack: "done", ...absent },
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "Engines go from Redis to Valkey, versions up, each with a parameter group of its family; TLS goes by steps.",
    page: 'API_ModifyReplicationGroup, Engine, EngineVersion, TransitEncryptionMode; "In-transit encryption (TLS)"',
    right: "simulator",
    steps: {
      "an older version": both,
      "another engine": both,
      "a version of another family": both,
      "plain text at once": both,
    },
  },
  {
    scenario: "a cache from coming to going",
    why: "A group that is deleted leaves the snapshot that was asked for, and goes.",
    page: "API_DeleteReplicationGroup, FinalSnapshotIdentifier, ReplicationGroupNotFoundFault",
    right: "simulator",
    steps: {
      afterwards: { moto: "deleting" },
      "its snapshot": { ministack: null, moto: "refused: SnapshotNotFoundFault" },
      "delete again": { moto: "done" },
    },
  },
  {
    scenario: "a cache that is deleted before it is made",
    why: "No time passes in emulators: a group that is creating cannot be deleted.",
    page: "API_DeleteReplicationGroup, InvalidReplicationGroupState",
    right: "simulator",
    steps: {
      "at once": both,
      "ten minutes later": { ministack: "refused: ReplicationGroupNotFoundFault" },
    },
  },
  {
    scenario: "caches that ElastiCache does not make",
    why: "Names, engines, versions, node types and counts are checked, and names kept in lower case.",
    page: "API_CreateReplicationGroup, its parameters' constraints",
    right: "simulator",
    steps: {
      "a long name": both,
      "a name with two hyphens": both,
      "no such engine": both,
      "a version with its patch": both,
      "a version of the other engine": both,
      "no such node type": both,
      "too many nodes": both,
      "failover with one node": both,
      "zones without failover": both,
      "a name with capitals": { ministack: "Upper", moto: "Upper" },
    },
  },
  {
    scenario: "caches that ElastiCache does not make",
    why: "What it names has to be there, and to be of its family.",
    page: "API_CreateReplicationGroup, CacheParameterGroupNotFound, CacheSubnetGroupNotFoundFault, InvalidParameterCombination",
    right: "simulator",
    steps: {
      "parameters of another family": both,
      "no such parameter group": both,
      "no such subnet group": both,
      "no such security group": both,
    },
  },
  {
    scenario: "groups that caches are made with",
    why: "Subnets have to be there, and names are kept in lower case.",
    page: "API_CreateCacheSubnetGroup, CacheSubnetGroupName, InvalidSubnet",
    right: "simulator",
    steps: {
      "no such subnet": { moto: "done" },
      "a name with capitals": { ministack: "Two", moto: "Two" },
    },
  },
  {
    scenario: "groups that caches are made with",
    why: "Families, parameters and their values are those of the engine, and only what was set is the user's.",
    page: "API_CreateCacheParameterGroup, CacheParameterGroupFamily; API_Parameter, AllowedValues, Source",
    right: "simulator",
    steps: {
      "no such family": { ministack: "done", ...absent },
      "an unknown parameter": { ministack: "done", ...absent },
      "a value that it cannot have": { ministack: "done", ...absent },
    },
  },
  {
    scenario: "groups that caches are made with",
    why: "A default group cannot be changed; which of its errors ElastiCache says so with, its pages do not tell.",
    page: "API_ModifyCacheParameterGroup, InvalidCacheParameterGroupState, InvalidParameterValue",
    right: "undocumented",
    steps: {
      "AWS's own group": { ministack: "refused: InvalidCacheParameterGroupStateFault", ...absent },
    },
  },
  {
    scenario: "groups that caches are made with",
    why: "moto has neither a way to change or delete subnet groups nor parameter groups of one's own.",
    page: "API_ModifyCacheSubnetGroup, API_DeleteCacheSubnetGroup, API_CreateCacheParameterGroup",
    right: "simulator",
    steps: {
      "fewer subnets": absent,
      delete: absent,
      "delete again": absent,
      parameters: absent,
      "parameters again": absent,
      "a value": absent,
      "delete parameters": absent,
      "delete parameters again": absent,
    },
  },
  {
    scenario: "groups that caches are made with",
    why: "Follows from what was accepted or absent above.",
    page: undefined,
    right: "simulator",
    steps: {
      "two subnets": { moto: "refused: CacheSubnetGroupAlreadyExistsFault" },
      "what is set": {
        ministack: [
          "maxmemory-policy=noeviction",
          "maxmemory-samples=5",
          "timeout=0",
          "tcp-keepalive=300",
          "databases=16",
          "nothing=1",
        ],
        ...absent,
      },
    },
  },
];
